-- The policies that decisions rest on: data with a source and a date, kept by
-- leads. What stands here at first is what is published about the trade; a
-- platform puts its own in its place.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.policy (
  code         text PRIMARY KEY,
  kind         text NOT NULL CHECK (kind IN ('brand', 'post')),
  verdicts     text[] NOT NULL CHECK (cardinality(verdicts) > 0),
  title        jsonb NOT NULL CHECK (title ? 'en' AND title ? 'zh'),
  -- The message to the applicant or author. Only {brand}, {title} and {date} are filled in.
  message      jsonb NOT NULL CHECK (message ? 'en' AND message ? 'zh'),
  needs_reason bool NOT NULL,
  source       text NOT NULL,
  since        date NOT NULL,
  active       bool NOT NULL DEFAULT true,
  UNIQUE (code, kind)
);
GRANT SELECT ON studio.policy TO moderator, lead, marketer, auditor, administrator, worker;

INSERT INTO studio.policy (code, kind, verdicts, title, message, needs_reason, source, since) VALUES
('1.1', 'brand', '{refuse,ask}',
 '{"en": "A paper can''t be read", "zh": "材料无法辨认"}',
 '{"en": "A paper you sent for {brand} can''t be read. Please send it again: sharp, upright, all four corners visible, at least 800 pixels wide.",
   "zh": "您为「{brand}」提交的材料无法辨认。请重新上传清晰、端正、四角完整、宽度不低于 800 像素的图片。"}',
 false, 'Published onboarding guides of content platforms', '2026-01-01'),
('1.2', 'brand', '{refuse,ask}',
 '{"en": "The licence has run out or runs out within 90 days", "zh": "营业执照已过期或有效期不足 90 天"}',
 '{"en": "The business licence of {brand} must be valid for at least 90 days after you apply. Please send the renewed one.",
   "zh": "「{brand}」的营业执照在提交申请后须至少有 90 天有效期。请提交换发后的执照。"}',
 false, 'Published onboarding guides of content platforms', '2026-01-01'),
('1.3', 'brand', '{refuse,ask}',
 '{"en": "Identity does not match the register", "zh": "主体信息与登记信息不一致"}',
 '{"en": "What you entered for {brand} differs from the register of enterprises. Please correct the form or send a current extract.",
   "zh": "「{brand}」填写的主体信息与企业登记信息不一致。请更正表单，或提交最新的登记证明。"}',
 true, 'GB 32100-2015; register of enterprises', '2015-10-01'),
('1.4', 'brand', '{refuse,ask}',
 '{"en": "The account name is somebody else''s mark", "zh": "账号名称涉及他人商标"}',
 '{"en": "The account name chosen for {brand} is a registered mark of another owner. Please send the owner''s authorisation or choose another name.",
   "zh": "「{brand}」的账号名称与他人注册商标相同或近似。请提交商标权利人的授权书，或更换名称。"}',
 true, 'Trademark Law of the People''s Republic of China', '2019-11-01'),
('1.5', 'brand', '{refuse,ask}',
 '{"en": "A licence for this category is missing", "zh": "缺少类目所需资质"}',
 '{"en": "The category of {brand} needs a licence or filing of its own. Please send it with its number and date.",
   "zh": "「{brand}」所属类目需要相应的许可或备案。请补充资质文件，并注明编号与日期。"}',
 true, 'Category rules of content platforms', '2026-01-01'),
('1.6', 'brand', '{refuse,ask}',
 '{"en": "The chain of authorisations breaks", "zh": "商标授权链条不完整"}',
 '{"en": "The letters don''t lead from the owner of the mark to you without a gap. Please send the missing or renewed letter for {brand}.",
   "zh": "从商标权利人到贵方的授权链条存在缺口。请补充「{brand}」缺失或已续期的授权书。"}',
 true, 'Category rules of content platforms', '2026-01-01'),
('1.7', 'brand', '{refuse}',
 '{"en": "The papers belong to another applicant", "zh": "材料属于其他申请人"}',
 '{"en": "Papers sent for {brand} were already used by another applicant. The application is refused.",
   "zh": "「{brand}」提交的材料已被其他申请人使用，本次申请不予通过。"}',
 true, 'Rules of this desk', '2026-01-01'),
('1.8', 'brand', '{refuse,ask}',
 '{"en": "The name claims what advertising may not", "zh": "名称含有广告禁用语"}',
 '{"en": "The name chosen for {brand} contains words that advertising may not use, such as \"national level\" or \"best\". Please choose another.",
   "zh": "「{brand}」的名称含有“国家级”“最佳”等广告禁用语，请更换名称。"}',
 false, 'Advertising Law of the People''s Republic of China, article 9', '2015-09-01'),
('2.1', 'post', '{require_label}',
 '{"en": "Commercial content must be marked", "zh": "商业内容必须标注"}',
 '{"en": "Your note “{title}” of {date} presents a product commercially and carries no label. Please add the commercial label within 24 hours.",
   "zh": "您 {date} 发布的笔记《{title}》含有商业推广内容但未作标注。请在 24 小时内添加商业合作标识。"}',
 false, 'Internet Advertising Measures, article 9', '2023-05-01'),
('2.2', 'post', '{require_label}',
 '{"en": "The label is buried", "zh": "标注不够显著"}',
 '{"en": "The disclosure in your note “{title}” comes late or among hashtags, where readers miss it. Please put it in the title or the first lines.",
   "zh": "您的笔记《{title}》虽有声明，但位置靠后或淹没在话题标签中。请将其移至标题或正文开头。"}',
 false, 'FTC guidance on disclosures; Internet Advertising Measures', '2023-05-01'),
('2.3', 'post', '{require_label}',
 '{"en": "Sold outside the platform''s market", "zh": "绕开平台的商业合作"}',
 '{"en": "Your note “{title}” leads buyers away from the platform for {brand}. Register the cooperation and label the note, or remove the contact.",
   "zh": "您的笔记《{title}》将「{brand}」的购买者引导至站外。请完成合作报备并标注，或删除联系方式。"}',
 true, 'Community rules of content platforms', '2026-01-01'),
('2.4', 'post', '{require_label}',
 '{"en": "Templated note", "zh": "模板化笔记"}',
 '{"en": "Your note “{title}” repeats a text that several accounts published for {brand}. Please label it or take it down.",
   "zh": "您的笔记《{title}》与多个账号为「{brand}」发布的内容雷同。请添加标注或删除。"}',
 false, 'Community rules of content platforms', '2026-01-01'),
('2.5', 'post', '{require_label}',
 '{"en": "A gift or trial is not declared", "zh": "未声明赠品或试用"}',
 '{"en": "Your note “{title}” of {date} speaks of a product that was given to you. Say so in the title or the first lines.",
   "zh": "您 {date} 发布的笔记《{title}》所涉产品为品牌赠送或试用。请在标题或正文开头如实声明。"}',
 true, 'Community rules of content platforms', '2018-01-01'),
('2.6', 'post', '{clear}',
 '{"en": "An honest note", "zh": "真实分享"}',
 '{"en": "Your note “{title}” was looked at and is fine as it is.",
   "zh": "您的笔记《{title}》经审核无需标注。"}',
 false, 'Rules of this desk', '2026-01-01');

RESET ROLE;
-- +goose StatementEnd
