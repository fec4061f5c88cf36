-- Scans by the rules of leads: what the shadow scores opens no case, and a flagged case
-- says which version of the model flagged it. What a version may do hangs on the state
-- of its rulebook when its scores arrive, not on what the caller says.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- As before. A version with a rulebook works while that is in the shadow or live; one
-- that retired gets no more work, and one that nobody published is refused. The shadow
-- gets what came since it is there, and not the posts from before.
CREATE OR REPLACE FUNCTION studio.scan_model_ready(p_version text) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET lock_timeout = '2s' AS $$ -- a large import may be under way
DECLARE
  book CONSTANT int := studio.rulebook_of(p_version);
  b studio.rulebook;
  m studio.scan_model;
BEGIN
  IF book IS NOT NULL THEN
    SELECT * INTO b FROM studio.rulebook WHERE number = book;
    IF coalesce(b.state, 'draft') = 'draft' THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    IF b.state = 'retired' THEN RETURN NULL; END IF;
  END IF;
  SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
  IF NOT FOUND OR NOT m.awake THEN
    LOCK TABLE studio.scan_model IN EXCLUSIVE MODE;
    -- Somebody may have moved it while we waited for the lock.
    IF book IS NOT NULL THEN
      SELECT * INTO b FROM studio.rulebook WHERE number = book;
      IF b.state = 'retired' THEN RETURN NULL; END IF;
    END IF;
    UPDATE studio.scan_model SET awake = false WHERE seen_at < clock_timestamp() - interval '7 days';
    IF studio.my_role() = 'moderator' AND (SELECT count(*) FROM studio.scan_model WHERE awake) >= 16 THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
    IF NOT FOUND OR NOT m.awake THEN
      INSERT INTO studio.scan_model AS k (version, filled_to) VALUES (p_version, CASE WHEN b.state = 'shadow' THEN NULL ELSE '' END)
        ON CONFLICT (version) DO UPDATE SET awake = true, seen_at = clock_timestamp(), filled_to = excluded.filled_to
        RETURNING * INTO m;
      IF b.state = 'shadow' THEN
        INSERT INTO studio.scan_wait (model, post) SELECT m.id, k.id FROM studio.post_key k WHERE k.changed_at >= b.moved_at ORDER BY k.id;
      END IF;
    END IF;
  ELSIF m.seen_at < clock_timestamp() - interval '1 hour' THEN
    UPDATE studio.scan_model SET seen_at = clock_timestamp() WHERE id = m.id;
  END IF;
  RETURN m.id;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END
$$;

-- The evidence of a score, and as its last piece the version of the model, which no
-- caller says.
CREATE FUNCTION studio.evidence_by(p_evidence jsonb, p_model text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(jsonb_agg(e.body ORDER BY e.n), '[]') || jsonb_build_array(jsonb_build_object('kind', 'model', 'rule', 'model.version', 'text', p_model, 'weight', 0))
    FROM jsonb_array_elements(coalesce(p_evidence, '[]')) WITH ORDINALITY AS e(body, n)
   WHERE e.n < 1000 AND coalesce(nullif(e.body ->> 'kind', ''), split_part(e.body ->> 'rule', '.', 1), '') <> 'model'
$$;

-- As before; which model it was is no reason to be in the queue.
CREATE OR REPLACE FUNCTION studio.heaviest(p_evidence jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT coalesce(nullif(e ->> 'kind', ''), split_part(e ->> 'rule', '.', 1)) FROM jsonb_array_elements(p_evidence) AS e
     WHERE coalesce(nullif(e ->> 'kind', ''), split_part(e ->> 'rule', '.', 1)) NOT IN ('base', 'intercept', 'remainder', 'model')
     ORDER BY (e ->> 'weight')::double precision DESC NULLS LAST LIMIT 1), 'words')
$$;

-- As before, and the shadow's scores are kept alone. The rulebook is held as it stands
-- until the scores are in, so that none falls between the shadow and what comes after.
CREATE OR REPLACE FUNCTION studio.scan_put(p_request uuid, p_model text, p_scored jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('scan_put', 'worker', 'moderator', 'lead', 'administrator');
  done jsonb := studio.request_begin(p_request, 'scan_put', jsonb_build_array(p_model, p_scored));
  book CONSTANT int := studio.rulebook_of(p_model);
  t timestamptz;
  m smallint;
  opens bool := true;
  one record;
  kept int := 0;
  opened int := 0;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF book IS NOT NULL THEN
    SELECT state = 'live' INTO opens FROM studio.rulebook WHERE number = book FOR SHARE;
    opens := coalesce(opens, false);
  END IF;
  t := clock_timestamp();
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
    IF opens AND (one.flag OR studio.in_random_audit(one.post)) THEN
      opened := opened + studio.scan_case(p_request, one.month, one.post, one.changed_at, one.commercial, one.flag,
        CASE WHEN one.flag THEN studio.evidence_by(one.evidence, p_model) ELSE '[]' END);
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

RESET ROLE;
-- +goose StatementEnd
