-- The directory at two million KOLs: pages that took up to a second.
--
-- A page is found along the index of its order, which a bound on the key itself (a tier of
-- followers, a least engagement) did not use: whoever asked for small KOLs walked past all
-- large ones. Who is engaged is seldom large, so that those have an index by steps of one
-- per cent, each in the order of followers. Of a tier in another order the index of
-- followers alone tells who comes first. And what fits is no more counted first and found
-- again where few fit.

-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
SET ROLE cinnabar_owner;
-- +goose StatementEnd
-- +goose StatementBegin
-- The step of one per cent that an engagement is on; the last has all above.
CREATE OR REPLACE FUNCTION studio.engaged_step(p_engaged real) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CAST(floor(least(p_engaged, 1) * 100) AS int);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX IF EXISTS studio.kol_by_engaged_step; -- of a run that was broken off
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX CONCURRENTLY kol_by_engaged_step ON studio.kol (studio.engaged_step(engaged), followers DESC, id) INCLUDE (engaged);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX IF EXISTS studio.kol_by_followers_and_all;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX CONCURRENTLY kol_by_followers_and_all ON studio.kol (followers DESC, id) INCLUDE (engaged, growth, authentic, fee_picture, fee_video, fee_live);
-- +goose StatementEnd
-- +goose StatementBegin
DROP INDEX CONCURRENTLY IF EXISTS studio.kol_by_followers;
-- +goose StatementEnd
-- +goose StatementBegin
ALTER INDEX studio.kol_by_followers_and_all RENAME TO kol_by_followers;
-- +goose StatementEnd
-- +goose StatementBegin
-- As before, and quicker.
CREATE OR REPLACE FUNCTION studio.kols_page(p_query jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp
SET extra_float_digits = 1 SET enable_sort = on SET enable_bitmapscan = on SET jit = off SET max_parallel_workers_per_gather = 0 SET work_mem = '32MB' AS $$
DECLARE
  today CONSTANT date := studio.day_of(clock_timestamp());
  most CONSTANT int := 10000;
  recent CONSTANT text := 'b.author <> '''' AND b.at BETWEEN clock_timestamp() - interval ''365 days'' AND clock_timestamp()';
  facets CONSTANT text := 'studio.kol_facets(k.category, k.region, k.rising, k.audience)';
  q record;
  share double precision;
  place int;
  sought text := 'true';
  plain text := 'true';
  cond text;
  pairs bigint[];
  fee text[];   -- of each format asked for, as an expression over k
  key text;     -- what the page is in the order of
  way text := 'DESC';
  total int;
  all_found bool := false;
  there CONSTANT double precision := (SELECT greatest(c.reltuples, 1) FROM pg_class c WHERE c.oid = CAST('studio.kol' AS regclass));
  part double precision := 0; -- of a sample, that fits
  ranged text := '';  -- the part of plain that speaks of followers
  engaged text := ''; -- and of engagement
  keyed text := '';   -- the part of plain that speaks of key alone
  past text := 'true';
  breaches bigint;
  found text[];
  last jsonb;
BEGIN
  IF coalesce(studio.my_role() NOT IN ('marketer', 'auditor'), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'kols');
  END IF;
  SELECT x.* INTO q FROM jsonb_to_record(CASE jsonb_typeof(p_query) WHEN 'object' THEN p_query ELSE '{}' END) AS x(
    search text, categories text[], ranges jsonb, regions text[], formats text[], fee_to bigint, engaged_from real, authentic_from real,
    age text, gender text, city text, share real, abroad_from real, clean bool, rising bool, shortlist uuid, sort text, after jsonb, "limit" int);
  IF NOT (studio.is_list(q.categories) AND studio.is_list(q.regions) AND studio.is_list(q.formats)) OR length(q.search) > 200 THEN
    PERFORM studio.refuse('field_value', 'field', 'search', 'value', left(coalesce(q.search, ''), 40));
  END IF;
  q."limit" := least(greatest(coalesce(q."limit", 50), 1), 200);
  q.sort := coalesce(nullif(q.sort, ''), 'followers');
  share := coalesce(nullif(q.share, 0), 0.3);

  -- What the quotes say, where some of the narrow ones are of yesterday.
  fee := ARRAY(SELECT CASE WHEN EXISTS (SELECT FROM studio.kol WHERE fees_until < 'infinity' AND fees_until < today)
        THEN format('CASE WHEN k.fees_until >= %L THEN k.fee_%s ELSE studio.kol_fee(k.id, %L, %L) END', today, f, f, today)
        ELSE 'k.fee_' || f END
    FROM unnest(coalesce(nullif(q.formats, '{}'), '{picture,video,live}')) WITH ORDINALITY AS x(f, n) WHERE f IN ('picture', 'video', 'live') ORDER BY n);
  IF coalesce(q.formats, '{}') <> '{}' OR coalesce(q.fee_to, 0) > 0 OR q.sort = 'fee' THEN
    plain := plain || ' AND (' || coalesce((SELECT string_agg(CASE WHEN coalesce(q.fee_to, 0) > 0 THEN format('%s <= %s', f, q.fee_to) ELSE f || ' IS NOT NULL' END, ' OR ') FROM unnest(fee) AS f), 'false') || ')';
  END IF;
  IF q.sort = 'fee' THEN
    plain := plain || coalesce(' AND ' || fee[1] || ' IS NOT NULL', '');
  END IF;
  -- Bands of followers, [[from, to], …] with 0 for no end; any of them.
  IF jsonb_typeof(q.ranges) = 'array' AND jsonb_array_length(q.ranges) > 0 THEN
    ranged := ' AND (' || coalesce((SELECT string_agg('k.followers >= ' || CAST(r ->> 0 AS int) || CASE WHEN CAST(r ->> 1 AS int) > 0 THEN ' AND k.followers <= ' || CAST(r ->> 1 AS int) ELSE '' END, ' OR ')
      FROM jsonb_array_elements(q.ranges) AS r), 'true') || ')';
    plain := plain || ranged;
  END IF;
  IF q.engaged_from > 0 THEN
    engaged := format(' AND k.engaged >= CAST(%L AS real)', q.engaged_from);
    plain := plain || engaged;
  END IF;
  IF q.authentic_from > 0 THEN
    plain := plain || format(' AND k.authentic >= CAST(%L AS real)', q.authentic_from);
  END IF;
  IF q.clean THEN
    plain := plain || ' AND NOT EXISTS (SELECT FROM studio.breach b WHERE b.author = k.id AND ' || recent || ') AND NOT EXISTS (SELECT FROM studio.author_open o WHERE o.author = k.id)';
  END IF;
  IF q.shortlist IS NOT NULL THEN
    plain := plain || format(' AND k.id = ANY (%L)', coalesce((SELECT l.kols FROM studio.shortlist l WHERE l.id = q.shortlist
      AND (studio.my_role() = 'auditor' OR studio.fold(l.brand) = ANY (studio.my_brands()))), '{}'));
  END IF;
  sought := plain;

  IF coalesce(q.categories, '{}') <> '{}' THEN
    plain := plain || format(' AND k.category = ANY (%L)', q.categories);
    sought := sought || format(' AND %s && %L', facets, ARRAY(SELECT hashtextextended(c, 1) FROM unnest(q.categories) AS c));
  END IF;
  IF coalesce(q.regions, '{}') <> '{}' THEN
    plain := plain || format(' AND k.region = ANY (%L)', q.regions);
    sought := sought || format(' AND %s && %L', facets, ARRAY(SELECT hashtextextended(r, 2) FROM unnest(q.regions) AS r));
  END IF;
  IF q.rising THEN
    plain := plain || ' AND k.rising';
    sought := sought || format(' AND %s && ''{1}''', facets);
  END IF;
  FOR place, share IN SELECT studio.kol_trait(kind, k), s FROM (VALUES ('age', q.age, share), ('gender', q.gender, share), ('city', q.city, share),
      ('abroad', CASE WHEN q.abroad_from > 0 THEN '' END, CAST(q.abroad_from AS double precision))) AS x(kind, k, s) WHERE k <> '' OR kind = 'abroad' AND k IS NOT NULL LOOP
    cond := CASE WHEN place IS NULL THEN ' AND false' ELSE format(' AND k.audience[%s] >= CAST(%L AS real)', place, share) END;
    plain := plain || cond;
    sought := sought || cond || CASE WHEN place IS NOT NULL AND share >= 0.05 THEN format(' AND %s && %L', facets,
      ARRAY(SELECT CAST(place * 100 + step AS bigint) FROM generate_series(CAST(floor(CAST(least(share, 2) AS real) * 20) AS int), 20) AS step)) ELSE '' END;
  END LOOP;
  q.search := studio.fold(coalesce(q.search, ''));
  IF q.search <> '' THEN
    cond := format(' AND position(%L in k.search) > 0', q.search);
    plain := plain || cond;
    -- Pairs of characters, of which a longer word has its single ones anyway.
    pairs := ARRAY(SELECT g FROM unnest(studio.grams(q.search)) AS g WHERE length(q.search) = 1 OR g >= 1 << 21);
    sought := sought || CASE length(q.search) WHEN 2 THEN '' ELSE cond END
      || CASE WHEN pairs <> '{}' THEN format(' AND studio.grams(k.search) @> %L', pairs) ELSE '' END;
  END IF;

  key := CASE q.sort WHEN 'followers' THEN 'k.followers' WHEN 'engagement' THEN 'k.engaged' WHEN 'growth' THEN 'k.growth'
    WHEN 'risk' THEN 'k.authentic' WHEN 'fee' THEN fee[1] END;
  IF key IS NULL THEN
    PERFORM studio.refuse('field_value', 'field', 'sort', 'value', left(q.sort, 40));
  END IF;
  IF q.sort = 'fee' THEN
    way := 'ASC';
  END IF;
  -- What is asked of the key itself bounds the walk along its index.
  keyed := CASE q.sort WHEN 'followers' THEN ranged WHEN 'engagement' THEN engaged
    WHEN 'fee' THEN ' AND ' || key || ' IS NOT NULL' || CASE WHEN coalesce(q.fee_to, 0) > 0 AND cardinality(fee) = 1 THEN format(' AND %s <= %s', key, q.fee_to) ELSE '' END
    ELSE '' END;
  IF jsonb_typeof(q.after) = 'object' THEN
    past := format('%1$s %2$s %3$L AND (%1$s <> %3$L OR k.id > %4$L)', key, CASE way WHEN 'DESC' THEN '<=' ELSE '>=' END,
      CASE WHEN q.sort IN ('followers', 'fee') THEN CAST(CAST(q.after ->> 'key' AS bigint) AS text) ELSE CAST(CAST(q.after ->> 'key' AS real) AS text) END, q.after ->> 'id');
    breaches := CAST(q.after ->> 'breaches' AS bigint);
  END IF;
  cond := 'SELECT array_agg(id), (array_agg(jsonb_build_object(''breaches'', breaches, ''key'', key, ''id'', id)))[' || q."limit" || '] FROM (%s) AS x';
  -- Some pages at random say how many may fit. Few: then what is found for the count is
  -- the page too. Very many: then the first rows of the table have enough for the count,
  -- sooner than an index has collected all that fit.
  IF there > 2 * most THEN
    EXECUTE format('SELECT count(*) FILTER (WHERE %s) / greatest(CAST(count(*) AS double precision), 1) FROM studio.kol k TABLESAMPLE SYSTEM (%s)',
      plain, least(400000 / there, 100)) INTO part;
  END IF;
  IF q.sort <> 'risk' AND part * there <= 2 * most THEN
    EXECUTE format('WITH hit AS MATERIALIZED (SELECT k.id, %1$s AS key FROM studio.kol k WHERE %2$s LIMIT %3$s),
        page AS (SELECT id, key FROM hit AS k WHERE %4$s ORDER BY key %5$s, id LIMIT %6$s)
      SELECT (SELECT count(*) FROM hit), (SELECT array_agg(id) FROM page), (SELECT (array_agg(jsonb_build_object(''breaches'', 0, ''key'', key, ''id'', id)))[%7$s] FROM page)',
      key, sought, most + 1, replace(past, key || ' ', 'k.key '), way, q."limit" + 1, q."limit") INTO total, found, last;
    all_found := total <= most;
  ELSE
    PERFORM set_config('enable_bitmapscan', CASE WHEN part > 0.08 AND sought <> plain THEN 'off' ELSE 'on' END, true);
    EXECUTE format('SELECT count(*) FROM (SELECT FROM studio.kol k WHERE %s LIMIT %s) AS x', CASE WHEN part > 0.08 THEN plain ELSE sought END, most + 1) INTO total;
    PERFORM set_config('enable_bitmapscan', 'on', true);
  END IF;
  IF q.sort = 'risk' THEN
    -- Safest first: those without a breach, who are nearly all, by how real their
    -- followers are; after them the others, who are few, by how often.
    IF total > most THEN
      sought := plain;
      PERFORM set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);
    END IF;
    IF coalesce(breaches, 0) = 0 THEN
      EXECUTE format(cond, format('SELECT 0 AS breaches, k.id, k.authentic AS key FROM studio.kol k WHERE %1$s AND %2$s
          AND NOT EXISTS (SELECT FROM studio.breach b WHERE b.author = k.id AND %3$s) ORDER BY k.authentic DESC, k.id LIMIT %4$s', sought, past, recent, q."limit" + 1)) INTO found, last;
    END IF;
    IF coalesce(cardinality(found), 0) <= q."limit" THEN
      EXECUTE format(cond, format(
        'SELECT * FROM (SELECT CAST(0 AS bigint) AS breaches, k.id, k.authentic AS key FROM studio.kol k WHERE k.id = ANY (%5$L)
         UNION ALL
         (SELECT r.n, k.id, k.authentic FROM (SELECT b.author, count(*) AS n FROM studio.breach b WHERE %4$s GROUP BY b.author) AS r JOIN studio.kol k ON k.id = r.author
           WHERE %1$s AND %2$s ORDER BY r.n, k.authentic DESC, k.id LIMIT %3$s)) AS x ORDER BY breaches, key DESC, id LIMIT %3$s',
        sought, CASE WHEN breaches > 0 THEN format('(r.n > %1$s OR r.n = %1$s AND %2$s)', breaches, past) ELSE 'true' END, q."limit" + 1, recent, coalesce(found, '{}'))) INTO found, last;
    END IF;
  ELSIF NOT all_found THEN
    found := NULL;
    -- Of the engaged, who are seldom the largest, the largest of each step.
    IF q.sort = 'followers' AND engaged <> '' AND plain IN ('true' || ranged || engaged, 'true' || engaged) THEN
      EXECUTE format(cond, format('SELECT 0 AS breaches, x.id, x.key FROM generate_series(studio.engaged_step(CAST(%1$L AS real)), 100) AS step CROSS JOIN LATERAL (
          SELECT k.id, k.followers AS key FROM studio.kol k WHERE studio.engaged_step(k.engaged) = step AND %2$s AND %3$s ORDER BY k.followers DESC, k.id LIMIT %4$s) AS x
        ORDER BY x.key DESC, x.id LIMIT %4$s', q.engaged_from, plain, past, q."limit" + 1)) INTO found, last;
    -- Many fit, so the first of them should stand near the beginning of the order's index.
    ELSIF total > most THEN
      PERFORM set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);
      EXECUTE format(cond, format('SELECT 0 AS breaches, k.id, %1$s AS key FROM (SELECT * FROM studio.kol k WHERE %2$s%3$s ORDER BY %1$s %4$s, k.id LIMIT %5$s) AS k
        WHERE %6$s ORDER BY %1$s %4$s, k.id LIMIT %7$s', key, past, keyed,
        way, most, plain, q."limit" + 1)) INTO found, last;
      PERFORM set_config('enable_sort', 'on', true), set_config('enable_bitmapscan', 'on', true);
    END IF;
    -- They don't, or few fit: find all, and sort them. (+ 0 keeps the
    -- planner from the order's index.)
    IF coalesce(cardinality(found), 0) <= q."limit" THEN
      EXECUTE format(cond, format('SELECT 0 AS breaches, k.id, %1$s AS key FROM studio.kol k WHERE %2$s AND %3$s ORDER BY %1$s + 0 %4$s, k.id LIMIT %5$s',
        key, sought, past, way, q."limit" + 1)) INTO found, last;
    END IF;
  END IF;
  PERFORM set_config('enable_sort', 'on', true), set_config('enable_bitmapscan', 'on', true);
  RETURN jsonb_build_object('kols', studio.kol_texts(found[1:q."limit"]), 'total', least(total, most), 'more', total > most,
    'next', CASE WHEN cardinality(found) > q."limit" THEN last END);
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
-- As before; and a quote without a first day, which is from today, stands where that is
-- asked today already: or a process that brings the same file in every night would begin
-- a quote a day for every KOL.
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
         -- One without a first day that says what is asked today anyway begins nothing.
         WHERE x.from_day IS NOT NULL OR NOT EXISTS (SELECT FROM (
             SELECT o.fee, o.to_day FROM studio.kol_quote o WHERE o.kol = x.kol AND o.format = x.format AND today BETWEEN o.from_day AND o.to_day
              ORDER BY o.from_day DESC LIMIT 1) AS o WHERE o.fee = x.fee AND o.to_day = coalesce(x.to_day, 'infinity'))
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
-- +goose StatementEnd
-- +goose StatementBegin
-- Which of some KOLs there are: for whoever brings in rows that speak of them, and may
-- not look into the directory.
CREATE OR REPLACE FUNCTION studio.kols_there(p_kols text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF coalesce(studio.my_role() <> ALL (studio.import_roles('kols')), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'kols');
  END IF;
  RETURN ARRAY(SELECT k.id FROM studio.kol k WHERE k.id = ANY (p_kols) ORDER BY k.id);
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
GRANT EXECUTE ON FUNCTION studio.kols_there TO worker, administrator, marketer;
-- +goose StatementEnd
-- +goose StatementBegin
RESET ROLE;
-- +goose StatementEnd
