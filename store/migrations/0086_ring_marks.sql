-- Rings: what is kept of each post to find others like it, which of them belong
-- together, and what of that stands in a case's evidence.
--
-- Marks come with the scores, in one transaction, and candidates are looked up after it:
-- of two posts whichever is marked later finds the other, however many scans there are.
-- Until a post is linked it stands in ring_wait; a scan that dies leaves it there.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- The marks of package rings. bands are keys that near-copies share, of each the lower
-- half: a chance meeting costs a look at two signatures.
CREATE TABLE studio.ring_mark (
  post      text COLLATE "C" PRIMARY KEY,
  revision  int NOT NULL,       -- of the post's words that were read
  version   smallint NOT NULL,  -- of how marks are made
  author    text COLLATE "C" NOT NULL, -- '' where it is not known: such a post is in no ring
  posted_at timestamptz,
  bands     int[] NOT NULL,     -- {} for a text that is too short to say anything
  signature bytea NOT NULL,
  channels  text[] NOT NULL     -- "wechat:lumi88"
);
ALTER TABLE studio.ring_mark ALTER COLUMN bands SET STATISTICS 0; -- nobody asks how frequent a key is
-- Without a list of what is new: every look reads it from end to end, and there is one
-- for every post that comes.
CREATE INDEX ring_by_band ON studio.ring_mark USING gin (bands) WITH (fastupdate = off) WHERE bands <> '{}';

-- Who gives a channel. In the order in which its authors are counted.
CREATE TABLE studio.ring_channel (
  channel text COLLATE "C" NOT NULL,
  author  text COLLATE "C" NOT NULL,
  post    text COLLATE "C" NOT NULL,
  PRIMARY KEY (channel, author, post)
);

-- Posts that are marked, or are to be, and not linked yet. One stands here until
-- somebody has it done; from until on it is anybody's.
CREATE TABLE studio.ring_wait (
  post  text COLLATE "C" PRIMARY KEY,
  until timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02); -- every row here is deleted soon
CREATE INDEX ring_wait_ending ON studio.ring_wait (until);

-- How far the posts that were scored before have been queued: by id, NULL when all are.
CREATE TABLE studio.ring_fill (filled_to text COLLATE "C");
INSERT INTO studio.ring_fill VALUES ('');

-- Two posts that belong together, as a program judged that had read both.
CREATE TABLE studio.ring_edge (
  a          text COLLATE "C" NOT NULL,
  b          text COLLATE "C" NOT NULL,
  a_revision int NOT NULL,  -- of the words that were judged
  b_revision int NOT NULL,
  version    smallint NOT NULL,
  strength   real NOT NULL CHECK (strength BETWEEN 0 AND 1000),
  alike      real NOT NULL CHECK (alike BETWEEN 0 AND 1), -- 0 where the texts are no near-copies
  channels   text[] NOT NULL,
  PRIMARY KEY (a, b),
  CHECK (a < b)
);
CREATE INDEX ring_edge_back ON studio.ring_edge (b, a);

-- What hangs together by edges. It is a ring where it has two authors or more.
CREATE TABLE studio.ring (
  key        text COLLATE "C" PRIMARY KEY, -- that of its oldest post
  posts      int NOT NULL,
  authors    int NOT NULL,
  oldest     text COLLATE "C" NOT NULL,
  first_at   timestamptz, -- NULL where the platform does not say
  last_at    timestamptz,
  shared     jsonb NOT NULL DEFAULT '[]', -- [{channel, posts}], most posts first; channel "" is the text
  told       int NOT NULL DEFAULT 0,      -- authors when its cases were told last
  changed_at timestamptz NOT NULL
);
CREATE TABLE studio.ring_post (
  post      text COLLATE "C" PRIMARY KEY,
  ring      text COLLATE "C" NOT NULL,
  author    text COLLATE "C" NOT NULL,
  posted_at timestamptz,
  told      text COLLATE "C" -- the ring that its case was told of
);
CREATE INDEX ring_post_by_ring ON studio.ring_post (ring, posted_at, post);

GRANT SELECT ON studio.ring_mark, studio.ring_channel, studio.ring_wait, studio.ring_fill, studio.ring_edge, studio.ring, studio.ring_post
  TO moderator, lead, auditor, administrator, worker;
DO $do$
DECLARE
  whole text;
BEGIN
  FOREACH whole IN ARRAY ARRAY['ring_mark', 'ring_channel', 'ring_wait', 'ring_fill', 'ring_edge', 'ring', 'ring_post'] LOOP
    EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', whole);
    EXECUTE format('CREATE POLICY sight ON studio.%I FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL)', whole);
  END LOOP;
END
$do$;

-- How marks are made that are compared: rings.Version. Marks of other programs are left
-- aside, or whoever names a high number would keep out all others. A migration that
-- raises it sets ring_fill back to ''.
CREATE FUNCTION studio.ring_version() RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 1;

-- The key of the ring whose oldest post this is, as rings.KeyOf.
CREATE FUNCTION studio.ring_key(p_post text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN 'ring-' || left(encode(sha256(convert_to(p_post, 'UTF8')), 'hex'), 16);

-- Keeps marks of posts whose words are still those that were read. What a post gave in
-- earlier words goes; its edges do when it is linked.
CREATE FUNCTION studio.ring_keep(p_version int, p_posts text[], p_revisions int[], p_bands text[], p_signatures bytea[], p_channels text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  n CONSTANT int := coalesce(cardinality(p_posts), 0);
BEGIN
  IF n = 0 OR p_version IS DISTINCT FROM studio.ring_version() THEN RETURN; END IF;
  IF n > 1000 OR (cardinality(p_revisions), cardinality(p_bands), cardinality(p_signatures), cardinality(p_channels)) IS DISTINCT FROM (n, n, n, n)
     OR EXISTS (SELECT FROM unnest(p_bands, p_signatures, p_channels) AS x(bands, signature, channels)
          CROSS JOIN LATERAL (SELECT CAST(x.bands AS int[]) AS bands, CAST(x.channels AS text[]) AS channels) AS y
         WHERE coalesce(octet_length(x.signature), 1000) > 255 OR coalesce(cardinality(y.bands), 1000) > 64 OR coalesce(cardinality(y.channels), 1000) > 64
            OR array_position(y.bands, NULL) > 0 OR array_position(y.channels, NULL) > 0
            OR EXISTS (SELECT FROM unnest(y.channels) AS c WHERE octet_length(c) > 400 OR strpos(c, ':') < 2)) THEN
    PERFORM studio.refuse('field_value', 'field', 'marks', 'value', left(coalesce(p_posts[1], ''), 40));
  END IF;
  WITH given AS MATERIALIZED (
    SELECT DISTINCT ON (x.post COLLATE "C") x.post COLLATE "C" AS post, x.revision, CAST(x.bands AS int[]) AS bands, x.signature, CAST(x.channels AS text[]) AS channels
      FROM unnest(p_posts, p_revisions, p_bands, p_signatures, p_channels) AS x(post, revision, bands, signature, channels)
     ORDER BY x.post COLLATE "C"
  ), valid AS MATERIALIZED ( -- by id, so that two scans with the same posts can't wait for each other
    SELECT g.*, o.author, o.posted_at FROM given g
      JOIN studio.post_key k ON k.id = g.post AND k.revision = g.revision
     CROSS JOIN LATERAL (SELECT coalesce(nullif(p.author_id, ''), '@' || lower(nullif(p.author ->> 'handle', '')), '') AS author, p.posted_at
                           FROM studio.post p WHERE p.month = k.month AND p.id = k.id LIMIT 1) AS o
     WHERE NOT EXISTS (SELECT FROM studio.ring_mark m WHERE m.post = g.post AND m.version = p_version AND m.revision = g.revision)
     ORDER BY g.post
  ), old AS MATERIALIZED (
    SELECT m.post, m.author, m.channels FROM valid v JOIN studio.ring_mark m ON m.post = v.post
  ), put AS (
    INSERT INTO studio.ring_mark AS m (post, revision, version, author, posted_at, bands, signature, channels)
      SELECT post, revision, p_version, author, posted_at, bands, signature, channels FROM valid
      ON CONFLICT (post) DO UPDATE SET revision = excluded.revision, version = excluded.version, author = excluded.author,
          posted_at = excluded.posted_at, bands = excluded.bands, signature = excluded.signature, channels = excluded.channels
        WHERE excluded.version >= m.version AND excluded.revision >= m.revision AND (excluded.version, excluded.revision) <> (m.version, m.revision)
      RETURNING m.post, m.author, m.bands, m.channels
  ), gone AS (
    DELETE FROM studio.ring_channel c
     USING (SELECT o.post, o.author, x AS channel FROM old o JOIN put ON put.post = o.post CROSS JOIN unnest(o.channels) AS x
             WHERE o.author <> put.author OR x <> ALL (put.channels)) AS o
     WHERE c.channel = o.channel AND c.author = o.author AND c.post = o.post
  ), gives AS (
    INSERT INTO studio.ring_channel (channel, author, post)
      SELECT DISTINCT x, put.author, put.post FROM put CROSS JOIN unnest(put.channels) AS x WHERE put.author <> '' ORDER BY 1, 2, 3
      ON CONFLICT DO NOTHING
  )
  -- Whoever brings the marks is about to link them, and has some minutes for it.
  INSERT INTO studio.ring_wait (post, until)
    SELECT put.post, clock_timestamp() + interval '2 minutes' FROM put
     WHERE put.author <> '' AND (put.bands <> '{}' OR put.channels <> '{}') OR EXISTS (SELECT FROM studio.ring_post p WHERE p.post = put.post)
     ORDER BY put.post
    ON CONFLICT (post) DO UPDATE SET until = excluded.until;
END
$$;

-- A score without marks comes from a program that makes none, or none of this version.
CREATE FUNCTION studio.ring_wanted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO studio.ring_wait (post, until)
    SELECT DISTINCT s.post, clock_timestamp() FROM scored s
     WHERE NOT EXISTS (SELECT FROM studio.ring_mark m WHERE m.post = s.post AND m.revision >= s.revision) ORDER BY s.post
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER ring_wanted_came AFTER INSERT ON studio.post_score REFERENCING NEW TABLE AS scored
  FOR EACH STATEMENT EXECUTE FUNCTION studio.ring_wanted();
CREATE TRIGGER ring_wanted_changed AFTER UPDATE ON studio.post_score REFERENCING NEW TABLE AS scored
  FOR EACH STATEMENT EXECUTE FUNCTION studio.ring_wanted();

-- Scores and marks together.
CREATE FUNCTION studio.scan_put(p_request uuid, p_model text, p_scored jsonb,
  p_version int, p_posts text[], p_revisions int[], p_bands text[], p_signatures bytea[], p_channels text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('scan_put', 'worker', 'moderator', 'lead', 'administrator');
BEGIN
  PERFORM studio.ring_keep(p_version, p_posts, p_revisions, p_bands, p_signatures, p_channels);
  RETURN studio.scan_put(p_request, p_model, p_scored);
END
$$;
GRANT EXECUTE ON FUNCTION studio.scan_put(uuid, text, jsonb, int, text[], int[], text[], bytea[], text[]) TO worker, moderator, lead, administrator;

-- Marks of posts that ring_take handed out without.
CREATE FUNCTION studio.ring_mark(p_version int, p_posts text[], p_revisions int[], p_bands text[], p_signatures bytea[], p_channels text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_mark', 'worker', 'moderator', 'lead', 'administrator');
BEGIN
  PERFORM studio.ring_keep(p_version, p_posts, p_revisions, p_bands, p_signatures, p_channels);
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_mark TO worker, moderator, lead, administrator;

-- Hands out up to p_count posts that wait to be linked, for two minutes, as their ids.
-- Taking a post twice does no harm, so it needs no request.
CREATE FUNCTION studio.ring_take(p_version int, p_count int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_take', 'worker', 'moderator', 'lead', 'administrator');
  t CONSTANT timestamptz := clock_timestamp();
  want CONSTANT int := least(greatest(coalesce(p_count, 0), 0), 1000);
  taken jsonb;
  upto text;
BEGIN
  IF want = 0 OR p_version IS DISTINCT FROM studio.ring_version() THEN
    RETURN '[]'; -- of a program whose marks nobody compares
  END IF;
  LOOP
    WITH due AS (
      SELECT post FROM studio.ring_wait WHERE until <= t ORDER BY until LIMIT want FOR UPDATE SKIP LOCKED
    ), mine AS (
      UPDATE studio.ring_wait w SET until = t + interval '2 minutes' FROM due WHERE w.post = due.post RETURNING w.post
    )
    SELECT coalesce(jsonb_agg(post ORDER BY post), '[]') INTO taken FROM mine;
    EXIT WHEN taken <> '[]';
    PERFORM FROM studio.ring_fill WHERE filled_to IS NOT NULL;
    EXIT WHEN NOT FOUND;
    SELECT filled_to INTO upto FROM studio.ring_fill FOR UPDATE;
    EXIT WHEN upto IS NULL;
    -- Of the posts from before, those that were scored; the others come with their score.
    WITH piece AS (
      SELECT id, revision FROM studio.post_key WHERE id > upto COLLATE "C" ORDER BY id LIMIT 5000
    ), put AS (
      INSERT INTO studio.ring_wait (post, until)
        SELECT id, t FROM piece
         WHERE EXISTS (SELECT FROM studio.post_score s WHERE s.post = piece.id)
           AND NOT EXISTS (SELECT FROM studio.ring_mark m WHERE m.post = piece.id AND m.version = p_version AND m.revision = piece.revision)
         ORDER BY id
        ON CONFLICT DO NOTHING
    )
    SELECT max(id) INTO upto FROM piece;
    UPDATE studio.ring_fill SET filled_to = upto;
  END LOOP;
  RETURN taken;
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_take TO worker, moderator, lead, administrator;

-- How many people give a channel, counted no further than one more than p_most.
CREATE FUNCTION studio.ring_authors(p_channel text, p_most int) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
DECLARE
  who text COLLATE "C" := '';
  n int := 0;
BEGIN
  LOOP
    SELECT c.author INTO who FROM studio.ring_channel c WHERE c.channel = p_channel AND c.author > who ORDER BY c.author LIMIT 1;
    EXIT WHEN NOT FOUND;
    n := n + 1;
    EXIT WHEN n > p_most;
  END LOOP;
  RETURN n;
END
$$;

-- Whoever shares a key or a channel with one of these posts: a row for each key-sharer
-- with its signature, and one for each channel with the number of its authors. Of many
-- that share it some: what belongs together hangs together by those.
-- p_kinds are the kinds of channels and p_most how many people may give one.
CREATE FUNCTION studio.ring_candidates(p_version int, p_posts text[], p_kinds text[], p_most int[], p_each int)
RETURNS TABLE (post text, other text, ring text, channel text, authors int, signature bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  each CONSTANT int := least(greatest(coalesce(p_each, 0), 0), 200);
BEGIN
  IF coalesce(studio.my_role(), '') NOT IN ('worker', 'moderator', 'lead', 'administrator') OR cardinality(p_posts) > 1000 THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT m.post, o.post, (SELECT p.ring FROM studio.ring_post p WHERE p.post = o.post), CAST(NULL AS text), CAST(NULL AS int), o.signature
      FROM unnest(p_posts) AS asked(id) JOIN studio.ring_mark m ON m.post = asked.id AND m.version = p_version AND m.author <> '' AND m.bands <> '{}'
     CROSS JOIN LATERAL (
       SELECT c.post, c.signature FROM studio.ring_mark c
        WHERE c.bands && m.bands AND c.bands <> '{}' AND c.version = m.version AND c.post <> m.post AND c.author <> '' LIMIT each) AS o;
  RETURN QUERY
    WITH given AS MATERIALIZED (
      SELECT m.post, m.author, x AS channel FROM unnest(p_posts) AS asked(id)
        JOIN studio.ring_mark m ON m.post = asked.id AND m.version = p_version AND m.author <> '' CROSS JOIN unnest(m.channels) AS x
    ), counted AS MATERIALIZED (
      SELECT g.channel, k.most, studio.ring_authors(g.channel, k.most) AS authors
        FROM (SELECT DISTINCT d.channel FROM given d) AS g
        JOIN unnest(p_kinds, p_most) AS k(kind, most) ON k.kind = split_part(g.channel, ':', 1)
    )
    SELECT g.post, o.post, (SELECT p.ring FROM studio.ring_post p WHERE p.post = o.post), g.channel, n.authors, CAST(NULL AS bytea)
      FROM given g JOIN counted n ON n.channel = g.channel AND n.authors BETWEEN 2 AND n.most
     CROSS JOIN LATERAL (
       SELECT c.post FROM studio.ring_channel c WHERE c.channel = g.channel AND c.author <> g.author ORDER BY c.author, c.post LIMIT each) AS o;
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_candidates TO worker, moderator, lead, administrator;

-- What a case's evidence says of the ring that its post is in: how many people, and
-- what they share.
CREATE FUNCTION studio.ring_evidence(p_post text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce((
    SELECT jsonb_build_array(jsonb_build_object('kind', 'ring', 'rule', 'ring.authors', 'target', r.key, 'text', r.authors::text))
        || coalesce((SELECT jsonb_agg(jsonb_build_object('kind', 'ring', 'target', r.key,
              'rule', CASE s.body ->> 'channel' WHEN '' THEN 'ring.text' ELSE 'ring.' || split_part(s.body ->> 'channel', ':', 1) END,
              'text', CASE WHEN s.body ->> 'channel' LIKE 'picture:%' THEN '' ELSE substr(s.body ->> 'channel', strpos(s.body ->> 'channel', ':') + 1) END) ORDER BY s.n)
             FROM jsonb_array_elements(r.shared) WITH ORDINALITY AS s(body, n) WHERE s.n <= 3), '[]')
      FROM studio.ring_post p JOIN studio.ring r ON r.key = p.ring WHERE p.post = p_post AND r.authors > 1), '[]')
$$;

-- As before, and behind what a scan found stands the ring, whoever brings the evidence.
-- Not for a post of the random audit: whoever judges what the programs passed over
-- should not be told what they think. Nor where there is none (new words).
CREATE OR REPLACE FUNCTION studio.evidence_put(p_case uuid, p_evidence jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  DELETE FROM studio.evidence WHERE case_id = p_case;
  INSERT INTO studio.evidence (case_id, n, kind, rule, target, field, span_start, span_end, text, weight)
  SELECT p_case, e.n, left(coalesce(nullif(x.kind, ''), split_part(x.rule, '.', 1)), 100), left(x.rule, 200), left(coalesce(x.target, ''), 200),
         left(coalesce(x.field, ''), 100), x.start, x."end", left(coalesce(x.text, ''), 4000), coalesce(x.weight, 0)
    FROM jsonb_array_elements(coalesce(p_evidence, '[]')) WITH ORDINALITY AS e(body, n),
         jsonb_to_record(e.body) AS x(kind text, rule text, target text, field text, start int, "end" int, text text, weight double precision)
   WHERE e.n <= 1000;
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO studio.evidence (case_id, n, kind, rule, target, field, text, weight)
  SELECT p_case, 1000 + e.n, e.body ->> 'kind', e.body ->> 'rule', e.body ->> 'target', '', left(e.body ->> 'text', 4000), 0
    FROM studio.cases c CROSS JOIN jsonb_array_elements(studio.ring_evidence(c.target)) WITH ORDINALITY AS e(body, n)
   WHERE c.id = p_case AND c.kind = 'post' AND c.tag <> 'random';
END
$$;

-- Brings an open case that nobody holds what is known of its ring now.
CREATE FUNCTION studio.ring_tell(p_request uuid, c studio.cases) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1 AS $$
BEGIN
  PERFORM studio.case_rescored(p_request, c.id, c.tag, c.score, (
    SELECT jsonb_agg(jsonb_build_object('kind', e.kind, 'rule', e.rule, 'target', e.target, 'field', e.field,
             'start', e.span_start, 'end', e.span_end, 'text', e.text, 'weight', e.weight) ORDER BY e.n)
      FROM studio.evidence e WHERE e.case_id = c.id AND e.kind <> 'ring'));
END
$$;

-- ring_link takes in what was judged of posts: the edges that they have with others,
-- [{a, b, strength, alike, channels}], and that they wait no longer. Edges of words that
-- a post has no more go. Grouping is one step at a time, for one scan at a time.
CREATE FUNCTION studio.ring_link(p_request uuid, p_version int, p_posts text[], p_revisions int[], p_edges jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ring_link', 'worker', 'moderator', 'lead', 'administrator');
  done jsonb := studio.request_begin(p_request, 'ring_link', jsonb_build_array(p_version, p_posts, p_revisions, p_edges));
  e record;
  one record;
  ra text;
  rb text;
  parted text[] := '{}'; -- posts that lost an edge
  before text[] := '{}'; -- rings that there were
  moved text[] := '{}';  -- posts whose ring may be another, or has more
  start text;
  reach text[];
  linked int := 0;
  c studio.cases;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(cardinality(p_posts), 0) > 1000 OR coalesce(cardinality(p_posts), 0) <> coalesce(cardinality(p_revisions), 0)
     OR jsonb_typeof(coalesce(p_edges, '[]')) <> 'array' OR jsonb_array_length(coalesce(p_edges, '[]')) > 10000 THEN
    PERFORM studio.refuse('field_value', 'field', 'edges', 'value', left(coalesce(p_posts[1], ''), 40));
  END IF;

  IF p_version IS DISTINCT FROM studio.ring_version() THEN
    p_posts := '{}'; p_revisions := '{}'; p_edges := '[]'; -- of a program whose marks nobody compares
  END IF;
  IF coalesce(p_edges, '[]') <> '[]' OR EXISTS (SELECT FROM studio.ring_post p WHERE p.post = ANY (p_posts)) THEN
    LOCK TABLE studio.ring IN SHARE ROW EXCLUSIVE MODE; -- readers go on
    WITH gone AS (
      DELETE FROM studio.ring_edge g USING studio.ring_mark m
       WHERE m.post = ANY (p_posts) AND (g.a = m.post AND (g.a_revision <> m.revision OR g.version < m.version)
                                      OR g.b = m.post AND (g.b_revision <> m.revision OR g.version < m.version))
      RETURNING g.a, g.b
    )
    SELECT coalesce(array_agg(DISTINCT x), '{}') INTO parted FROM gone CROSS JOIN unnest(ARRAY[gone.a, gone.b]) AS x;

    -- What lost an edge is grouped anew, ring by ring.
    IF parted <> '{}' THEN
      SELECT coalesce(array_agg(DISTINCT p.ring), '{}') INTO before FROM studio.ring_post p WHERE p.post = ANY (parted);
      WITH gone AS (DELETE FROM studio.ring_post p WHERE p.ring = ANY (before) RETURNING p.post)
      SELECT coalesce(array_agg(post ORDER BY post), '{}') INTO parted FROM gone;
      moved := parted;
      WHILE cardinality(parted) > 0 LOOP
        start := parted[1];
        WITH RECURSIVE near(post) AS (
          SELECT start COLLATE "C" UNION
          SELECT o.post FROM near n CROSS JOIN LATERAL (
            SELECT g.b AS post FROM studio.ring_edge g WHERE g.a = n.post UNION ALL SELECT g.a FROM studio.ring_edge g WHERE g.b = n.post) AS o
        )
        SELECT array_agg(post) INTO reach FROM near;
        IF cardinality(reach) > 1 THEN
          INSERT INTO studio.ring_post (post, ring, author, posted_at)
            SELECT m.post, studio.ring_key(start), m.author, m.posted_at FROM studio.ring_mark m WHERE m.post = ANY (reach);
        END IF;
        SELECT coalesce(array_agg(x ORDER BY n), '{}') INTO parted FROM unnest(parted) WITH ORDINALITY AS u(x, n) WHERE x <> ALL (reach);
      END LOOP;
    END IF;

    FOR e IN
      WITH given AS MATERIALIZED (
        SELECT DISTINCT ON (least(x.a COLLATE "C", x.b COLLATE "C"), greatest(x.a COLLATE "C", x.b COLLATE "C"))
               least(x.a COLLATE "C", x.b COLLATE "C") AS a, greatest(x.a COLLATE "C", x.b COLLATE "C") AS b, x.strength, x.alike, x.channels
          FROM jsonb_to_recordset(coalesce(p_edges, '[]')) AS x(a text, b text, strength double precision, alike double precision, channels text[])
         WHERE x.a <> x.b AND (x.a = ANY (p_posts) OR x.b = ANY (p_posts))
           AND coalesce(cardinality(x.channels), 0) <= 64 AND length(x.channels::text) <= 20000
         ORDER BY 1, 2
      ), put AS (
        INSERT INTO studio.ring_edge AS g (a, b, a_revision, b_revision, version, strength, alike, channels)
          SELECT x.a, x.b, ma.revision, mb.revision, p_version, greatest(least(coalesce(x.strength, 0), 1000), 0),
                 greatest(least(coalesce(x.alike, 0), 1), 0), coalesce(x.channels, '{}')
            FROM given x
            JOIN studio.ring_mark ma ON ma.post = x.a AND ma.version = p_version AND ma.author <> ''
            JOIN studio.ring_mark mb ON mb.post = x.b AND mb.version = p_version AND mb.author <> ''
          ON CONFLICT (a, b) DO UPDATE SET a_revision = excluded.a_revision, b_revision = excluded.b_revision, version = excluded.version,
            strength = excluded.strength, alike = excluded.alike, channels = excluded.channels
          RETURNING g.a, g.b
      )
      SELECT put.a, put.b, ma.author AS a_author, ma.posted_at AS a_at, mb.author AS b_author, mb.posted_at AS b_at
        FROM put JOIN studio.ring_mark ma ON ma.post = put.a JOIN studio.ring_mark mb ON mb.post = put.b
    LOOP
      linked := linked + 1;
      SELECT p.ring INTO ra FROM studio.ring_post p WHERE p.post = e.a;
      SELECT p.ring INTO rb FROM studio.ring_post p WHERE p.post = e.b;
      before := before || ra || rb;
      moved := moved || e.a || e.b;
      CONTINUE WHEN ra = rb;
      IF ra IS NOT NULL AND rb IS NOT NULL THEN
        UPDATE studio.ring_post SET ring = ra WHERE ring = rb;
        CONTINUE;
      END IF;
      ra := coalesce(ra, rb, studio.ring_key(e.a));
      INSERT INTO studio.ring_post (post, ring, author, posted_at)
        VALUES (e.a, ra, e.a_author, e.a_at), (e.b, ra, e.b_author, e.b_at) ON CONFLICT DO NOTHING;
    END LOOP;

    FOR one IN SELECT DISTINCT p.ring FROM studio.ring_post p WHERE p.post = ANY (moved) ORDER BY 1 LOOP
      PERFORM studio.ring_settle(p_request, one.ring);
    END LOOP;
    FOR c IN
      SELECT k.* FROM studio.cases k WHERE k.kind = 'post' AND k.target = ANY (moved) AND k.stage = 'first'
         AND NOT EXISTS (SELECT FROM studio.ring_post p WHERE p.post = k.target)
         AND EXISTS (SELECT FROM studio.evidence v WHERE v.case_id = k.id AND v.kind = 'ring') ORDER BY k.id
    LOOP
      PERFORM studio.ring_tell(p_request, c);
    END LOOP;
    DELETE FROM studio.ring r WHERE r.key = ANY (before) AND NOT EXISTS (SELECT FROM studio.ring_post p WHERE p.ring = r.key);
  END IF;

  -- In order, as scores come in: two that delete and put can't wait for each other.
  PERFORM FROM studio.ring_wait w WHERE w.post = ANY (p_posts) ORDER BY w.post FOR UPDATE;
  DELETE FROM studio.ring_wait w USING unnest(p_posts, p_revisions) AS x(post, revision)
   WHERE w.post = x.post AND NOT EXISTS (SELECT FROM studio.ring_mark m WHERE m.post = x.post AND m.revision > x.revision);
  done := jsonb_build_object('linked', linked);
  IF moved <> '{}' THEN
    PERFORM studio.audit_write('ring.link', 'ring', (SELECT p.ring FROM studio.ring_post p WHERE p.post = ANY (moved) ORDER BY 1 LIMIT 1), p_request,
      done || jsonb_build_object('version', p_version, 'edges_sha256', studio.words_digest(p_edges::text)));
    RETURN studio.request_end(p_request, done);
  END IF;
  UPDATE studio.request SET result = done WHERE id = p_request;
  RETURN done;
END
$$;
GRANT EXECUTE ON FUNCTION studio.ring_link TO worker, moderator, lead, administrator;

-- Names a ring after its oldest post, counts it, and tells its open cases: those that
-- came to it, and all of them when it has twice as many authors as they were told of, so
-- that a case of a ring that grows is not rewritten with every post.
CREATE FUNCTION studio.ring_settle(p_request uuid, p_ring text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  r studio.ring;
  old studio.ring;
  c studio.cases;
BEGIN
  SELECT p.post INTO STRICT r.oldest FROM studio.ring_post p WHERE p.ring = p_ring ORDER BY p.posted_at NULLS FIRST, p.post LIMIT 1;
  r.key := studio.ring_key(r.oldest);
  IF r.key <> p_ring THEN
    UPDATE studio.ring_post SET ring = r.key WHERE ring = p_ring;
    DELETE FROM studio.ring WHERE key = p_ring;
  END IF;
  SELECT count(*), count(DISTINCT p.author), min(p.posted_at), max(p.posted_at) INTO r.posts, r.authors, r.first_at, r.last_at
    FROM studio.ring_post p WHERE p.ring = r.key;
  SELECT * INTO old FROM studio.ring WHERE key = r.key;
  r.told := coalesce(old.told, 0);
  r.shared := coalesce(old.shared, '[]');
  IF r.authors > 1 AND r.authors >= 2 * r.told OR r.authors < r.told THEN
    r.told := CASE WHEN r.authors > 1 THEN r.authors ELSE 0 END;
    SELECT coalesce(jsonb_agg(jsonb_build_object('channel', s.channel, 'posts', s.posts) ORDER BY s.posts DESC, s.channel), '[]') INTO r.shared
      FROM (SELECT x.channel, count(DISTINCT o.post) AS posts
              FROM studio.ring_post p JOIN studio.ring_edge g ON g.a = p.post
             CROSS JOIN unnest(CASE WHEN g.alike > 0 THEN ARRAY[''] ELSE '{}' END || g.channels) AS x(channel)
             CROSS JOIN unnest(ARRAY[g.a, g.b]) AS o(post)
             WHERE p.ring = r.key GROUP BY x.channel ORDER BY 2 DESC, 1 LIMIT 8) AS s;
    UPDATE studio.ring_post SET told = NULL WHERE ring = r.key AND told IS NOT NULL;
  END IF;
  INSERT INTO studio.ring (key, posts, authors, oldest, first_at, last_at, shared, told, changed_at)
    VALUES (r.key, r.posts, r.authors, r.oldest, r.first_at, r.last_at, r.shared, r.told, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET posts = excluded.posts, authors = excluded.authors, oldest = excluded.oldest, first_at = excluded.first_at,
      last_at = excluded.last_at, shared = excluded.shared, told = excluded.told, changed_at = excluded.changed_at;
  FOR c IN
    SELECT k.* FROM studio.ring_post p JOIN studio.cases k ON k.kind = 'post' AND k.target = p.post AND k.stage = 'first' AND k.tag <> 'random'
     WHERE p.ring = r.key AND p.told IS DISTINCT FROM r.key ORDER BY k.id
  LOOP
    PERFORM studio.ring_tell(p_request, c);
  END LOOP;
  UPDATE studio.ring_post SET told = r.key WHERE ring = r.key AND told IS DISTINCT FROM r.key;
END
$$;

RESET ROLE;
-- +goose StatementEnd
