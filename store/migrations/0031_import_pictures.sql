-- Pictures in.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- The database computes the name from the bytes: nobody can put other bytes under
-- a name that a decision was made on.
CREATE FUNCTION studio.pictures_import(p_request uuid, p_bytes bytea[], p_media text[], p_width int[], p_height int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'pictures');
  largest bigint;
  came bigint;
BEGIN
  SELECT max(octet_length(b)) INTO largest FROM unnest(p_bytes) AS b;
  IF largest > 20 << 20 THEN
    PERFORM studio.refuse('picture_large', 'have', round(largest / 1048576.0, 1) || ' MB', 'limit', '20 MB');
  END IF;
  IF EXISTS (SELECT FROM unnest(p_bytes) AS b WHERE coalesce(octet_length(b), 0) = 0) THEN
    PERFORM studio.refuse('picture_empty');
  END IF;
  -- In the order of names, so that two imports of the same pictures can't wait for
  -- each other within a part.
  INSERT INTO studio.picture (id, media, width, height, size, bytes, first_by)
    SELECT DISTINCT ON (1) encode(sha256(b), 'hex'), media, width, height, octet_length(b), b, login
      FROM unnest(p_bytes, p_media, p_width, p_height) AS x(b, media, width, height) ORDER BY 1
    ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS came = ROW_COUNT;
  PERFORM studio.import_count(p_request, came, 0, cardinality(p_bytes) - came);
END
$$;
GRANT EXECUTE ON FUNCTION studio.pictures_import TO worker, moderator, lead, administrator, marketer;

RESET ROLE;
-- +goose StatementEnd
