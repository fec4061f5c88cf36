-- Decisions and their undoing.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Leaves the subject of a case in a state from a moment on.
CREATE FUNCTION studio.subject_decided(c studio.cases, p_state text, p_from timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF c.kind = 'brand' THEN
    PERFORM studio.application_decided(c.target, p_state, p_from);
  ELSE
    PERFORM studio.post_decided(c.target, p_state, p_from);
  END IF;
END
$$;

-- Words reach the record as their digest: the record can't be rewritten, and words
-- about people must be able to go one day. The decision's row holds them till then,
-- and verify compares the two.
CREATE FUNCTION studio.words_digest(p_words text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT encode(sha256(convert_to(p_words, 'UTF8')), 'hex')
$$;
GRANT EXECUTE ON FUNCTION studio.words_digest TO auditor;

CREATE FUNCTION studio.case_decide(p_request uuid, p_case uuid, p_fence bigint, p_version int,
  p_verdict text, p_policy text, p_reason text, p_note text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_decide', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_decide',
    jsonb_build_array(p_case, p_fence, p_version, p_verdict, p_policy, p_reason, p_note));
  reason CONSTANT text := studio.trimmed(p_reason);
  remark CONSTANT text := studio.trimmed(p_note);
  q studio.queue;
  c studio.cases;
  d studio.decision;
  step studio.transition;
  need studio.verdict;
  ground studio.policy;
  approved bool;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;

  SELECT * INTO q FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  SELECT * INTO STRICT c FROM studio.cases WHERE id = p_case;
  t := clock_timestamp();

  -- Who: before what, so that a party to the case learns nothing of where it stands.
  IF studio.concerned(c, login) THEN
    PERFORM studio.refuse('own_submission');
  END IF;
  IF q.holder IS DISTINCT FROM login OR q.fence <> p_fence OR q.lease_until <= t OR NOT q.waiting THEN
    PERFORM studio.refuse('lease_lost', 'case', p_case::text);
  END IF;
  IF c.version <> p_version THEN
    PERFORM studio.refuse('changed', 'case', p_case::text);
  END IF;

  -- What: the line of the table, and the approvals of others that it asks for.
  approved := studio.has_approved(c, login);
  SELECT * INTO step FROM studio.transition s
   WHERE s.kind = c.kind AND s.stage = c.stage AND s.verdict = p_verdict
     AND s.approvals <= c.approvals - CASE WHEN approved THEN 1 ELSE 0 END
   ORDER BY s.approvals DESC LIMIT 1;
  IF approved AND (step.another OR step IS NULL) AND EXISTS (
      SELECT FROM studio.transition s WHERE s.kind = c.kind AND s.stage = c.stage AND s.verdict = p_verdict) THEN
    PERFORM studio.refuse('second_person');
  END IF;
  IF step IS NULL THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', coalesce(p_verdict, ''), 'stage', c.stage);
  END IF;
  IF step.lead AND NOT studio.is_lead(login) THEN
    PERFORM studio.refuse('no_right', 'login', login, 'action', 'decide_escalated');
  END IF;

  -- Why: a policy that carries this verdict, words where it or the verdict asks for them.
  SELECT * INTO STRICT need FROM studio.verdict v WHERE v.verdict = p_verdict;
  IF coalesce(p_policy, '') <> '' THEN
    SELECT * INTO ground FROM studio.policy p
     WHERE p.code = p_policy AND p.kind = c.kind AND p.active AND p_verdict = ANY (p.verdicts);
  END IF;
  IF ground IS NULL AND (need.needs_policy OR coalesce(p_policy, '') <> '') THEN
    PERFORM studio.refuse('policy_needed');
  END IF;
  IF length(reason) > 4000 OR length(remark) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', CASE WHEN length(reason) > 4000 THEN 'reason' ELSE 'note' END, 'value', left(reason || remark, 40) || '…');
  END IF;
  IF reason = '' AND (need.needs_reason OR ground.needs_reason) THEN
    PERFORM studio.refuse('reason_needed', 'policy', coalesce(ground.code, ''));
  END IF;

  INSERT INTO studio.decision (case_id, request, stage, to_stage, outcome, case_version, verdict, policy, reason, note, person, at, effective_at)
    VALUES (c.id, p_request, c.stage, step.to_stage, step.outcome, c.version + 1, p_verdict, ground.code, reason, remark, login,
            t, t + studio.setting_interval('undo_window'))
    RETURNING * INTO d;
  IF c.kind = 'brand' AND p_verdict = 'approve' AND NOT approved THEN
    INSERT INTO studio.vote (application, submitter, version, voter, decision, at)
      SELECT a.id, a.submitted_by, a.version, login, d.id, t FROM studio.application a WHERE a.id = c.target
      ON CONFLICT (application, version, voter) DO UPDATE SET decision = excluded.decision, at = excluded.at, withdrawn_at = NULL;
    c.approvals := c.approvals + 1;
  END IF;
  UPDATE studio.cases SET stage = d.to_stage, version = d.case_version, approvals = c.approvals,
      outcome = CASE WHEN d.to_stage = 'closed' THEN d.outcome END
    WHERE id = c.id;
  UPDATE studio.queue SET stage = d.to_stage, waiting = (SELECT s.waits FROM studio.stage s WHERE s.kind = c.kind AND s.stage = d.to_stage),
      holder = NULL, lease_until = NULL, available_at = d.effective_at
    WHERE case_id = c.id;
  PERFORM studio.subject_decided(c, d.outcome, d.effective_at);
  PERFORM studio.audit_write('case.decide', 'case', c.id::text, p_request, jsonb_build_object(
    'decision', d.id, 'ref', c.ref, 'stage', d.stage, 'to', d.to_stage, 'outcome', d.outcome, 'version', d.case_version,
    'verdict', d.verdict, 'policy', d.policy, 'reason_sha256', studio.words_digest(reason), 'note_sha256', studio.words_digest(remark),
    'effective_at', studio.rfc3339(d.effective_at)));
  RETURN studio.request_end(p_request, jsonb_build_object('decision', d.id, 'case', c.id, 'stage', d.to_stage, 'at', d.at, 'effective', d.effective_at));
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_decide TO moderator, lead;

-- decision_undo puts the case back where it was, open at the same person's desk.
CREATE FUNCTION studio.decision_undo(p_request uuid, p_decision uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('decision_undo', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'decision_undo', jsonb_build_array(p_decision));
  d studio.decision;
  c studio.cases;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;

  SELECT * INTO d FROM studio.decision WHERE id = p_decision;
  IF NOT FOUND OR d.person <> login THEN
    -- The same answer for both: whose decisions there are is not everybody's business.
    PERFORM studio.refuse('not_found', 'what', 'decision', 'id', p_decision::text);
  END IF;
  PERFORM FROM studio.queue WHERE case_id = d.case_id FOR UPDATE;
  SELECT * INTO STRICT d FROM studio.decision WHERE id = p_decision;
  SELECT * INTO STRICT c FROM studio.cases WHERE id = d.case_id;
  t := clock_timestamp();
  IF d.undone_at IS NOT NULL OR t >= d.effective_at THEN
    PERFORM studio.refuse('too_late');
  END IF;
  -- The applicant handed in more meanwhile, or a case was opened anew.
  IF c.version <> d.case_version OR (c.stage = 'closed' AND EXISTS (
      SELECT FROM studio.cases o WHERE o.kind = c.kind AND o.target = c.target AND o.stage <> 'closed')) THEN
    PERFORM studio.refuse('changed', 'case', c.id::text);
  END IF;

  UPDATE studio.decision SET undone_at = t WHERE id = d.id;
  UPDATE studio.vote SET withdrawn_at = t WHERE decision = d.id AND withdrawn_at IS NULL;
  IF FOUND THEN
    c.approvals := c.approvals - 1;
  END IF;
  UPDATE studio.cases SET stage = d.stage, version = version + 1, approvals = c.approvals, outcome = NULL WHERE id = c.id;
  UPDATE studio.queue SET stage = d.stage, waiting = true, available_at = t WHERE case_id = c.id;
  PERFORM studio.subject_decided(c, (SELECT s.state FROM studio.stage s WHERE s.kind = c.kind AND s.stage = d.stage), t);
  PERFORM studio.audit_write('case.undo', 'case', c.id::text, p_request, jsonb_build_object('decision', d.id, 'ref', c.ref, 'stage', d.stage));
  RETURN studio.request_end(p_request, studio.lease_give(c.id, login));
END
$$;
GRANT EXECUTE ON FUNCTION studio.decision_undo TO moderator, lead;

-- How many opinions a case's file leaves out for whoever asks: the approvals of
-- others while the second opinion is still to be given.
CREATE FUNCTION studio.case_hidden(p_case uuid) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CAST(count(*) AS int) FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
   WHERE d.case_id = p_case AND c.stage = 'second' AND d.verdict = 'approve' AND d.undone_at IS NULL AND d.person <> studio.me()
     AND EXISTS (SELECT FROM studio.person p WHERE p.login = studio.me() AND p.role IN ('moderator', 'lead'))
$$;
GRANT EXECUTE ON FUNCTION studio.case_hidden TO moderator, lead, auditor;

CREATE FUNCTION studio.note_add(p_request uuid, p_case uuid, p_text text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('note_add', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'note_add', jsonb_build_array(p_case, p_text));
  words CONSTANT text := studio.trimmed(p_text);
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF words = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'note');
  END IF;
  IF length(words) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(words, 40) || '…');
  END IF;
  PERFORM FROM studio.cases WHERE id = p_case;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  INSERT INTO studio.note (case_id, person, at, text) VALUES (p_case, login, clock_timestamp(), words);
  PERFORM studio.audit_write('case.note', 'case', p_case::text, p_request, jsonb_build_object('note_sha256', studio.words_digest(words)));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.note_add TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
