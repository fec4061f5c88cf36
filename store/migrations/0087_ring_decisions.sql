-- A ring decided at once. Every rule of single decisions holds, because each case goes
-- through the same functions: claim, decide, undo. What is new is that they go together
-- or not at all, and that it is written down that they did.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.ring_decision (
  id      uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  request uuid NOT NULL UNIQUE REFERENCES studio.request,
  ring    text COLLATE "C" NOT NULL, -- its key then
  person  text NOT NULL REFERENCES studio.person,
  verdict text NOT NULL REFERENCES studio.verdict,
  at      timestamptz NOT NULL
);
CREATE TABLE studio.ring_decided (
  decision      uuid PRIMARY KEY REFERENCES studio.decision, -- that went with a ring's
  ring_decision uuid NOT NULL REFERENCES studio.ring_decision
);
CREATE INDEX ring_decided_together ON studio.ring_decided (ring_decision);
ALTER TABLE studio.ring_decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.ring_decision FOR SELECT USING (
  CASE WHEN (SELECT studio.my_role() IN ('lead', 'auditor')) THEN true
    WHEN (SELECT studio.my_role() = 'moderator') THEN person = (SELECT studio.me()) ELSE false END);
ALTER TABLE studio.ring_decided ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.ring_decided FOR SELECT USING (
  EXISTS (SELECT FROM studio.ring_decision d WHERE d.id = ring_decision));
GRANT SELECT ON studio.ring_decision, studio.ring_decided TO moderator, lead, auditor;

-- Like the decisions that it is made of.
CREATE FUNCTION studio.ring_decision_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: a decision stands as it was made', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER ring_decision_keep_rows BEFORE UPDATE OR DELETE ON studio.ring_decision
  FOR EACH ROW EXECUTE FUNCTION studio.ring_decision_keep();
CREATE TRIGGER ring_decision_keep_table BEFORE TRUNCATE ON studio.ring_decision
  FOR EACH STATEMENT EXECUTE FUNCTION studio.ring_decision_keep();
CREATE TRIGGER ring_decided_keep_rows BEFORE UPDATE OR DELETE ON studio.ring_decided
  FOR EACH ROW EXECUTE FUNCTION studio.ring_decision_keep();
CREATE TRIGGER ring_decided_keep_table BEFORE TRUNCATE ON studio.ring_decided
  FOR EACH STATEMENT EXECUTE FUNCTION studio.ring_decision_keep();

-- The request under which a case's part of a wish for many is granted: the same for the
-- same wish, so that a repeated one is a repeated one for each.
CREATE FUNCTION studio.ring_request(p_request uuid, p_part text) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CAST(substr(encode(sha256(convert_to(concat_ws(' ', 'ring', p_request, p_part), 'UTF8')), 'hex'), 1, 32) AS uuid)
$$;

-- Does a post say that it is paid, by the platform's flag or in words that suffice? It
-- is a member of its ring like any other, and not decided with it.
CREATE FUNCTION studio.is_labelled(p_post text) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.post_key k JOIN studio.post p ON p.month = k.month AND p.id = k.id WHERE k.id = p_post AND p.declared)
      OR EXISTS (SELECT FROM studio.post_key k JOIN studio.post_score s ON s.post = k.id AND s.revision = k.revision
                  WHERE k.id = p_post AND s.disclosure = 'adequate');
END
$$;

-- May a case be decided with a ring at all, whoever asks? Appeals are heard one by one,
-- and a random audit is judged by itself, or it would measure nothing.
CREATE FUNCTION studio.in_ring(c studio.cases, p_ring text) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN c.kind = 'post' AND c.stage IN ('first', 'escalated') AND c.tag <> 'random'
     AND EXISTS (SELECT FROM studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE p.post = c.target AND p.ring = p_ring AND r.authors > 1)
     AND NOT studio.is_labelled(c.target);
END
$$;

-- ring_claim opens all cases of a ring that the person may decide and that nobody else
-- has, at most 500, each under a lease of its own. It answers those leases, and of the
-- others why not; of cases out of the person's sight nothing.
CREATE FUNCTION studio.ring_claim(p_request uuid, p_ring text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('ring_claim', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'ring_claim', jsonb_build_array(p_ring));
  c studio.cases;
  held jsonb := '[]';
  stays jsonb := '[]';
  why text;
  detail text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  PERFORM FROM studio.ring WHERE key = p_ring AND authors > 1;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'ring', 'id', left(coalesce(p_ring, ''), 40));
  END IF;
  FOR c IN
    SELECT k.* FROM studio.ring_post p JOIN studio.cases k ON k.kind = 'post' AND k.target = p.post AND k.stage IN ('first', 'escalated')
     WHERE p.ring = p_ring AND studio.in_sight(k.region, k.lang, login) AND studio.in_ring(k, p_ring)
     ORDER BY k.id LIMIT 500 -- in the order in which ring_decide locks them
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
GRANT EXECUTE ON FUNCTION studio.ring_claim TO moderator, lead;

-- Renews leases, [{case, fence}], and answers those that still are.
CREATE FUNCTION studio.ring_renew(p_leases jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_renew', 'moderator', 'lead');
  l record;
  held jsonb := '[]';
BEGIN
  IF coalesce(jsonb_typeof(p_leases), '') <> 'array' OR jsonb_array_length(p_leases) > 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'leases', 'value', left(coalesce(p_leases::text, ''), 40));
  END IF;
  FOR l IN SELECT DISTINCT x."case" AS id, x.fence FROM jsonb_to_recordset(p_leases) AS x("case" uuid, fence bigint) WHERE x."case" IS NOT NULL ORDER BY 1 LOOP
    BEGIN
      held := held || studio.case_renew(l.id, l.fence);
    EXCEPTION WHEN SQLSTATE 'CN001' THEN
      CONTINUE; -- it ran out or passed on, and the answer lacks it
    END;
  END LOOP;
  RETURN held;
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_renew TO moderator, lead;

-- Gives leases back, [{case, fence}]. Giving back what one doesn't hold is no fault.
CREATE FUNCTION studio.ring_release(p_request uuid, p_leases jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_release', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'ring_release', jsonb_build_array(p_leases));
  l record;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(jsonb_typeof(p_leases), '') <> 'array' OR jsonb_array_length(p_leases) > 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'leases', 'value', left(coalesce(p_leases::text, ''), 40));
  END IF;
  FOR l IN SELECT DISTINCT ON (x."case") x."case" AS id, x.fence FROM jsonb_to_recordset(p_leases) AS x("case" uuid, fence bigint) WHERE x."case" IS NOT NULL ORDER BY 1 LOOP
    PERFORM studio.case_release(studio.ring_request(p_request, l.id::text), l.id, l.fence);
  END LOOP;
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_release TO moderator, lead;

-- ring_decide gives one verdict on cases of a ring, [{case, fence, version}], with the
-- same policy and words: a decision and a row of the record for each, or, where one is
-- refused, none at all. Cases that are not named stay as they are.
CREATE FUNCTION studio.ring_decide(p_request uuid, p_ring text, p_cases jsonb,
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
    FOR one IN SELECT x."case" AS id, x.fence, x.version FROM jsonb_to_recordset(p_cases) AS x("case" uuid, fence bigint, version int) ORDER BY x."case" LOOP
      c := NULL;
      SELECT * INTO c FROM studio.cases k WHERE k.id = one.id AND studio.in_sight(k.region, k.lang, login);
      IF NOT FOUND THEN
        PERFORM studio.refuse('not_found', 'what', 'case', 'id', one.id::text);
      END IF;
      IF NOT studio.in_ring(c, p_ring) THEN
        PERFORM studio.refuse('not_in_ring');
      END IF;
      made := made || studio.case_decide(studio.ring_request(p_request, one.id::text), one.id, one.fence, one.version, p_verdict, p_policy, p_reason, p_note);
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
GRANT EXECUTE ON FUNCTION studio.ring_decide TO moderator, lead;

-- ring_undo takes back all of a ring's decision that still stands, or nothing, and
-- returns the cases open on the same desk.
CREATE FUNCTION studio.ring_undo(p_request uuid, p_ring_decision uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('ring_undo', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'ring_undo', jsonb_build_array(p_ring_decision));
  d studio.ring_decision;
  x studio.decision;
  leases jsonb := '[]';
  why text;
  detail text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT * INTO d FROM studio.ring_decision WHERE id = p_ring_decision;
  IF NOT FOUND OR d.person <> login THEN
    PERFORM studio.refuse('not_found', 'what', 'decision', 'id', coalesce(p_ring_decision::text, ''));
  END IF;
  PERFORM FROM studio.queue q WHERE q.case_id IN (SELECT e.case_id FROM studio.ring_decided o JOIN studio.decision e ON e.id = o.decision WHERE o.ring_decision = d.id)
    ORDER BY q.case_id FOR UPDATE;
  BEGIN
    FOR x IN SELECT e.* FROM studio.ring_decided o JOIN studio.decision e ON e.id = o.decision
              WHERE o.ring_decision = d.id AND e.undone_at IS NULL ORDER BY e.case_id LOOP
      leases := leases || studio.decision_undo(studio.ring_request(p_request, x.id::text), x.id);
    END LOOP;
  EXCEPTION WHEN SQLSTATE 'CN001' THEN
    GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    IF why = 'changed' THEN
      PERFORM studio.refuse('ring_refused', 'ref', (SELECT c.ref FROM studio.cases c WHERE c.id = x.case_id), 'case', x.case_id::text, 'why', why);
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'CN001', MESSAGE = why, DETAIL = detail;
  END;
  IF leases = '[]' THEN
    PERFORM studio.refuse('too_late');
  END IF;
  PERFORM studio.audit_write('ring.undo', 'ring', d.ring, p_request, jsonb_build_object('ring_decision', d.id, 'undone', jsonb_array_length(leases)));
  RETURN studio.request_end(p_request, leases);
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_undo TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
