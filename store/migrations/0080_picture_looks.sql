-- What was seen in a picture: its fingerprints, by which the same picture is found
-- again though it was saved anew, mirrored or cut, and the codes that can be read in it.
-- Processes look; here is who looks at what, and what they found.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- One row for each picture, from the moment it comes.
CREATE TABLE studio.picture_look (
  n       int GENERATED ALWAYS AS IDENTITY UNIQUE, -- small, because prints repeat it
  picture text COLLATE "C" PRIMARY KEY REFERENCES studio.picture,
  version int NOT NULL DEFAULT 0 CHECK (version >= 0), -- of what looked; 0: nobody has
  -- The fault's code where it could not be opened, '' otherwise. It is not tried again
  -- before there is something new that looks.
  failed  text NOT NULL DEFAULT '' CHECK (failed ~ '^[a-z_]{0,40}$'),
  quality smallint NOT NULL DEFAULT 0 CHECK (quality BETWEEN 0 AND 100), -- of the whole's print; below 50 there are no prints
  codes   jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(codes) = 'array' AND octet_length(CAST(codes AS text)) <= 100000), -- [{text, box}]
  looked_at timestamptz,
  -- Who has it in hand. A process that dies with it loses nothing but that time.
  until   timestamptz,
  tries   smallint NOT NULL DEFAULT 0
);
CREATE INDEX picture_look_due ON studio.picture_look (version, n);

-- The prints of whole pictures and of what lies within their borders, each as it is and
-- in a mirror; and those of the cuts that platforms make. Apart, because a cut is only
-- ever compared with wholes.
CREATE TABLE studio.picture_print (
  look     int NOT NULL REFERENCES studio.picture_look (n),
  part     smallint NOT NULL CHECK (part IN (0, 19)),
  mirrored bool NOT NULL,
  hash     bit(256) NOT NULL,
  PRIMARY KEY (look, part, mirrored)
);
CREATE TABLE studio.picture_cut (
  look int NOT NULL REFERENCES studio.picture_look (n),
  part smallint NOT NULL CHECK (part BETWEEN 1 AND 18),
  hash bit(256) NOT NULL,
  PRIMARY KEY (look, part)
);

-- Twelve slots of a hash, eight of 21 bits and four of 22. Two hashes that differ in 31
-- bits or fewer differ in at most 2 bits in one of the first eight, or in at most 1 in
-- one of the others: else there were 8 × 3 + 4 × 2 = 32. So all that are near are found
-- by asking each slot for its own value and those close to it, 1948 in all, and no index
-- needs more than a number. docs/database.md has the figures.
DO $do$
DECLARE
  place text;
BEGIN
  FOREACH place IN ARRAY ARRAY['picture_print', 'picture_cut'] LOOP
    FOR slot IN 0..11 LOOP
      EXECUTE format('CREATE INDEX %I ON studio.%I (CAST(substring(hash FROM %s FOR %s) AS int))',
        place || '_slot_' || slot, place, 1 + 21 * slot + greatest(slot - 8, 0), CASE WHEN slot < 8 THEN 21 ELSE 22 END);
    END LOOP;
  END LOOP;
END
$do$;

CREATE FUNCTION studio.picture_came() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  INSERT INTO studio.picture_look (picture) VALUES (NEW.id);
  RETURN NULL;
END
$$;
CREATE TRIGGER picture_came AFTER INSERT ON studio.picture FOR EACH ROW EXECUTE FUNCTION studio.picture_came();
INSERT INTO studio.picture_look (picture) SELECT id FROM studio.picture ORDER BY first_at, id;

-- What is read in a picture is seen with the picture. Prints are for the owner's
-- functions, and for whoever proves that all is in order: near a print of one's own
-- making one could else feel for the papers of others.
ALTER TABLE studio.picture_look ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.picture_look FOR SELECT USING (EXISTS (SELECT FROM studio.picture p WHERE p.id = picture));
GRANT SELECT ON studio.picture_look TO moderator, lead, marketer, auditor, administrator, worker;
ALTER TABLE studio.picture_print ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.picture_print FOR SELECT USING ((SELECT studio.my_role() = 'auditor'));
ALTER TABLE studio.picture_cut ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.picture_cut FOR SELECT USING ((SELECT studio.my_role() = 'auditor'));
GRANT SELECT ON studio.picture_print, studio.picture_cut TO auditor;

-- Leases up to p_count pictures that nobody of this version has looked at, for two
-- minutes, and returns their names. There is no row of the record: nothing has happened
-- to a picture. What was taken three times and never came back is given up.
CREATE FUNCTION studio.looks_take(p_request uuid, p_version int, p_count int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  login CONSTANT text := studio.begin_write('looks_take', 'worker');
  want CONSTANT int := least(greatest(coalesce(p_count, 0), 0), 100);
  t CONSTANT timestamptz := clock_timestamp();
  done jsonb;
BEGIN
  IF coalesce(p_version, 0) NOT BETWEEN 1 AND 1000000 THEN
    PERFORM studio.refuse('field_value', 'field', 'version', 'value', CAST(p_version AS text));
  END IF;
  -- A process that waits for work asks every few seconds, and an answer of nothing
  -- needn't be kept for ever.
  IF NOT EXISTS (SELECT FROM studio.request WHERE id = p_request)
     AND NOT EXISTS (SELECT FROM studio.picture_look WHERE version < p_version AND (until IS NULL OR until <= t)) THEN
    RETURN '[]';
  END IF;
  done := studio.request_begin(p_request, 'looks_take', jsonb_build_array(p_version, p_count));
  IF done IS NOT NULL THEN RETURN done; END IF;
  -- Another version's tries are not this one's: a failure moved the version on.
  WITH lost AS (
    SELECT n FROM studio.picture_look WHERE version < p_version AND until <= t AND tries >= 3 ORDER BY version, n LIMIT want FOR UPDATE SKIP LOCKED
  )
  UPDATE studio.picture_look l SET version = p_version, failed = 'timed_out', quality = 0, codes = '[]', looked_at = t, until = NULL, tries = 0
    FROM lost WHERE l.n = lost.n;
  WITH next AS (
    SELECT n FROM studio.picture_look WHERE version < p_version AND (until IS NULL OR until <= t) AND tries < 3
     ORDER BY version, n LIMIT want FOR UPDATE SKIP LOCKED
  ), taken AS (
    UPDATE studio.picture_look l SET until = t + interval '2 minutes', tries = l.tries + 1 FROM next WHERE l.n = next.n RETURNING l.n, l.picture
  )
  SELECT coalesce(jsonb_agg(picture ORDER BY n), '[]') INTO done FROM taken;
  UPDATE studio.request SET result = done WHERE id = p_request;
  RETURN done;
END
$$;
GRANT EXECUTE ON FUNCTION studio.looks_take TO worker;

-- Keeps what was seen in pictures that looks_take gave out: [{picture, failed, quality,
-- codes, prints: [{part, mirrored, hash}]}]. What comes twice, because two had it one
-- after the other, counts once: both saw the same bytes.
CREATE FUNCTION studio.looks_put(p_request uuid, p_version int, p_looks jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.begin_write('looks_put', 'worker');
  done jsonb := studio.request_begin(p_request, 'looks_put', jsonb_build_array(p_version, studio.words_digest(CAST(p_looks AS text))));
  t CONSTANT timestamptz := clock_timestamp();
  kept int[];
  failures int;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(p_version, 0) NOT BETWEEN 1 AND 1000000 THEN
    PERFORM studio.refuse('field_value', 'field', 'version', 'value', CAST(p_version AS text));
  END IF;
  IF coalesce(jsonb_typeof(p_looks) <> 'array', true) THEN
    PERFORM studio.refuse('field_value', 'field', 'looks', 'value', left(CAST(p_looks AS text), 40));
  END IF;
  WITH seen AS (
    SELECT DISTINCT ON (x.picture) x.* FROM jsonb_to_recordset(p_looks) AS x(picture text, failed text, quality smallint, codes jsonb)
     ORDER BY x.picture
  ), held AS (
    SELECT l.n, l.picture FROM studio.picture_look l JOIN seen s ON s.picture = l.picture
     WHERE l.version < p_version AND l.until IS NOT NULL ORDER BY l.n FOR NO KEY UPDATE OF l
  ), put AS (
    UPDATE studio.picture_look l SET version = p_version, failed = coalesce(s.failed, ''), quality = CASE WHEN coalesce(s.failed, '') = '' THEN coalesce(s.quality, 0) ELSE 0 END,
        codes = coalesce(s.codes, '[]'), looked_at = t, until = NULL, tries = 0
      FROM held JOIN seen s ON s.picture = held.picture
     WHERE l.n = held.n RETURNING l.n, l.failed
  )
  SELECT coalesce(array_agg(n ORDER BY n), '{}'), CAST(count(*) FILTER (WHERE failed <> '') AS int) INTO kept, failures FROM put;
  DELETE FROM studio.picture_print WHERE look = ANY (kept);
  DELETE FROM studio.picture_cut WHERE look = ANY (kept);
  IF EXISTS (SELECT FROM jsonb_array_elements(p_looks) AS x, jsonb_to_recordset(coalesce(nullif(x -> 'prints', 'null'), '[]')) AS p(part int, mirrored bool, hash text)
      WHERE coalesce(p.hash !~ '^[0-9a-f]{64}$' OR p.part NOT BETWEEN 0 AND 19, true)) THEN
    PERFORM studio.refuse('field_value', 'field', 'prints', 'value', '');
  END IF;
  -- What may be compared is compared as a whole, and in a mirror.
  IF EXISTS (SELECT FROM jsonb_array_elements(p_looks) AS x JOIN studio.picture_look l ON l.picture = x ->> 'picture' AND l.n = ANY (kept) AND l.quality >= 50
      WHERE (SELECT count(DISTINCT p.mirrored) FROM jsonb_to_recordset(coalesce(nullif(x -> 'prints', 'null'), '[]')) AS p(part int, mirrored bool) WHERE p.part = 0) <> 2) THEN
    PERFORM studio.refuse('field_value', 'field', 'prints', 'value', 'none of the whole');
  END IF;
  WITH prints AS (
    SELECT DISTINCT ON (l.n, p.part, m) l.n, p.part, m, CAST('x' || p.hash AS bit(256)) AS hash
      FROM jsonb_array_elements(p_looks) AS x JOIN studio.picture_look l ON l.picture = x ->> 'picture' AND l.n = ANY (kept) AND l.quality >= 50,
           jsonb_to_recordset(coalesce(nullif(x -> 'prints', 'null'), '[]')) AS p(part int, mirrored bool, hash text), LATERAL (SELECT coalesce(p.mirrored, false)) AS mirror(m)
     ORDER BY l.n, p.part, m
  ), wholes AS (
    INSERT INTO studio.picture_print (look, part, mirrored, hash) SELECT n, part, m, hash FROM prints WHERE part IN (0, 19)
  )
  INSERT INTO studio.picture_cut (look, part, hash) SELECT n, part, hash FROM prints WHERE part NOT IN (0, 19) AND NOT m;
  done := jsonb_build_object('kept', cardinality(kept), 'failed', failures);
  IF cardinality(kept) > 0 THEN
    PERFORM studio.audit_write('looks.put', 'fingerprint', CAST(p_version AS text), p_request, done);
  END IF;
  -- No screen waits for it: no need to wake them all.
  UPDATE studio.request SET result = done WHERE id = p_request;
  RETURN done;
END
$$;
GRANT EXECUTE ON FUNCTION studio.looks_put TO worker;

-- The 1948 numbers under which everything near a hash is found: 232 for each of eight
-- slots, then 23 for each of four.
CREATE FUNCTION studio.print_probes(p_hash bit) RETURNS int[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  WITH mask AS MATERIALIZED (
    SELECT 0 AS m, 0 AS bits UNION ALL SELECT 1 << i, 1 FROM generate_series(0, 21) AS i
    UNION ALL SELECT (1 << i) | (1 << j), 2 FROM generate_series(0, 20) AS i, generate_series(0, 20) AS j WHERE i < j
  )
  SELECT array_agg(value # m ORDER BY slot) FROM mask, (
    SELECT slot, CAST(CASE WHEN slot < 8 THEN substring(p_hash FROM 1 + 21 * slot FOR 21) ELSE substring(p_hash FROM 169 + 22 * (slot - 8) FOR 22) END AS int) AS value
      FROM generate_series(0, 11) AS slot) AS s
   WHERE CASE WHEN slot < 8 THEN m < 1 << 21 ELSE bits < 2 END
$$;

-- Every print within 31 bits of a hash: of wholes, and if p_cuts of cuts too.
CREATE FUNCTION studio.prints_near(p_hash bit, p_cuts bool) RETURNS TABLE (look int, part smallint, mirrored bool, distance int)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp
-- Its plans are always the same one; nothing is known to the planner that would help it.
SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v CONSTANT int[] := studio.print_probes(p_hash);
BEGIN
  RETURN QUERY SELECT p.look, p.part, p.mirrored, CAST(bit_count(p.hash # p_hash) AS int) FROM studio.picture_print p
   WHERE (CAST(substring(p.hash FROM 1 FOR 21) AS int) = ANY (v[1:232]) OR CAST(substring(p.hash FROM 22 FOR 21) AS int) = ANY (v[233:464])
       OR CAST(substring(p.hash FROM 43 FOR 21) AS int) = ANY (v[465:696]) OR CAST(substring(p.hash FROM 64 FOR 21) AS int) = ANY (v[697:928])
       OR CAST(substring(p.hash FROM 85 FOR 21) AS int) = ANY (v[929:1160]) OR CAST(substring(p.hash FROM 106 FOR 21) AS int) = ANY (v[1161:1392])
       OR CAST(substring(p.hash FROM 127 FOR 21) AS int) = ANY (v[1393:1624]) OR CAST(substring(p.hash FROM 148 FOR 21) AS int) = ANY (v[1625:1856])
       OR CAST(substring(p.hash FROM 169 FOR 22) AS int) = ANY (v[1857:1879]) OR CAST(substring(p.hash FROM 191 FOR 22) AS int) = ANY (v[1880:1902])
       OR CAST(substring(p.hash FROM 213 FOR 22) AS int) = ANY (v[1903:1925]) OR CAST(substring(p.hash FROM 235 FOR 22) AS int) = ANY (v[1926:1948]))
     AND bit_count(p.hash # p_hash) <= 31;
  IF p_cuts THEN
    RETURN QUERY SELECT p.look, p.part, false, CAST(bit_count(p.hash # p_hash) AS int) FROM studio.picture_cut p
     WHERE (CAST(substring(p.hash FROM 1 FOR 21) AS int) = ANY (v[1:232]) OR CAST(substring(p.hash FROM 22 FOR 21) AS int) = ANY (v[233:464])
         OR CAST(substring(p.hash FROM 43 FOR 21) AS int) = ANY (v[465:696]) OR CAST(substring(p.hash FROM 64 FOR 21) AS int) = ANY (v[697:928])
         OR CAST(substring(p.hash FROM 85 FOR 21) AS int) = ANY (v[929:1160]) OR CAST(substring(p.hash FROM 106 FOR 21) AS int) = ANY (v[1161:1392])
         OR CAST(substring(p.hash FROM 127 FOR 21) AS int) = ANY (v[1393:1624]) OR CAST(substring(p.hash FROM 148 FOR 21) AS int) = ANY (v[1625:1856])
         OR CAST(substring(p.hash FROM 169 FOR 22) AS int) = ANY (v[1857:1879]) OR CAST(substring(p.hash FROM 191 FOR 22) AS int) = ANY (v[1880:1902])
         OR CAST(substring(p.hash FROM 213 FOR 22) AS int) = ANY (v[1903:1925]) OR CAST(substring(p.hash FROM 235 FOR 22) AS int) = ANY (v[1926:1948]))
       AND bit_count(p.hash # p_hash) <= 31;
  END IF;
END
$$;

RESET ROLE;
-- +goose StatementEnd
