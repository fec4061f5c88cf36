-- Where a picture, or one that looks like it, was seen: in posts, among applicants'
-- papers, as a campaign's creative, as a KOL's portrait.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- May the person of this connection see a picture? As the policy on pictures has it, for
-- the functions that see with the owner's eyes.
CREATE FUNCTION studio.sees_picture(p_picture text) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN CASE studio.my_sight() WHEN 'all' THEN true
    WHEN 'some' THEN coalesce(studio.may_show(p_picture), false) OR EXISTS (
      SELECT FROM studio.application_version v JOIN studio.application a ON a.id = v.application
       WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)) AND studio.in_sight(a.region, '', studio.me()))
    WHEN 'own' THEN coalesce(studio.may_show(p_picture), false) OR studio.is_portrait(p_picture) OR studio.is_published(p_picture) OR studio.is_creative(p_picture)
    ELSE false END;
END
$$;

-- The pictures that look like one of which the prints are given, each where it is
-- nearest. A whole is compared with wholes and cuts, a cut with wholes.
CREATE FUNCTION studio.looks_near(p_part int[], p_mirrored bool[], p_hash text[]) RETURNS TABLE (look int, distance int, mirrored bool, cut bool)
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT DISTINCT ON (near.look) near.look, near.distance, q.mirrored <> near.mirrored, q.part NOT IN (0, 19) OR near.part NOT IN (0, 19)
    FROM unnest(p_part, p_mirrored, p_hash) AS q(part, mirrored, hash),
         LATERAL studio.prints_near(CAST('x' || q.hash AS bit(256)), q.part IN (0, 19)) AS near
   ORDER BY near.look, near.distance, q.mirrored <> near.mirrored, q.part NOT IN (0, 19) OR near.part NOT IN (0, 19)
$$;

-- The prints of a picture that somebody has looked at; NULLs where there are none.
CREATE FUNCTION studio.prints_of(p_picture text) RETURNS TABLE (part int[], mirrored bool[], hash text[])
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT array_agg(x.part ORDER BY x.part, x.mirrored), array_agg(x.mirrored ORDER BY x.part, x.mirrored),
         array_agg(substring(encode(varbit_send(x.hash), 'hex') FROM 9) ORDER BY x.part, x.mirrored) -- behind the length
    FROM (SELECT p.part, p.mirrored, CAST(p.hash AS varbit) FROM studio.picture_look l JOIN studio.picture_print p ON p.look = l.n WHERE l.picture = p_picture
          UNION ALL SELECT c.part, false, CAST(c.hash AS varbit) FROM studio.picture_look l JOIN studio.picture_cut c ON c.look = l.n WHERE l.picture = p_picture) AS x(part, mirrored, hash)
$$;

-- Where some pictures are, and whether the person of this connection is told. What a
-- marketer is told is what they could find themselves: published posts of KOLs, portraits,
-- their own brands' papers and creatives; nothing by a picture that is somebody's paper,
-- unless it is theirs. A desk with regions of its own is told of papers in these alone.
CREATE FUNCTION studio.picture_places(p_pictures text[])
RETURNS TABLE (picture text, place text, id text, ref text, whose text, at timestamptz, told bool)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off SET jit = off AS $$ -- posts have an index for every month
DECLARE
  role CONSTANT text := studio.my_role();
  sight CONSTANT text := studio.my_sight();
  login CONSTANT text := studio.me();
  brands CONSTANT text[] := studio.my_brands();
  mine CONSTANT text[] := CASE WHEN sight = 'own' THEN ARRAY(SELECT studio.my_applications()) END;
  papers CONSTANT text[] := ARRAY(SELECT x FROM unnest(p_pictures) AS x
    WHERE EXISTS (SELECT FROM studio.document d WHERE d.picture = x)
       OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', x))));
BEGIN
  RETURN QUERY
  SELECT x, 'post', p.id, p.id, coalesce(nullif(a.handle, ''), nullif(p.author ->> 'handle', ''), p.author_id), p.seen,
         CASE sight WHEN 'own' THEN p.seen <= clock_timestamp() AND p.author_id <> '' AND EXISTS (SELECT FROM studio.kol k WHERE k.id = p.author_id) AND x <> ALL (papers)
           ELSE sight <> 'none' END
    FROM unnest(p_pictures) AS x CROSS JOIN LATERAL (
      SELECT p.id, p.author, p.author_id, coalesce(p.posted_at, p.first_at) AS seen FROM studio.post p
       WHERE p.pictures @? '$[*] ? (@.id != "")' AND p.pictures @> jsonb_build_array(jsonb_build_object('id', x))
       ORDER BY coalesce(p.posted_at, p.first_at), p.id LIMIT 100) AS p
    LEFT JOIN studio.author a ON a.id = p.author_id AND p.author_id <> '';
  RETURN QUERY
  SELECT x, 'application', a.id, a.ref, a.brand_name, v.at,
         CASE sight WHEN 'all' THEN true WHEN 'some' THEN studio.in_sight(a.region, '', login) WHEN 'own' THEN a.id = ANY (mine) ELSE false END
    FROM unnest(papers) AS x CROSS JOIN LATERAL (
      SELECT v.application, min(v.at) AS at FROM studio.application_version v
       WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', x)) GROUP BY v.application ORDER BY 2 LIMIT 100) AS v
    JOIN studio.application a ON a.id = v.application;
  RETURN QUERY
  SELECT x, 'contract', CAST(c.id AS text), c.name, c.brand, c.created_at,
         CASE WHEN role IN ('moderator', 'lead', 'auditor') THEN true WHEN role = 'marketer' THEN studio.fold(c.brand) = ANY (brands) ELSE false END
    FROM unnest(p_pictures) AS x JOIN studio.creative c ON c.picture = x;
  RETURN QUERY
  SELECT x, 'kol', k.id, k.id, coalesce(nullif(k.shown ->> 'handle', ''), k.id), b.first_at,
         CASE sight WHEN 'own' THEN x <> ALL (papers) ELSE sight <> 'none' END
    FROM unnest(p_pictures) AS x JOIN studio.kol_detail k ON k.shown ->> 'picture' = x AND k.shown ->> 'picture' <> ''
    JOIN studio.picture b ON b.id = x;
END
$$;

-- What people are told of the places of some pictures: the earliest first, and how many
-- there are that they are not told of, where even that is for them.
CREATE FUNCTION studio.sightings(p_picture text, p_part int[], p_mirrored bool[], p_hash text[], p_count_hidden bool) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  told jsonb;
  earliest timestamptz;
  total int;
BEGIN
  -- A picture that everybody passes on has more that are alike than anybody reads: those
  -- that are nearest, and those that came first, because who was first is the question.
  WITH near AS MATERIALIZED (
    SELECT l.n, l.picture, n.distance, n.mirrored, n.cut FROM studio.looks_near(p_part, p_mirrored, p_hash) AS n
      JOIN studio.picture_look l ON l.n = n.look WHERE l.picture IS DISTINCT FROM p_picture
  ), alike AS MATERIALIZED (
    SELECT x.picture, x.distance, x.mirrored, x.cut FROM (
      (SELECT * FROM near ORDER BY near.distance, near.n LIMIT 150) UNION (SELECT * FROM near ORDER BY near.n LIMIT 50)) AS x
    UNION ALL SELECT p_picture, 0, false, false WHERE p_picture IS NOT NULL
  ), placed AS MATERIALIZED (
    SELECT p.*, a.distance, a.mirrored, a.cut FROM studio.picture_places(ARRAY(SELECT alike.picture FROM alike)) AS p JOIN alike a ON a.picture = p.picture
  ), counted AS (
    SELECT * FROM placed WHERE placed.told OR p_count_hidden
  )
  SELECT (SELECT CAST(count(*) AS int) FROM counted), (SELECT min(c.at) FROM counted c),
         (SELECT coalesce(jsonb_agg(jsonb_build_object('picture', s.picture, 'distance', s.distance, 'mirrored', s.mirrored, 'cut', s.cut,
             'place', s.place, 'id', s.id, 'ref', s.ref, 'by', s.whose, 'at', studio.rfc3339(s.at), 'first', s.at = (SELECT min(c.at) FROM counted c)) ORDER BY s.at, s.place, s.id, s.picture), '[]')
            FROM (SELECT * FROM placed WHERE placed.told ORDER BY placed.at, placed.place, placed.id LIMIT 300) AS s)
    INTO total, earliest, told;
  RETURN jsonb_build_object('seen', told, 'total', total);
END
$$;

-- Of a picture that is here, to whoever may see it; to others there is nothing. Only a
-- desk learns that there are places that it isn't told of, and how many: a marketer would
-- learn by it that somebody else has handed the same in.
CREATE FUNCTION studio.picture_seen(p_picture text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  own record;
BEGIN
  IF NOT studio.am_active() THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM studio.picture p WHERE p.id = p_picture) OR NOT coalesce(studio.sees_picture(p_picture), false) THEN
    RETURN '{"seen": [], "total": 0}';
  END IF;
  SELECT * INTO own FROM studio.prints_of(p_picture);
  RETURN studio.sightings(p_picture, own.part, own.mirrored, own.hash, studio.my_role() IN ('moderator', 'lead', 'auditor'));
END
$$;
-- Of a file that is not here, by its prints. Whoever makes up prints may feel around with
-- them, so nothing is said of what is hidden.
CREATE FUNCTION studio.picture_seen_like(p_part int[], p_mirrored bool[], p_hash text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NOT studio.am_active() THEN
    RETURN NULL;
  END IF;
  IF coalesce(cardinality(p_hash) > 64 OR cardinality(p_part) <> cardinality(p_hash) OR cardinality(p_mirrored) <> cardinality(p_hash), true)
     OR EXISTS (SELECT FROM unnest(p_part, p_mirrored, p_hash) AS x(part, mirrored, hash)
         WHERE coalesce(x.hash !~ '^[0-9a-f]{64}$' OR x.part NOT BETWEEN 0 AND 19 OR x.mirrored IS NULL, true)) THEN
    PERFORM studio.refuse('field_value', 'field', 'prints', 'value', '');
  END IF;
  RETURN studio.sightings(NULL, p_part, p_mirrored, p_hash, false);
END
$$;
GRANT EXECUTE ON FUNCTION studio.picture_seen, studio.picture_seen_like TO moderator, lead, marketer, auditor;

-- Papers of other applicants that look like an application's own, with the bits in which
-- they differ; equal ones are papers_elsewhere's. Asked, as those are, beyond one's own
-- region, and told in references alone, to whoever sees the application that asks. Forms
-- of one kind look alike: what is near enough to be told is the caller's to judge.
CREATE FUNCTION studio.papers_near(p_application text) RETURNS TABLE (picture text, ref text, distance int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY
  SELECT DISTINCT ON (mine.picture) mine.picture, a.ref, n.distance
    FROM studio.application own JOIN studio.document mine ON mine.application = own.id AND mine.picture <> ''
   CROSS JOIN LATERAL studio.prints_of(mine.picture) AS p
   CROSS JOIN LATERAL studio.looks_near(p.part[1:1], p.mirrored[1:1], p.hash[1:1]) AS n -- the whole as it is
    JOIN studio.picture_look l ON l.n = n.look AND l.picture <> mine.picture AND NOT n.mirrored AND NOT n.cut
    JOIN studio.document d ON d.picture = l.picture AND d.application <> own.id AND d.kind = mine.kind
    JOIN studio.application a ON a.id = d.application
   WHERE own.id = p_application AND studio.in_sight(own.region, '', studio.me())
   ORDER BY mine.picture, n.distance, a.ref;
END
$$;
GRANT EXECUTE ON FUNCTION studio.papers_near TO moderator, lead, auditor, worker, administrator;

RESET ROLE;
-- +goose StatementEnd
