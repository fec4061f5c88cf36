-- Learned models: a lead hands one in as a file, and a rulebook says which model its
-- rules stand on. So a model goes the way of every rule, draft, shadow, live, by the same
-- rule of taking over, and a case that names the rulebook names the model with it.
--
-- The program checks that it can read a model; the database that it stays what it was.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.detector_model (
  id         text COLLATE "C" PRIMARY KEY CHECK (id = encode(sha256(body), 'hex')),
  version    text NOT NULL CHECK (version ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$'), -- what its scores are named by
  calibrated bool NOT NULL, -- its figures are frequencies on posts like those that it learned from
  note       text NOT NULL CHECK (length(note) <= 1000),
  body       bytea NOT NULL CHECK (octet_length(body) BETWEEN 2 AND 16 << 20),
  added_by   text NOT NULL,
  added_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON studio.detector_model TO moderator, lead, auditor, administrator, worker;
ALTER TABLE studio.detector_model ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.detector_model FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);

CREATE FUNCTION studio.detector_model_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: a model stays as it was handed in', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER detector_model_keep_rows BEFORE UPDATE OR DELETE ON studio.detector_model
  FOR EACH ROW EXECUTE FUNCTION studio.detector_model_keep();
CREATE TRIGGER detector_model_keep_table BEFORE TRUNCATE ON studio.detector_model
  FOR EACH STATEMENT EXECUTE FUNCTION studio.detector_model_keep();

-- Hands a model in, or finds it there. It scores nothing until a rulebook stands on it.
CREATE FUNCTION studio.detector_model_put(p_request uuid, p_version text, p_calibrated bool, p_note text, p_body bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('detector_model_put', 'lead');
  digest CONSTANT text := encode(sha256(coalesce(p_body, '')), 'hex');
  done CONSTANT jsonb := studio.request_begin(p_request, 'detector_model_put', jsonb_build_array(p_version, p_calibrated, p_note, digest));
  remark CONSTANT text := studio.trimmed(p_note);
  answer jsonb;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(p_version, '') !~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$' THEN
    PERFORM studio.refuse('field_value', 'field', 'version', 'value', left(coalesce(p_version, ''), 40));
  END IF;
  IF length(remark) > 1000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(remark, 40) || '…');
  END IF;
  IF p_calibrated IS NULL THEN
    PERFORM studio.refuse('field_missing', 'field', 'calibrated');
  END IF;
  IF coalesce(octet_length(p_body), 0) NOT BETWEEN 2 AND 16 << 20 THEN
    PERFORM studio.refuse('field_value', 'field', 'model', 'value', coalesce(octet_length(p_body), 0) || ' B');
  END IF;
  INSERT INTO studio.detector_model (id, version, calibrated, note, body, added_by)
    VALUES (digest, p_version, p_calibrated, remark, p_body, login) ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    PERFORM studio.audit_write('model.put', 'detector_model', digest, p_request, jsonb_build_object('version', p_version, 'calibrated', p_calibrated, 'bytes', octet_length(p_body)));
  END IF;
  SELECT jsonb_build_object('id', m.id, 'version', m.version, 'calibrated', m.calibrated, 'note', m.note,
         'added_by', m.added_by, 'added_at', studio.rfc3339(m.added_at), 'bytes', octet_length(m.body)) INTO answer
    FROM studio.detector_model m WHERE m.id = digest;
  RETURN studio.request_end(p_request, answer);
END
$$;
GRANT EXECUTE ON FUNCTION studio.detector_model_put TO lead;

-- What its rules stand on; NULL is what the program brings along.
ALTER TABLE studio.rulebook ADD COLUMN base text COLLATE "C" REFERENCES studio.detector_model;

-- As before; a rulebook on a learned model has it in its digest, and one without has the
-- digest that stands in the record already.
CREATE OR REPLACE FUNCTION studio.rulebook_digest(r studio.rulebook) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT encode(sha256(convert_to(CAST(jsonb_build_array(r.number, r.state, r.rules, r.note, r.version, r.written_by, studio.rfc3339(r.written_at),
    r.moved_by, studio.rfc3339(r.moved_at), r.replay, r.reason, r.ended) || CASE WHEN r.base IS NULL THEN jsonb_build_array() ELSE jsonb_build_array(r.base) END AS text), 'UTF8')), 'hex')
$$;

-- Saves a draft as rulebook_save does, and what it stands on: '' is the program's own.
-- (A program that knows of no models calls rulebook_save, and leaves that as it was.)
CREATE FUNCTION studio.rulebook_save_on(p_request uuid, p_number int, p_before int, p_rules jsonb, p_note text, p_base text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('rulebook_save', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'rulebook_save', jsonb_build_array(p_number, p_before, p_rules, p_note, p_base));
  remark CONSTANT text := studio.trimmed(p_note);
  stands CONSTANT text := nullif(p_base, '');
  b studio.rulebook;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF NOT studio.is_rules(p_rules) THEN
    PERFORM studio.refuse('field_value', 'field', 'rules', 'value', left(coalesce(CAST(p_rules AS text), ''), 40));
  END IF;
  IF length(remark) > 1000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(remark, 40) || '…');
  END IF;
  IF stands IS NOT NULL AND NOT EXISTS (SELECT FROM studio.detector_model WHERE id = stands) THEN
    PERFORM studio.refuse('not_found', 'what', 'model', 'id', left(stands, 64));
  END IF;
  LOCK TABLE studio.rulebook IN SHARE ROW EXCLUSIVE MODE; -- scans and readers go on
  SELECT * INTO b FROM studio.rulebook WHERE state = 'draft';
  IF p_before IS NULL AND b.number IS NOT NULL OR p_before IS NOT NULL AND (b.number, b.version) IS DISTINCT FROM (p_number, p_before) THEN
    PERFORM studio.refuse('rule_changed', 'what', 'rulebook', 'id', coalesce(CAST(coalesce(b.number, p_number) AS text), ''));
  END IF;
  IF p_before IS NULL THEN
    INSERT INTO studio.rulebook (number, state, rules, note, version, written_by, written_at, base)
      SELECT coalesce(max(number), 0) + 1, 'draft', p_rules, remark, 1, login, clock_timestamp(), stands FROM studio.rulebook RETURNING * INTO b;
  ELSE
    UPDATE studio.rulebook SET rules = p_rules, note = remark, base = stands, version = version + 1, written_by = login, written_at = clock_timestamp()
     WHERE number = b.number RETURNING * INTO b;
  END IF;
  PERFORM studio.rulebook_noted(p_request, 'rulebook.save', 'draft', b);
  RETURN studio.request_end(p_request, studio.rulebook_answer(b));
END
$$;
GRANT EXECUTE ON FUNCTION studio.rulebook_save_on TO lead;

-- As before. And a rulebook that stands on a model is scanned by that model alone: a
-- program that knows nothing of models would open cases by what nobody published.
CREATE OR REPLACE FUNCTION studio.scan_model_ready(p_version text) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET lock_timeout = '2s' AS $$ -- a large import may be under way
DECLARE
  book CONSTANT int := studio.rulebook_of(p_version);
  b studio.rulebook;
  m studio.scan_model;
BEGIN
  IF book IS NOT NULL THEN
    SELECT * INTO b FROM studio.rulebook WHERE number = book;
    IF coalesce(b.state, 'draft') = 'draft' THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    IF b.base IS NOT NULL AND p_version IS DISTINCT FROM (SELECT d.version FROM studio.detector_model d WHERE d.id = b.base) || '+r' || book THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    IF b.state = 'retired' THEN RETURN NULL; END IF;
  END IF;
  SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
  IF NOT FOUND OR NOT m.awake THEN
    LOCK TABLE studio.scan_model IN EXCLUSIVE MODE;
    -- Somebody may have moved it while we waited for the lock.
    IF book IS NOT NULL THEN
      SELECT * INTO b FROM studio.rulebook WHERE number = book;
      IF b.state = 'retired' THEN RETURN NULL; END IF;
    END IF;
    UPDATE studio.scan_model SET awake = false WHERE seen_at < clock_timestamp() - interval '7 days';
    IF studio.my_role() = 'moderator' AND (SELECT count(*) FROM studio.scan_model WHERE awake) >= 16 THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
    IF NOT FOUND OR NOT m.awake THEN
      INSERT INTO studio.scan_model AS k (version, filled_to) VALUES (p_version, CASE WHEN b.state = 'shadow' THEN NULL ELSE '' END)
        ON CONFLICT (version) DO UPDATE SET awake = true, seen_at = clock_timestamp(), filled_to = excluded.filled_to
        RETURNING * INTO m;
      IF b.state = 'shadow' THEN
        INSERT INTO studio.scan_wait (model, post) SELECT m.id, k.id FROM studio.post_key k WHERE k.changed_at >= b.moved_at ORDER BY k.id;
      END IF;
    END IF;
  ELSIF m.seen_at < clock_timestamp() - interval '1 hour' THEN
    UPDATE studio.scan_model SET seen_at = clock_timestamp() WHERE id = m.id;
  END IF;
  RETURN m.id;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END
$$;

RESET ROLE;
-- +goose StatementEnd
