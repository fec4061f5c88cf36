-- Brands' applications with their papers, and every version an applicant handed in.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.application (
  id             text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200), -- the platform's own
  ref            text NOT NULL DEFAULT '',  -- of its case, "A-0412"; here too because not everybody sees cases
  version        int  NOT NULL DEFAULT 1,   -- counts what was handed in
  -- A state may begin a little later than it is written (the undo window). Until
  -- state_from the one before holds; application_state() says which it is.
  state          text NOT NULL DEFAULT 'submitted',
  state_before   text NOT NULL DEFAULT 'submitted',
  state_from     timestamptz NOT NULL DEFAULT '-infinity',
  subject        text NOT NULL,
  region         text NOT NULL,
  brand_name     text NOT NULL,
  account_name   text NOT NULL,
  category       text NOT NULL,
  contact        text NOT NULL,
  -- The legal person. Of dates: NULL is not known, infinity is a paper without an end.
  uscc           text NOT NULL,
  entity_name    text NOT NULL,
  address        text NOT NULL,
  representative text NOT NULL,
  scope          text NOT NULL,
  established    date,
  entity_expires date,
  mark_number    text NOT NULL,
  mark_name      text NOT NULL,
  mark_classes   int[] NOT NULL,
  mark_owner     text NOT NULL,
  mark_status    text NOT NULL,
  mark_expires   date,
  letters        jsonb NOT NULL, -- [{from, to, level, until}], from the owner to the applicant
  submitted_at   timestamptz NOT NULL,
  submitted_by   text NOT NULL,  -- whose wish it is; stays what it was at first
  entered_by     text NOT NULL,  -- the login that typed this version in
  due_at         timestamptz NOT NULL,
  extra          jsonb NOT NULL, -- what this version of the program has no name for
  digest         bytea NOT NULL, -- SHA-256 of what was handed in: tells a repeat from a change
  -- The day on which the first of the papers runs out that an approval rests on.
  papers_until   date,
  CHECK (state IN ('submitted', 'needs_information', 'second_review', 'escalated', 'approved', 'rejected')),
  CHECK (state_before IN ('submitted', 'needs_information', 'second_review', 'escalated', 'approved', 'rejected'))
);
CREATE INDEX application_by_submitter ON studio.application (submitted_by);
CREATE INDEX application_by_enterer ON studio.application (entered_by);
CREATE INDEX application_by_brand ON studio.application (studio.fold(brand_name));
CREATE INDEX application_expiring ON studio.application (papers_until) WHERE state = 'approved';

CREATE TABLE studio.document (
  application text COLLATE "C" NOT NULL REFERENCES studio.application,
  n           int NOT NULL,       -- the order they were handed in
  kind        text NOT NULL,
  picture     text COLLATE "C" NOT NULL CHECK (picture = '' OR picture ~ '^[0-9a-f]{64}$'), -- '' was named and never came
  name        text NOT NULL,
  number      text NOT NULL,
  issuer      text NOT NULL,
  valid_from  date,
  valid_until date,
  fields      jsonb NOT NULL,     -- [{name, text, box}]
  PRIMARY KEY (application, n)
);
-- The same paper under another applicant is a sign of fraud.
CREATE INDEX document_by_picture ON studio.document (picture) WHERE picture <> '';

-- What was handed in, each time, whole: a decision names the version it was made on.
CREATE TABLE studio.application_version (
  application text COLLATE "C" NOT NULL REFERENCES studio.application,
  version     int NOT NULL,
  content     jsonb NOT NULL,
  entered_by  text NOT NULL,
  request     uuid NOT NULL REFERENCES studio.request,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (application, version)
);

-- The state that holds at a moment. An approval whose papers ran out has expired
-- without anybody writing so.
CREATE FUNCTION studio.application_state(a studio.application, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CASE
    WHEN p_at < a.state_from THEN a.state_before
    WHEN a.state = 'approved' AND a.papers_until < CAST(p_at AT TIME ZONE
      (SELECT value FROM studio.setting WHERE name = 'time_zone') AS date) THEN 'expired'
    ELSE a.state END
$$;
GRANT EXECUTE ON FUNCTION studio.application_state TO moderator, lead, marketer, auditor, administrator, worker;

-- Who reads: the desk everything, a marketer what they handed in or typed in and
-- what belongs to a brand they act for. The brands are asked for once a query.
CREATE FUNCTION studio.my_brands() RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(array_agg(studio.fold(b)), '{}')
    FROM studio.person p, unnest(p.brands) AS b WHERE p.login = studio.me()
$$;
GRANT EXECUTE ON FUNCTION studio.my_brands, studio.fold TO moderator, lead, marketer, auditor, administrator, worker;

ALTER TABLE studio.application ENABLE ROW LEVEL SECURITY;
CREATE POLICY application_staff ON studio.application FOR SELECT TO moderator, lead, auditor, administrator, worker USING (true);
CREATE POLICY application_own ON studio.application FOR SELECT TO marketer USING (
  submitted_by = (SELECT studio.me()) OR entered_by = (SELECT studio.me())
  OR studio.fold(brand_name) = ANY ((SELECT studio.my_brands())::text[]));

ALTER TABLE studio.document ENABLE ROW LEVEL SECURITY;
CREATE POLICY document_staff ON studio.document FOR SELECT TO moderator, lead, auditor, administrator, worker USING (true);
CREATE POLICY document_own ON studio.document FOR SELECT TO marketer USING (
  EXISTS (SELECT FROM studio.application a WHERE a.id = application));

ALTER TABLE studio.application_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY version_staff ON studio.application_version FOR SELECT TO moderator, lead, auditor, administrator, worker USING (true);
CREATE POLICY version_own ON studio.application_version FOR SELECT TO marketer USING (
  EXISTS (SELECT FROM studio.application a WHERE a.id = application));

GRANT SELECT ON studio.application, studio.document, studio.application_version
  TO moderator, lead, marketer, auditor, administrator, worker;

-- A marketer sees the pictures they handed in and those of the papers they may read.
CREATE POLICY picture_own ON studio.picture FOR SELECT TO marketer USING (
  first_by = (SELECT studio.me()) OR EXISTS (SELECT FROM studio.document d WHERE d.picture = picture.id));

-- application_decided leaves an application in a state from a moment on. Until then
-- the state that holds now goes on holding; an undo says the old state, from now.
CREATE FUNCTION studio.application_decided(p_id text, p_state text, p_from timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  UPDATE studio.application SET
      state_before = CASE WHEN clock_timestamp() < state_from THEN state_before ELSE state END,
      state = p_state, state_from = p_from
    WHERE id = p_id;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'application', 'id', p_id);
  END IF;
END
$$;

RESET ROLE;
-- +goose StatementEnd
