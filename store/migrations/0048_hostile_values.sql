-- Values that no program of ours sends and a hostile client does: dates without an end
-- that put a case before all others or stop every screen that reads them, numbers that
-- are none, JSON of another shape than its readers take, names of ten megabytes; and
-- locks and settings of the session that reached into our functions.
--
-- A program of ours checks all of this before and says so in a sentence; here it is
-- refused. Constraints are NOT VALID: they hold for what is written from now on, and no
-- table is read for them.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- As before, with arguments no longer than a sentence can show: the driver takes an answer
-- of more than thirty kilobytes for no answer of Postgres's at all.
CREATE OR REPLACE FUNCTION studio.refuse(p_code text, VARIADIC p_args text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CN001', MESSAGE = p_code,
    DETAIL = jsonb_object(ARRAY(SELECT left(a, 300) FROM unnest(p_args) WITH ORDINALITY AS x(a, n) ORDER BY n))::text;
END
$$;

-- As before, for the same reason.
CREATE OR REPLACE FUNCTION studio.import_part(p_request uuid, p_kind text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('import_' || p_kind, VARIADIC studio.import_roles(p_kind));
BEGIN
  PERFORM FROM studio.import WHERE request = p_request AND kind = p_kind AND person = login AND ended_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no import % of % is under way', p_request, left(p_kind, 40) USING ERRCODE = 'invalid_transaction_state';
  END IF;
  RETURN login;
END
$$;

-- A list of names as every reader takes one: no NULL within, one dimension, no novels.
CREATE FUNCTION studio.is_list(p_list text[]) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN p_list IS NULL OR coalesce(array_ndims(p_list), 1) = 1 AND array_position(p_list, NULL) IS NULL
  AND cardinality(p_list) <= 500 AND length(array_to_string(p_list, '')) <= 100 * cardinality(p_list);

-- Words in languages: an object of texts, English and Chinese among them.
CREATE FUNCTION studio.is_words(p_words jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN jsonb_typeof(p_words) = 'object' AND p_words ? 'en' AND p_words ? 'zh'
  AND NOT jsonb_path_exists(p_words, 'strict $.* ? (@.type() != "string")');

ALTER TABLE studio.person ADD CONSTRAINT person_lists
  CHECK (studio.is_list(regions) AND studio.is_list(languages) AND studio.is_list(brands) AND length(name) <= 200) NOT VALID;
ALTER TABLE studio.policy ADD CONSTRAINT policy_words
  CHECK (studio.is_words(title) AND studio.is_words(message) AND studio.is_list(verdicts) AND since BETWEEN date '1900-01-01' AND date '2200-01-01') NOT VALID;
ALTER TABLE studio.named_queue ADD CONSTRAINT named_queue_words CHECK (studio.is_words(title)) NOT VALID;
ALTER TABLE studio.route ADD CONSTRAINT route_lists
  CHECK (studio.is_list(regions) AND studio.is_list(languages) AND studio.is_list(categories) AND studio.is_list(tags)) NOT VALID;
-- '-1 24:05' is five minutes in one session and minus two days in another.
ALTER TABLE studio.setting ADD CONSTRAINT setting_plain
  CHECK (name = 'time_zone' OR value ~ '^[0-9]{1,9}( (millisecond|second|minute|hour|day)s?)?$') NOT VALID;

-- What a post's readers decode. One that they can't would stop a scan, and with it all
-- that wait behind it. ("strict", because a lax path looks through a list within a list.)
ALTER TABLE studio.post
  ADD CONSTRAINT post_moment CHECK (posted_at >= timestamptz '0001-01-01 00:00+00' AND posted_at < timestamptz '10000-01-01 00:00+00') NOT VALID,
  ADD CONSTRAINT post_names CHECK (octet_length(lang) <= 200 AND octet_length(brand) <= 2000) NOT VALID,
  ADD CONSTRAINT post_links CHECK (links = '[]' OR jsonb_typeof(links) = 'array' AND NOT jsonb_path_exists(links, 'strict $[*] ? (@.type() != "string")')) NOT VALID,
  ADD CONSTRAINT post_pictures CHECK (pictures = '[]' OR jsonb_typeof(pictures) = 'array' AND NOT jsonb_path_exists(pictures,
    'strict $[*] ? (@.type() != "object" || @.name.type() != "string" || @.id.type() != "string")')) NOT VALID,
  ADD CONSTRAINT post_comments CHECK (comment_texts = '[]' OR jsonb_typeof(comment_texts) = 'array' AND NOT jsonb_path_exists(comment_texts,
    'strict $[*] ? (@.type() != "object" || @.author.type() != "string" || @.text.type() != "string" || @.pinned.type() != "boolean")')) NOT VALID,
  ADD CONSTRAINT post_extra CHECK (jsonb_typeof(extra) = 'object') NOT VALID;
ALTER TABLE studio.author
  ADD CONSTRAINT author_figures CHECK (posts_per_day > '-Infinity' AND posts_per_day < 'Infinity' AND octet_length(handle) <= 2000
    AND joined_at >= timestamptz '0001-01-01 00:00+00' AND joined_at < timestamptz '10000-01-01 00:00+00') NOT VALID;

-- The figures of an author without an id stand in the post, as the table of authors has
-- them: the same types, or the row is refused.
CREATE FUNCTION studio.post_author_plain() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  a record;
BEGIN
  SELECT * INTO a FROM jsonb_to_record(NEW.author)
    AS x(handle text, followers bigint, following bigint, posts bigint, posts_per_day double precision, joined_at timestamptz);
  IF coalesce(a.posts_per_day, 0) NOT BETWEEN -1e300 AND 1e300 OR octet_length(a.handle) > 2000
     OR a.joined_at < '0001-01-01 00:00+00' OR a.joined_at >= '10000-01-01 00:00+00' THEN
    PERFORM studio.refuse('field_value', 'field', 'author', 'value', left(NEW.author::text, 40), 'id', NEW.id);
  END IF;
  NEW.author := jsonb_build_object('handle', coalesce(a.handle, ''), 'followers', coalesce(a.followers, 0), 'following', coalesce(a.following, 0),
    'posts', coalesce(a.posts, 0), 'posts_per_day', coalesce(a.posts_per_day, 0), 'joined_at', a.joined_at);
  RETURN NEW;
END
$$;
CREATE TRIGGER post_author_plain BEFORE INSERT OR UPDATE OF author ON studio.post
  FOR EACH ROW WHEN (NEW.author IS NOT NULL) EXECUTE FUNCTION studio.post_author_plain();

-- Applications come from marketers, so from outside. When one was handed in and when it
-- is due the clock says, not they: a due time of their own would put them before all others.
CREATE OR REPLACE FUNCTION studio.applications_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'applications');
  outside CONSTANT bool := studio.my_role() = 'marketer';
  one jsonb;
  came int := 0;
  changed int := 0;
  stood int := 0;
BEGIN
  -- By id, so that two files with the same brands can't wait for each other within a part.
  FOR one IN SELECT r FROM jsonb_array_elements(p_rows) AS r ORDER BY r ->> 'id' COLLATE "C" LOOP
    IF outside THEN
      one := one - 'due_at' - 'submitted_at';
    END IF;
    PERFORM studio.application_plain(one);
    CASE studio.application_import(p_request, login, one)
      WHEN 'came' THEN came := came + 1;
      WHEN 'changed' THEN changed := changed + 1;
      ELSE stood := stood + 1;
    END CASE;
  END LOOP;
  PERFORM studio.import_count(p_request, came, changed, stood);
END
$$;

-- Refuses an application that its readers could not show.
CREATE FUNCTION studio.application_plain(p_row jsonb) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  id CONSTANT text := left(coalesce(p_row ->> 'id', ''), 200);
  bad text;
BEGIN
  IF jsonb_typeof(p_row) IS DISTINCT FROM 'object' OR length(p_row::text) > 4 << 20 THEN
    PERFORM studio.refuse('field_value', 'field', 'application', 'value', left(p_row::text, 40), 'id', id);
  END IF;
  -- Texts, by how long a form or a licence has them.
  SELECT f.field INTO bad FROM (VALUES ('id', 200), ('subject', 20), ('region', 35), ('brand_name', 300), ('account_name', 300), ('category', 300),
      ('contact', 1000), ('uscc', 100), ('entity_name', 1000), ('address', 2000), ('representative', 1000), ('scope', 20000),
      ('mark_number', 200), ('mark_name', 300), ('mark_owner', 1000), ('mark_status', 300), ('submitted_by', 200)) AS f(field, longest)
   WHERE length(p_row ->> f.field) > f.longest OR jsonb_typeof(p_row -> f.field) <> 'string' LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', bad, 'value', left(p_row ->> bad, 40), 'id', id);
  END IF;
  SELECT f INTO bad FROM unnest(ARRAY['mark_classes', 'letters', 'documents']) AS f
   WHERE jsonb_typeof(p_row -> f) <> 'array' OR jsonb_typeof(p_row -> f) = 'array' AND jsonb_array_length(p_row -> f) > 500 LIMIT 1;
  IF FOUND OR jsonb_typeof(p_row -> 'extra') <> 'object' THEN
    PERFORM studio.refuse('field_value', 'field', coalesce(bad, 'extra'), 'value', '…', 'id', id);
  END IF;
  SELECT f.field INTO bad FROM (VALUES
      ('mark_classes', 'strict $.mark_classes[*] ? (@.type() != "number" || @ != @.floor() || @ < 0 || @ > 1000)'),
      ('letters', 'strict $.letters[*] ? (@.type() != "object" || @.from.type() != "string" || @.to.type() != "string"
          || @.level.type() != "number" || @.level != @.level.floor() || @.level < 0 || @.level > 1000)'),
      ('documents', 'strict $.documents[*] ? (@.type() != "object" || @.fields.type() != "array")'),
      ('documents.fields', 'strict $.documents[*].fields[*] ? (@.type() != "object" || @.name.type() != "string" || @.text.type() != "string" || @.box.type() != "object")'),
      ('documents.fields', 'strict $.documents[*].fields[*].box.* ? (@.type() != "number" || @ != @.floor() || @ < -1000000 || @ > 1000000)')) AS f(field, wrong)
   WHERE jsonb_path_exists(p_row, CAST(f.wrong AS jsonpath), '{}', true) LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', bad, 'value', '…', 'id', id);
  END IF;
  -- Days, as they are written in the file. Postgres would take "tomorrow" for one.
  SELECT d.day INTO bad FROM (
      SELECT p_row ->> f FROM unnest(ARRAY['established', 'entity_expires', 'mark_expires']) AS f
      UNION ALL SELECT l ->> 'until' FROM jsonb_array_elements(p_row -> 'letters') AS l
      UNION ALL SELECT x ->> f FROM jsonb_array_elements(p_row -> 'documents') AS x, unnest(ARRAY['valid_from', 'valid_until']) AS f) AS d(day)
   WHERE d.day <> 'infinity' AND (d.day !~ '^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$' OR d.day NOT BETWEEN '1800' AND '2301') LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'date', 'value', left(bad, 40), 'id', id);
  END IF;
  SELECT p_row ->> f INTO bad FROM unnest(ARRAY['submitted_at', 'due_at']) AS f
   WHERE NOT coalesce(CAST(p_row ->> f AS timestamptz) BETWEEN '1990-01-01 00:00+00' AND clock_timestamp() + CASE f WHEN 'due_at' THEN interval '1 year' ELSE interval '2 days' END, true) LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'submitted_at', 'value', left(bad, 40), 'id', id);
  END IF;
END
$$;

-- As before, of evidence that can be shown: weights that are numbers, spans that can be
-- in a text, words that fit on a screen.
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
END
$$;
ALTER TABLE studio.evidence ADD CONSTRAINT evidence_shown
  CHECK (span_start >= 0 AND weight BETWEEN -1e6 AND 1e6) NOT VALID;

-- Digests of numbers, whatever a session says about how many digits it wants to see.
CREATE OR REPLACE FUNCTION studio.evidence_digest(p_case uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1 AS $$
  SELECT encode(sha256(convert_to(coalesce(string_agg(CAST(to_jsonb(e) - 'case_id' AS text), E'\n' ORDER BY n), ''), 'UTF8')), 'hex')
    FROM studio.evidence e WHERE case_id = p_case
$$;
ALTER FUNCTION studio.routes_text() SET extra_float_digits = 1;
-- A score goes into the record as a number.
ALTER FUNCTION studio.case_open SET extra_float_digits = 1;
ALTER FUNCTION studio.case_rescored SET extra_float_digits = 1;

-- As before, with a lock that nobody else can take: an advisory lock is anybody's, and
-- whoever held this one at the turn of a month stopped every write.
CREATE OR REPLACE FUNCTION studio.month_ready(p_parent text, p_at timestamptz) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  first CONSTANT timestamp := date_trunc('month', p_at AT TIME ZONE 'UTC');
  part CONSTANT text := p_parent || to_char(first, '"_"YYYY"_"MM');
BEGIN
  IF to_regclass(format('studio.%I', part)) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- Readers and writers go on; attaching asks for the same lock.
  EXECUTE format('LOCK TABLE studio.%I IN SHARE UPDATE EXCLUSIVE MODE', p_parent);
  -- Asked of the catalogue's rows, because to_regclass may answer out of a cache.
  PERFORM FROM pg_class WHERE relnamespace = CAST('studio' AS regnamespace) AND relname = part;
  IF FOUND THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE studio.%I (LIKE studio.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', part, p_parent);
  EXECUTE format('ALTER TABLE studio.%I ATTACH PARTITION studio.%I FOR VALUES FROM (%L) TO (%L)', p_parent, part,
    to_char(first, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(first + interval '1 month', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
  RETURN true;
END
$$;

-- As before, but a moderator's scan brings in no more than sixteen models: every import
-- queues its posts for each that is awake, and there are 32767 numbers for them.
CREATE OR REPLACE FUNCTION studio.scan_model_ready(p_version text) RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp
SET lock_timeout = '2s' AS $$ -- a large import may be under way
DECLARE
  m studio.scan_model;
BEGIN
  SELECT * INTO m FROM studio.scan_model WHERE version = p_version;
  IF NOT FOUND OR NOT m.awake THEN
    LOCK TABLE studio.scan_model IN EXCLUSIVE MODE;
    UPDATE studio.scan_model SET awake = false WHERE seen_at < clock_timestamp() - interval '7 days';
    IF studio.my_role() = 'moderator' AND (SELECT count(*) FROM studio.scan_model WHERE awake) >= 16 THEN
      PERFORM studio.refuse('field_value', 'field', 'model', 'value', left(p_version, 40));
    END IF;
    INSERT INTO studio.scan_model AS k (version) VALUES (p_version)
      ON CONFLICT (version) DO UPDATE SET awake = true, seen_at = clock_timestamp(),
        filled_to = CASE WHEN k.awake THEN k.filled_to ELSE '' END
      RETURNING * INTO m;
  ELSIF m.seen_at < clock_timestamp() - interval '1 hour' THEN
    UPDATE studio.scan_model SET seen_at = clock_timestamp() WHERE id = m.id;
  END IF;
  RETURN m.id;
EXCEPTION WHEN lock_not_available THEN
  RETURN NULL;
END
$$;

RESET ROLE;
-- +goose StatementEnd
