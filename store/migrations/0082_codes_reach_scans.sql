-- What is read in a picture comes later than its post: a scan has often scored the post by
-- then. It is scored once more, with what the picture says.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Codes only ever speak for commerce, so what was flagged without them stays, with its
-- case and evidence. Whoever is scoring the post just now doesn't know of them, and their
-- answer won't count.
CREATE FUNCTION studio.codes_came() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off SET jit = off AS $$ -- posts have an index for every month
DECLARE
  -- An advert that thousands show is known by the first of them.
  posts CONSTANT text[] := ARRAY(SELECT p.id FROM studio.post p
    WHERE p.pictures @? '$[*] ? (@.id != "")' AND p.pictures @> jsonb_build_array(jsonb_build_object('id', NEW.picture)) LIMIT 1000);
BEGIN
  IF cardinality(posts) = 0 THEN RETURN NULL; END IF;
  LOCK TABLE studio.scan_model IN ROW SHARE MODE; -- as scan_enqueue, for the same reason
  WITH unscored AS (
    DELETE FROM studio.post_score WHERE post = ANY (posts) AND NOT flag RETURNING model, post
  ), called_back AS (
    DELETE FROM studio.scan_lease WHERE post = ANY (posts) RETURNING model, post
  )
  INSERT INTO studio.scan_wait (model, post)
    SELECT again.model, again.post FROM (SELECT * FROM unscored UNION SELECT * FROM called_back) AS again
      JOIN studio.scan_model m ON m.id = again.model WHERE m.awake ORDER BY again.post;
  RETURN NULL;
END
$$;
CREATE TRIGGER codes_came AFTER UPDATE OF codes ON studio.picture_look
  FOR EACH ROW WHEN (NEW.codes <> '[]' AND NEW.codes <> OLD.codes) EXECUTE FUNCTION studio.codes_came();

RESET ROLE;
-- +goose StatementEnd
