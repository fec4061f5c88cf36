-- Campaigns: plans that are drafted, proposed by one person and approved by another,
-- run and closed. A plan is saved whole or not at all, by somebody who says which
-- version they saw.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

INSERT INTO studio.setting (name, value) VALUES
  ('service_fee',  '1000'),     -- of the platform on KOL fees, in ten-thousandths; each campaign keeps that of the day it was made
  ('contract_sum', '5000000');  -- fen; a fee above it needs a second person before the contract is signed

ALTER TABLE studio.campaign
  ADD COLUMN state       text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'proposed', 'approved', 'running', 'closed')),
  ADD COLUMN version     int NOT NULL DEFAULT 1,
  ADD COLUMN wish        jsonb NOT NULL DEFAULT '{}', -- what a plan is asked for, as the program writes it
  ADD COLUMN scenarios   jsonb NOT NULL DEFAULT '[]', -- all answers to it, whole
  ADD COLUMN budget      bigint NOT NULL DEFAULT 0 CHECK (budget BETWEEN 0 AND 10000000000000), -- fen
  ADD COLUMN window_from date NOT NULL DEFAULT date '2000-01-01',
  ADD COLUMN window_to   date NOT NULL DEFAULT date '2000-01-01' CHECK (window_to >= window_from),
  ADD COLUMN service_fee int NOT NULL DEFAULT 0 CHECK (service_fee BETWEEN 0 AND 10000),
  ADD COLUMN chosen      text NOT NULL DEFAULT '',    -- scenario, '' while nobody chose one
  ADD COLUMN picked      text NOT NULL DEFAULT '',    -- the chosen one, else the first
  ADD COLUMN edited_by   text REFERENCES studio.person,
  ADD COLUMN proposed_by text REFERENCES studio.person,
  ADD COLUMN approved_by text REFERENCES studio.person,
  ADD COLUMN words       text NOT NULL DEFAULT '',    -- of the last move
  ADD COLUMN updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Two people, even against a mistake in the functions and the owner's own hand.
  ADD CONSTRAINT campaign_two_people CHECK (approved_by IS NULL OR proposed_by IS NOT NULL
    AND approved_by NOT IN (created_by, coalesce(edited_by, ''), proposed_by)),
  ADD CONSTRAINT campaign_approved CHECK (state NOT IN ('approved', 'running') OR approved_by IS NOT NULL),
  ADD CONSTRAINT campaign_name CHECK (length(name) <= 500);
-- Campaigns from before this file were drafts of nobody's plan.
UPDATE studio.campaign SET edited_by = created_by;

-- The lines of all scenarios, narrow: what the rules here, the calendar and the ledger
-- ask of. What a line says besides stands in campaign.scenarios.
CREATE TABLE studio.campaign_line (
  campaign uuid NOT NULL REFERENCES studio.campaign,
  scenario text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  n        int NOT NULL,
  kind     text COLLATE "C" NOT NULL CHECK (kind IN ('kol', 'gift', 'event', 'trial', 'promotion')),
  title    text NOT NULL,
  from_day date NOT NULL,
  to_day   date NOT NULL CHECK (to_day >= from_day),
  cost     bigint NOT NULL CHECK (cost BETWEEN 0 AND 10000000000000), -- fen, without the service fee
  daily    bigint NOT NULL CHECK (daily BETWEEN 0 AND 10000000000000), -- of promotions
  kol      text COLLATE "C" NOT NULL,    -- '' for other kinds
  format   text COLLATE "C" NOT NULL,
  PRIMARY KEY (campaign, scenario, id),
  CHECK ((kind = 'kol') = (kol <> ''))
);
CREATE INDEX campaign_line_by_kol ON studio.campaign_line (kol, from_day) WHERE kol <> '';

-- What a move does; the program has the same table.
CREATE TABLE studio.campaign_transition (
  from_state text NOT NULL,
  move       text NOT NULL,
  to_state   text NOT NULL,
  another    bool NOT NULL, -- not by anybody who made, changed last or proposed the plan
  words      bool NOT NULL, -- says why
  PRIMARY KEY (from_state, move)
);
INSERT INTO studio.campaign_transition VALUES
  ('draft',    'propose',   'proposed', false, false),
  ('draft',    'call_off',  'closed',   false, true),
  ('proposed', 'approve',   'approved', true,  false),
  ('proposed', 'send_back', 'draft',    false, true),
  ('proposed', 'call_off',  'closed',   false, true),
  ('approved', 'start',     'running',  false, false),
  ('approved', 'call_off',  'closed',   false, true),
  ('running',  'close',     'closed',   false, false),
  ('running',  'call_off',  'closed',   false, true);

-- Brands that a lead has barred from planning, each with the last word on it.
CREATE TABLE studio.brand_bar (
  brand     text PRIMARY KEY CHECK (brand <> ''), -- folded
  named     text NOT NULL,
  until_day date,                                 -- the last day; NULL: the bar was lifted
  words     text NOT NULL CHECK (words <> '' AND length(words) <= 4000),
  by        text NOT NULL REFERENCES studio.person,
  at        timestamptz NOT NULL
);

ALTER TABLE studio.campaign_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.campaign_line FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.campaign c WHERE c.id = campaign) END);
ALTER TABLE studio.campaign_transition ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.campaign_transition FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);
ALTER TABLE studio.brand_bar ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.brand_bar FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'marketer' THEN brand = ANY ((SELECT studio.my_brands())::text[]) ELSE (SELECT studio.my_role()) IS NOT NULL END);
GRANT SELECT ON studio.campaign_line, studio.campaign_transition TO marketer, auditor;
GRANT SELECT ON studio.brand_bar TO marketer, auditor, lead;

-- Whether a brand can be planned for today, and what it carries.
CREATE FUNCTION studio.brand_standing(p_brand text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  a studio.application;
  stands text;
BEGIN
  -- Of several applications the one that serves the brand best.
  SELECT x.* INTO a FROM studio.application x WHERE studio.fold(x.brand_name) = studio.fold(p_brand)
   ORDER BY CASE studio.application_state(x, t) WHEN 'approved' THEN 1 WHEN 'expired' THEN 2 WHEN 'rejected' THEN 4 ELSE 3 END, x.submitted_at DESC, x.id LIMIT 1;
  stands := CASE
    WHEN EXISTS (SELECT FROM studio.brand_bar b WHERE b.brand = studio.fold(p_brand) AND b.until_day >= studio.day_of(t)) THEN 'barred'
    WHEN a.id IS NULL THEN 'none'
    ELSE (SELECT CASE s WHEN 'approved' THEN '' WHEN 'expired' THEN 'expired' WHEN 'rejected' THEN 'refused' ELSE 'waiting' END
            FROM studio.application_state(a, t) AS s) END;
  RETURN jsonb_build_object('name', p_brand, 'verified', stands = '', 'why', stands, 'until', nullif(a.papers_until, 'infinity'),
    'account', coalesce(a.account_name, ''), 'trade', coalesce(a.category, ''),
    'breaches', (SELECT count(*) FROM studio.breach b WHERE b.brand = studio.fold(p_brand) AND b.brand <> '' AND b.at BETWEEN t - interval '365 days' AND t));
END
$$;

-- The brands that the person of this connection plans for; all of them for an auditor.
CREATE FUNCTION studio.my_brand_standings() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  names text[];
BEGIN
  CASE coalesce(studio.my_role(), '')
    WHEN 'marketer' THEN names := (SELECT p.brands FROM studio.person p WHERE p.login = studio.me());
    WHEN 'auditor' THEN names := ARRAY(SELECT min(brand_name) FROM studio.application WHERE brand_name <> '' GROUP BY studio.fold(brand_name) LIMIT 10000);
    ELSE PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'brands');
  END CASE;
  RETURN (SELECT coalesce(jsonb_agg(studio.brand_standing(b) ORDER BY b), '[]') FROM unnest(names) AS b WHERE b IS NOT NULL);
END
$$;
GRANT EXECUTE ON FUNCTION studio.my_brand_standings TO marketer, auditor;

CREATE FUNCTION studio.brand_plannable(p_brand text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  stands CONSTANT jsonb := studio.brand_standing(p_brand);
BEGIN
  IF NOT CAST(stands ->> 'verified' AS bool) THEN
    PERFORM studio.refuse('brand_not_verified', 'brand', left(p_brand, 200), 'detail', 'brand_' || (stands ->> 'why'));
  END IF;
END
$$;

-- p_until is the last day of the bar; NULL lifts it.
CREATE FUNCTION studio.brand_bar_put(p_request uuid, p_brand text, p_until date, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('brand_bar_put', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'brand_bar_put', jsonb_build_array(p_brand, p_until, p_words));
  key CONSTANT text := studio.fold(coalesce(p_brand, ''));
  said CONSTANT text := studio.trimmed(p_words);
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF key = '' OR length(p_brand) > 300 THEN
    PERFORM studio.refuse('field_value', 'field', 'brand', 'value', left(coalesce(p_brand, ''), 40));
  END IF;
  IF said = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'words');
  END IF;
  IF length(said) > 4000 OR NOT coalesce(p_until BETWEEN date '2000-01-01' AND date '2200-01-01', true) THEN
    PERFORM studio.refuse('field_value', 'field', 'until', 'value', left(coalesce(p_until::text, said), 40));
  END IF;
  INSERT INTO studio.brand_bar VALUES (key, studio.trimmed(p_brand), p_until, said, login, clock_timestamp())
    ON CONFLICT (brand) DO UPDATE SET named = excluded.named, until_day = excluded.until_day, words = excluded.words, by = excluded.by, at = excluded.at;
  PERFORM studio.audit_write('brand.bar', 'brand', key, p_request, jsonb_build_object('until', p_until, 'words_sha256', studio.words_digest(said)));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.brand_bar_put TO lead;

-- Refuses an object whose known parts are not of their kinds: another desk has to read
-- it. What is missing or null is the program's zero; unknown parts are kept as they are.
CREATE FUNCTION studio.json_plain(p_field text, p jsonb, p_kinds jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  part record;
  fine bool;
BEGIN
  IF coalesce(jsonb_typeof(p), '') <> 'object' THEN
    PERFORM studio.refuse('field_value', 'field', p_field, 'value', left(coalesce(p::text, ''), 40));
  END IF;
  FOR part IN SELECT k.key, k.value AS kind, p -> k.key AS v, jsonb_typeof(p -> k.key) AS typ FROM jsonb_each_text(p_kinds) AS k LOOP
    CONTINUE WHEN part.v IS NULL OR part.typ = 'null';
    fine := CASE part.kind
      WHEN 'name' THEN part.typ = 'string' AND length(part.v #>> '{}') <= 500
      WHEN 'text' THEN part.typ = 'string' AND length(part.v #>> '{}') <= 20000
      WHEN 'bool' THEN part.typ = 'boolean'
      WHEN 'object' THEN part.typ = 'object'
      WHEN 'list' THEN part.typ = 'array' AND jsonb_array_length(part.v) <= 2000
      WHEN 'names' THEN part.typ = 'array' AND CASE WHEN part.typ = 'array' THEN jsonb_array_length(part.v) <= 2000
        AND NOT EXISTS (SELECT FROM jsonb_array_elements(part.v) AS x WHERE jsonb_typeof(x) <> 'string' OR length(x #>> '{}') > 4000) END
      WHEN 'whole' THEN part.typ = 'number' AND CASE WHEN part.typ = 'number' THEN (part.v)::numeric BETWEEN -1 AND 2000000000 AND (part.v)::numeric = floor((part.v)::numeric) END
      WHEN 'fen' THEN part.typ = 'number' AND CASE WHEN part.typ = 'number' THEN (part.v)::numeric BETWEEN 0 AND 10000000000000 AND (part.v)::numeric = floor((part.v)::numeric) END
      WHEN 'share' THEN part.typ = 'number' AND CASE WHEN part.typ = 'number' THEN (part.v)::numeric BETWEEN 0 AND 10 END
      WHEN 'day' THEN part.typ = 'string' AND (part.v #>> '{}' = '' OR part.v #>> '{}' ~ '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$' AND CAST(part.v #>> '{}' AS date) IS NOT NULL)
      WHEN 'moment' THEN part.typ = 'string' AND part.v #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$'
        AND CAST(left(part.v #>> '{}', 10) AS date) >= date '0001-01-01'
    END;
    IF NOT coalesce(fine, false) THEN
      PERFORM studio.refuse('field_value', 'field', p_field || '.' || part.key, 'value', left(part.v #>> '{}', 40));
    END IF;
  END LOOP;
END
$$;
CREATE FUNCTION studio.segment_plain(p_field text, p jsonb) RETURNS void
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.json_plain(p_field, p, '{"Ages": "names", "Genders": "names", "Cities": "names", "Abroad": "bool", "Others": "share"}') WHERE jsonb_typeof(p) <> 'null'
$$;

-- A list of a JSON object, empty where there is none.
CREATE FUNCTION studio.json_list(p jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE jsonb_typeof(p) WHEN 'array' THEN p ELSE '[]' END;

CREATE FUNCTION studio.wish_plain(p jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  q jsonb;
BEGIN
  PERFORM studio.json_plain('wish', p, '{"Goal": "name", "Segment": "object", "Budget": "fen", "From": "day", "To": "day", "Quotas": "list",
    "Must": "names", "Never": "names", "Frequency": "whole", "Caution": "share"}');
  PERFORM studio.segment_plain('segment', p -> 'Segment');
  FOR q IN SELECT x FROM jsonb_array_elements(studio.json_list(p -> 'Quotas')) AS x LOOP
    PERFORM studio.json_plain('quota', q, '{"Tag": "name", "Least": "whole", "Most": "whole"}');
  END LOOP;
END
$$;

-- A line of a plan: its own parts, and exactly the one that its kind names.
CREATE FUNCTION studio.line_plain(p jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  part CONSTANT text := CASE p ->> 'Kind' WHEN 'kol' THEN 'KOL' WHEN 'gift' THEN 'Gift' WHEN 'event' THEN 'Event' WHEN 'trial' THEN 'Trial' WHEN 'promotion' THEN 'Promotion' END;
BEGIN
  PERFORM studio.json_plain('line', p, '{"ID": "name", "Kind": "name", "Title": "name", "From": "day", "To": "day", "Cost": "fen"}');
  IF part IS NULL OR EXISTS (SELECT FROM jsonb_each(p) AS x WHERE x.key IN ('KOL', 'Gift', 'Event', 'Trial', 'Promotion')
      AND (x.key = part) <> (jsonb_typeof(x.value) = 'object') AND (x.key = part OR jsonb_typeof(x.value) <> 'null')) OR jsonb_typeof(p -> part) IS DISTINCT FROM 'object' THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', left(coalesce(p ->> 'Kind', ''), 40));
  END IF;
  IF coalesce(p ->> 'ID', '') = '' OR length(p ->> 'ID') > 200 THEN
    PERFORM studio.refuse('field_missing', 'field', 'line');
  END IF;
  IF NOT coalesce(p ->> 'From' <> '' AND p ->> 'To' >= p ->> 'From', false) THEN
    PERFORM studio.refuse('field_value', 'field', 'line', 'value', coalesce(p ->> 'From', '') || '–' || coalesce(p ->> 'To', ''));
  END IF;
  PERFORM studio.json_plain(lower(part), p -> part, CASE part
    WHEN 'KOL' THEN jsonb '{"KOL": "name", "Format": "name", "Handle": "name", "Alone": "whole"}'
    WHEN 'Gift' THEN '{"Kind": "name", "Artwork": "name", "Editions": "whole", "PerHead": "whole", "Draw": "bool", "Transfer": "bool"}'
    WHEN 'Event' THEN '{"Place": "name", "City": "name", "Starts": "moment", "Ends": "moment", "Capacity": "whole"}'
    WHEN 'Trial' THEN '{"Product": "name", "Units": "whole", "Worth": "fen", "Who": "text"}'
    ELSE '{"Segment": "object", "Message": "text", "Variant": "text", "Daily": "fen", "Expected": "whole"}' END);
  IF part = 'KOL' AND (coalesce(p #>> '{KOL,KOL}', '') = '' OR coalesce(p #>> '{KOL,Format}', '') NOT IN ('picture', 'video', 'live')) THEN
    PERFORM studio.refuse('field_value', 'field', 'format', 'value', left(coalesce(p #>> '{KOL,Format}', ''), 40));
  END IF;
  IF part = 'Gift' AND coalesce(p #>> '{Gift,Artwork}', '') <> '' AND p #>> '{Gift,Artwork}' !~ '^[0-9a-f]{64}$' THEN
    PERFORM studio.refuse('field_value', 'field', 'artwork', 'value', left(p #>> '{Gift,Artwork}', 40));
  END IF;
  IF part = 'Promotion' THEN
    PERFORM studio.segment_plain('segment', p #> '{Promotion,Segment}');
  END IF;
END
$$;

-- What a line takes from the budget, in fen: a KOL's fee with the platform's on top,
-- rounded up; a promotion's daily budget for all its days; else its cost.
CREATE FUNCTION studio.line_due(l studio.campaign_line, p_service_fee int) RETURNS numeric
LANGUAGE sql IMMUTABLE
RETURN CASE (l).kind WHEN 'kol' THEN (l).cost + ceil(CAST((l).cost AS numeric) * p_service_fee / 10000)
  WHEN 'promotion' THEN CAST((l).daily AS numeric) * ((l).to_day - (l).from_day + 1) ELSE (l).cost END;

-- What the picked scenario takes, in fen.
CREATE FUNCTION studio.campaign_due(c studio.campaign) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(sum(studio.line_due(l, c.service_fee)), 0) FROM studio.campaign_line l WHERE l.campaign = c.id AND l.scenario = c.picked
$$;

-- A campaign as the program reads it.
CREATE FUNCTION studio.campaign_text(c studio.campaign) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT to_jsonb(c)
$$;
-- The record keeps who did what, and a digest of the plan: leads read the record, and
-- what a brand plans and pays is not the desk's.
CREATE FUNCTION studio.campaign_noted(c studio.campaign, p_action text, p_request uuid, p_detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.audit_write(p_action, 'campaign', CAST(c.id AS text), p_request, p_detail || jsonb_build_object(
    'state', c.state, 'version', c.version, 'created_by', c.created_by, 'edited_by', c.edited_by, 'proposed_by', c.proposed_by, 'approved_by', c.approved_by,
    'plan_sha256', studio.words_digest(CAST(jsonb_build_array(c.brand, c.name, c.wish, c.scenarios, c.budget, c.window_from, c.window_to,
      c.service_fee, c.chosen, c.picked, c.words) AS text))))
$$;
SELECT studio.campaign_noted(c, 'campaign.put', NULL) FROM studio.campaign c ORDER BY id;

-- Puts the lines of the scenarios in place of those that there were.
CREATE FUNCTION studio.campaign_lines_put(p_campaign uuid, p_scenarios jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  strange text;
BEGIN
  SELECT l #>> '{KOL,KOL}' INTO strange FROM jsonb_array_elements(p_scenarios) AS s, jsonb_array_elements(studio.json_list(s -> 'Lines')) AS l
   WHERE l ->> 'Kind' = 'kol' AND NOT EXISTS (SELECT FROM studio.kol k WHERE k.id = l #>> '{KOL,KOL}') LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'kol', 'id', strange);
  END IF;
  SELECT l ->> 'ID' INTO strange FROM jsonb_array_elements(p_scenarios) AS s, jsonb_array_elements(studio.json_list(s -> 'Lines')) AS l
   GROUP BY s ->> 'ID', l ->> 'ID' HAVING count(*) > 1 LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_twice', 'field', 'line', 'value', strange);
  END IF;
  DELETE FROM studio.campaign_line WHERE campaign = p_campaign;
  INSERT INTO studio.campaign_line (campaign, scenario, id, n, kind, title, from_day, to_day, cost, daily, kol, format)
    SELECT p_campaign, s ->> 'ID', l ->> 'ID', n, l ->> 'Kind', coalesce(l ->> 'Title', ''), CAST(l ->> 'From' AS date), CAST(l ->> 'To' AS date),
           coalesce(CAST(l ->> 'Cost' AS bigint), 0), coalesce(CAST(l #>> '{Promotion,Daily}' AS bigint), 0),
           CASE l ->> 'Kind' WHEN 'kol' THEN l #>> '{KOL,KOL}' ELSE '' END, CASE l ->> 'Kind' WHEN 'kol' THEN l #>> '{KOL,Format}' ELSE '' END
      FROM jsonb_array_elements(p_scenarios) AS s, jsonb_array_elements(studio.json_list(s -> 'Lines')) WITH ORDINALITY AS x(l, n);
END
$$;

-- p_id NULL makes a campaign; else p_version is the one that the editor saw.
-- p_plan: {brand, name, wish, scenarios, chosen}.
CREATE FUNCTION studio.campaign_put(p_request uuid, p_id uuid, p_version int, p_plan jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('campaign_put', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'campaign_put', jsonb_build_array(p_id, p_version, p_plan));
  c studio.campaign;
  s jsonb;
  l jsonb;
  seen text[] := '{}';
BEGIN
  IF done IS NOT NULL THEN
    RETURN done;
  END IF;
  -- What it says.
  IF length(p_plan::text) > 8 << 20 THEN
    PERFORM studio.refuse('field_value', 'field', 'scenarios', 'value', length(p_plan::text)::text);
  END IF;
  PERFORM studio.json_plain('campaign', p_plan, '{"brand": "name", "name": "name", "wish": "object", "scenarios": "list", "chosen": "name"}');
  IF studio.trimmed(p_plan ->> 'name') = '' OR studio.trimmed(p_plan ->> 'brand') = '' THEN
    PERFORM studio.refuse('field_missing', 'field', CASE WHEN studio.trimmed(p_plan ->> 'name') = '' THEN 'name' ELSE 'brand' END);
  END IF;
  PERFORM studio.wish_plain(p_plan -> 'wish');
  IF coalesce(p_plan #>> '{wish,From}', '') = '' OR coalesce(p_plan #>> '{wish,To}', '') < p_plan #>> '{wish,From}' THEN
    PERFORM studio.refuse('field_value', 'field', 'window', 'value', coalesce(p_plan #>> '{wish,From}', '') || '–' || coalesce(p_plan #>> '{wish,To}', ''));
  END IF;
  FOR s IN SELECT x FROM jsonb_array_elements(studio.json_list(p_plan -> 'scenarios')) AS x LOOP
    PERFORM studio.json_plain('scenario', s, '{"ID": "name", "Name": "name", "Lines": "list"}');
    IF coalesce(s ->> 'ID', '') = '' OR length(s ->> 'ID') > 200 THEN
      PERFORM studio.refuse('field_missing', 'field', 'scenario');
    END IF;
    IF s ->> 'ID' = ANY (seen) THEN
      PERFORM studio.refuse('field_twice', 'field', 'scenario', 'value', s ->> 'ID');
    END IF;
    seen := seen || (s ->> 'ID');
    FOR l IN SELECT x FROM jsonb_array_elements(studio.json_list(s -> 'Lines')) AS x LOOP
      PERFORM studio.line_plain(l);
    END LOOP;
  END LOOP;
  IF cardinality(seen) = 0 OR cardinality(seen) > 1000 THEN
    PERFORM studio.refuse('field_missing', 'field', 'scenario');
  END IF;
  IF coalesce(p_plan ->> 'chosen', '') <> '' AND p_plan ->> 'chosen' <> ALL (seen) THEN
    PERFORM studio.refuse('field_value', 'field', 'chosen', 'value', left(p_plan ->> 'chosen', 40));
  END IF;

  -- Whose it is.
  IF p_id IS NULL THEN
    PERFORM studio.for_brand(login, p_plan ->> 'brand');
    PERFORM studio.brand_plannable(p_plan ->> 'brand');
    INSERT INTO studio.campaign (brand, name, created_by, edited_by, service_fee, version)
      VALUES (studio.trimmed(p_plan ->> 'brand'), studio.trimmed(p_plan ->> 'name'), login, login,
        (SELECT CAST(value AS int) FROM studio.setting WHERE name = 'service_fee'), 0) RETURNING * INTO c;
  ELSE
    c := studio.campaign_locked(p_id, login, p_version);
    PERFORM studio.brand_plannable(c.brand);
    IF c.state <> 'draft' THEN
      PERFORM studio.refuse('not_allowed_now', 'verdict', 'edit', 'stage', c.state);
    END IF;
    -- Its brand is what it was made for.
    IF studio.fold(p_plan ->> 'brand') <> studio.fold(c.brand) THEN
      PERFORM studio.refuse('field_value', 'field', 'brand', 'value', left(p_plan ->> 'brand', 40));
    END IF;
  END IF;

  PERFORM studio.campaign_lines_put(c.id, studio.json_list(p_plan -> 'scenarios'));
  UPDATE studio.campaign SET name = studio.trimmed(p_plan ->> 'name'), wish = p_plan -> 'wish', scenarios = p_plan -> 'scenarios',
      budget = coalesce(CAST(p_plan #>> '{wish,Budget}' AS bigint), 0), window_from = CAST(p_plan #>> '{wish,From}' AS date),
      window_to = CAST(p_plan #>> '{wish,To}' AS date), chosen = coalesce(p_plan ->> 'chosen', ''),
      picked = CASE WHEN coalesce(p_plan ->> 'chosen', '') = '' THEN seen[1] ELSE p_plan ->> 'chosen' END,
      edited_by = login, version = version + 1, updated_at = clock_timestamp()
    WHERE id = c.id RETURNING * INTO c;
  PERFORM studio.campaign_noted(c, 'campaign.put', p_request);
  RETURN studio.request_end(p_request, studio.campaign_text(c));
END
$$;
GRANT EXECUTE ON FUNCTION studio.campaign_put TO marketer;

-- A campaign for somebody who acts for its brand and saw a version of it, locked.
CREATE FUNCTION studio.campaign_locked(p_id uuid, p_login text, p_version int) RETURNS studio.campaign
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  c studio.campaign;
BEGIN
  SELECT * INTO c FROM studio.campaign WHERE id = p_id FOR UPDATE;
  IF c.id IS NULL OR NOT studio.tied_to(p_login, c.brand) THEN
    PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', coalesce(p_id::text, ''));
  END IF;
  IF c.version IS DISTINCT FROM p_version THEN
    PERFORM studio.refuse('rule_changed', 'what', 'campaign', 'id', c.name);
  END IF;
  RETURN c;
END
$$;

-- Refuses a plan that can't be proposed, approved or started: what must hold of money
-- and days whatever a program checked. The rules of content are the program's.
CREATE FUNCTION studio.campaign_ready(c studio.campaign) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  due CONSTANT numeric := studio.campaign_due(c);
  stray text;
BEGIN
  PERFORM studio.brand_plannable(c.brand);
  IF NOT EXISTS (SELECT FROM studio.campaign_line WHERE campaign = c.id AND scenario = c.picked) THEN
    PERFORM studio.refuse('field_missing', 'field', 'lines');
  END IF;
  IF due > c.budget THEN
    PERFORM studio.refuse('over_budget', 'cost', studio.yuan(due), 'budget', studio.yuan(c.budget));
  END IF;
  SELECT coalesce(nullif(title, ''), id) INTO stray FROM studio.campaign_line
   WHERE campaign = c.id AND scenario = c.picked AND (from_day < c.window_from OR to_day > c.window_to) ORDER BY n LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('outside_window', 'name', stray, 'from', c.window_from::text, 'to', c.window_to::text);
  END IF;
END
$$;

-- An amount of fen as files have it: 118400.00.
CREATE FUNCTION studio.yuan(p_fen numeric) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CAST(CAST(p_fen / 100 AS numeric(30, 2)) AS text);

CREATE FUNCTION studio.campaign_move(p_request uuid, p_id uuid, p_version int, p_move text, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('campaign_move', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'campaign_move', jsonb_build_array(p_id, p_version, p_move, p_words));
  said CONSTANT text := studio.trimmed(p_words);
  c studio.campaign;
  step studio.campaign_transition;
  before text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  c := studio.campaign_locked(p_id, login, p_version);
  SELECT * INTO step FROM studio.campaign_transition WHERE from_state = c.state AND move = p_move;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', left(coalesce(p_move, ''), 40), 'stage', c.state);
  END IF;
  IF step.another AND login IN (c.created_by, c.edited_by, c.proposed_by) THEN
    PERFORM studio.refuse('second_person');
  END IF;
  IF step.words AND said = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'words');
  END IF;
  IF length(said) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'words', 'value', left(said, 40) || '…');
  END IF;
  IF step.to_state IN ('proposed', 'approved', 'running') THEN
    PERFORM studio.campaign_ready(c);
  END IF;
  before := c.state;
  UPDATE studio.campaign SET state = step.to_state, version = version + 1, words = said, updated_at = clock_timestamp(),
      proposed_by = CASE WHEN step.to_state = 'proposed' THEN login ELSE proposed_by END,
      approved_by = CASE step.to_state WHEN 'approved' THEN login WHEN 'draft' THEN NULL ELSE approved_by END
    WHERE id = c.id RETURNING * INTO c;
  PERFORM studio.campaign_noted(c, 'campaign.move', p_request, jsonb_build_object('move', p_move, 'from', before));
  RETURN studio.request_end(p_request, studio.campaign_text(c));
END
$$;
GRANT EXECUTE ON FUNCTION studio.campaign_move TO marketer;

-- As before, with what planning goes by.
CREATE OR REPLACE FUNCTION studio.setting_put(p_request uuid, p_name text, p_value text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('setting_put', 'administrator');
  done CONSTANT jsonb := studio.request_begin(p_request, 'setting_put', jsonb_build_array(p_name, p_value));
  span interval;
  before text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT value INTO before FROM studio.setting WHERE name = p_name FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'setting', 'id', left(coalesce(p_name, ''), 40));
  END IF;
  IF p_name = 'time_zone' THEN
    IF NOT EXISTS (SELECT FROM pg_timezone_names WHERE name = p_value) THEN
      PERFORM studio.refuse('field_value', 'field', p_name, 'value', left(coalesce(p_value, ''), 40));
    END IF;
  ELSIF p_name IN ('service_fee', 'contract_sum') THEN
    -- Ten-thousandths up to a half; fen.
    IF NOT coalesce(p_value ~ '^[0-9]{1,9}$', false) OR p_name = 'service_fee' AND CAST(p_value AS int) > 5000 THEN
      PERFORM studio.refuse('field_value', 'field', p_name, 'value', left(coalesce(p_value, ''), 40));
    END IF;
  ELSE
    BEGIN
      span := p_value;
    EXCEPTION WHEN invalid_datetime_format OR datetime_field_overflow OR interval_field_overflow THEN
      span := NULL;
    END;
    -- A number and a unit. Other ways of writing a span mean different things to
    -- sessions with different settings.
    IF NOT coalesce(p_value ~ '^[0-9]{1,9}( (second|minute|hour|day)s?)?$' AND CASE p_name
        WHEN 'undo_window'   THEN span BETWEEN interval '0' AND interval '10 minutes'
        WHEN 'lease'         THEN span BETWEEN interval '30 seconds' AND interval '1 hour'
        WHEN 'reserve'       THEN span BETWEEN interval '1 minute' AND interval '3 days'
        WHEN 'skip_for'      THEN span BETWEEN interval '1 minute' AND interval '7 days'
        WHEN 'appeal_window' THEN span BETWEEN interval '1 day' AND interval '365 days'
      END, false) THEN
      PERFORM studio.refuse('field_value', 'field', p_name, 'value', left(coalesce(p_value, ''), 40));
    END IF;
  END IF;
  UPDATE studio.setting SET value = p_value WHERE name = p_name;
  PERFORM studio.audit_write('setting.put', 'setting', p_name, p_request, jsonb_build_object('from', before, 'to', p_value));
  RETURN studio.request_end(p_request, '{}');
END
$$;

RESET ROLE;
-- +goose StatementEnd
