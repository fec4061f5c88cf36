-- Authors of a ring are each written to about their own post: the verdict, its policy and
-- the note are one, what each is told may be its own.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- As before, and a case may bring its own reason: [{case, fence, version, reason}].
CREATE OR REPLACE FUNCTION studio.ring_decide(p_request uuid, p_ring text, p_cases jsonb,
  p_verdict text, p_policy text, p_reason text, p_note text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('ring_decide', 'moderator', 'lead');
  done jsonb := studio.request_begin(p_request, 'ring_decide', jsonb_build_array(p_ring, p_cases, p_verdict, p_policy, p_reason, p_note));
  chosen uuid[];
  one record;
  c studio.cases;
  r studio.ring;
  d studio.ring_decision;
  made jsonb := '[]';
  why text;
  detail text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(jsonb_typeof(p_cases), '') <> 'array' OR jsonb_array_length(p_cases) NOT BETWEEN 1 AND 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'cases', 'value', left(coalesce(p_cases::text, ''), 40));
  END IF;
  IF coalesce(p_verdict, '') NOT IN ('require_label', 'clear') THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', left(coalesce(p_verdict, ''), 40), 'stage', 'first');
  END IF;
  SELECT coalesce(array_agg(x."case" ORDER BY x."case"), '{}') INTO chosen FROM jsonb_to_recordset(p_cases) AS x("case" uuid) WHERE x."case" IS NOT NULL;
  IF cardinality(chosen) <> jsonb_array_length(p_cases) OR cardinality(chosen) <> (SELECT count(DISTINCT u) FROM unnest(chosen) AS u) THEN
    PERFORM studio.refuse('field_value', 'field', 'cases', 'value', left(p_cases::text, 40));
  END IF;
  SELECT * INTO r FROM studio.ring WHERE key = p_ring AND authors > 1;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'ring', 'id', left(coalesce(p_ring, ''), 40));
  END IF;

  -- All locks before the first decision, in one order for everybody.
  PERFORM FROM studio.queue q WHERE q.case_id = ANY (chosen) ORDER BY q.case_id FOR UPDATE;
  INSERT INTO studio.ring_decision (request, ring, person, verdict, at)
    VALUES (p_request, p_ring, login, p_verdict, clock_timestamp()) RETURNING * INTO d;
  BEGIN
    FOR one IN SELECT x."case" AS id, x.fence, x.version, x.reason FROM jsonb_to_recordset(p_cases) AS x("case" uuid, fence bigint, version int, reason text) ORDER BY x."case" LOOP
      c := NULL;
      SELECT * INTO c FROM studio.cases k WHERE k.id = one.id AND studio.in_sight(k.region, k.lang, login);
      IF NOT FOUND THEN
        PERFORM studio.refuse('not_found', 'what', 'case', 'id', one.id::text);
      END IF;
      IF NOT studio.in_ring(c, p_ring) THEN
        PERFORM studio.refuse('not_in_ring');
      END IF;
      made := made || studio.case_decide(studio.ring_request(p_request, one.id::text), one.id, one.fence, one.version, p_verdict, p_policy, coalesce(one.reason, p_reason), p_note);
    END LOOP;
  EXCEPTION WHEN SQLSTATE 'CN001' THEN
    GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    -- What is wrong with the wish as a whole is said as it is, and so is a case of which
    -- the person may not even know.
    IF why IN ('policy_needed', 'reason_needed', 'field_value', 'not_found', 'request_reused') THEN
      RAISE EXCEPTION USING ERRCODE = 'CN001', MESSAGE = why, DETAIL = detail;
    END IF;
    PERFORM studio.refuse('ring_refused', 'ref', c.ref, 'case', c.id::text, 'why', why);
  END;
  INSERT INTO studio.ring_decided (decision, ring_decision)
    SELECT CAST(m ->> 'decision' AS uuid), d.id FROM jsonb_array_elements(made) AS m;
  PERFORM studio.audit_write('ring.decide', 'ring', p_ring, p_request, jsonb_build_object('ring_decision', d.id, 'verdict', p_verdict,
    'posts', r.posts, 'authors', r.authors, 'decided', jsonb_array_length(made),
    'decisions_sha256', studio.words_digest((SELECT string_agg(m ->> 'decision', ' ' ORDER BY CAST(m ->> 'decision' AS uuid)) FROM jsonb_array_elements(made) AS m))));
  RETURN studio.request_end(p_request, jsonb_build_object('ring_decision', d.id, 'at', d.at,
    'effective', (SELECT min(x.effective_at) FROM studio.decision x JOIN studio.ring_decided o ON o.decision = x.id WHERE o.ring_decision = d.id), 'made', made));
END
$$;

RESET ROLE;
-- +goose StatementEnd
