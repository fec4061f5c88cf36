-- Cases, in two tables. The wide one is what a person reads of a case. The narrow
-- one is the queue: claims and renewals rewrite its short rows and touch none of
-- its indexes, because nothing that a claim changes is indexed.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE SEQUENCE studio.ref_brand START 401;
CREATE SEQUENCE studio.ref_post START 2001;

CREATE TABLE studio.cases (
  id           uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  ref          text NOT NULL, -- "A-0412": what people say on the telephone; a later case of one target keeps it
  kind         text NOT NULL,
  target       text COLLATE "C" NOT NULL, -- as the tables it points into
  stage        text NOT NULL DEFAULT 'first',
  outcome      text,          -- once closed
  version      int  NOT NULL DEFAULT 1,
  title        text NOT NULL,
  subtitle     text NOT NULL DEFAULT '',
  weight       bigint NOT NULL DEFAULT 0,
  picture      text NOT NULL DEFAULT '',
  tag          text NOT NULL,
  score        double precision NOT NULL DEFAULT 0 CHECK (score BETWEEN 0 AND 1),
  approvals    int NOT NULL DEFAULT 0 CHECK (approvals >= 0),
  -- Who must not decide: whose wish it is, who typed it in, the brand it is about.
  submitted_by text NOT NULL DEFAULT '',
  entered_by   text NOT NULL DEFAULT '',
  brand        text NOT NULL DEFAULT '',
  region       text NOT NULL DEFAULT '',
  lang         text NOT NULL DEFAULT '',
  created      timestamptz NOT NULL,
  due          timestamptz NOT NULL,
  FOREIGN KEY (kind, stage) REFERENCES studio.stage,
  CHECK ((stage = 'closed') = (outcome IS NOT NULL))
) WITH (fillfactor = 90);
-- One open case a target. Closed ones may be many.
CREATE UNIQUE INDEX case_open_once ON studio.cases (kind, target) WHERE stage <> 'closed';
CREATE INDEX case_by_target ON studio.cases (kind, target, created);
GRANT SELECT ON studio.cases TO moderator, lead, auditor, administrator, worker;

-- The queue. due_key orders it and never changes while a case is open, so nothing
-- that waits is ever overtaken by what comes later and later:
--   brands: the due time;
--   posts:  created + sla × (1 − score), so a certain one is due at once and an
--           uncertain one at the end of the time allowed, at the latest.
-- Every new case has a key in its future, so a waiting case has only finitely many
-- before it, and each of those is decided or comes to stand behind.
CREATE TABLE studio.queue (
  case_id      uuid PRIMARY KEY REFERENCES studio.cases,
  kind         text NOT NULL,
  stage        text NOT NULL,
  waiting      bool NOT NULL,
  shard        smallint NOT NULL CHECK (shard BETWEEN 0 AND 15),
  due_key      timestamptz NOT NULL,
  available_at timestamptz NOT NULL, -- the end of an undo window, before which nobody else gets it
  holder       text,
  lease_until  timestamptz,
  fence        bigint NOT NULL DEFAULT 0, -- grows with every new lease on this case
  CHECK ((holder IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 70);
-- For reading a page in order; for giving out the next case from one of sixteen
-- ends, so that claimers don't queue up at the same row; for the counts.
CREATE INDEX queue_page ON studio.queue (kind, due_key, case_id) WHERE waiting;
CREATE INDEX queue_take ON studio.queue (kind, shard, due_key) WHERE waiting;
CREATE INDEX queue_stage ON studio.queue (kind, stage, due_key, case_id) WHERE stage <> 'closed';
GRANT SELECT ON studio.queue TO moderator, lead, auditor, administrator, worker;

-- Why a case is in the queue now. A brand's stage says more than what it came in
-- with; a post's leading evidence stays the reason to the end.
CREATE FUNCTION studio.case_tag(p_kind text, p_stage text, p_tag text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_kind = 'brand' AND p_stage IN ('second', 'escalated', 'information') THEN p_stage ELSE p_tag END;
GRANT EXECUTE ON FUNCTION studio.case_tag TO moderator, lead, auditor, administrator, worker;

CREATE TABLE studio.evidence (
  case_id    uuid NOT NULL REFERENCES studio.cases,
  n          int NOT NULL,
  kind       text NOT NULL,
  rule       text NOT NULL,
  target     text NOT NULL,
  field      text NOT NULL,
  span_start int,             -- runes of the original text, half open
  span_end   int,
  text       text NOT NULL,
  weight     double precision NOT NULL,
  PRIMARY KEY (case_id, n),
  CHECK ((span_start IS NULL) = (span_end IS NULL) AND span_start <= span_end)
);
GRANT SELECT ON studio.evidence TO moderator, lead, auditor, administrator, worker;

CREATE TABLE studio.note (
  id      uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  case_id uuid NOT NULL REFERENCES studio.cases,
  person  text NOT NULL,
  at      timestamptz NOT NULL,
  text    text NOT NULL CHECK (text <> '' AND length(text) <= 4000)
);
CREATE INDEX note_by_case ON studio.note (case_id, id);
GRANT SELECT ON studio.note TO moderator, lead, auditor, administrator;

CREATE TABLE studio.decision (
  id           uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  case_id      uuid NOT NULL REFERENCES studio.cases,
  request      uuid NOT NULL UNIQUE REFERENCES studio.request,
  stage        text NOT NULL,          -- that it was made at
  to_stage     text NOT NULL,
  outcome      text NOT NULL,
  case_version int NOT NULL,           -- of the case after it
  verdict      text NOT NULL REFERENCES studio.verdict,
  policy       text REFERENCES studio.policy,
  reason       text NOT NULL,          -- what the applicant or author is told
  note         text NOT NULL,          -- what colleagues are told
  person       text NOT NULL REFERENCES studio.person,
  at           timestamptz NOT NULL,
  effective_at timestamptz NOT NULL,
  undone_at    timestamptz CHECK (undone_at < effective_at)
) WITH (fillfactor = 90);
CREATE INDEX decision_by_case ON studio.decision (case_id, id);
CREATE INDEX decision_by_person ON studio.decision (person, at);
CREATE INDEX decision_by_time ON studio.decision (at);
GRANT SELECT ON studio.decision TO moderator, lead, auditor;

-- A first opinion is hidden from whoever may give the second until the second is
-- given: everybody at a desk but the one who gave it. Leads too, who may be the second.
ALTER TABLE studio.decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY decision_blind ON studio.decision FOR SELECT TO moderator, lead USING (
  person = (SELECT studio.me()) OR verdict <> 'approve'
  OR NOT EXISTS (SELECT FROM studio.cases c WHERE c.id = case_id AND c.stage = 'second'));
CREATE POLICY decision_all ON studio.decision FOR SELECT TO auditor USING (true);

-- A decision is undone once or not at all; else it stands as it was made.
CREATE FUNCTION studio.decision_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL
     AND to_jsonb(OLD) - 'undone_at' = to_jsonb(NEW) - 'undone_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is refused: a decision stands as it was made', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER decision_keep_rows BEFORE UPDATE OR DELETE ON studio.decision
  FOR EACH ROW EXECUTE FUNCTION studio.decision_keep();
CREATE TRIGGER decision_keep_table BEFORE TRUNCATE ON studio.decision
  FOR EACH STATEMENT EXECUTE FUNCTION studio.decision_keep();

RESET ROLE;
-- +goose StatementEnd
