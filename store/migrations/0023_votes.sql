-- Two different people for every approval, neither of them a party to it. The
-- functions see to it; this file makes it true even for a mistake in them, and for
-- the owner's own hand.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE UNIQUE INDEX application_submitter ON studio.application (id, submitted_by);

CREATE TABLE studio.vote (
  application  text COLLATE "C" NOT NULL,
  submitter    text NOT NULL,
  version      int  NOT NULL, -- of the application: two people approve the same words
  voter        text NOT NULL REFERENCES studio.person,
  decision     uuid NOT NULL REFERENCES studio.decision,
  at           timestamptz NOT NULL,
  withdrawn_at timestamptz,   -- undone, or void because the applicant handed in more
  PRIMARY KEY (application, version, voter),
  FOREIGN KEY (application, submitter) REFERENCES studio.application (id, submitted_by),
  CHECK (voter <> submitter)
);
GRANT SELECT ON studio.vote TO auditor;

-- two_people refuses, at commit, an approved application that fewer than two
-- people approved as it now stands. It hangs on both tables: approving without
-- votes and taking votes from what is approved are the same fault.
CREATE FUNCTION studio.two_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  whose CONSTANT text := CASE TG_TABLE_NAME WHEN 'vote' THEN to_jsonb(OLD) ->> 'application' ELSE to_jsonb(NEW) ->> 'id' END;
  voters bigint;
BEGIN
  SELECT count(*) INTO voters
    FROM studio.application a JOIN studio.vote v ON v.application = a.id AND v.version = a.version
   WHERE a.id = whose AND a.state = 'approved' AND v.withdrawn_at IS NULL
     AND v.voter NOT IN (a.submitted_by, a.entered_by);
  IF voters < 2 AND EXISTS (SELECT FROM studio.application a WHERE a.id = whose AND a.state = 'approved') THEN
    RAISE EXCEPTION 'application % is approved by % of two people', whose, voters
      USING ERRCODE = 'check_violation', CONSTRAINT = 'two_people';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER two_people AFTER INSERT OR UPDATE ON studio.application
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION studio.two_people();
CREATE CONSTRAINT TRIGGER two_people AFTER UPDATE OR DELETE ON studio.vote
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION studio.two_people();

RESET ROLE;
-- +goose StatementEnd
