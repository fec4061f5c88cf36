-- What everybody writes says nothing of who wrote it: a form that people fill in, a chain
-- of questions, a set phrase. A scan reads it off a sample of all posts, once a day, and
-- leaves it out of what it compares.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.ring_common (
  version  smallint PRIMARY KEY, -- of how texts are cut, as of marks
  asked_at timestamptz NOT NULL, -- when somebody was given the sample last
  taken_at timestamptz,          -- when that came back, NULL before the first time
  posts    int NOT NULL DEFAULT 0 CHECK (posts >= 0), -- of the sample
  shingles bigint[] NOT NULL DEFAULT '{}'
);
GRANT SELECT ON studio.ring_common TO moderator, lead, auditor, administrator, worker;
ALTER TABLE studio.ring_common ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.ring_common FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);

-- Posts to read off what everybody writes, as ids, where that is due: after a day, or
-- when there are twice as many posts as a small sample was of. One scan is given them at
-- a time, and another ten minutes later if nothing came back.
CREATE FUNCTION studio.ring_sample(p_version int, p_count int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_sample', 'worker', 'moderator', 'lead', 'administrator');
  most CONSTANT int := least(greatest(coalesce(p_count, 0), 0), 5000);
  few CONSTANT int := 100000; -- up to here each post is as likely as any other
  t CONSTANT timestamptz := clock_timestamp();
  n bigint;
BEGIN
  IF most = 0 OR p_version IS DISTINCT FROM studio.ring_version() THEN RETURN '[]'; END IF;
  SELECT count(*) INTO n FROM (SELECT FROM studio.post_key LIMIT few + 1) AS x;
  INSERT INTO studio.ring_common AS c (version, asked_at) VALUES (p_version, t)
    ON CONFLICT (version) DO UPDATE SET asked_at = excluded.asked_at
      WHERE c.asked_at < t - interval '10 minutes' AND (c.taken_at IS NULL OR c.taken_at < t - interval '1 day')
         OR c.taken_at IS NOT NULL AND c.posts < most AND n >= 2 * c.posts AND n > c.posts + 100 AND c.asked_at <= c.taken_at;
  IF NOT FOUND THEN RETURN '[]'; END IF;
  IF n <= few THEN
    RETURN (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM (SELECT id FROM studio.post_key ORDER BY md5(id) LIMIT most) AS x);
  END IF;
  SELECT greatest(n, reltuples) INTO n FROM pg_class WHERE oid = 'studio.post_key'::regclass;
  RETURN (SELECT coalesce(jsonb_agg(id ORDER BY id), '[]') FROM (
    SELECT id FROM studio.post_key TABLESAMPLE SYSTEM (least(100, 200.0 * most / n)) ORDER BY random() LIMIT most) AS x);
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_sample TO worker, moderator, lead, administrator;

-- Keeps what was read off a sample of so many posts.
CREATE FUNCTION studio.ring_common_keep(p_version int, p_posts int, p_shingles bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_common_keep', 'worker', 'moderator', 'lead', 'administrator');
BEGIN
  IF p_version IS DISTINCT FROM studio.ring_version() THEN RETURN; END IF;
  IF coalesce(p_posts, -1) NOT BETWEEN 0 AND 5000 OR p_shingles IS NULL OR cardinality(p_shingles) > 200000 OR array_position(p_shingles, NULL) > 0 THEN
    PERFORM studio.refuse('field_value', 'field', 'shingles', 'value', coalesce(cardinality(p_shingles), 0)::text);
  END IF;
  UPDATE studio.ring_common SET taken_at = clock_timestamp(), posts = p_posts, shingles = p_shingles WHERE version = p_version;
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_common_keep TO worker, moderator, lead, administrator;

RESET ROLE;
-- +goose StatementEnd
