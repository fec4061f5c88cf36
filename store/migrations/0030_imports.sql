-- An import is one transaction of several calls, because a file is larger than a
-- statement should be: import_begin, then parts, then import_end. What is granted
-- under one request is the whole file, and one audit row says what it came to.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.import (
  request    uuid PRIMARY KEY REFERENCES studio.request,
  kind       text NOT NULL CHECK (kind IN ('pictures', 'applications', 'posts')),
  person     text NOT NULL REFERENCES studio.person,
  came       bigint NOT NULL DEFAULT 0,
  changed    bigint NOT NULL DEFAULT 0,
  stood      bigint NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at   timestamptz
);
CREATE INDEX import_by_time ON studio.import (started_at);
GRANT SELECT ON studio.import TO moderator, lead, auditor, administrator, worker;

-- Nobody commits parts without the end, which writes the record.
CREATE FUNCTION studio.import_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM studio.import WHERE request = NEW.request AND ended_at IS NULL) THEN
    RAISE EXCEPTION 'import % was not ended', NEW.request USING ERRCODE = 'invalid_transaction_state';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER import_ended AFTER INSERT ON studio.import
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION studio.import_ended();

-- Applications are a wish that marketers have for their own brands; posts are
-- what the platform publishes, and no marketer's to say.
CREATE FUNCTION studio.import_roles(p_kind text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_kind = 'posts' THEN ARRAY['worker', 'moderator', 'lead', 'administrator']
              ELSE ARRAY['worker', 'moderator', 'lead', 'administrator', 'marketer'] END
$$;

-- import_begin returns NULL, or the tally of an import that was done before under
-- this request: then nothing may follow.
CREATE FUNCTION studio.import_begin(p_request uuid, p_kind text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('import_' || p_kind, VARIADIC studio.import_roles(p_kind));
  done CONSTANT jsonb := studio.request_begin(p_request, 'import_' || p_kind, '{}');
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  INSERT INTO studio.import (request, kind, person) VALUES (p_request, p_kind, login);
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION studio.import_begin TO worker, moderator, lead, administrator, marketer;

-- The first line of every part: only inside an import that this transaction began.
-- A row without an end can be seen by nobody else.
CREATE FUNCTION studio.import_part(p_request uuid, p_kind text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('import_' || p_kind, VARIADIC studio.import_roles(p_kind));
BEGIN
  PERFORM FROM studio.import WHERE request = p_request AND kind = p_kind AND person = login AND ended_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no import % of % is under way', p_request, p_kind USING ERRCODE = 'invalid_transaction_state';
  END IF;
  RETURN login;
END
$$;

CREATE FUNCTION studio.import_count(p_request uuid, p_came bigint, p_changed bigint, p_stood bigint) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  UPDATE studio.import SET came = came + p_came, changed = changed + p_changed, stood = stood + p_stood WHERE request = p_request
$$;

CREATE FUNCTION studio.import_end(p_request uuid, p_kind text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, p_kind);
  i studio.import;
  tally jsonb;
BEGIN
  UPDATE studio.import SET ended_at = clock_timestamp() WHERE request = p_request RETURNING * INTO i;
  tally := jsonb_build_object('came', i.came, 'changed', i.changed, 'stood', i.stood, 'refused', 0);
  PERFORM studio.audit_write('import.' || p_kind, 'import', p_request::text, p_request, tally - 'refused');
  RETURN studio.request_end(p_request, tally);
END
$$;
GRANT EXECUTE ON FUNCTION studio.import_end TO worker, moderator, lead, administrator, marketer;

RESET ROLE;
-- +goose StatementEnd
