-- How a case comes to be: the one place that writes case, queue row, evidence and
-- audit row together. Nobody may execute these but our own functions, which import
-- applications and keep scans.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- The reference of a target's newest case, NULL when it never had one.
CREATE FUNCTION studio.case_ref(p_kind text, p_target text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT ref FROM studio.cases WHERE kind = p_kind AND target = p_target ORDER BY created DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION studio.case_ref TO moderator, lead, auditor, administrator, worker;

CREATE FUNCTION studio.evidence_put(p_case uuid, p_evidence jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  DELETE FROM studio.evidence WHERE case_id = p_case;
  INSERT INTO studio.evidence (case_id, n, kind, rule, target, field, span_start, span_end, text, weight)
  SELECT p_case, e.n, coalesce(nullif(x.kind, ''), split_part(x.rule, '.', 1)), x.rule, coalesce(x.target, ''), coalesce(x.field, ''),
         x.start, x."end", coalesce(x.text, ''), coalesce(x.weight, 0)
    FROM jsonb_array_elements(coalesce(p_evidence, '[]')) WITH ORDINALITY AS e(body, n),
         jsonb_to_record(e.body) AS x(kind text, rule text, target text, field text, start int, "end" int, text text, weight double precision);
END
$$;

-- What of the evidence goes into the record: enough to prove later that a case's
-- evidence is what the decision was made on.
CREATE FUNCTION studio.evidence_digest(p_case uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT encode(sha256(convert_to(coalesce(string_agg(CAST(to_jsonb(e) - 'case_id' AS text), E'\n' ORDER BY n), ''), 'UTF8')), 'hex')
    FROM studio.evidence e WHERE case_id = p_case
$$;
GRANT EXECUTE ON FUNCTION studio.evidence_digest TO auditor;

-- p_due NULL asks for the time that the kind is allowed. An open case of the target
-- is returned as it stands, except that a newer scan puts its score and evidence in
-- place of the old ones while nobody has the case open.
CREATE FUNCTION studio.case_open(p_request uuid, p_kind text, p_target text,
  p_title text, p_subtitle text, p_weight bigint, p_picture text, p_tag text, p_score double precision,
  p_created timestamptz, p_due timestamptz,
  p_submitted_by text, p_entered_by text, p_brand text, p_region text, p_lang text,
  p_evidence jsonb) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  born CONSTANT timestamptz := coalesce(p_created, clock_timestamp());
  due_at CONSTANT timestamptz := coalesce(p_due, born + studio.setting_interval('sla_' || p_kind));
  key CONSTANT timestamptz := CASE p_kind WHEN 'post' THEN born + (due_at - born) * (1 - coalesce(p_score, 0)) ELSE due_at END;
  opened uuid;
  given_ref text;
BEGIN
  SELECT id INTO opened FROM studio.cases WHERE kind = p_kind AND target = p_target AND stage <> 'closed';
  IF FOUND THEN
    PERFORM studio.case_rescored(p_request, opened, p_tag, p_score, p_evidence);
    RETURN opened;
  END IF;

  given_ref := coalesce(studio.case_ref(p_kind, p_target), CASE p_kind
    WHEN 'brand' THEN 'A-' || to_char(nextval('studio.ref_brand'), 'FM9990000')
    ELSE 'P-' || to_char(nextval('studio.ref_post'), 'FM9990000') END);
  INSERT INTO studio.cases (ref, kind, target, title, subtitle, weight, picture, tag, score,
      submitted_by, entered_by, brand, region, lang, created, due)
    VALUES (given_ref, p_kind, p_target, p_title, coalesce(p_subtitle, ''), coalesce(p_weight, 0), coalesce(p_picture, ''), p_tag, coalesce(p_score, 0),
      coalesce(p_submitted_by, ''),
      -- Whoever imports a file of posts has no stake in them, as moderation.Post.Parties says too.
      CASE p_kind WHEN 'brand' THEN coalesce(p_entered_by, '') ELSE '' END,
      coalesce(p_brand, ''), coalesce(p_region, ''), coalesce(p_lang, ''), born, due_at)
    ON CONFLICT (kind, target) WHERE stage <> 'closed' DO NOTHING
    RETURNING id INTO opened;
  IF opened IS NULL THEN -- somebody else opened it between the look and here
    SELECT id INTO STRICT opened FROM studio.cases WHERE kind = p_kind AND target = p_target AND stage <> 'closed';
    RETURN opened;
  END IF;
  -- The last byte of a version 7 identifier is random, so it spreads over the shards.
  INSERT INTO studio.queue (case_id, kind, stage, waiting, shard, due_key, available_at)
    VALUES (opened, p_kind, 'first', true, get_byte(uuid_send(opened), 15) & 15, key, clock_timestamp());
  PERFORM studio.evidence_put(opened, p_evidence);
  PERFORM studio.audit_write('case.open', 'case', opened::text, p_request,
    jsonb_build_object('ref', given_ref, 'kind', p_kind, 'target', p_target, 'tag', p_tag, 'score', p_score, 'evidence', studio.evidence_digest(opened)));
  RETURN opened;
END
$$;

CREATE FUNCTION studio.case_rescored(p_request uuid, p_case uuid, p_tag text, p_score double precision, p_evidence jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  before text;
BEGIN
  PERFORM FROM studio.queue WHERE case_id = p_case AND kind = 'post' AND stage = 'first'
    AND (holder IS NULL OR lease_until <= clock_timestamp()) FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN; END IF;
  before := studio.evidence_digest(p_case);
  PERFORM studio.evidence_put(p_case, p_evidence);
  IF before = studio.evidence_digest(p_case) THEN RETURN; END IF;
  -- The queue's key stays: a case that lost its place at every new model would starve.
  UPDATE studio.cases SET tag = p_tag, score = p_score, version = version + 1 WHERE id = p_case;
  PERFORM studio.audit_write('case.rescore', 'case', p_case::text, p_request,
    jsonb_build_object('tag', p_tag, 'score', p_score, 'evidence', studio.evidence_digest(p_case)));
END
$$;

-- case_lock takes the lock of a target's open case, if it has one. A decision locks
-- the queue row first and the application after it; whoever changes an application
-- calls this before, or the two could wait for each other.
CREATE FUNCTION studio.case_lock(p_kind text, p_target text) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
   WHERE c.kind = p_kind AND c.target = p_target AND c.stage <> 'closed' FOR UPDATE OF q
$$;

-- case_reopen puts an open brand case back to its first look, because the
-- applicant changed what they want approved: earlier approvals were of other words.
-- It returns NULL when no case is open. The clock starts anew with the new papers.
CREATE FUNCTION studio.case_reopen(p_request uuid, p_kind text, p_target text,
  p_title text, p_subtitle text, p_picture text, p_brand text, p_submitted_by text, p_entered_by text) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  due_at CONSTANT timestamptz := t + studio.setting_interval('sla_' || p_kind);
  c studio.cases;
BEGIN
  PERFORM studio.case_lock(p_kind, p_target);
  UPDATE studio.cases SET stage = 'first', version = version + 1, approvals = 0, tag = 'info_came', due = due_at,
      title = p_title, subtitle = coalesce(p_subtitle, ''), picture = coalesce(p_picture, ''), brand = coalesce(p_brand, ''),
      submitted_by = coalesce(p_submitted_by, ''), entered_by = coalesce(p_entered_by, '')
    WHERE kind = p_kind AND target = p_target AND stage <> 'closed' RETURNING * INTO c;
  IF NOT FOUND THEN RETURN NULL; END IF;
  -- Whoever has it open keeps it: their decision will be refused as made on an older
  -- version, and their screen shows both.
  UPDATE studio.queue SET stage = 'first', waiting = true, due_key = due_at, available_at = t WHERE case_id = c.id;
  UPDATE studio.vote SET withdrawn_at = t WHERE application = p_target AND withdrawn_at IS NULL;
  PERFORM studio.application_decided(p_target, 'submitted', t);
  PERFORM studio.audit_write('case.reopen', 'case', c.id::text, p_request, jsonb_build_object('version', c.version));
  RETURN c.id;
END
$$;

RESET ROLE;
-- +goose StatementEnd
