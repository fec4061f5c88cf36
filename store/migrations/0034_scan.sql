-- Scanning: taking posts that a model has not scored, and keeping the scores.
--
-- Many scanners work at once. A post is handed out under a lease of two minutes; a
-- scanner that dies with it loses nothing but those two minutes. A score counts
-- once for each model and revision of the post, however late it comes.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Every import calls this in the transaction that brings the posts. The lock makes
-- whoever wakes a model wait until the posts of every import that did not see it
-- awake are there to be found; imports don't wait for each other.
CREATE FUNCTION studio.scan_enqueue(p_came text[], p_changed text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  LOCK TABLE studio.scan_model IN ROW SHARE MODE;
  IF cardinality(p_changed) > 0 THEN
    -- Whoever is scoring the old words needn't.
    DELETE FROM studio.scan_lease WHERE post = ANY (p_changed);
  END IF;
  INSERT INTO studio.scan_wait (model, post)
    SELECT m.id, p FROM studio.scan_model m, unnest(p_came || p_changed) AS p WHERE m.awake;
END
$$;

-- The number of a model, which is made or woken if need be. Posts from before are
-- queued later, piece by piece, by scan_fill. A model that nobody asked work for in
-- a week falls asleep when another comes, or imports would queue for it for ever.
-- NULL means that it can't be woken just now: ask again later.
CREATE FUNCTION studio.scan_model_ready(p_version text) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET lock_timeout = '2s' AS $$ -- a large import may be under way
DECLARE
  m studio.scan_model;
BEGIN
  SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
  IF NOT FOUND OR NOT m.awake THEN
    LOCK TABLE studio.scan_model IN EXCLUSIVE MODE;
    UPDATE studio.scan_model SET awake = false WHERE seen_at < clock_timestamp() - interval '7 days';
    INSERT INTO studio.scan_model AS k (version) VALUES (p_version)
      ON CONFLICT (version) DO UPDATE SET awake = true, seen_at = clock_timestamp(),
        filled_to = CASE WHEN k.awake THEN k.filled_to ELSE '' END
      RETURNING * INTO m;
  ELSIF m.seen_at < clock_timestamp() - interval '1 hour' THEN
    UPDATE studio.scan_model SET seen_at = clock_timestamp() WHERE id = m.id;
  END IF;
  RETURN m.id;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END
$$;

-- Queues the next of the posts that were there before the model; false at the end.
-- One that an import queues as well stands twice, which scan_take sorts out.
CREATE FUNCTION studio.scan_fill(p_model smallint, p_count int) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  from_id text;
  to_id text;
BEGIN
  PERFORM FROM studio.scan_model WHERE id = p_model AND filled_to IS NOT NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT filled_to INTO from_id FROM studio.scan_model WHERE id = p_model FOR UPDATE;
  IF from_id IS NULL THEN RETURN false; END IF;
  WITH piece AS (
    SELECT id, revision FROM studio.post_key WHERE id > from_id COLLATE "C" ORDER BY id LIMIT p_count
  ), put AS (
    INSERT INTO studio.scan_wait (model, post)
      SELECT p_model, id FROM piece WHERE NOT EXISTS (
        SELECT FROM studio.post_score s WHERE s.post = piece.id AND s.model = p_model AND s.revision = piece.revision)
      ORDER BY id
  )
  SELECT max(id) INTO to_id FROM piece;
  UPDATE studio.scan_model SET filled_to = to_id WHERE id = p_model;
  RETURN to_id IS NOT NULL;
END
$$;

-- scan_take leases up to p_count posts and returns their ids. There is no audit row:
-- nothing has happened to a post that somebody looks at. Nor does the change counter
-- move, because no screen shows it.
CREATE FUNCTION studio.scan_take(p_request uuid, p_model text, p_count int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('scan_take', 'worker', 'moderator', 'lead', 'administrator');
  t CONSTANT timestamptz := clock_timestamp();
  want CONSTANT int := least(greatest(coalesce(p_count, 0), 0), 1000);
  done jsonb;
  m smallint;
  taken text[];
  popped text[];
  leased text[];
BEGIN
  IF coalesce(p_model, '') = '' OR length(p_model) > 200 THEN
    PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(coalesce(p_model, ''), 40));
  END IF;
  m := studio.scan_model_ready(p_model);
  IF m IS NULL THEN RETURN '[]'; END IF;
  -- A scanner that waits for work asks every few seconds, and an answer of nothing
  -- needn't be kept for ever.
  IF NOT EXISTS (SELECT FROM studio.request WHERE id = p_request)
     AND NOT EXISTS (SELECT FROM studio.scan_wait WHERE model = m)
     AND NOT EXISTS (SELECT FROM studio.scan_lease WHERE model = m AND until <= t)
     AND NOT EXISTS (SELECT FROM studio.scan_model WHERE id = m AND filled_to IS NOT NULL) THEN
    RETURN '[]';
  END IF;
  done := studio.request_begin(p_request, 'scan_take', jsonb_build_array(p_model, p_count));
  IF done IS NOT NULL THEN RETURN done; END IF;

  -- What somebody took and never brought back.
  WITH late AS (
    SELECT post FROM studio.scan_lease WHERE model = m AND until <= t ORDER BY until LIMIT want FOR UPDATE SKIP LOCKED
  ), again AS (
    UPDATE studio.scan_lease l SET until = t + interval '2 minutes', taken_by = login, revision = k.revision
      FROM late JOIN studio.post_key k ON k.id = late.post WHERE l.model = m AND l.post = late.post RETURNING l.post
  )
  SELECT coalesce(array_agg(post), '{}') INTO taken FROM again;

  WHILE cardinality(taken) < want LOOP
    WITH first AS (
      SELECT seq FROM studio.scan_wait WHERE model = m ORDER BY seq LIMIT want - cardinality(taken) FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM studio.scan_wait w USING first WHERE w.model = m AND w.seq = first.seq RETURNING w.post
    )
    SELECT array_agg(DISTINCT post) INTO popped FROM gone;
    IF popped IS NULL THEN
      EXIT WHEN NOT studio.scan_fill(m, 5000);
      CONTINUE;
    END IF;
    WITH lease AS (
      INSERT INTO studio.scan_lease AS l (model, post, revision, until, taken_by)
        SELECT m, k.id, k.revision, t + interval '2 minutes', login FROM studio.post_key k
         WHERE k.id = ANY (popped) AND NOT EXISTS (
           SELECT FROM studio.post_score s WHERE s.post = k.id AND s.model = m AND s.revision = k.revision)
         ORDER BY k.id
        -- Somebody has it: leave it to them, unless what they have are the old words.
        ON CONFLICT (model, post) DO UPDATE SET revision = excluded.revision, until = excluded.until, taken_by = excluded.taken_by
          WHERE l.revision < excluded.revision
        RETURNING post
    )
    SELECT array_agg(post) INTO leased FROM lease;
    -- A score that was committed between that statement's picture and its insert took
    -- the lease with it, and so nothing stood in the way. A new statement sees it.
    WITH scored AS (
      DELETE FROM studio.scan_lease l USING studio.post_score s
       WHERE l.model = m AND l.post = ANY (leased) AND s.post = l.post AND s.model = m AND s.revision = l.revision
      RETURNING l.post
    )
    SELECT taken || coalesce(array_agg(p), '{}') INTO taken FROM unnest(leased) AS p WHERE p NOT IN (SELECT post FROM scored);
  END LOOP;
  done := to_jsonb(taken);
  UPDATE studio.request SET result = done WHERE id = p_request;
  RETURN done;
END
$$;
GRANT EXECUTE ON FUNCTION studio.scan_take TO worker, moderator, lead, administrator;

-- One post in twenty that no model flags is looked at all the same: without them
-- nobody would ever know how many a model misses. Which ones hangs on the id alone,
-- so no number of scans makes them more.
CREATE FUNCTION studio.in_random_audit(p_post text) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT get_byte(sha256(convert_to('random audit ' || p_post, 'UTF8')), 0) < 13
$$;

-- scan_put keeps scores, [{post, revision, commercial, disclosure, flag, evidence}],
-- and opens the cases that follow from them. It answers how many of the scores
-- were kept and how many cases were opened.
--
-- A score is kept only for a post that was handed out to be scored by this model,
-- and whose words are still those that were scored (revision 0 is a caller that
-- doesn't know, and is taken for the revision that was handed out). The rest is
-- left aside without a word: a later scan has it, or had it before.
CREATE FUNCTION studio.scan_put(p_request uuid, p_model text, p_scored jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('scan_put', 'worker', 'moderator', 'lead', 'administrator');
  done jsonb := studio.request_begin(p_request, 'scan_put', jsonb_build_array(p_model, p_scored));
  t CONSTANT timestamptz := clock_timestamp();
  m smallint;
  one record;
  kept int := 0;
  opened int := 0;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT id INTO m FROM studio.scan_model WHERE version = p_model;

  FOR one IN
    WITH scored AS (
      SELECT DISTINCT ON (post) * FROM jsonb_to_recordset(p_scored)
        AS x(post text, revision int, commercial double precision, disclosure text, flag bool, evidence jsonb)
       ORDER BY post
    ), held AS (
      -- A post that an import is changing at this moment is left to the scan after it.
      SELECT k.id, k.month, k.revision, k.changed_at FROM studio.post_key k JOIN scored s ON s.post = k.id
       ORDER BY k.id FOR NO KEY UPDATE OF k SKIP LOCKED
    ), valid AS (
      SELECT s.*, h.month, h.changed_at, h.revision AS current FROM scored s JOIN held h ON h.id = s.post
        JOIN studio.scan_lease l ON l.model = m AND l.post = s.post AND l.revision = h.revision
       WHERE coalesce(s.revision, 0) IN (0, h.revision)
    ), put AS (
      INSERT INTO studio.post_score AS old (post, model, revision, commercial, disclosure, flag, at)
        SELECT post, m, current, commercial, disclosure, flag, t FROM valid
        ON CONFLICT (post, model) DO UPDATE SET revision = excluded.revision, commercial = excluded.commercial,
            disclosure = excluded.disclosure, flag = excluded.flag, at = excluded.at
          WHERE old.revision < excluded.revision
        RETURNING post
    ), back AS (
      DELETE FROM studio.scan_lease l USING valid v WHERE l.model = m AND l.post = v.post
    )
    SELECT v.* FROM valid v JOIN put ON put.post = v.post ORDER BY v.post
  LOOP
    kept := kept + 1;
    IF one.flag OR studio.in_random_audit(one.post) THEN
      opened := opened + studio.scan_case(p_request, one.month, one.post, one.changed_at, one.commercial, one.flag, one.evidence);
    END IF;
  END LOOP;

  done := jsonb_build_object('kept', kept, 'opened', opened);
  IF kept > 0 THEN
    PERFORM studio.audit_write('scan.put', 'model', p_model, p_request, done);
  END IF;
  IF opened > 0 THEN
    RETURN studio.request_end(p_request, done);
  END IF;
  -- Scores alone change no screen: no need to wake them all.
  UPDATE studio.request SET result = done WHERE id = p_request;
  RETURN done;
END
$$;
GRANT EXECUTE ON FUNCTION studio.scan_put TO worker, moderator, lead, administrator;

-- Opens the case of a post, or brings an open one the newer evidence; 1 if it is
-- new. These very words being decided on, a newer model does not ask again: a
-- person has said what they are.
CREATE FUNCTION studio.scan_case(p_request uuid, p_month date, p_post text, p_changed_at timestamptz,
  p_commercial double precision, p_flag bool, p_evidence jsonb) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  p studio.post;
  a studio.author;
  stands bool;
BEGIN
  SELECT bool_or(stage <> 'closed') INTO stands FROM studio.cases
   WHERE kind = 'post' AND target = p_post AND (stage <> 'closed' OR created >= p_changed_at);
  IF stands IS NOT NULL AND NOT (stands AND p_flag) THEN
    RETURN 0;
  END IF;
  SELECT * INTO STRICT p FROM studio.post WHERE month = p_month AND id = p_post;
  SELECT * INTO a FROM studio.author WHERE id = p.author_id;
  -- A random audit comes without evidence or score: whoever judges what the model
  -- passed over should not be told what the model thought. It waits a week at most.
  PERFORM studio.case_open(p_request, 'post', p_post, studio.post_title(p),
    coalesce(nullif(a.handle, ''), p.author ->> 'handle', p.author_id), coalesce(a.followers, (p.author ->> 'followers')::bigint, 0),
    studio.post_picture(p),
    CASE WHEN p_flag THEN studio.heaviest(p_evidence) ELSE 'random' END,
    CASE WHEN p_flag THEN p_commercial ELSE 0 END,
    t, CASE WHEN NOT p_flag THEN t + interval '7 days' END,
    '', p.entered_by, p.brand, '', p.lang,
    CASE WHEN p_flag THEN p_evidence ELSE '[]' END);
  RETURN CASE WHEN stands THEN 0 ELSE 1 END;
END
$$;

-- The kind of the evidence that weighs most: why a case is in the queue.
CREATE FUNCTION studio.heaviest(p_evidence jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT coalesce(nullif(e ->> 'kind', ''), split_part(e ->> 'rule', '.', 1)) FROM jsonb_array_elements(p_evidence) AS e
     WHERE coalesce(e ->> 'kind', split_part(e ->> 'rule', '.', 1)) NOT IN ('base', 'intercept', 'remainder')
     ORDER BY (e ->> 'weight')::double precision DESC NULLS LAST LIMIT 1), 'words')
$$;

RESET ROLE;
-- +goose StatementEnd
