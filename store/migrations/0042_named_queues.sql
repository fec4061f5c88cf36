-- Named queues with a due time each, and the rules that route a case into one. Both
-- are data that leads keep. The first rule that fits decides; without one a case
-- goes to the queue that has the name of its kind.
--
-- A rule is asked once, when a case comes into the queue. A case keeps its key and
-- its queue while it waits, whatever becomes of the rules, so that nobody's turn
-- comes later by an edit.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.named_queue (
  code   text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  kind   text NOT NULL CHECK (kind IN ('brand', 'post')),
  title  jsonb NOT NULL CHECK (title ? 'en' AND title ? 'zh'),
  -- From the moment a case comes in to its decision, at the latest.
  sla    interval NOT NULL CHECK (sla >= interval '1 minute' AND sla <= interval '90 days'),
  active bool NOT NULL DEFAULT true CHECK (active OR code NOT IN ('brand', 'post')),
  UNIQUE (code, kind)
);
GRANT SELECT ON studio.named_queue TO moderator, lead, auditor, administrator, worker;
INSERT INTO studio.named_queue (code, kind, title, sla) VALUES
  ('brand', 'brand', '{"en": "Brand applications", "zh": "品牌申请"}', studio.setting_interval('sla_brand')),
  ('post', 'post', '{"en": "Suspected ads", "zh": "疑似广告"}', studio.setting_interval('sla_post')),
  ('post.sample', 'post', '{"en": "Random sample", "zh": "随机抽检"}', '7 days'),
  ('brand.appeal', 'brand', '{"en": "Appeals of brands", "zh": "品牌申诉"}', '7 days'),
  ('post.appeal', 'post', '{"en": "Appeals of authors", "zh": "作者申诉"}', '7 days');
DELETE FROM studio.setting WHERE name IN ('sla_brand', 'sla_post');

CREATE TABLE studio.route (
  n          int PRIMARY KEY CHECK (n > 0),
  kind       text NOT NULL,
  queue      text NOT NULL,
  -- What a case must be; NULL asks for nothing.
  regions    text[],
  languages  text[],           -- BCP 47 ranges
  categories text[],           -- of brands
  tags       text[],           -- why it came: the leading evidence, 'appeal', 'random'
  score_from double precision, -- of posts, 0 to 1
  FOREIGN KEY (queue, kind) REFERENCES studio.named_queue (code, kind)
);
GRANT SELECT ON studio.route TO moderator, lead, auditor, administrator, worker;
INSERT INTO studio.route (n, kind, queue, tags) VALUES
  (1, 'brand', 'brand.appeal', '{appeal}'),
  (2, 'post', 'post.appeal', '{appeal}'),
  (3, 'post', 'post.sample', '{random}');

CREATE FUNCTION studio.route_of(p_kind text, p_region text, p_lang text, p_category text, p_tag text, p_score double precision) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce((
    SELECT r.queue FROM studio.route r
     WHERE r.kind = p_kind
       AND (r.regions IS NULL OR p_region = ANY (r.regions))
       AND (r.languages IS NULL OR coalesce(p_lang ~* studio.language_pattern(r.languages), true))
       AND (r.categories IS NULL OR p_category = ANY (r.categories))
       AND (r.tags IS NULL OR p_tag = ANY (r.tags))
       AND (r.score_from IS NULL OR p_score >= r.score_from)
     ORDER BY r.n LIMIT 1), p_kind)
$$;

CREATE FUNCTION studio.sla_of(p_queue text) RETURNS interval
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT sla FROM studio.named_queue WHERE code = p_queue
$$;

-- Which named queue a case waits in.
ALTER TABLE studio.queue ADD COLUMN named text REFERENCES studio.named_queue;
UPDATE studio.queue q SET named = studio.route_of(c.kind, c.region, c.lang, c.subtitle, c.tag, c.score)
  FROM studio.cases c WHERE c.id = q.case_id;
ALTER TABLE studio.queue ALTER COLUMN named SET NOT NULL;

-- As in the file on opening cases, with the queue's own due time in place of one for
-- each kind. p_due NULL asks for it.
CREATE OR REPLACE FUNCTION studio.case_open(p_request uuid, p_kind text, p_target text,
  p_title text, p_subtitle text, p_weight bigint, p_picture text, p_tag text, p_score double precision,
  p_created timestamptz, p_due timestamptz,
  p_submitted_by text, p_entered_by text, p_brand text, p_region text, p_lang text,
  p_evidence jsonb) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  born CONSTANT timestamptz := coalesce(p_created, clock_timestamp());
  into_queue CONSTANT text := studio.route_of(p_kind, coalesce(p_region, ''), coalesce(p_lang, ''), coalesce(p_subtitle, ''), p_tag, coalesce(p_score, 0));
  due_at CONSTANT timestamptz := coalesce(p_due, born + studio.sla_of(into_queue));
  key CONSTANT timestamptz := CASE p_kind WHEN 'post' THEN born + (due_at - born) * (1 - coalesce(p_score, 0)) ELSE due_at END;
  opened uuid;
  given_ref text;
BEGIN
  SELECT id INTO opened FROM studio.cases WHERE kind = p_kind AND target = p_target AND stage <> 'closed';
  IF FOUND THEN
    PERFORM studio.case_rescored(p_request, opened, p_tag, p_score, p_evidence);
    RETURN opened;
  END IF;

  given_ref := coalesce(studio.case_ref(p_kind, p_target), CASE p_kind
    WHEN 'brand' THEN 'A-' || to_char(nextval('studio.ref_brand'), 'FM9990000')
    ELSE 'P-' || to_char(nextval('studio.ref_post'), 'FM9990000') END);
  INSERT INTO studio.cases (ref, kind, target, title, subtitle, weight, picture, tag, score,
      submitted_by, entered_by, brand, region, lang, created, due)
    VALUES (given_ref, p_kind, p_target, p_title, coalesce(p_subtitle, ''), coalesce(p_weight, 0), coalesce(p_picture, ''), p_tag, coalesce(p_score, 0),
      coalesce(p_submitted_by, ''),
      -- Whoever imports a file of posts has no stake in them, as moderation.Post.Parties says too.
      CASE p_kind WHEN 'brand' THEN coalesce(p_entered_by, '') ELSE '' END,
      coalesce(p_brand, ''), coalesce(p_region, ''), coalesce(p_lang, ''), born, due_at)
    ON CONFLICT (kind, target) WHERE stage <> 'closed' DO NOTHING
    RETURNING id INTO opened;
  IF opened IS NULL THEN -- somebody else opened it between the look and here
    SELECT id INTO STRICT opened FROM studio.cases WHERE kind = p_kind AND target = p_target AND stage <> 'closed';
    RETURN opened;
  END IF;
  -- The last byte of a version 7 identifier is random, so it spreads over the shards.
  INSERT INTO studio.queue (case_id, kind, named, stage, waiting, shard, due_key, available_at, region, lang)
    VALUES (opened, p_kind, into_queue, 'first', true, get_byte(uuid_send(opened), 15) & 15, key, clock_timestamp(),
      coalesce(p_region, ''), coalesce(p_lang, ''));
  PERFORM studio.evidence_put(opened, p_evidence);
  PERFORM studio.audit_write('case.open', 'case', opened::text, p_request,
    jsonb_build_object('ref', given_ref, 'kind', p_kind, 'target', p_target, 'queue', into_queue, 'tag', p_tag, 'score', p_score,
      'evidence', studio.evidence_digest(opened)));
  RETURN opened;
END
$$;

-- As before; the region may be another now, and with it the queue.
CREATE OR REPLACE FUNCTION studio.case_reopen(p_request uuid, p_kind text, p_target text,
  p_title text, p_subtitle text, p_picture text, p_brand text, p_submitted_by text, p_entered_by text) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  place CONSTANT text := coalesce((SELECT region FROM studio.application WHERE p_kind = 'brand' AND id = p_target), '');
  into_queue CONSTANT text := studio.route_of(p_kind, place, '', coalesce(p_subtitle, ''), 'info_came', 0);
  due_at CONSTANT timestamptz := t + studio.sla_of(into_queue);
  c studio.cases;
BEGIN
  PERFORM studio.case_lock(p_kind, p_target);
  UPDATE studio.cases SET stage = 'first', version = version + 1, approvals = 0, tag = 'info_came', due = due_at, region = place,
      title = p_title, subtitle = coalesce(p_subtitle, ''), picture = coalesce(p_picture, ''), brand = coalesce(p_brand, ''),
      submitted_by = coalesce(p_submitted_by, ''), entered_by = coalesce(p_entered_by, '')
    WHERE kind = p_kind AND target = p_target AND stage <> 'closed' RETURNING * INTO c;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- Whoever has it open keeps it: their decision will be refused as made on an older
  -- version, and their screen shows both.
  UPDATE studio.queue SET stage = 'first', waiting = true, due_key = due_at, available_at = t, named = into_queue,
      -- But whoever typed the new papers in is a party to the case from now on.
      holder = CASE WHEN holder <> c.entered_by THEN holder END, lease_until = CASE WHEN holder <> c.entered_by THEN lease_until END
    WHERE case_id = c.id;
  UPDATE studio.vote SET withdrawn_at = t WHERE application = p_target AND withdrawn_at IS NULL;
  PERFORM studio.application_decided(p_target, 'submitted', t);
  PERFORM studio.audit_write('case.reopen', 'case', c.id::text, p_request, jsonb_build_object('version', c.version));
  RETURN c.id;
END
$$;

-- As in the file on importing applications, with the queue's due time.
CREATE OR REPLACE FUNCTION studio.application_import(p_request uuid, p_login text, p_row jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  old studio.application;
  new studio.application;
BEGIN
  new := jsonb_populate_record(NULL::studio.application, p_row);
  IF coalesce(new.id, '') = '' OR length(new.id) > 200 THEN
    PERFORM studio.refuse('field_value', 'field', 'id', 'value', left(coalesce(new.id, ''), 40));
  END IF;
  IF coalesce(new.subject, '') NOT IN ('company', 'sole_trader', 'overseas') THEN
    PERFORM studio.refuse('field_value', 'field', 'subject', 'value', coalesce(new.subject, ''), 'id', new.id);
  END IF;
  new.digest := sha256(convert_to(p_row::text, 'UTF8'));
  new.entered_by := p_login;
  SELECT least(new.entity_expires, new.mark_expires,
               (SELECT min((l ->> 'until')::date) FROM jsonb_array_elements(new.letters) AS l),
               (SELECT min((d ->> 'valid_until')::date) FROM jsonb_array_elements(p_row -> 'documents') AS d))
    INTO new.papers_until;

  -- A case's queue row is its lock, and is taken before the subject's: a decision
  -- takes them in that order too.
  PERFORM FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
    WHERE c.kind = 'brand' AND c.target = new.id AND c.stage <> 'closed' FOR UPDATE OF q;
  SELECT * INTO old FROM studio.application WHERE id = new.id FOR UPDATE;
  IF NOT FOUND THEN
    new.version := 1;
    new.ref := '';
    new.state := 'submitted';
    new.state_before := 'submitted';
    new.state_from := '-infinity';
    new.submitted_at := coalesce(new.submitted_at, t);
    new.submitted_by := coalesce(nullif(new.submitted_by, ''), p_login);
    new.due_at := coalesce(new.due_at, new.submitted_at + studio.sla_of(studio.route_of('brand', new.region, '', new.category, 'new', 0)));
    INSERT INTO studio.application SELECT new.* ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      PERFORM studio.documents_put(p_request, new, p_row);
      PERFORM studio.application_case(p_request, new, 'new');
      RETURN 'came';
    END IF;
    -- Another import brought it between the look and here.
    SELECT * INTO STRICT old FROM studio.application WHERE id = new.id FOR UPDATE;
  END IF;

  IF p_login NOT IN (old.submitted_by, old.entered_by) AND NOT studio.tied_to(p_login, old.brand_name)
     AND EXISTS (SELECT FROM studio.person WHERE login = p_login AND role = 'marketer') THEN
    PERFORM studio.refuse('no_right', 'login', p_login, 'action', 'change_application');
  END IF;
  IF old.digest = new.digest THEN
    RETURN 'stood';
  END IF;
  -- Who applies can't change during a review: it would be somebody else's application.
  IF old.subject <> new.subject AND old.state NOT IN ('approved', 'rejected') THEN
    PERFORM studio.refuse('field_value', 'field', 'subject', 'value', new.subject, 'id', new.id);
  END IF;
  new.version := old.version + 1;
  new.submitted_by := old.submitted_by;
  new.submitted_at := coalesce(new.submitted_at, t);
  new.due_at := coalesce(new.due_at, t + studio.sla_of(studio.route_of('brand', new.region, '', new.category, 'information', 0)));
  UPDATE studio.application SET version = new.version, subject = new.subject, region = new.region,
      brand_name = new.brand_name, account_name = new.account_name, category = new.category, contact = new.contact,
      uscc = new.uscc, entity_name = new.entity_name, address = new.address, representative = new.representative,
      scope = new.scope, established = new.established, entity_expires = new.entity_expires,
      mark_number = new.mark_number, mark_name = new.mark_name, mark_classes = new.mark_classes,
      mark_owner = new.mark_owner, mark_status = new.mark_status, mark_expires = new.mark_expires,
      letters = new.letters, submitted_at = new.submitted_at, entered_by = new.entered_by, due_at = new.due_at,
      extra = new.extra, digest = new.digest, papers_until = new.papers_until
    WHERE id = new.id;
  PERFORM studio.documents_put(p_request, new, p_row);
  IF studio.case_reopen(p_request, 'brand', new.id, new.brand_name, new.category, studio.logo_of(new.id),
      new.brand_name, new.submitted_by, new.entered_by) IS NULL THEN
    PERFORM studio.application_decided(new.id, 'submitted', t);
    PERFORM studio.application_case(p_request, new, 'information');
  END IF;
  RETURN 'changed';
END
$$;

-- As in the file on scanning, with the queue's due time.
CREATE OR REPLACE FUNCTION studio.scan_case(p_request uuid, p_month date, p_post text, p_changed_at timestamptz,
  p_commercial double precision, p_flag bool, p_evidence jsonb) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  p studio.post;
  a studio.author;
  stands bool;
BEGIN
  SELECT bool_or(stage <> 'closed') INTO stands FROM studio.cases
   WHERE kind = 'post' AND target = p_post AND (stage <> 'closed' OR created >= p_changed_at);
  IF stands IS NOT NULL AND NOT (stands AND p_flag) THEN
    RETURN 0;
  END IF;
  SELECT * INTO STRICT p FROM studio.post WHERE month = p_month AND id = p_post;
  SELECT * INTO a FROM studio.author WHERE id = p.author_id;
  -- A random audit comes without evidence or score: whoever judges what the model
  -- passed over should not be told what the model thought. Its queue says how long it may wait.
  PERFORM studio.case_open(p_request, 'post', p_post, studio.post_title(p),
    coalesce(nullif(a.handle, ''), p.author ->> 'handle', p.author_id), coalesce(a.followers, (p.author ->> 'followers')::bigint, 0),
    studio.post_picture(p),
    CASE WHEN p_flag THEN studio.heaviest(p_evidence) ELSE 'random' END,
    CASE WHEN p_flag THEN p_commercial ELSE 0 END,
    t, NULL,
    '', p.entered_by, p.brand, '', p.lang,
    CASE WHEN p_flag THEN p_evidence ELSE '[]' END);
  RETURN CASE WHEN stands THEN 0 ELSE 1 END;
END
$$;

RESET ROLE;
-- +goose StatementEnd
