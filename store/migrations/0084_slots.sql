-- The platforms' slots, as far as a lead says otherwise than the studio ships them:
-- platforms change them without a word, so each edit says where it was read and when.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A slot as programs read it (assets.Slot).
CREATE FUNCTION studio.is_slot(p jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(CASE WHEN jsonb_typeof(p) <> 'object' OR octet_length(CAST(p AS text)) > 8000 THEN false ELSE
      p ->> 'id' ~ '^[a-z0-9][a-z0-9-]{0,39}$'
      AND jsonb_typeof(p -> 'platform') = 'string' AND length(p ->> 'platform') BETWEEN 1 AND 40
      AND jsonb_typeof(p #> '{name,en}') = 'string' AND length(p #>> '{name,en}') BETWEEN 1 AND 80
      AND jsonb_typeof(p #> '{name,zh}') = 'string' AND length(p #>> '{name,zh}') BETWEEN 1 AND 80
      AND p ->> 'width' ~ '^[1-9][0-9]{0,4}$' AND p ->> 'height' ~ '^[1-9][0-9]{0,4}$'
      AND jsonb_typeof(p -> 'width') = 'number' AND jsonb_typeof(p -> 'height') = 'number'
      AND jsonb_typeof(coalesce(p -> 'round', 'false')) = 'boolean' AND jsonb_typeof(coalesce(p -> 'no_codes', 'false')) = 'boolean'
      AND jsonb_typeof(coalesce(p -> 'safe', '{}')) = 'object'
      AND CASE jsonb_typeof(coalesce(p -> 'asks', '[]')) WHEN 'array' THEN NOT EXISTS (SELECT FROM jsonb_array_elements_text(coalesce(p -> 'asks', '[]')) AS k
        WHERE k IS NULL OR k NOT IN ('subject', 'logo', 'label', 'headline', 'face', 'text')) ELSE false END
      AND (SELECT bool_and(jsonb_typeof(coalesce(p #> ARRAY['safe', e], '0')) = 'number' AND coalesce(p #>> ARRAY['safe', e], '0') ~ '^[0-9]{1,5}$') FROM unnest(ARRAY['top', 'bottom', 'left', 'right']) AS e)
      AND jsonb_typeof(coalesce(p -> 'max_bytes', '0')) = 'number' AND coalesce(p ->> 'max_bytes', '0') ~ '^[0-9]{1,12}$'
      AND jsonb_typeof(p -> 'source') = 'string' AND length(p ->> 'source') BETWEEN 1 AND 500
      AND p ->> 'read' ~ '^20[0-9]{2}-[01][0-9]-[0-3][0-9]$' END
    AND CASE WHEN (SELECT bool_and(coalesce(p #>> ARRAY['safe', e], '0') ~ '^[0-9]{1,5}$') FROM unnest(ARRAY['top', 'bottom', 'left', 'right']) AS e) AND p ->> 'width' ~ '^[1-9][0-9]{0,4}$' AND p ->> 'height' ~ '^[1-9][0-9]{0,4}$' THEN
      -- Something of it must show.
      coalesce(CAST(p #>> '{safe,top}' AS int), 0) + coalesce(CAST(p #>> '{safe,bottom}' AS int), 0) < CAST(p ->> 'height' AS int)
      AND coalesce(CAST(p #>> '{safe,left}' AS int), 0) + coalesce(CAST(p #>> '{safe,right}' AS int), 0) < CAST(p ->> 'width' AS int) END, false)
$$;

CREATE TABLE studio.slot (
  id      text COLLATE "C" PRIMARY KEY,
  body    jsonb NOT NULL CONSTRAINT slot_body CHECK (studio.is_slot(body) AND body ->> 'id' = id),
  retired bool NOT NULL,
  version int NOT NULL CHECK (version > 0),
  by      text NOT NULL REFERENCES studio.person,
  at      timestamptz NOT NULL
);
CREATE TABLE studio.slot_version (
  slot    text COLLATE "C" NOT NULL REFERENCES studio.slot,
  version int NOT NULL,
  body    jsonb NOT NULL,
  retired bool NOT NULL,
  by      text NOT NULL,
  at      timestamptz NOT NULL,
  PRIMARY KEY (slot, version)
);
ALTER TABLE studio.slot ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.slot FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);
ALTER TABLE studio.slot_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.slot_version FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);
GRANT SELECT ON studio.slot, studio.slot_version TO moderator, lead, marketer, auditor, administrator, worker;

-- p_version is the version that the lead saw, 0 for a slot that nobody here has edited.
CREATE FUNCTION studio.slot_put(p_request uuid, p_version int, p_body jsonb, p_retired bool) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('slot_put', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'slot_put', jsonb_build_array(p_version, p_body, p_retired));
  s studio.slot;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF NOT studio.is_slot(p_body) THEN
    PERFORM studio.refuse('field_value', 'field', 'slot', 'value', left(coalesce(CAST(p_body AS text), ''), 40));
  END IF;
  -- Of two who make the same slot at once the second one learns of it.
  LOCK TABLE studio.slot IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO s FROM studio.slot WHERE id = p_body ->> 'id' FOR UPDATE;
  IF coalesce(s.version, 0) IS DISTINCT FROM p_version THEN
    PERFORM studio.refuse('rule_changed', 'what', 'slot', 'id', p_body ->> 'id');
  END IF;
  t := clock_timestamp();
  INSERT INTO studio.slot VALUES (p_body ->> 'id', p_body, coalesce(p_retired, false), 1, login, t)
    ON CONFLICT (id) DO UPDATE SET body = excluded.body, retired = excluded.retired, version = slot.version + 1, by = excluded.by, at = excluded.at
    RETURNING * INTO s;
  INSERT INTO studio.slot_version VALUES (s.id, s.version, s.body, s.retired, login, t);
  PERFORM studio.audit_write('slot.put', 'slot', s.id, p_request, jsonb_build_object('version', s.version, 'retired', s.retired,
    'slot_sha256', studio.words_digest(CAST(s.body AS text))));
  RETURN studio.request_end(p_request, to_jsonb(s));
END
$$;
GRANT EXECUTE ON FUNCTION studio.slot_put TO lead;

RESET ROLE;
-- +goose StatementEnd
