-- Whose hands a case is in: claims that respect who sees what, handing a case to a
-- named person, skipping one with a reason.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

INSERT INTO studio.setting (name, value) VALUES
  ('reserve',  '4 hours'),  -- how long a case waits for the person it was handed to
  ('skip_for', '8 hours');  -- how long a skipped case is kept from whoever skipped it

-- A case that was handed to somebody waits for them alone until a moment.
ALTER TABLE studio.queue
  ADD COLUMN reserved_for text REFERENCES studio.person,
  ADD COLUMN reserved_until timestamptz,
  ADD CHECK ((reserved_for IS NULL) = (reserved_until IS NULL));

-- What a person put aside. The case goes on waiting for everybody else, at its
-- place; a conflict of interest keeps it from this person for good.
CREATE TABLE studio.skip (
  person  text NOT NULL REFERENCES studio.person,
  case_id uuid NOT NULL REFERENCES studio.cases,
  reason  text NOT NULL CHECK (reason IN ('language', 'knowledge', 'conflict', 'wellbeing', 'other')),
  at      timestamptz NOT NULL,
  until   timestamptz NOT NULL,
  PRIMARY KEY (person, case_id)
);
ALTER TABLE studio.skip ENABLE ROW LEVEL SECURITY;
CREATE POLICY skip_own ON studio.skip FOR SELECT TO moderator USING (person = (SELECT studio.me()));
CREATE POLICY skip_all ON studio.skip FOR SELECT TO lead, auditor USING (true);
CREATE POLICY active_only ON studio.skip AS RESTRICTIVE FOR SELECT TO moderator, lead, auditor USING ((SELECT studio.am_active()));
GRANT SELECT ON studio.skip TO moderator, lead, auditor;

CREATE FUNCTION studio.has_skipped(p_case uuid, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.skip s WHERE s.person = p_login AND s.case_id = p_case AND s.until > clock_timestamp());
END
$$;

-- Has the person had a say in the case that stands?
CREATE FUNCTION studio.decided_on(p_case uuid, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.decision d WHERE d.case_id = p_case AND d.person = p_login AND d.undone_at IS NULL);
END
$$;

-- These as before, with plans that are kept.
CREATE OR REPLACE FUNCTION studio.tied_to(p_login text, p_brand text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN coalesce(p_brand, '') <> '' AND EXISTS (
    SELECT FROM studio.person p, unnest(p.brands) AS own(brand)
     WHERE p.login = p_login AND studio.fold(own.brand) = studio.fold(p_brand));
END
$$;
CREATE OR REPLACE FUNCTION studio.has_approved(c studio.cases, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN c.kind = 'brand' AND EXISTS (
    SELECT FROM studio.vote v JOIN studio.application a ON a.id = v.application AND a.version = v.version
     WHERE v.application = c.target AND v.voter = p_login AND v.withdrawn_at IS NULL);
END
$$;
CREATE OR REPLACE FUNCTION studio.is_lead(p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.person p WHERE p.login = p_login AND p.role = 'lead');
END
$$;
CREATE OR REPLACE FUNCTION studio.concerned(c studio.cases, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN p_login IN (c.submitted_by, c.entered_by) OR studio.tied_to(p_login, c.brand);
END
$$;
CREATE OR REPLACE FUNCTION studio.setting_interval(p_name text) RETURNS interval
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT CAST(s.value AS interval) FROM studio.setting s WHERE s.name = p_name);
END
$$;
CREATE OR REPLACE FUNCTION studio.lease_give(p_case uuid, p_login text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  lease jsonb;
BEGIN
  UPDATE studio.queue q
     SET fence = q.fence + CASE WHEN q.holder = p_login AND q.lease_until > clock_timestamp() THEN 0 ELSE 1 END,
         holder = p_login,
         lease_until = clock_timestamp() + studio.setting_interval('lease')
    FROM studio.cases c
   WHERE q.case_id = p_case AND c.id = p_case
  RETURNING jsonb_build_object('case', q.case_id, 'fence', q.fence, 'until', q.lease_until, 'version', c.version) INTO lease;
  RETURN lease;
END
$$;

-- May this person decide on the case at the stage where it stands? NULL, or the code
-- of why not. Said once for claiming, taking, handing over and deciding. Whoever
-- can't see a case gets the answer of one that isn't there.
CREATE FUNCTION studio.barred(c studio.cases, p_login text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE
    WHEN NOT studio.in_sight(c.region, c.lang, p_login) THEN 'not_found'
    WHEN studio.concerned(c, p_login) THEN 'own_submission'
    WHEN c.stage IN ('escalated', 'appeal') AND NOT studio.is_lead(p_login) THEN 'no_right'
    WHEN c.stage = 'appeal' AND studio.decided_on(c.id, p_login) THEN 'own_decision'
    WHEN c.stage = 'second' AND studio.has_approved(c, p_login) THEN 'second_person'
  END;
END
$$;

CREATE FUNCTION studio.refuse_barred(p_why text, p_case uuid, p_login text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF p_why = 'not_found' THEN
    PERFORM studio.refuse(p_why, 'what', 'case', 'id', p_case::text);
  ELSIF p_why = 'no_right' THEN
    PERFORM studio.refuse(p_why, 'login', p_login,
      'action', 'decide_' || (SELECT stage FROM studio.cases WHERE id = p_case));
  ELSIF p_why IS NOT NULL THEN
    PERFORM studio.refuse(p_why);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION studio.case_claim(p_request uuid, p_case uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_claim', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_claim', jsonb_build_array(p_case));
  q studio.queue;
  c studio.cases;
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
  why := studio.barred(c, login);
  IF why = 'not_found' OR q.waiting THEN
    PERFORM studio.refuse_barred(why, p_case, login);
  END IF;
  IF NOT q.waiting THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'claim', 'stage', c.stage);
  END IF;
  IF q.holder <> login AND q.lease_until > t THEN
    PERFORM studio.refuse('held_by_other', 'who', q.holder, 'until', studio.rfc3339(q.lease_until));
  END IF;
  IF q.available_at > t AND q.holder IS DISTINCT FROM login THEN
    -- Still in the hand of whoever decided last, and may undo it.
    PERFORM studio.refuse('held_by_other', 'who', (SELECT person FROM studio.decision WHERE case_id = p_case ORDER BY id DESC LIMIT 1),
      'until', studio.rfc3339(q.available_at));
  END IF;
  IF q.reserved_for <> login AND q.reserved_until > t THEN
    PERFORM studio.refuse('held_by_other', 'who', q.reserved_for, 'until', studio.rfc3339(q.reserved_until));
  END IF;
  -- Opening a case oneself takes an earlier "not for me" back; a conflict stays one.
  DELETE FROM studio.skip WHERE person = login AND case_id = p_case AND reason <> 'conflict';
  IF studio.has_skipped(p_case, login) THEN
    PERFORM studio.refuse('cannot_take', 'who', login);
  END IF;
  RETURN studio.request_end(p_request, studio.lease_give(p_case, login));
END
$$;

-- The next cases that a person may decide, at most p_n of them; p_named NULL takes
-- from every named queue of the kind. It starts at one of sixteen ends and passes
-- over rows that somebody else is just taking, so many claimers don't wait for each
-- other. Within an end the order is the queue's; between ends it is off by at most
-- what the others hold.
CREATE FUNCTION studio.leases_next(p_login text, p_kind text, p_named text, p_n int) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  first CONSTANT int := floor(random() * 16);
  want int := least(greatest(coalesce(p_n, 1), 1), 5);
  leases jsonb := '[]';
  next_case uuid;
  me studio.person;
  speaks text;
BEGIN
  SELECT * INTO STRICT me FROM studio.person WHERE login = p_login;
  IF me.languages <> '{}' THEN
    speaks := studio.language_pattern(me.languages);
  END IF;
  FOR i IN 0..15 LOOP
    FOR next_case IN
      SELECT q.case_id FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
       WHERE q.kind = p_kind AND q.shard = (first + i) % 16 AND q.waiting
         AND q.available_at <= clock_timestamp()
         AND (q.holder IS NULL OR q.lease_until <= clock_timestamp())
         AND (q.reserved_for IS NULL OR q.reserved_for = p_login OR q.reserved_until <= clock_timestamp())
         AND (p_named IS NULL OR q.named = p_named)
         AND (q.region = '' OR me.regions = '{}' OR q.region = ANY (me.regions))
         AND (q.lang = '' OR speaks IS NULL OR q.lang ~* speaks)
         AND studio.barred(c, p_login) IS NULL
         AND NOT studio.has_skipped(q.case_id, p_login)
       ORDER BY q.due_key LIMIT want FOR UPDATE OF q SKIP LOCKED
    LOOP
      -- The case was read before its row was locked, and whoever had the lock meanwhile
      -- may have sent it to a lead or typed in new papers. So ask again.
      CONTINUE WHEN EXISTS (SELECT FROM studio.cases c WHERE c.id = next_case AND studio.barred(c, p_login) IS NOT NULL);
      leases := leases || studio.lease_give(next_case, p_login);
      want := want - 1;
    END LOOP;
    EXIT WHEN want <= 0;
  END LOOP;
  RETURN leases;
END
$$;

CREATE OR REPLACE FUNCTION studio.case_take(p_request uuid, p_kind text, p_n int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_take', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_take', jsonb_build_array(p_kind, p_n));
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  RETURN studio.request_end(p_request, studio.leases_next(login, p_kind, NULL, p_n));
END
$$;

CREATE FUNCTION studio.case_take(p_request uuid, p_kind text, p_n int, p_named text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_take', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_take', jsonb_build_array(p_kind, p_n, p_named));
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  RETURN studio.request_end(p_request, studio.leases_next(login, p_kind, p_named, p_n));
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_take(uuid, text, int, text) TO moderator, lead;

-- Renewing asks again who may: a person may have lost their region, their role or
-- their place since.
CREATE OR REPLACE FUNCTION studio.case_renew(p_case uuid, p_fence bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_renew', 'moderator', 'lead');
BEGIN
  PERFORM FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  PERFORM FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
    WHERE q.case_id = p_case AND q.holder = login AND q.fence = p_fence AND q.lease_until > clock_timestamp()
      AND studio.barred(c, login) IS NULL;
  IF NOT FOUND THEN
    PERFORM studio.refuse('lease_lost', 'case', p_case::text);
  END IF;
  RETURN studio.lease_give(p_case, login);
END
$$;

-- What is written about a case, by one of our own functions.
CREATE FUNCTION studio.note_put(p_request uuid, p_case uuid, p_login text, p_text text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF length(p_text) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(p_text, 40) || '…');
  END IF;
  INSERT INTO studio.note (case_id, person, at, text) VALUES (p_case, p_login, clock_timestamp(), p_text);
  PERFORM studio.audit_write('case.note', 'case', p_case::text, p_request, jsonb_build_object('note_sha256', studio.words_digest(p_text)));
END
$$;

CREATE OR REPLACE FUNCTION studio.note_add(p_request uuid, p_case uuid, p_text text) RETURNS jsonb
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
  PERFORM FROM studio.cases c WHERE c.id = p_case AND studio.in_sight(c.region, c.lang, login);
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  PERFORM studio.note_put(p_request, p_case, login, words);
  RETURN studio.request_end(p_request, '{}');
END
$$;

-- case_hand gives a case to a named person, with words if there are any: whoever
-- holds it may, and a lead may always, who so takes a case out of a hand that went
-- home. p_fence NULL is a lead's way.
CREATE FUNCTION studio.case_hand(p_request uuid, p_case uuid, p_fence bigint, p_to text, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_hand', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_hand', jsonb_build_array(p_case, p_fence, p_to, p_words));
  words CONSTANT text := studio.trimmed(p_words);
  q studio.queue;
  c studio.cases;
  t timestamptz;
  mine bool;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;

  SELECT * INTO q FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  SELECT * INTO STRICT c FROM studio.cases WHERE id = p_case;
  t := clock_timestamp();
  IF NOT studio.in_sight(c.region, c.lang, login) THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  IF studio.concerned(c, login) THEN
    -- A party to the case doesn't choose its judge either.
    PERFORM studio.refuse('own_submission');
  END IF;
  mine := coalesce(q.holder = login AND q.fence = p_fence AND q.lease_until > t, false);
  IF NOT mine AND NOT (p_fence IS NULL AND studio.is_lead(login)) THEN
    PERFORM studio.refuse('lease_lost', 'case', p_case::text);
  END IF;
  IF NOT q.waiting THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'hand', 'stage', c.stage);
  END IF;
  IF q.available_at > t THEN
    PERFORM studio.refuse('held_by_other', 'who', (SELECT person FROM studio.decision WHERE case_id = p_case ORDER BY id DESC LIMIT 1),
      'until', studio.rfc3339(q.available_at));
  END IF;
  -- One answer for everybody who can't, so that nobody learns why by asking.
  IF coalesce(p_to, '') = login AND mine
     OR NOT EXISTS (SELECT FROM studio.person p WHERE p.login = p_to AND p.active AND p.role IN ('moderator', 'lead'))
     OR studio.barred(c, p_to) IS NOT NULL OR studio.has_skipped(p_case, p_to) THEN
    PERFORM studio.refuse('cannot_take', 'who', coalesce(p_to, ''));
  END IF;
  UPDATE studio.queue SET holder = NULL, lease_until = NULL, reserved_for = p_to,
      reserved_until = t + studio.setting_interval('reserve')
    WHERE case_id = p_case;
  IF words <> '' THEN
    PERFORM studio.note_put(p_request, p_case, login, words);
  END IF;
  PERFORM studio.audit_write('case.hand', 'case', p_case::text, p_request, jsonb_build_object('ref', c.ref, 'to', p_to, 'from', q.holder));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_hand TO moderator, lead;

-- case_skip puts a case aside for the person who asks. It waits on for the others.
-- Words are for whoever looks next, and must be there where the reason says nothing.
CREATE FUNCTION studio.case_skip(p_request uuid, p_case uuid, p_reason text, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_skip', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_skip', jsonb_build_array(p_case, p_reason, p_words));
  words CONSTANT text := studio.trimmed(p_words);
  q studio.queue;
  c studio.cases;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(p_reason, '') NOT IN ('language', 'knowledge', 'conflict', 'wellbeing', 'other') THEN
    PERFORM studio.refuse('field_value', 'field', 'reason', 'value', left(coalesce(p_reason, ''), 40));
  END IF;
  IF p_reason = 'other' AND words = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'note');
  END IF;

  SELECT * INTO q FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  SELECT * INTO STRICT c FROM studio.cases WHERE id = p_case;
  t := clock_timestamp();
  IF NOT studio.in_sight(c.region, c.lang, login) THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  IF NOT q.waiting THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'skip', 'stage', c.stage);
  END IF;
  INSERT INTO studio.skip (person, case_id, reason, at, until)
    VALUES (login, p_case, p_reason, t, CASE p_reason WHEN 'conflict' THEN 'infinity' ELSE t + studio.setting_interval('skip_for') END)
    ON CONFLICT (person, case_id) DO UPDATE SET at = excluded.at,
      reason = CASE skip.reason WHEN 'conflict' THEN 'conflict' ELSE excluded.reason END,
      until = greatest(skip.until, excluded.until);
  -- What was in this hand, or kept for it, is everybody's again.
  UPDATE studio.queue SET
      holder = CASE WHEN holder = login THEN NULL ELSE holder END,
      lease_until = CASE WHEN holder = login THEN NULL ELSE lease_until END,
      reserved_for = CASE WHEN reserved_for = login THEN NULL ELSE reserved_for END,
      reserved_until = CASE WHEN reserved_for = login THEN NULL ELSE reserved_until END
    WHERE case_id = p_case;
  IF words <> '' THEN
    PERFORM studio.note_put(p_request, p_case, login, words);
  END IF;
  PERFORM studio.audit_write('case.skip', 'case', p_case::text, p_request, jsonb_build_object('ref', c.ref, 'reason', p_reason));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_skip TO moderator, lead;

-- The cases that this person put aside, for the page of the queue.
CREATE FUNCTION studio.my_skips() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT s.case_id FROM studio.skip s WHERE s.person = studio.me() AND s.until > clock_timestamp()
$$;
GRANT EXECUTE ON FUNCTION studio.my_skips TO moderator, lead, auditor, administrator, worker;

-- Whom a case may be handed to: everybody at a desk who may decide on it.
CREATE FUNCTION studio.case_hands(p_case uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT p.login FROM studio.cases c, studio.person p
   WHERE c.id = p_case AND p.active AND p.role IN ('moderator', 'lead') AND p.login <> studio.me()
     AND studio.barred(c, p.login) IS NULL AND NOT studio.has_skipped(p_case, p.login)
     AND studio.am_active() AND studio.in_sight(c.region, c.lang, studio.me()) AND NOT studio.concerned(c, studio.me())
   ORDER BY p.login
$$;
GRANT EXECUTE ON FUNCTION studio.case_hands TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
