-- Claims: a lease for some minutes with a fence that grows. Two moderators never
-- have one case open; a decision under a lease that ran out or passed on is refused.
--
-- The queue row is the lock of its case. Whoever changes a case locks it first.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Nobody decides on what they submitted or entered, nor on a brand they act for.
CREATE FUNCTION studio.concerned(c studio.cases, p_login text) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT p_login IN (c.submitted_by, c.entered_by) OR studio.tied_to(p_login, c.brand)
$$;

-- Has the person an approval standing on this case as it is now?
CREATE FUNCTION studio.has_approved(c studio.cases, p_login text) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT c.kind = 'brand' AND EXISTS (
    SELECT FROM studio.vote v JOIN studio.application a ON a.id = v.application AND a.version = v.version
     WHERE v.application = c.target AND v.voter = p_login AND v.withdrawn_at IS NULL)
$$;

-- The cases waiting for a second opinion whose first is the asker's own. From the
-- queue's side, because the cases at that stage are few and a person's votes many.
CREATE FUNCTION studio.my_approvals() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT q.case_id FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
   WHERE q.kind = 'brand' AND q.stage = 'second' AND studio.has_approved(c, studio.me())
$$;
GRANT EXECUTE ON FUNCTION studio.my_approvals TO moderator, lead, auditor, administrator, worker;

CREATE FUNCTION studio.is_lead(p_login text) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT EXISTS (SELECT FROM studio.person WHERE login = p_login AND role = 'lead')
$$;

-- lease_give gives or renews: the same fence for whoever holds the case already, a
-- higher one for anybody new. The caller has locked the queue row and checked.
CREATE FUNCTION studio.lease_give(p_case uuid, p_login text) RETURNS jsonb
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  UPDATE studio.queue q
     SET fence = q.fence + CASE WHEN q.holder = p_login AND q.lease_until > clock_timestamp() THEN 0 ELSE 1 END,
         holder = p_login,
         lease_until = clock_timestamp() + studio.setting_interval('lease')
    FROM studio.cases c
   WHERE q.case_id = p_case AND c.id = p_case
  RETURNING jsonb_build_object('case', q.case_id, 'fence', q.fence, 'until', q.lease_until, 'version', c.version)
$$;

CREATE FUNCTION studio.case_claim(p_request uuid, p_case uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_claim', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_claim', jsonb_build_array(p_case));
  q studio.queue;
  c studio.cases;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;

  SELECT * INTO q FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'case', 'id', p_case::text);
  END IF;
  SELECT * INTO STRICT c FROM studio.cases WHERE id = p_case;
  t := clock_timestamp();
  IF NOT q.waiting THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'claim', 'stage', c.stage);
  END IF;
  IF studio.concerned(c, login) THEN
    PERFORM studio.refuse('own_submission');
  END IF;
  IF c.stage = 'escalated' AND NOT studio.is_lead(login) THEN
    PERFORM studio.refuse('no_right', 'login', login, 'action', 'decide_escalated');
  END IF;
  IF c.stage = 'second' AND studio.has_approved(c, login) THEN
    PERFORM studio.refuse('second_person');
  END IF;
  IF q.holder <> login AND q.lease_until > t THEN
    PERFORM studio.refuse('held_by_other', 'who', q.holder, 'until', studio.rfc3339(q.lease_until));
  END IF;
  IF q.available_at > t AND q.holder IS DISTINCT FROM login THEN
    -- Still in the hand of whoever decided last, and may undo it.
    PERFORM studio.refuse('held_by_other', 'who', (SELECT person FROM studio.decision WHERE case_id = p_case ORDER BY id DESC LIMIT 1),
      'until', studio.rfc3339(q.available_at));
  END IF;
  RETURN studio.request_end(p_request, studio.lease_give(p_case, login));
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_claim TO moderator, lead;

CREATE FUNCTION studio.rfc3339(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- case_take gives out the next cases that this person may decide, at most five.
-- It starts at one of sixteen ends of the queue and passes over rows that somebody
-- else is just taking, so many claimers don't wait for each other. Within an end
-- the order is the queue's; between ends it is off by at most what the others hold.
CREATE FUNCTION studio.case_take(p_request uuid, p_kind text, p_n int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_take', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_take', jsonb_build_array(p_kind, p_n));
  senior CONSTANT bool := studio.is_lead(login);
  first CONSTANT int := floor(random() * 16);
  want int := least(greatest(p_n, 1), 5);
  leases jsonb := '[]';
  next_case uuid;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;

  FOR i IN 0..15 LOOP
    FOR next_case IN
      SELECT q.case_id FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
       WHERE q.kind = p_kind AND q.shard = (first + i) % 16 AND q.waiting
         AND q.available_at <= clock_timestamp()
         AND (q.holder IS NULL OR q.lease_until <= clock_timestamp())
         AND (senior OR q.stage <> 'escalated')
         AND NOT studio.concerned(c, login)
         AND NOT (q.stage = 'second' AND studio.has_approved(c, login))
       ORDER BY q.due_key LIMIT want FOR UPDATE OF q SKIP LOCKED
    LOOP
      leases := leases || studio.lease_give(next_case, login);
      want := want - 1;
    END LOOP;
    EXIT WHEN want <= 0;
  END LOOP;
  RETURN studio.request_end(p_request, leases);
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_take TO moderator, lead;

-- Renewing needs no request: saying it twice is saying it once. It moves no change
-- counter either, or everybody who looks at a case would wake everybody else.
CREATE FUNCTION studio.case_renew(p_case uuid, p_fence bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_renew', 'moderator', 'lead');
BEGIN
  PERFORM FROM studio.queue WHERE case_id = p_case FOR UPDATE;
  PERFORM FROM studio.queue WHERE case_id = p_case AND holder = login AND fence = p_fence AND lease_until > clock_timestamp();
  IF NOT FOUND THEN
    PERFORM studio.refuse('lease_lost', 'case', p_case::text);
  END IF;
  RETURN studio.lease_give(p_case, login);
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_renew TO moderator, lead;

-- Releasing what one doesn't hold any more is no fault: what was wished is so.
CREATE FUNCTION studio.case_release(p_request uuid, p_case uuid, p_fence bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('case_release', 'moderator', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'case_release', jsonb_build_array(p_case, p_fence));
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  UPDATE studio.queue SET holder = NULL, lease_until = NULL, available_at = least(available_at, clock_timestamp())
    WHERE case_id = p_case AND holder = login AND fence = p_fence;
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_release TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
