-- What a verdict does, as data. The same table stands in moderation/transitions.go
-- for showing what may be done; this one says what can be done, and a test proves
-- the two alike. Change both.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.transition (
  kind      text NOT NULL,
  stage     text NOT NULL,
  verdict   text NOT NULL,
  approvals int  NOT NULL,  -- by other people, that must stand; of two lines the one that asks for more wins
  lead      bool NOT NULL,  -- a lead alone may say it
  another   bool NOT NULL,  -- not by somebody whose approval stands
  to_stage  text NOT NULL,
  outcome   text NOT NULL,  -- what the subject is left in
  PRIMARY KEY (kind, stage, verdict, approvals)
);
GRANT SELECT ON studio.transition TO moderator, lead, auditor, administrator, worker;

INSERT INTO studio.transition (kind, stage, verdict, approvals, lead, another, to_stage, outcome) VALUES
('brand', 'first',     'approve',       0, false, false, 'second',      'second_review'),
('brand', 'first',     'refuse',        0, false, false, 'closed',      'rejected'),
('brand', 'first',     'ask',           0, false, false, 'information', 'needs_information'),
('brand', 'first',     'escalate',      0, false, false, 'escalated',   'escalated'),
('brand', 'second',    'approve',       1, false, true,  'closed',      'approved'),
('brand', 'second',    'refuse',        0, false, true,  'escalated',   'escalated'),
('brand', 'second',    'ask',           0, false, true,  'information', 'needs_information'),
('brand', 'second',    'escalate',      0, false, true,  'escalated',   'escalated'),
('brand', 'escalated', 'approve',       1, true,  false, 'closed',      'approved'),
('brand', 'escalated', 'approve',       0, true,  false, 'second',      'second_review'),
('brand', 'escalated', 'refuse',        0, true,  false, 'closed',      'rejected'),
('brand', 'escalated', 'ask',           0, true,  false, 'information', 'needs_information'),
('post',  'first',     'require_label', 0, false, false, 'closed',      'label_required'),
('post',  'first',     'clear',         0, false, false, 'closed',      'cleared'),
('post',  'first',     'escalate',      0, false, false, 'escalated',   'open'),
('post',  'escalated', 'require_label', 0, true,  false, 'closed',      'label_required'),
('post',  'escalated', 'clear',         0, true,  false, 'closed',      'cleared');

-- What a verdict must come with. As NeedsPolicy and NeedsReason in moderation say.
CREATE TABLE studio.verdict (
  verdict      text PRIMARY KEY,
  needs_policy bool NOT NULL,
  needs_reason bool NOT NULL
);
GRANT SELECT ON studio.verdict TO moderator, lead, auditor, administrator, worker;
INSERT INTO studio.verdict VALUES
  ('approve', false, false), ('refuse', true, false), ('ask', false, true),
  ('require_label', true, false), ('clear', false, false), ('escalate', false, false);

-- The state that a subject is in while its case stands at a stage: what an undo
-- puts back.
CREATE TABLE studio.stage (
  kind  text NOT NULL,
  stage text NOT NULL,
  waits bool NOT NULL, -- for somebody at a desk
  state text,          -- of the subject; NULL where only the outcome tells
  PRIMARY KEY (kind, stage)
);
GRANT SELECT ON studio.stage TO moderator, lead, auditor, administrator, worker;
INSERT INTO studio.stage VALUES
  ('brand', 'first',       true,  'submitted'),
  ('brand', 'second',      true,  'second_review'),
  ('brand', 'information', false, 'needs_information'),
  ('brand', 'escalated',   true,  'escalated'),
  ('brand', 'closed',      false, NULL),
  ('post',  'first',       true,  'open'),
  ('post',  'escalated',   true,  'open'),
  ('post',  'closed',      false, NULL);

RESET ROLE;
-- +goose StatementEnd
