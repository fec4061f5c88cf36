-- Appeals. Whoever was refused, or told to label a post, may say once why that was
-- wrong. A lead who had no part in the case hears it: the database bars everybody
-- whose decision on the case stands.
--
-- An appeal is a stage of the same case and not a case of its own: everything that
-- was said and found lies in one file, and one subject never has two open cases.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

INSERT INTO studio.setting (name, value) VALUES
  ('appeal_window', '20 days'); -- from a decision's effect to the last appeal of it

-- While an appeal is heard, what was decided goes on holding.
INSERT INTO studio.stage VALUES
  ('brand', 'appeal', true, 'rejected'),
  ('post',  'appeal', true, 'label_required');
INSERT INTO studio.verdict VALUES ('uphold', false, true), ('overturn', false, true);

ALTER TABLE studio.transition ADD COLUMN fresh bool NOT NULL DEFAULT false; -- not by anybody whose decision on the case stands
-- Overturning a refusal lets no brand in: it starts the review anew, with two people.
INSERT INTO studio.transition (kind, stage, verdict, approvals, lead, another, fresh, to_stage, outcome) VALUES
  ('brand', 'appeal', 'overturn', 0, true, false, true, 'first',  'submitted'),
  ('brand', 'appeal', 'uphold',   0, true, false, true, 'closed', 'rejected'),
  ('post',  'appeal', 'overturn', 0, true, false, true, 'closed', 'cleared'),
  ('post',  'appeal', 'uphold',   0, true, false, true, 'closed', 'label_required');

CREATE OR REPLACE FUNCTION studio.case_tag(p_kind text, p_stage text, p_tag text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN p_stage = 'appeal' OR p_kind = 'brand' AND p_stage IN ('second', 'escalated', 'information') THEN p_stage ELSE p_tag END;

CREATE TABLE studio.appeal (
  id           uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  case_id      uuid NOT NULL REFERENCES studio.cases,
  decision     uuid NOT NULL UNIQUE REFERENCES studio.decision, -- a decision is appealed once
  request      uuid NOT NULL UNIQUE REFERENCES studio.request,
  submitted_by text NOT NULL,                                   -- whose wish it is
  entered_by   text NOT NULL REFERENCES studio.person,          -- who typed it in
  words        text NOT NULL CHECK (words <> '' AND length(words) <= 4000),
  at           timestamptz NOT NULL
);
CREATE INDEX appeal_by_case ON studio.appeal (case_id, id);
GRANT SELECT ON studio.appeal TO moderator, lead, marketer, auditor;
ALTER TABLE studio.appeal ENABLE ROW LEVEL SECURITY;
CREATE POLICY appeal_desk ON studio.appeal FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.cases c WHERE c.id = case_id));
CREATE POLICY appeal_own ON studio.appeal FOR SELECT TO marketer USING (
  submitted_by = (SELECT studio.me()) OR entered_by = (SELECT studio.me()));
CREATE POLICY appeal_all ON studio.appeal FOR SELECT TO auditor USING (true);
CREATE POLICY active_only ON studio.appeal AS RESTRICTIVE FOR SELECT TO moderator, lead, marketer, auditor USING ((SELECT studio.am_active()));

CREATE FUNCTION studio.appeal_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: an appeal stands as it was made', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER appeal_keep_rows BEFORE UPDATE OR DELETE ON studio.appeal
  FOR EACH ROW EXECUTE FUNCTION studio.appeal_keep();
CREATE TRIGGER appeal_keep_table BEFORE TRUNCATE ON studio.appeal
  FOR EACH STATEMENT EXECUTE FUNCTION studio.appeal_keep();

-- Nobody decides on what they submitted or entered, an appeal too, nor on a brand they act for.
CREATE OR REPLACE FUNCTION studio.concerned(c studio.cases, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN p_login IN (c.submitted_by, c.entered_by) OR studio.tied_to(p_login, c.brand)
      OR c.stage = 'appeal' AND EXISTS (SELECT FROM studio.appeal a WHERE a.case_id = c.id AND p_login IN (a.submitted_by, a.entered_by));
END
$$;

-- The cases under appeal that the asker had a part in, for the page of the queue.
CREATE FUNCTION studio.my_appealed() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT q.case_id FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
   WHERE q.stage = 'appeal' AND (studio.decided_on(q.case_id, studio.me()) OR studio.concerned(c, studio.me()))
$$;
GRANT EXECUTE ON FUNCTION studio.my_appealed TO moderator, lead, auditor, administrator, worker;

-- case_appeal takes in what the person concerned says against a decision. Marketers
-- say it for their own applications; for authors, and for brands without a login
-- here, somebody of the desk or a process types it in. p_from is whose wish it is,
-- '' the subject's own submitter or author.
CREATE FUNCTION studio.case_appeal(p_request uuid, p_case uuid, p_from text, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_appeal', 'marketer', 'worker', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_appeal', jsonb_build_array(p_case, p_from, p_words));
  said CONSTANT text := studio.trimmed(p_words);
  role CONSTANT text := (SELECT p.role FROM studio.person p WHERE p.login = studio.me());
  c studio.cases;
  d studio.decision;
  a studio.application;
  wish text;
  into_queue text;
  due_at timestamptz;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF said = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'appeal');
  END IF;
  IF length(said) > 4000 OR length(p_from) > 200 THEN
    PERFORM studio.refuse('field_value', 'field', 'appeal', 'value', left(said, 40) || '…');
  END IF;

  PERFORM FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  SELECT * INTO c FROM studio.cases WHERE id = p_case;
  IF c.kind = 'brand' THEN
    SELECT * INTO a FROM studio.application WHERE id = c.target;
  END IF;
  IF c IS NULL OR role IN ('moderator', 'lead') AND NOT studio.in_sight(c.region, c.lang, login)
     OR role = 'marketer' AND NOT coalesce(c.kind = 'brand' AND (login IN (a.submitted_by, a.entered_by) OR studio.tied_to(login, a.brand_name)), false) THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', coalesce(p_case::text, ''));
  END IF;
  t := clock_timestamp();
  SELECT * INTO d FROM studio.decision WHERE case_id = p_case AND undone_at IS NULL ORDER BY case_version DESC LIMIT 1;
  -- Closed against somebody, in effect, not itself the answer to an appeal, never
  -- appealed, and nothing newer under way about the same subject.
  IF c.stage <> 'closed' OR c.outcome NOT IN ('rejected', 'label_required') OR d.effective_at > t OR d.stage = 'appeal'
     OR EXISTS (SELECT FROM studio.appeal WHERE decision = d.id)
     OR EXISTS (SELECT FROM studio.cases o WHERE o.kind = c.kind AND o.target = c.target AND o.id <> c.id AND (o.stage <> 'closed' OR o.created > c.created))
     OR c.kind = 'post' AND NOT EXISTS (SELECT FROM studio.post p JOIN studio.post_key k ON k.month = p.month AND k.id = p.id
          WHERE k.id = c.target AND p.outcome = 'label_required') THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'appeal', 'stage', c.stage);
  END IF;
  IF t > d.effective_at + studio.setting_interval('appeal_window') THEN
    PERFORM studio.refuse('too_late');
  END IF;

  wish := CASE WHEN role = 'marketer' THEN login ELSE coalesce(nullif(studio.trimmed(p_from), ''), nullif(c.submitted_by, ''), c.target) END;
  into_queue := studio.route_of(c.kind, c.region, c.lang, c.subtitle, 'appeal', c.score);
  due_at := t + studio.sla_of(into_queue);
  INSERT INTO studio.appeal (case_id, decision, request, submitted_by, entered_by, words, at)
    VALUES (c.id, d.id, p_request, wish, login, said, t);
  UPDATE studio.cases SET stage = 'appeal', outcome = NULL, version = version + 1, due = due_at WHERE id = c.id RETURNING * INTO c;
  UPDATE studio.queue SET stage = 'appeal', waiting = true, named = into_queue, due_key = due_at, available_at = t,
      holder = NULL, lease_until = NULL, reserved_for = NULL, reserved_until = NULL
    WHERE case_id = c.id;
  PERFORM studio.audit_write('case.appeal', 'case', c.id::text, p_request, jsonb_build_object('ref', c.ref, 'decision', d.id,
    'version', c.version, 'from', wish, 'words_sha256', studio.words_digest(said)));
  RETURN studio.request_end(p_request, jsonb_build_object('case', c.id, 'version', c.version, 'due', due_at));
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_appeal TO marketer, worker, moderator, lead;

-- Upholding a decision does not begin the breach anew.
CREATE OR REPLACE FUNCTION studio.post_decided(p_id text, p_outcome text, p_from timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  lies_in date;
BEGIN
  SELECT month INTO lies_in FROM studio.post_key WHERE id = p_id;
  UPDATE studio.post p SET
      outcome_before = studio.post_outcome(p, clock_timestamp()),
      outcome = p_outcome, outcome_from = p_from,
      breached_at = CASE WHEN p_outcome = 'label_required' THEN
                           CASE WHEN p.outcome = 'label_required' THEN coalesce(p.breached_at, p_from) ELSE p_from END
                         -- An undo, or another verdict on the same words, takes it back.
                         WHEN p.outcome = 'label_required' THEN NULL
                         ELSE breached_at END
    WHERE p.month = lies_in AND p.id = p_id;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'post', 'id', p_id);
  END IF;
END
$$;

-- An open case of a post whose words changed: what it shows changes with them. The
-- evidence goes, because it points into the old words; the next scan brings its own.
-- An appeal was about the old words too: the new ones get a first look.
CREATE OR REPLACE FUNCTION studio.post_case_changed(p_request uuid, p_month date, p_id text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  c studio.cases;
BEGIN
  UPDATE studio.cases k SET version = k.version + 1, title = studio.post_title(p), picture = studio.post_picture(p), brand = p.brand, lang = p.lang,
      stage = CASE k.stage WHEN 'appeal' THEN 'first' ELSE k.stage END
    FROM studio.post p
   WHERE k.kind = 'post' AND k.target = p_id AND k.stage <> 'closed' AND p.month = p_month AND p.id = p_id
   RETURNING k.* INTO c;
  IF FOUND THEN
    UPDATE studio.queue SET stage = c.stage WHERE case_id = c.id AND stage <> c.stage;
    PERFORM studio.evidence_put(c.id, '[]');
    PERFORM studio.audit_write('case.changed', 'case', c.id::text, p_request, jsonb_build_object('version', c.version));
  END IF;
END
$$;

-- As before, with one more who may not: whoever had a part in what is appealed.
CREATE OR REPLACE FUNCTION studio.case_decide(p_request uuid, p_case uuid, p_fence bigint, p_version int,
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
  why text;
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
  why := studio.barred(c, login);
  IF why IN ('not_found', 'own_submission') THEN
    PERFORM studio.refuse_barred(why, p_case, login);
  END IF;
  -- (No fence and no version are not the right ones.)
  IF q.holder IS DISTINCT FROM login OR q.fence IS DISTINCT FROM p_fence OR q.lease_until <= t OR NOT q.waiting THEN
    PERFORM studio.refuse('lease_lost', 'case', p_case::text);
  END IF;
  IF c.version IS DISTINCT FROM p_version THEN
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
    PERFORM studio.refuse('no_right', 'login', login, 'action', 'decide_' || c.stage);
  END IF;
  IF step.fresh AND studio.decided_on(c.id, login) THEN
    PERFORM studio.refuse('own_decision');
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
      holder = NULL, lease_until = NULL, reserved_for = NULL, reserved_until = NULL, available_at = d.effective_at
    WHERE case_id = c.id;
  PERFORM studio.subject_decided(c, d.outcome, d.effective_at);
  PERFORM studio.audit_write('case.decide', 'case', c.id::text, p_request, jsonb_build_object(
    'decision', d.id, 'ref', c.ref, 'stage', d.stage, 'to', d.to_stage, 'outcome', d.outcome, 'version', d.case_version,
    'verdict', d.verdict, 'policy', d.policy, 'reason_sha256', studio.words_digest(reason), 'note_sha256', studio.words_digest(remark),
    'effective_at', studio.rfc3339(d.effective_at)));
  RETURN studio.request_end(p_request, jsonb_build_object('decision', d.id, 'case', c.id, 'stage', d.to_stage, 'at', d.at, 'effective', d.effective_at));
END
$$;

-- Giving back a case that one can't see any more is allowed; taking one back is not.
CREATE OR REPLACE FUNCTION studio.decision_undo(p_request uuid, p_decision uuid) RETURNS jsonb
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
  IF NOT studio.in_sight(c.region, c.lang, login) THEN
    PERFORM studio.refuse('not_found', 'what', 'decision', 'id', p_decision::text);
  END IF;
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

RESET ROLE;
-- +goose StatementEnd
