-- A ring of thousands is decided page by page: whoever opens a page holds what stands on
-- it, and nothing else that nobody could then decide.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- ring_claim as before, of the cases that are named, at most 500. Those that are not in
-- the ring, or out of the person's sight, are passed over in silence.
CREATE FUNCTION studio.ring_claim(p_request uuid, p_ring text, p_cases uuid[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('ring_claim', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'ring_claim', jsonb_build_array(p_ring, p_cases));
  c studio.cases;
  held jsonb := '[]';
  stays jsonb := '[]';
  why text;
  detail text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF p_cases IS NULL OR cardinality(p_cases) > 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'cases', 'value', left(coalesce(p_cases::text, ''), 40));
  END IF;
  PERFORM FROM studio.ring WHERE key = p_ring AND authors > 1;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'ring', 'id', left(coalesce(p_ring, ''), 40));
  END IF;
  FOR c IN
    SELECT k.* FROM studio.cases k
     WHERE k.id = ANY (p_cases) AND k.kind = 'post' AND studio.in_sight(k.region, k.lang, login) AND studio.in_ring(k, p_ring)
     ORDER BY k.id -- in the order in which ring_decide locks them
  LOOP
    IF studio.has_skipped(c.id, login) THEN -- not taken back by opening the ring
      stays := stays || jsonb_build_object('case', c.id, 'why', 'cannot_take', 'args', jsonb_build_object('who', login));
      CONTINUE;
    END IF;
    BEGIN
      held := held || studio.case_claim(studio.ring_request(p_request, c.id::text), c.id);
    EXCEPTION WHEN SQLSTATE 'CN001' THEN
      GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
      IF why <> 'not_found' THEN
        stays := stays || jsonb_build_object('case', c.id, 'why', why, 'args', coalesce(nullif(detail, ''), '{}')::jsonb);
      END IF;
    END;
  END LOOP;
  RETURN studio.request_end(p_request, jsonb_build_object('leases', held, 'left', stays));
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_claim(uuid, text, uuid[]) TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
