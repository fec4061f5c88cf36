-- While a rulebook is live, it alone opens cases. A program from before it, or one that
-- scans by the bare model, keeps scores and no more: what a lead switched off must not
-- come back by another door.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- As before, but for that.
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
  ELSE
    opens := NOT EXISTS (SELECT FROM studio.rulebook WHERE state = 'live');
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
