-- KOLs, quotes and audiences come in by the batch, as posts do: 20,000 KOLs row by row
-- took a minute. What is refused, what stands and what the record says is as before.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Shares of an audience in the order of kol_trait, -1 for what is not known.
CREATE FUNCTION studio.kol_shares(p_age jsonb, p_gender jsonb, p_city jsonb, p_abroad real) RETURNS real[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[coalesce(CAST(p_age ->> '-17' AS real), -1), coalesce(CAST(p_age ->> '18-24' AS real), -1), coalesce(CAST(p_age ->> '25-34' AS real), -1),
  coalesce(CAST(p_age ->> '35-44' AS real), -1), coalesce(CAST(p_age ->> '45-' AS real), -1), coalesce(CAST(p_gender ->> 'f' AS real), -1),
  coalesce(CAST(p_gender ->> 'm' AS real), -1), coalesce(CAST(p_city ->> '1' AS real), -1), coalesce(CAST(p_city ->> 'new1' AS real), -1),
  coalesce(CAST(p_city ->> '2' AS real), -1), coalesce(CAST(p_city ->> '3' AS real), -1), coalesce(CAST(p_city ->> '4-' AS real), -1), coalesce(p_abroad, -1)];

-- A KOL is written whole; one that says the same as before stands.
--
-- enable_seqscan: whatever the statistics say of a table that just grew tenfold, these
-- lookups go by index.
CREATE OR REPLACE FUNCTION studio.kols_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1 SET work_mem = '64MB' SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'kols');
  t CONSTANT timestamptz := clock_timestamp();
  ready studio.kol[];
  ids text[];
  texts jsonb[]; -- what a profile shows of each of ids
  bad jsonb;     -- the first row that is none, by its id
  came text[];
  changed text[] := '{}';
  twice text;
BEGIN
  -- Each step is worked out once (OFFSET 0, MATERIALIZED), where the planner would put
  -- it in wherever it is read. A CASE looks no further than it must: lengths come before
  -- what reads the values.
  WITH read AS MATERIALIZED (
    SELECT x.*, o.shares, o.gets, o.gets_paid, CASE
        WHEN coalesce(x.id, '') = '' THEN 'id'
        WHEN octet_length(x.id) > 200 OR length(x.handle) > 200 OR length(x.about) > 2000 OR length(x.category) > 100 OR length(x.region) > 35
          OR NOT studio.is_list(x.languages) OR cardinality(x.growth) > 26 OR array_ndims(x.growth) > 1 OR array_position(x.growth, NULL) IS NOT NULL
          OR length(x.extra::text) > 20000 OR jsonb_typeof(x.extra) NOT IN ('object', 'null')
          OR coalesce(x.picture, '') <> '' AND x.picture !~ '^[0-9a-f]{64}$' THEN 'kol'
        WHEN x.followers < 0 THEN 'followers'
        WHEN NOT (x.authentic = -1 OR x.authentic BETWEEN 0 AND 1) THEN 'authentic'
        WHEN x.measured < 0 OR EXISTS (SELECT FROM unnest(o.shares) AS s WHERE NOT (s = -1 OR s BETWEEN 0 AND 1)) THEN 'audience'
        WHEN jsonb_typeof(x.age) = 'object' AND x.age - '{-17,18-24,25-34,35-44,45-}'::text[] <> '{}' THEN 'audience.age'
        WHEN jsonb_typeof(x.gender) = 'object' AND x.gender - '{f,m}'::text[] <> '{}' THEN 'audience.gender'
        WHEN jsonb_typeof(x.city) = 'object' AND x.city - '{1,new1,2,3,4-}'::text[] <> '{}' THEN 'audience.city'
        WHEN 0 > ANY (x.growth) THEN 'growth'
        WHEN o.gets::text ~ ': -' OR o.gets_paid::text ~ ': -' THEN 'engagement'
        WHEN NOT x.joined BETWEEN date '1990-01-01' AND date '2200-01-01' THEN 'joined_at' END AS bad
      FROM jsonb_to_recordset(p_rows) AS x(id text, handle text, category text, region text, languages text[], about text,
        followers int, joined date, growth int[], daily jsonb, paid jsonb, measured int, age jsonb, gender jsonb, city jsonb, abroad real,
        authentic real, picture text, rising bool, extra jsonb)
      CROSS JOIN LATERAL (SELECT studio.kol_shares(x.age, x.gender, x.city, x.abroad) AS shares,
          studio.engagement_plain(x.daily) AS gets, studio.engagement_plain(x.paid) AS gets_paid OFFSET 0) AS o
  ), rows AS MATERIALIZED (
    SELECT r.id, coalesce(r.category, '') AS category, coalesce(r.region, '') AS region, coalesce(r.followers, 0) AS followers,
        coalesce(r.authentic, -1) AS authentic, coalesce(r.rising, false) AS rising, r.shares,
        coalesce(CASE WHEN cardinality(r.growth) > 1 THEN
          CAST(r.growth[cardinality(r.growth)] AS real) / nullif(r.growth[greatest(cardinality(r.growth) - 8, 1)], 0) - 1 END, 0) AS grown,
        CASE WHEN r.followers > 0 THEN (CAST(r.gets ->> 'likes' AS real) + CAST(r.gets ->> 'saves' AS real) + CAST(r.gets ->> 'comments' AS real)) / r.followers ELSE 0 END AS engaged,
        studio.fold(concat_ws(' ', r.handle, r.id, r.about)) AS search,
        jsonb_build_object('handle', coalesce(r.handle, ''), 'languages', to_jsonb(coalesce(r.languages, '{}')), 'about', coalesce(r.about, ''),
          'joined', r.joined, 'growth', to_jsonb(coalesce(r.growth, '{}')), 'daily', r.gets, 'paid', r.gets_paid, 'measured', coalesce(r.measured, 0),
          'picture', coalesce(r.picture, ''), 'extra', CASE jsonb_typeof(r.extra) WHEN 'object' THEN r.extra ELSE '{}' END) AS shown
      FROM read r WHERE NOT EXISTS (SELECT FROM read b WHERE b.bad IS NOT NULL)
  ), whole AS (
    SELECT id, shown, CAST(ROW(id, category, region, followers, engaged, authentic, grown, rising, shares, NULL, NULL, NULL, 'infinity', search,
        sha256(convert_to(concat_ws(e'\x1f', shown, category, region, followers, engaged, authentic, rising, shares), 'UTF8')), login, t) AS studio.kol) AS kol
      FROM rows ORDER BY id COLLATE "C"
  )
  SELECT coalesce(array_agg(w.kol), '{}'), coalesce(array_agg(w.id), '{}'), coalesce(array_agg(w.shown), '{}'),
      (SELECT jsonb_build_object('field', r.bad, 'value', to_jsonb(r) ->> split_part(r.bad, '.', 1), 'id', r.id)
         FROM read r WHERE r.bad IS NOT NULL ORDER BY r.id COLLATE "C" NULLS FIRST LIMIT 1)
    INTO ready, ids, texts, bad FROM whole w;
  CASE
    WHEN bad IS NULL THEN NULL;
    WHEN bad ->> 'field' = 'id' THEN PERFORM studio.refuse('field_missing', 'field', 'id');
    WHEN bad ->> 'field' = 'kol' THEN PERFORM studio.refuse('field_value', 'field', 'kol', 'value', left(bad ->> 'id', 40), 'id', left(bad ->> 'id', 200));
    ELSE PERFORM studio.refuse('field_value', 'field', bad ->> 'field', 'value', left(bad ->> 'value', 40), 'id', bad ->> 'id');
  END CASE;

  SELECT id INTO twice FROM unnest(ids) AS id GROUP BY id HAVING count(*) > 1 LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_twice', 'field', 'id', 'value', twice);
  END IF;
  WITH put AS (
    INSERT INTO studio.kol SELECT b.* FROM unnest(ready) AS b ON CONFLICT (id) DO NOTHING RETURNING id
  )
  SELECT coalesce(array_agg(id), '{}') INTO came FROM put;
  IF cardinality(came) > 0 THEN
    INSERT INTO studio.kol_detail SELECT b.id, b.shown FROM unnest(ids, texts) AS b(id, shown) WHERE b.id IN (SELECT unnest(came));
  END IF;
  IF cardinality(came) < cardinality(ids) THEN
    -- One that came just now stands too.
    changed := ARRAY(SELECT k.id FROM unnest(ready) AS b JOIN studio.kol k ON k.id = b.id WHERE k.digest <> b.digest ORDER BY k.id FOR NO KEY UPDATE OF k);
  END IF;
  IF cardinality(changed) > 0 THEN
    UPDATE studio.kol k SET category = b.category, region = b.region, followers = b.followers, engaged = b.engaged, authentic = b.authentic,
        growth = b.growth, rising = b.rising, audience = b.audience, search = b.search, digest = b.digest, entered_by = login, updated_at = t
      FROM unnest(ready) AS b WHERE k.id = b.id AND b.id = ANY (changed);
    UPDATE studio.kol_detail d SET shown = b.shown FROM unnest(ids, texts) AS b(id, shown) WHERE d.id = b.id AND b.id = ANY (changed);
  END IF;
  PERFORM studio.import_count(p_request, cardinality(came), cardinality(changed), cardinality(ids) - cardinality(came) - cardinality(changed));
END
$$;

-- Brings the fees of some KOLs up to today. One whose fees are today's is not written:
-- a row of the directory has many indexes.
CREATE OR REPLACE FUNCTION studio.kol_fees_set(p_kols text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
DECLARE
  today CONSTANT date := studio.day_of(clock_timestamp());
BEGIN
  PERFORM FROM studio.kol WHERE id = ANY (p_kols) ORDER BY id FOR NO KEY UPDATE;
  WITH due AS MATERIALIZED (
    SELECT k.id, studio.kol_fee(k.id, 'picture', today) AS picture, studio.kol_fee(k.id, 'video', today) AS video, studio.kol_fee(k.id, 'live', today) AS live,
        coalesce((SELECT min(CASE WHEN q.from_day > today THEN q.from_day - 1 ELSE q.to_day END)
          FROM studio.kol_quote q WHERE q.kol = k.id AND q.to_day >= today), 'infinity') AS until
      FROM studio.kol k WHERE k.id = ANY (p_kols)
  )
  UPDATE studio.kol k SET fee_picture = due.picture, fee_video = due.video, fee_live = due.live, fees_until = due.until
    FROM due WHERE k.id = due.id AND (k.fee_picture, k.fee_video, k.fee_live, k.fees_until) IS DISTINCT FROM (due.picture, due.video, due.live, due.until);
END
$$;

CREATE OR REPLACE FUNCTION studio.quotes_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'quotes');
  today CONSTANT date := studio.day_of(clock_timestamp());
  r record;
  ready studio.kol_quote[];
  came text[]; -- the KOL of each
  changed text[];
BEGIN
  SELECT x.*, k.id IS NULL AS strange INTO r
    FROM jsonb_to_recordset(p_rows) AS x(kol text, format text, fee bigint, from_day date, to_day date) LEFT JOIN studio.kol k ON k.id = x.kol
   WHERE k.id IS NULL OR x.format IS NULL OR x.format NOT IN ('picture', 'video', 'live') OR x.fee IS NULL OR x.fee NOT BETWEEN 0 AND 10000000000000
      OR coalesce(x.from_day, today) NOT BETWEEN date '2000-01-01' AND date '2200-01-01' OR x.to_day < coalesce(x.from_day, today)
      OR x.to_day <> 'infinity' AND x.to_day > date '2200-01-01'
   ORDER BY x.kol COLLATE "C", x.format, x.from_day LIMIT 1;
  IF FOUND THEN
    CASE
      WHEN r.strange THEN PERFORM studio.refuse('not_found', 'what', 'kol', 'id', left(coalesce(r.kol, ''), 200));
      WHEN r.format IS NULL OR r.format NOT IN ('picture', 'video', 'live') THEN
        PERFORM studio.refuse('field_value', 'field', 'format', 'value', left(coalesce(r.format, ''), 40), 'id', r.kol);
      WHEN r.fee IS NULL OR r.fee NOT BETWEEN 0 AND 10000000000000 THEN
        PERFORM studio.refuse('field_value', 'field', 'fee', 'value', coalesce(r.fee::text, ''), 'id', r.kol);
      ELSE PERFORM studio.refuse('field_value', 'field', 'to', 'value', coalesce(r.to_day, 'infinity')::text, 'id', r.kol);
    END CASE;
  END IF;

  -- Of a quote that stands twice the later line counts.
  ready := ARRAY(
    SELECT CAST(ROW(y.kol, y.format, y.from_day, y.to_day, y.fee, login) AS studio.kol_quote)
      FROM (SELECT DISTINCT ON (x.kol COLLATE "C", x.format COLLATE "C", coalesce(x.from_day, today)) x.kol, x.format, coalesce(x.from_day, today) AS from_day,
            coalesce(x.to_day, 'infinity') AS to_day, x.fee
          FROM ROWS FROM (jsonb_to_recordset(p_rows) AS (kol text, format text, fee bigint, from_day date, to_day date)) WITH ORDINALITY AS x(kol, format, fee, from_day, to_day, n)
         ORDER BY x.kol COLLATE "C", x.format COLLATE "C", coalesce(x.from_day, today), x.n DESC) AS y);
  WITH put AS (
    INSERT INTO studio.kol_quote SELECT b.* FROM unnest(ready) AS b ON CONFLICT (kol, format, from_day) DO NOTHING RETURNING kol
  )
  SELECT coalesce(array_agg(kol), '{}') INTO came FROM put;
  PERFORM FROM unnest(ready) AS b JOIN studio.kol_quote q USING (kol, format, from_day) WHERE (q.fee, q.to_day) IS DISTINCT FROM (b.fee, b.to_day)
    ORDER BY q.kol, q.format, q.from_day FOR NO KEY UPDATE OF q;
  WITH put AS (
    UPDATE studio.kol_quote q SET fee = b.fee, to_day = b.to_day, entered_by = login
      FROM unnest(ready) AS b WHERE q.kol = b.kol AND q.format = b.format AND q.from_day = b.from_day AND (q.fee, q.to_day) IS DISTINCT FROM (b.fee, b.to_day)
      RETURNING q.kol
  )
  SELECT coalesce(array_agg(kol), '{}') INTO changed FROM put;
  PERFORM studio.kol_fees_set(ARRAY(SELECT DISTINCT k FROM unnest(came || changed) AS k));
  PERFORM studio.import_count(p_request, cardinality(came), cardinality(changed), jsonb_array_length(p_rows) - cardinality(came) - cardinality(changed));
END
$$;

-- The whole audiences of some KOLs: p_people has the numbers of the first, of whom there
-- are p_count[1], then those of the next.
CREATE FUNCTION studio.audiences_put(p_request uuid, p_kols text[], p_count int[], p_people int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET work_mem = '64MB' SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'audience');
  strange text;
  ready studio.kol_audience[];
  came int;
  changed int := 0;
BEGIN
  IF cardinality(p_kols) IS DISTINCT FROM cardinality(p_count) OR (SELECT coalesce(sum(greatest(n, 0)), 0) FROM unnest(p_count) AS n) IS DISTINCT FROM cardinality(p_people)
     OR EXISTS (SELECT FROM unnest(p_kols) AS k GROUP BY k HAVING count(*) > 1) THEN
    PERFORM studio.refuse('field_value', 'field', 'user_id', 'value', coalesce(cardinality(p_people), 0)::text);
  END IF;
  SELECT coalesce(x, '') INTO strange FROM unnest(p_kols) AS x WHERE NOT EXISTS (SELECT FROM studio.kol k WHERE k.id = x) ORDER BY x COLLATE "C" LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'kol', 'id', left(strange, 200));
  END IF;
  ready := ARRAY(
    SELECT CAST(ROW(x.kol, ARRAY(SELECT DISTINCT n FROM unnest(p_people[x.upto - x.count + 1:x.upto]) AS n ORDER BY n), login, clock_timestamp()) AS studio.kol_audience)
      FROM (SELECT kol, count, sum(count) OVER (ORDER BY at) AS upto FROM unnest(p_kols, p_count) WITH ORDINALITY AS y(kol, count, at)) AS x ORDER BY x.kol COLLATE "C");
  SELECT b.kol INTO strange FROM unnest(ready) AS b WHERE b.people = '{}' OR EXISTS (
    SELECT FROM unnest(b.people) AS f(n) WHERE NOT EXISTS (SELECT FROM studio.audience_person p WHERE p.n = f.n)) LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'user_id', 'value', '', 'id', strange);
  END IF;
  INSERT INTO studio.kol_audience SELECT b.* FROM unnest(ready) AS b ON CONFLICT (kol) DO NOTHING;
  GET DIAGNOSTICS came = ROW_COUNT;
  IF came < cardinality(ready) THEN
    PERFORM FROM studio.kol_audience a WHERE a.kol = ANY (p_kols) ORDER BY a.kol FOR NO KEY UPDATE;
    UPDATE studio.kol_audience a SET people = b.people, entered_by = login, updated_at = b.updated_at
      FROM unnest(ready) AS b WHERE a.kol = b.kol AND a.people <> b.people;
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  PERFORM studio.import_count(p_request, came, changed, cardinality(ready) - came - changed);
END
$$;
GRANT EXECUTE ON FUNCTION studio.audiences_put TO worker, administrator, marketer;

RESET ROLE;
-- +goose StatementEnd
