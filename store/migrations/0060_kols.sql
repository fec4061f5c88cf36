-- KOLs: who they are, what they ask for, who follows them, what moderation knows of
-- them; shortlists and notes of those who plan with them.
--
-- The directory is read by any mixture of filters over millions of rows, so what is
-- filtered by is narrow (kol), with an index that answers mixtures (kol_by_facet), and
-- what is only shown lies apart (kol_detail). One function answers a page: it picks its
-- plan by how many rows fit, which it counts first and no further than 10,000.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.kol (
  id         text COLLATE "C" PRIMARY KEY CHECK (octet_length(id) BETWEEN 1 AND 200), -- the platform's id of the author
  category   text COLLATE "C" NOT NULL CHECK (octet_length(category) <= 100),
  region     text COLLATE "C" NOT NULL CHECK (octet_length(region) <= 35),
  followers  int NOT NULL CHECK (followers >= 0),
  engaged    real NOT NULL CHECK (engaged >= 0 AND engaged < 'Infinity'), -- answers to a daily note, over followers
  authentic  real NOT NULL CHECK (authentic = -1 OR authentic BETWEEN 0 AND 1), -- -1: not measured
  growth     real NOT NULL CHECK (growth >= -1 AND growth < 'Infinity'), -- over the last eight weeks
  rising     bool NOT NULL,
  -- Shares of the audience, -1 where not known: five ages, two genders, five tiers of
  -- city, abroad; see kol_trait.
  audience   real[] NOT NULL CHECK (array_ndims(audience) = 1 AND cardinality(audience) = 13),
  -- What is asked for a post today in fen, NULL without a quote. It is right up to and
  -- with fees_until: on later days the quotes themselves are asked.
  fee_picture bigint,
  fee_video   bigint,
  fee_live    bigint,
  fees_until  date NOT NULL DEFAULT 'infinity',
  search     text NOT NULL,             -- handle, id and about, folded
  digest     bytea NOT NULL,            -- of what the file said; says whether a row changed
  entered_by text NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX kol_by_followers ON studio.kol (followers DESC, id);
-- (With the followers, since whoever asks for one of these mostly wants the largest first:
-- hundreds of thousands fit, and the index alone finds those.)
CREATE INDEX kol_by_engaged ON studio.kol (engaged DESC, id) INCLUDE (followers);
CREATE INDEX kol_by_growth ON studio.kol (growth DESC, id);
CREATE INDEX kol_by_authentic ON studio.kol (authentic DESC, id) INCLUDE (followers);
CREATE INDEX kol_by_fee_picture ON studio.kol (fee_picture, id) INCLUDE (followers) WHERE fee_picture IS NOT NULL;
CREATE INDEX kol_by_fee_video ON studio.kol (fee_video, id) INCLUDE (followers) WHERE fee_video IS NOT NULL;
CREATE INDEX kol_by_fee_live ON studio.kol (fee_live, id) INCLUDE (followers) WHERE fee_live IS NOT NULL;
CREATE INDEX kol_by_fees_until ON studio.kol (fees_until) WHERE fees_until < 'infinity';

-- The place of a trait in kol.audience; NULL for what is none.
CREATE FUNCTION studio.kol_trait(p_kind text, p_key text) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_position('{age -17,age 18-24,age 25-34,age 35-44,age 45-,gender f,gender m,city 1,city new1,city 2,city 3,city 4-,"abroad "}'::text[], p_kind || ' ' || p_key);

-- What a KOL can be found by, as numbers: hashes of names, and shares of the audience by
-- the step that they are on. Whoever asks for at least so much asks for any of the steps
-- from there up, and compares exactly what it finds.
CREATE FUNCTION studio.kol_facets(p_category text, p_region text, p_rising bool, p_audience real[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[hashtextextended(p_category, 1), hashtextextended(p_region, 2)] || CASE WHEN p_rising THEN ARRAY[CAST(1 AS bigint)] ELSE '{}' END
  || ARRAY(SELECT n * 100 + CAST(floor(share * 20) AS bigint) FROM unnest(p_audience) WITH ORDINALITY AS x(share, n) WHERE share >= 0.05);
-- (A list of what is new is merged in now and then: putting each row in its forty
-- places at once costs five times as much. An import ends by merging.)
CREATE INDEX kol_by_facet ON studio.kol USING gin (studio.kol_facets(category, region, rising, audience)) WITH (gin_pending_list_limit = 16384);

CREATE TABLE studio.kol_detail (
  id     text COLLATE "C" PRIMARY KEY REFERENCES studio.kol,
  shown  jsonb NOT NULL -- what a profile shows beside the narrow row
);
-- Every two characters that stand beside each other in a text, and every character
-- beyond ASCII by itself: a word of Chinese may be that short. (Trigrams would find
-- none of two characters, and are an extension that not every server has.)
CREATE FUNCTION studio.grams(p_text text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(
  SELECT CAST(ascii(substr(p_text, n, 1)) AS bigint) << 21 | ascii(substr(p_text, n + 1, 1)) FROM generate_series(1, length(p_text) - 1) AS n
  UNION ALL
  SELECT ascii(substr(p_text, n, 1)) FROM generate_series(1, length(p_text)) AS n WHERE ascii(substr(p_text, n, 1)) > 127);
CREATE INDEX kol_by_gram ON studio.kol USING gin (studio.grams(search)) WITH (gin_pending_list_limit = 16384);

CREATE TABLE studio.kol_quote (
  kol      text COLLATE "C" NOT NULL REFERENCES studio.kol,
  format   text COLLATE "C" NOT NULL CHECK (format IN ('picture', 'video', 'live')),
  from_day date NOT NULL CHECK (from_day BETWEEN date '2000-01-01' AND date '2200-01-01'),
  to_day   date NOT NULL DEFAULT 'infinity' CHECK (to_day >= from_day AND (to_day = 'infinity' OR to_day <= date '2200-01-01')),
  fee      bigint NOT NULL CHECK (fee BETWEEN 0 AND 10000000000000),
  entered_by text NOT NULL,
  PRIMARY KEY (kol, format, from_day)
);

-- People whose follows are known one by one, under the file's pseudonym. Numbers are
-- small, so that audiences are arrays of them.
CREATE TABLE studio.audience_person (
  n      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id     text COLLATE "C" NOT NULL UNIQUE CHECK (octet_length(id) BETWEEN 1 AND 200),
  age    text COLLATE "C" NOT NULL CHECK (age IN ('', '-17', '18-24', '25-34', '35-44', '45-')),
  gender text COLLATE "C" NOT NULL CHECK (gender IN ('', 'f', 'm')),
  city   text COLLATE "C" NOT NULL CHECK (city IN ('', '1', 'new1', '2', '3', '4-')),
  abroad bool NOT NULL,
  weight real NOT NULL CHECK (weight > 0 AND weight <= 1000000)
);
CREATE TABLE studio.kol_audience (
  kol        text COLLATE "C" PRIMARY KEY REFERENCES studio.kol,
  people     int[] NOT NULL, -- numbers of audience_person, ascending
  entered_by text NOT NULL,
  updated_at timestamptz NOT NULL
);

-- What moderation knows of an author, a row for each post, kept by the tables that it
-- follows from: no decision waits for another one on the same author's posts.
CREATE TABLE studio.breach (
  post   text COLLATE "C" PRIMARY KEY,
  author text COLLATE "C" NOT NULL, -- '' where the file had none
  brand  text NOT NULL,             -- folded
  at     timestamptz NOT NULL       -- post.breached_at
);
CREATE INDEX breach_by_author ON studio.breach (author, at) WHERE author <> '';
CREATE INDEX breach_by_brand ON studio.breach (brand, at) WHERE brand <> '';
CREATE TABLE studio.author_open (
  author text COLLATE "C" NOT NULL,
  post   text COLLATE "C" NOT NULL, -- with an open case
  PRIMARY KEY (author, post)
);
INSERT INTO studio.breach SELECT id, author_id, studio.fold(brand), breached_at FROM studio.post WHERE breached_at IS NOT NULL;
INSERT INTO studio.author_open SELECT p.author_id, p.id FROM studio.cases c
    JOIN studio.post_key k ON k.id = c.target JOIN studio.post p ON p.month = k.month AND p.id = k.id
   WHERE c.kind = 'post' AND c.stage <> 'closed' AND p.author_id <> '';

CREATE FUNCTION studio.post_breached() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NEW.breached_at IS NULL THEN
    DELETE FROM studio.breach WHERE post = NEW.id;
  ELSE
    INSERT INTO studio.breach VALUES (NEW.id, NEW.author_id, studio.fold(NEW.brand), NEW.breached_at)
      ON CONFLICT (post) DO UPDATE SET author = excluded.author, brand = excluded.brand, at = excluded.at;
  END IF;
  IF OLD.author_id <> NEW.author_id THEN
    UPDATE studio.author_open SET author = NEW.author_id WHERE author = OLD.author_id AND post = NEW.id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER post_breached AFTER UPDATE ON studio.post FOR EACH ROW
  WHEN (OLD.breached_at IS DISTINCT FROM NEW.breached_at OR (OLD.author_id, OLD.brand) IS DISTINCT FROM (NEW.author_id, NEW.brand)) EXECUTE FUNCTION studio.post_breached();
CREATE FUNCTION studio.case_opened_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NEW.stage = 'closed' THEN
    DELETE FROM studio.author_open o USING studio.post_key k, studio.post p
     WHERE k.id = NEW.target AND p.month = k.month AND p.id = k.id AND o.author = p.author_id AND o.post = p.id;
  ELSE
    INSERT INTO studio.author_open SELECT p.author_id, p.id FROM studio.post_key k JOIN studio.post p ON p.month = k.month AND p.id = k.id
     WHERE k.id = NEW.target AND p.author_id <> '' ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER case_opened_on AFTER INSERT ON studio.cases FOR EACH ROW
  WHEN (NEW.kind = 'post') EXECUTE FUNCTION studio.case_opened_on();
CREATE TRIGGER case_closed_on AFTER UPDATE ON studio.cases FOR EACH ROW
  WHEN (NEW.kind = 'post' AND (OLD.stage = 'closed') <> (NEW.stage = 'closed')) EXECUTE FUNCTION studio.case_opened_on();

CREATE TABLE studio.kol_note (
  id    uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  brand text NOT NULL,
  kol   text COLLATE "C" NOT NULL REFERENCES studio.kol,
  by    text NOT NULL REFERENCES studio.person,
  text  text NOT NULL CHECK (text <> '' AND length(text) <= 4000),
  at    timestamptz NOT NULL
);
CREATE INDEX kol_note_by_kol ON studio.kol_note (kol, at);
CREATE TABLE studio.shortlist (
  id         uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  brand      text NOT NULL,
  name       text NOT NULL CHECK (name <> '' AND length(name) <= 200),
  kols       text[] COLLATE "C" NOT NULL,
  by         text NOT NULL REFERENCES studio.person, -- who changed it last
  version    int NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);
CREATE INDEX shortlist_by_brand ON studio.shortlist (studio.fold(brand));

-- The day of the platform that a moment falls on.
CREATE FUNCTION studio.day_of(p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CAST(p_at AT TIME ZONE (SELECT value FROM studio.setting WHERE name = 'time_zone') AS date)
$$;

-- Who reads. Marketers plan with all KOLs there are; what they wrote belongs to their brands.
DO $do$
DECLARE
  one text;
BEGIN
  FOREACH one IN ARRAY ARRAY['kol', 'kol_detail', 'kol_quote', 'audience_person', 'kol_audience'] LOOP
    EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY sight ON studio.%I FOR SELECT USING ((SELECT studio.my_role()) IN (''marketer'', ''auditor''))', one);
    EXECUTE format('GRANT SELECT ON studio.%I TO marketer, auditor', one);
  END LOOP;
  FOREACH one IN ARRAY ARRAY['breach', 'author_open'] LOOP
    EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY sight ON studio.%I FOR SELECT USING ((SELECT studio.my_role()) = ''auditor'')', one);
    EXECUTE format('GRANT SELECT ON studio.%I TO auditor', one);
  END LOOP;
  FOREACH one IN ARRAY ARRAY['kol_note', 'shortlist'] LOOP
    EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY sight ON studio.%I FOR SELECT USING (
      CASE (SELECT studio.my_role()) WHEN ''auditor'' THEN true
        WHEN ''marketer'' THEN studio.fold(brand) = ANY ((SELECT studio.my_brands())::text[]) ELSE false END)', one);
    EXECUTE format('GRANT SELECT ON studio.%I TO marketer, auditor', one);
  END LOOP;
END
$do$;

-- Imports.

ALTER TABLE studio.import DROP CONSTRAINT import_kind_check,
  ADD CONSTRAINT import_kind_check CHECK (kind IN ('pictures', 'applications', 'posts', 'kols', 'quotes', 'audience')) NOT VALID;

-- As before, with what planning brings in: fees and audiences are not the desk's.
CREATE OR REPLACE FUNCTION studio.import_roles(p_kind text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_kind = 'posts' THEN ARRAY['worker', 'moderator', 'lead', 'administrator']
              WHEN p_kind IN ('kols', 'quotes', 'audience') THEN ARRAY['worker', 'administrator', 'marketer']
              ELSE ARRAY['worker', 'moderator', 'lead', 'administrator', 'marketer'] END
$$;

-- As before, and leaves the directory's indexes merged and its fees at today's.
CREATE OR REPLACE FUNCTION studio.import_end(p_request uuid, p_kind text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, p_kind);
  i studio.import;
  tally jsonb;
BEGIN
  IF p_kind = 'kols' THEN
    PERFORM gin_clean_pending_list('studio.kol_by_facet'), gin_clean_pending_list('studio.kol_by_gram');
  ELSIF p_kind = 'quotes' THEN
    -- Those of others that began or ended meanwhile.
    PERFORM studio.kol_fees_set(ARRAY(SELECT id FROM studio.kol WHERE fees_until < 'infinity' AND fees_until < studio.day_of(clock_timestamp()) LIMIT 10000));
  END IF;
  UPDATE studio.import SET ended_at = clock_timestamp() WHERE request = p_request RETURNING * INTO i;
  tally := jsonb_build_object('came', i.came, 'changed', i.changed, 'stood', i.stood, 'refused', 0);
  PERFORM studio.audit_write('import.' || p_kind, 'import', p_request::text, p_request, tally - 'refused');
  RETURN studio.request_end(p_request, tally);
END
$$;

-- The part of the profile that says what notes of a kind get.
CREATE FUNCTION studio.engagement_plain(p jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT jsonb_build_object('notes', coalesce(e.notes, 0), 'views', coalesce(e.views, 0), 'likes', coalesce(e.likes, 0),
      'saves', coalesce(e.saves, 0), 'comments', coalesce(e.comments, 0), 'shares', coalesce(e.shares, 0))
    FROM jsonb_to_record(CASE jsonb_typeof(p) WHEN 'object' THEN p ELSE '{}' END) AS e(notes int, views int, likes int, saves int, comments int, shares int));

-- kols_import takes one batch. A KOL is written whole; one that says the same as before stands.
CREATE FUNCTION studio.kols_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1 AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'kols');
  t CONSTANT timestamptz := clock_timestamp();
  r record;
  e jsonb;
  paid jsonb;
  shares real[];
  bad text;
  shown_now jsonb;
  found_by text;
  grown real;
  engaged_now real;
  stamp bytea;
  came int := 0;
  changed int := 0;
  stood int := 0;
BEGIN
  FOR r IN SELECT x.* FROM jsonb_to_recordset(p_rows) AS x(id text, handle text, category text, region text, languages text[], about text,
      followers int, joined date, growth int[], daily jsonb, paid jsonb, measured int, age jsonb, gender jsonb, city jsonb, abroad real,
      authentic real, picture text, rising bool, extra jsonb) ORDER BY x.id COLLATE "C" LOOP
    IF coalesce(r.id, '') = '' THEN
      PERFORM studio.refuse('field_missing', 'field', 'id');
    END IF;
    IF octet_length(r.id) > 200 OR length(r.handle) > 200 OR length(r.about) > 2000 OR length(r.category) > 100 OR length(r.region) > 35
       OR NOT studio.is_list(r.languages) OR cardinality(r.growth) > 26 OR array_ndims(r.growth) > 1 OR array_position(r.growth, NULL) IS NOT NULL
       OR length(r.extra::text) > 20000 OR jsonb_typeof(r.extra) NOT IN ('object', 'null')
       OR coalesce(r.picture, '') <> '' AND r.picture !~ '^[0-9a-f]{64}$' THEN
      PERFORM studio.refuse('field_value', 'field', 'kol', 'value', left(r.id, 40), 'id', left(r.id, 200));
    END IF;
    e := studio.engagement_plain(r.daily);
    paid := studio.engagement_plain(r.paid);
    -- In the order of kol_trait.
    shares := ARRAY[coalesce(CAST(r.age ->> '-17' AS real), -1), coalesce(CAST(r.age ->> '18-24' AS real), -1), coalesce(CAST(r.age ->> '25-34' AS real), -1),
      coalesce(CAST(r.age ->> '35-44' AS real), -1), coalesce(CAST(r.age ->> '45-' AS real), -1), coalesce(CAST(r.gender ->> 'f' AS real), -1),
      coalesce(CAST(r.gender ->> 'm' AS real), -1), coalesce(CAST(r.city ->> '1' AS real), -1), coalesce(CAST(r.city ->> 'new1' AS real), -1),
      coalesce(CAST(r.city ->> '2' AS real), -1), coalesce(CAST(r.city ->> '3' AS real), -1), coalesce(CAST(r.city ->> '4-' AS real), -1), coalesce(r.abroad, -1)];
    bad := CASE
      WHEN r.followers < 0 THEN 'followers'
      WHEN NOT (r.authentic = -1 OR r.authentic BETWEEN 0 AND 1) THEN 'authentic'
      WHEN r.measured < 0 OR EXISTS (SELECT FROM unnest(shares) AS x WHERE NOT (x = -1 OR x BETWEEN 0 AND 1)) THEN 'audience'
      WHEN jsonb_typeof(r.age) = 'object' AND r.age - '{-17,18-24,25-34,35-44,45-}'::text[] <> '{}' THEN 'audience.age'
      WHEN jsonb_typeof(r.gender) = 'object' AND r.gender - '{f,m}'::text[] <> '{}' THEN 'audience.gender'
      WHEN jsonb_typeof(r.city) = 'object' AND r.city - '{1,new1,2,3,4-}'::text[] <> '{}' THEN 'audience.city'
      WHEN EXISTS (SELECT FROM unnest(r.growth) AS x WHERE x < 0) THEN 'growth'
      WHEN e::text ~ ': -' OR paid::text ~ ': -' THEN 'engagement'
      WHEN NOT r.joined BETWEEN date '1990-01-01' AND date '2200-01-01' THEN 'joined_at' END;
    IF bad IS NOT NULL THEN
      PERFORM studio.refuse('field_value', 'field', bad, 'value', left(CAST(to_jsonb(r) ->> split_part(bad, '.', 1) AS text), 40), 'id', r.id);
    END IF;
    shown_now := jsonb_build_object('handle', coalesce(r.handle, ''), 'languages', to_jsonb(coalesce(r.languages, '{}')), 'about', coalesce(r.about, ''),
      'joined', r.joined, 'growth', to_jsonb(coalesce(r.growth, '{}')), 'daily', e, 'paid', paid, 'measured', coalesce(r.measured, 0),
      'picture', coalesce(r.picture, ''), 'extra', CASE jsonb_typeof(r.extra) WHEN 'object' THEN r.extra ELSE '{}' END);
    found_by := studio.fold(concat_ws(' ', r.handle, r.id, r.about));
    grown := coalesce((SELECT CAST(r.growth[cardinality(r.growth)] AS real) / nullif(r.growth[greatest(cardinality(r.growth) - 8, 1)], 0) - 1
      WHERE cardinality(r.growth) > 1), 0);
    engaged_now := CASE WHEN r.followers > 0 THEN (CAST(e ->> 'likes' AS real) + CAST(e ->> 'saves' AS real) + CAST(e ->> 'comments' AS real)) / r.followers ELSE 0 END;
    stamp := sha256(convert_to(concat_ws(e'\x1f', shown_now, coalesce(r.category, ''), coalesce(r.region, ''), coalesce(r.followers, 0), engaged_now,
      coalesce(r.authentic, -1), coalesce(r.rising, false), shares), 'UTF8'));

    INSERT INTO studio.kol AS k (id, category, region, followers, engaged, authentic, growth, rising, audience, search, digest, entered_by, updated_at)
      VALUES (r.id, coalesce(r.category, ''), coalesce(r.region, ''), coalesce(r.followers, 0), engaged_now, coalesce(r.authentic, -1),
        grown, coalesce(r.rising, false), shares, found_by, stamp, login, t)
      ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      came := came + 1;
      INSERT INTO studio.kol_detail VALUES (r.id, shown_now);
      CONTINUE;
    END IF;
    UPDATE studio.kol SET category = coalesce(r.category, ''), region = coalesce(r.region, ''), followers = coalesce(r.followers, 0),
        engaged = engaged_now, authentic = coalesce(r.authentic, -1), growth = grown, rising = coalesce(r.rising, false),
        audience = shares, search = found_by, digest = stamp, entered_by = login, updated_at = t
      WHERE id = r.id AND digest <> stamp;
    IF FOUND THEN
      changed := changed + 1;
      UPDATE studio.kol_detail SET shown = shown_now WHERE id = r.id;
    ELSE
      stood := stood + 1;
    END IF;
  END LOOP;
  PERFORM studio.import_count(p_request, came, changed, stood);
END
$$;
GRANT EXECUTE ON FUNCTION studio.kols_import TO worker, administrator, marketer;

-- What a KOL asks on a day: of the quotes that hold then the one that began last.
CREATE FUNCTION studio.kol_fee(p_kol text, p_format text, p_day date) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT q.fee FROM studio.kol_quote q WHERE q.kol = p_kol AND q.format = p_format AND q.from_day <= p_day AND q.to_day >= p_day
   ORDER BY q.from_day DESC LIMIT 1
$$;

-- Brings the fees of some KOLs up to today.
CREATE FUNCTION studio.kol_fees_set(p_kols text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  today CONSTANT date := studio.day_of(clock_timestamp());
BEGIN
  PERFORM FROM studio.kol WHERE id = ANY (p_kols) ORDER BY id FOR NO KEY UPDATE;
  UPDATE studio.kol k SET fee_picture = studio.kol_fee(k.id, 'picture', today), fee_video = studio.kol_fee(k.id, 'video', today),
      fee_live = studio.kol_fee(k.id, 'live', today),
      fees_until = coalesce((SELECT min(CASE WHEN q.from_day > today THEN q.from_day - 1 ELSE q.to_day END)
        FROM studio.kol_quote q WHERE q.kol = k.id AND q.to_day >= today), 'infinity')
    WHERE k.id = ANY (p_kols);
END
$$;

CREATE FUNCTION studio.quotes_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'quotes');
  r record;
  came int := 0;
  changed int := 0;
  stood int := 0;
  touched text[] := '{}';
BEGIN
  FOR r IN SELECT x.* FROM jsonb_to_recordset(p_rows) AS x(kol text, format text, fee bigint, from_day date, to_day date) ORDER BY x.kol COLLATE "C", x.format, x.from_day LOOP
    IF NOT EXISTS (SELECT FROM studio.kol WHERE id = r.kol) THEN
      PERFORM studio.refuse('not_found', 'what', 'kol', 'id', left(coalesce(r.kol, ''), 200));
    END IF;
    IF r.format IS NULL OR r.format NOT IN ('picture', 'video', 'live') THEN
      PERFORM studio.refuse('field_value', 'field', 'format', 'value', left(coalesce(r.format, ''), 40), 'id', r.kol);
    END IF;
    IF r.fee IS NULL OR r.fee NOT BETWEEN 0 AND 10000000000000 THEN
      PERFORM studio.refuse('field_value', 'field', 'fee', 'value', coalesce(r.fee::text, ''), 'id', r.kol);
    END IF;
    r.from_day := coalesce(r.from_day, studio.day_of(clock_timestamp()));
    r.to_day := coalesce(r.to_day, 'infinity');
    IF r.from_day NOT BETWEEN date '2000-01-01' AND date '2200-01-01' OR r.to_day < r.from_day OR r.to_day <> 'infinity' AND r.to_day > date '2200-01-01' THEN
      PERFORM studio.refuse('field_value', 'field', 'to', 'value', r.to_day::text, 'id', r.kol);
    END IF;
    INSERT INTO studio.kol_quote VALUES (r.kol, r.format, r.from_day, r.to_day, r.fee, login) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      came := came + 1;
    ELSE
      UPDATE studio.kol_quote SET fee = r.fee, to_day = r.to_day, entered_by = login
        WHERE kol = r.kol AND format = r.format AND from_day = r.from_day AND (fee, to_day) IS DISTINCT FROM (r.fee, r.to_day);
      IF FOUND THEN
        changed := changed + 1;
      ELSE
        stood := stood + 1;
        CONTINUE;
      END IF;
    END IF;
    touched := touched || r.kol;
  END LOOP;
  PERFORM studio.kol_fees_set(touched);
  PERFORM studio.import_count(p_request, came, changed, stood);
END
$$;
GRANT EXECUTE ON FUNCTION studio.quotes_import TO worker, administrator, marketer;

-- A process keeps the fees of the directory at today's: quotes begin and end by
-- themselves. Until it has, the directory asks the quotes, slowly and rightly.
CREATE FUNCTION studio.kol_fees_renew(p_request uuid, p_limit int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('kol_fees_renew', 'worker');
  done CONSTANT jsonb := studio.request_begin(p_request, 'kol_fees_renew', jsonb_build_array(p_limit));
  late text[];
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  late := ARRAY(SELECT id FROM studio.kol WHERE fees_until < 'infinity' AND fees_until < studio.day_of(clock_timestamp()) LIMIT least(greatest(coalesce(p_limit, 0), 0), 10000));
  PERFORM studio.kol_fees_set(late);
  RETURN studio.request_end(p_request, jsonb_build_object('renewed', cardinality(late)));
END
$$;
GRANT EXECUTE ON FUNCTION studio.kol_fees_renew TO worker;

-- Audiences come in two steps: people, who get numbers, then who is followed by which.
-- Numbers come back in the order of the ids.
CREATE FUNCTION studio.audience_people(p_request uuid, p_id text[], p_age text[], p_gender text[], p_city text[], p_abroad bool[], p_weight double precision[]) RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'audience');
  fresh int;
BEGIN
  IF EXISTS (SELECT FROM unnest(p_id) AS id WHERE coalesce(id, '') = '') THEN
    PERFORM studio.refuse('field_missing', 'field', 'user_id');
  END IF;
  INSERT INTO studio.audience_person (id, age, gender, city, abroad, weight)
    SELECT DISTINCT ON (id COLLATE "C") id, coalesce(age, ''), coalesce(gender, ''), coalesce(city, ''), coalesce(abroad, false), coalesce(weight, 1)
      FROM unnest(p_id, p_age, p_gender, p_city, p_abroad, p_weight) AS x(id, age, gender, city, abroad, weight)
     -- A number that a conflict has used up is gone for good.
     WHERE NOT EXISTS (SELECT FROM studio.audience_person o WHERE o.id = x.id) ORDER BY id COLLATE "C"
    ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS fresh = ROW_COUNT;
  -- What a later file says beside the name counts; what it leaves open doesn't.
  IF fresh < cardinality(p_id) THEN
    UPDATE studio.audience_person o SET age = coalesce(nullif(x.age, ''), o.age), gender = coalesce(nullif(x.gender, ''), o.gender),
        city = coalesce(nullif(x.city, ''), o.city), abroad = coalesce(x.abroad, o.abroad), weight = coalesce(x.weight, o.weight)
      FROM unnest(p_id, p_age, p_gender, p_city, p_abroad, p_weight) AS x(id, age, gender, city, abroad, weight)
     WHERE o.id = x.id AND (coalesce(nullif(x.age, ''), o.age), coalesce(nullif(x.gender, ''), o.gender), coalesce(nullif(x.city, ''), o.city),
        coalesce(x.abroad, o.abroad), coalesce(CAST(x.weight AS real), o.weight)) IS DISTINCT FROM (o.age, o.gender, o.city, o.abroad, o.weight);
  END IF;
  RETURN ARRAY(SELECT o.n FROM unnest(p_id) WITH ORDINALITY AS x(id, at) JOIN studio.audience_person o ON o.id = x.id ORDER BY x.at);
END
$$;
GRANT EXECUTE ON FUNCTION studio.audience_people TO worker, administrator, marketer;

-- The whole audience of one KOL.
CREATE FUNCTION studio.audience_put(p_request uuid, p_kol text, p_people int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'audience');
  sorted CONSTANT int[] := ARRAY(SELECT DISTINCT n FROM unnest(p_people) AS n ORDER BY n);
BEGIN
  IF NOT EXISTS (SELECT FROM studio.kol WHERE id = p_kol) THEN
    PERFORM studio.refuse('not_found', 'what', 'kol', 'id', left(coalesce(p_kol, ''), 200));
  END IF;
  IF cardinality(sorted) = 0 OR (SELECT count(*) FROM studio.audience_person WHERE n = ANY (sorted)) <> cardinality(sorted) THEN
    PERFORM studio.refuse('field_value', 'field', 'user_id', 'value', cardinality(sorted)::text, 'id', p_kol);
  END IF;
  INSERT INTO studio.kol_audience VALUES (p_kol, sorted, login, clock_timestamp()) ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM studio.import_count(p_request, 1, 0, 0);
    RETURN;
  END IF;
  UPDATE studio.kol_audience SET people = sorted, entered_by = login, updated_at = clock_timestamp() WHERE kol = p_kol AND people <> sorted;
  PERFORM studio.import_count(p_request, 0, CASE WHEN FOUND THEN 1 ELSE 0 END, CASE WHEN FOUND THEN 0 ELSE 1 END);
END
$$;
GRANT EXECUTE ON FUNCTION studio.audience_put TO worker, administrator, marketer;

-- Reading.

-- Breaches of an author that stand and are not older than a year.
CREATE FUNCTION studio.author_breaches(p_author text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT count(*) FROM studio.breach b WHERE b.author = p_author AND b.author <> '' AND b.at BETWEEN clock_timestamp() - interval '365 days' AND clock_timestamp()
$$;

-- KOLs as the program reads them, in the order of the ids.
CREATE FUNCTION studio.kol_texts(p_kols text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1 AS $$
  WITH clock AS (SELECT studio.day_of(clock_timestamp()) AS today)
  SELECT coalesce(jsonb_agg(d.shown || jsonb_build_object('id', k.id, 'category', k.category, 'region', k.region, 'followers', k.followers,
      'authentic', k.authentic, 'audience', to_jsonb(k.audience), 'updated_at', k.updated_at,
      'quotes', (SELECT coalesce(jsonb_agg(jsonb_build_object('format', q.format, 'fee', q.fee, 'from', q.from_day, 'to', nullif(q.to_day, 'infinity'))
            ORDER BY array_position('{picture,video,live}', q.format)), '[]')
          FROM (SELECT DISTINCT ON (q.format) q.* FROM studio.kol_quote q
                 WHERE q.kol = k.id AND clock.today BETWEEN q.from_day AND q.to_day ORDER BY q.format, q.from_day DESC) AS q),
      'breaches', studio.author_breaches(k.id),
      'open', (SELECT count(*) FROM studio.author_open o WHERE o.author = k.id),
      'posts', r.posts, 'declared', r.declared, 'paid_posts', r.paid) ORDER BY x.n), '[]')
    FROM clock, unnest(p_kols) WITH ORDINALITY AS x(id, n) JOIN studio.kol k ON k.id = x.id JOIN studio.kol_detail d ON d.id = k.id
    LEFT JOIN LATERAL (
      SELECT count(*) AS posts, count(*) FILTER (WHERE p.declared OR s.labelled) AS declared,
             count(*) FILTER (WHERE p.declared OR s.labelled OR p.breached_at IS NOT NULL) AS paid
        FROM studio.post p
        LEFT JOIN LATERAL (SELECT true AS labelled FROM studio.post_score s WHERE s.post = p.id AND s.disclosure = 'adequate' LIMIT 1) AS s ON true
       WHERE p.author_id = k.id AND p.author_id <> '') AS r ON true
$$;

CREATE FUNCTION studio.kols_of(p_kols text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF coalesce(studio.my_role() NOT IN ('marketer', 'auditor'), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'kols');
  END IF;
  RETURN studio.kol_texts(p_kols);
END
$$;
GRANT EXECUTE ON FUNCTION studio.kols_of TO marketer, auditor;

-- A page of the directory: {kols, total, more, next}. The query is a KOLQuery of the
-- program; after is the next of the page before.
--
-- Every value goes into the statement as a literal, because the planner has to know
-- how many rows each one finds. What is asked is written twice: by the indexes (sought)
-- and, for rows that come by in an order's index, by their columns alone (plain).
CREATE FUNCTION studio.kols_page(p_query jsonb) RETURNS jsonb
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
    plain := plain || ' AND (' || coalesce((SELECT string_agg('k.followers >= ' || CAST(r ->> 0 AS int) || CASE WHEN CAST(r ->> 1 AS int) > 0 THEN ' AND k.followers <= ' || CAST(r ->> 1 AS int) ELSE '' END, ' OR ')
      FROM jsonb_array_elements(q.ranges) AS r), 'true') || ')';
  END IF;
  IF q.engaged_from > 0 THEN
    plain := plain || format(' AND k.engaged >= CAST(%L AS real)', q.engaged_from);
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
  IF jsonb_typeof(q.after) = 'object' THEN
    past := format('%1$s %2$s %3$L AND (%1$s <> %3$L OR k.id > %4$L)', key, CASE way WHEN 'DESC' THEN '<=' ELSE '>=' END,
      CASE WHEN q.sort IN ('followers', 'fee') THEN CAST(CAST(q.after ->> 'key' AS bigint) AS text) ELSE CAST(CAST(q.after ->> 'key' AS real) AS text) END, q.after ->> 'id');
    breaches := CAST(q.after ->> 'breaches' AS bigint);
  END IF;
  cond := 'SELECT array_agg(id), (array_agg(jsonb_build_object(''breaches'', breaches, ''key'', key, ''id'', id)))[' || q."limit" || '] FROM (%s) AS x';
  -- Many filters together find few, slowly: what is found for the count is the page too.
  -- Few filters find many, and are counted by an index alone.
  IF q.sort <> 'risk' AND cardinality(string_to_array(sought, ' AND ')) > 3 THEN
    EXECUTE format('WITH hit AS MATERIALIZED (SELECT k.id, %1$s AS key FROM studio.kol k WHERE %2$s LIMIT %3$s),
        page AS (SELECT id, key FROM hit AS k WHERE %4$s ORDER BY key %5$s, id LIMIT %6$s)
      SELECT (SELECT count(*) FROM hit), (SELECT array_agg(id) FROM page), (SELECT (array_agg(jsonb_build_object(''breaches'', 0, ''key'', key, ''id'', id)))[%7$s] FROM page)',
      key, sought, most + 1, replace(past, key || ' ', 'k.key '), way, q."limit" + 1, q."limit") INTO total, found, last;
    all_found := total <= most;
  ELSE
    EXECUTE format('SELECT count(*) FROM (SELECT FROM studio.kol k WHERE %s LIMIT %s) AS x', sought, most + 1) INTO total;
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
    -- Many fit, so the first of them should stand near the beginning of the order's index.
    IF total > most THEN
      PERFORM set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true);
      EXECUTE format(cond, format('SELECT 0 AS breaches, k.id, %1$s AS key FROM (SELECT * FROM studio.kol k WHERE %2$s%3$s ORDER BY %1$s %4$s, k.id LIMIT %5$s) AS k
        WHERE %6$s ORDER BY %1$s %4$s, k.id LIMIT %7$s', key, past, CASE WHEN q.sort = 'fee' THEN ' AND ' || key || ' IS NOT NULL' ELSE '' END,
        way, most, plain, q."limit" + 1)) INTO found, last;
      PERFORM set_config('enable_sort', 'on', true), set_config('enable_bitmapscan', 'on', true);
    END IF;
    -- They don't, as the engaged are seldom the largest, or few fit: find all, and sort
    -- them. (+ 0 keeps the planner from the order's index.)
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
GRANT EXECUTE ON FUNCTION studio.kols_page TO marketer, auditor;

-- Posts of a KOL, newest first: they are public, but a marketer reads no others here.
CREATE FUNCTION studio.kol_posts(p_kol text, p_limit int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF coalesce(studio.my_role() NOT IN ('marketer', 'auditor'), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'kols');
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'lang', p.lang, 'title', p.title, 'body', p.body, 'posted_at', p.posted_at,
      'declared', p.declared, 'links', p.links, 'pictures', p.pictures, 'picture_count', p.picture_count, 'video_count', p.video_count,
      'likes', p.likes, 'saves', p.saves, 'shares', p.shares, 'comments', p.comments, 'brand', p.brand) ORDER BY p.at DESC, p.id), '[]')
    FROM (SELECT x.*, coalesce(x.posted_at, x.first_at) AS at FROM studio.kol k JOIN studio.post x ON x.author_id = k.id AND x.author_id <> ''
           WHERE k.id = p_kol ORDER BY at DESC, x.id LIMIT least(greatest(coalesce(p_limit, 20), 1), 200)) AS p);
END
$$;
GRANT EXECUTE ON FUNCTION studio.kol_posts TO marketer, auditor;

-- Notes and shortlists.

-- Refuses whoever does not act for a brand.
CREATE FUNCTION studio.for_brand(p_login text, p_brand text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NOT coalesce(studio.tied_to(p_login, p_brand), false) THEN
    PERFORM studio.refuse('no_right', 'login', p_login, 'action', 'brand');
  END IF;
END
$$;

CREATE FUNCTION studio.kol_note_add(p_request uuid, p_brand text, p_kol text, p_text text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('kol_note_add', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'kol_note_add', jsonb_build_array(p_brand, p_kol, p_text));
  words CONSTANT text := studio.trimmed(p_text);
  made uuid;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  PERFORM studio.for_brand(login, p_brand);
  IF words = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'note');
  END IF;
  IF length(words) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(words, 40) || '…');
  END IF;
  IF NOT EXISTS (SELECT FROM studio.kol WHERE id = p_kol) THEN
    PERFORM studio.refuse('not_found', 'what', 'kol', 'id', coalesce(p_kol, ''));
  END IF;
  INSERT INTO studio.kol_note (brand, kol, by, text, at) VALUES (p_brand, p_kol, login, words, clock_timestamp()) RETURNING id INTO made;
  PERFORM studio.audit_write('kol.note', 'kol_note', made::text, p_request, jsonb_build_object(
    'note_sha256', studio.words_digest(CAST(jsonb_build_array(p_brand, p_kol, words) AS text))));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.kol_note_add TO marketer;

-- p_version is the one that the editor saw; of a new list, without p_id, it says nothing.
CREATE FUNCTION studio.shortlist_put(p_request uuid, p_id uuid, p_version int, p_brand text, p_name text, p_kols text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('shortlist_put', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'shortlist_put', jsonb_build_array(p_id, p_version, p_brand, p_name, p_kols));
  named CONSTANT text := studio.trimmed(p_name);
  l studio.shortlist;
  strange text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  PERFORM studio.for_brand(login, p_brand);
  IF named = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'name');
  END IF;
  IF length(named) > 200 OR NOT studio.is_list(p_kols) THEN
    PERFORM studio.refuse('field_value', 'field', 'name', 'value', left(named, 40));
  END IF;
  SELECT k INTO strange FROM unnest(p_kols) AS k WHERE NOT EXISTS (SELECT FROM studio.kol WHERE id = k) LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'kol', 'id', strange);
  END IF;
  IF p_id IS NULL THEN
    INSERT INTO studio.shortlist (brand, name, kols, by, updated_at) VALUES (p_brand, named, coalesce(p_kols, '{}'), login, clock_timestamp()) RETURNING * INTO l;
  ELSE
    SELECT * INTO l FROM studio.shortlist WHERE id = p_id FOR UPDATE;
    IF l.id IS NULL OR NOT studio.tied_to(login, l.brand) OR studio.fold(l.brand) <> studio.fold(p_brand) THEN
      PERFORM studio.refuse('not_found', 'what', 'shortlist', 'id', p_id::text);
    END IF;
    IF l.version IS DISTINCT FROM p_version THEN
      PERFORM studio.refuse('rule_changed', 'what', 'shortlist', 'id', named);
    END IF;
    UPDATE studio.shortlist SET name = named, kols = coalesce(p_kols, '{}'), by = login, version = version + 1, updated_at = clock_timestamp()
      WHERE id = p_id RETURNING * INTO l;
  END IF;
  PERFORM studio.audit_write('shortlist.put', 'shortlist', l.id::text, p_request, jsonb_build_object('version', l.version,
    'list_sha256', studio.words_digest(CAST(jsonb_build_array(l.brand, l.name, l.kols) AS text))));
  RETURN studio.request_end(p_request, to_jsonb(l));
END
$$;
GRANT EXECUTE ON FUNCTION studio.shortlist_put TO marketer;

RESET ROLE;
-- +goose StatementEnd
