-- Contracts with KOLs: offers and counter-offers, a second person above a sum, and
-- nothing that changes once it is signed. Every version is kept.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE SEQUENCE studio.ref_contract;

ALTER TABLE studio.contract
  ADD COLUMN ref         text NOT NULL DEFAULT '',
  ADD COLUMN line        text COLLATE "C" NOT NULL DEFAULT '', -- of the campaign's picked scenario
  ADD COLUMN handle      text NOT NULL DEFAULT '',             -- the KOL's, as it was
  ADD COLUMN state       text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'offered', 'countered', 'agreed', 'signed', 'ended', 'called_off')),
  ADD COLUMN version     int NOT NULL DEFAULT 1,
  ADD COLUMN brief       jsonb NOT NULL DEFAULT '{}',          -- as the program writes it
  ADD COLUMN terms       jsonb NOT NULL DEFAULT '{}',          -- usage; fee and deliverables have their own places
  ADD COLUMN rounds      jsonb NOT NULL DEFAULT '[]',          -- offers and counter-offers, oldest first
  ADD COLUMN service_fee int NOT NULL DEFAULT 0 CHECK (service_fee BETWEEN 0 AND 10000),
  ADD COLUMN created_by  text REFERENCES studio.person,
  ADD COLUMN edited_by   text REFERENCES studio.person,        -- whose hand the terms are of
  ADD COLUMN endorsed_by text REFERENCES studio.person,
  ADD COLUMN words       text NOT NULL DEFAULT '',
  ADD COLUMN updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD CONSTRAINT contract_fee CHECK (fee <= 10000000000000),
  ADD CONSTRAINT contract_endorsed CHECK (endorsed_by NOT IN (coalesce(created_by, ''), coalesce(edited_by, '')));
-- Contracts from before this file were signed or not, and no more was known of them.
UPDATE studio.contract k SET state = CASE WHEN signed_at IS NULL THEN 'draft' ELSE 'signed' END,
    ref = 'C-' || lpad(CAST(nextval('studio.ref_contract') AS text), 4, '0'), created_by = c.created_by, edited_by = c.created_by
  FROM studio.campaign c WHERE c.id = k.campaign;
ALTER TABLE studio.contract ADD CONSTRAINT contract_signed CHECK ((state IN ('signed', 'ended')) = (signed_at IS NOT NULL));
CREATE UNIQUE INDEX contract_by_ref ON studio.contract (ref);
-- One contract a line that is not over.
CREATE UNIQUE INDEX contract_of_line ON studio.contract (campaign, line) WHERE line <> '' AND state NOT IN ('ended', 'called_off');

CREATE TABLE studio.deliverable (
  contract uuid NOT NULL REFERENCES studio.contract,
  id       text COLLATE "C" NOT NULL CHECK (octet_length(id) BETWEEN 1 AND 200),
  n        int NOT NULL,
  format   text COLLATE "C" NOT NULL CHECK (format IN ('picture', 'video', 'live')),
  count    int NOT NULL CHECK (count BETWEEN 1 AND 1000),
  from_day date NOT NULL,
  to_day   date NOT NULL CHECK (to_day >= from_day),
  planned  date CHECK (planned BETWEEN from_day AND to_day), -- NULL: nobody has planned it
  link     text NOT NULL,
  code     text NOT NULL,
  post     text COLLATE "C" NOT NULL DEFAULT '',             -- the platform's id once it is published
  PRIMARY KEY (contract, id)
);
CREATE INDEX deliverable_by_post ON studio.deliverable (post) WHERE post <> '';

CREATE TABLE studio.contract_version (
  contract uuid NOT NULL REFERENCES studio.contract,
  version  int NOT NULL,
  content  jsonb NOT NULL, -- studio.contract_text of then
  by       text NOT NULL REFERENCES studio.person,
  at       timestamptz NOT NULL,
  PRIMARY KEY (contract, version)
);

CREATE TABLE studio.contract_transition (
  from_state text NOT NULL,
  move       text NOT NULL,
  to_state   text NOT NULL,
  another    bool NOT NULL, -- not by anybody whose hand the terms are of
  words      bool NOT NULL,
  fee        bool NOT NULL, -- brings a fee
  endorsed   bool NOT NULL, -- above the sum a second person must have endorsed it
  PRIMARY KEY (from_state, move)
);
INSERT INTO studio.contract_transition VALUES
  ('draft',     'offer',    'offered',    false, false, true,  false),
  ('draft',     'call_off', 'called_off', false, true,  false, false),
  ('offered',   'counter',  'countered',  false, false, true,  false),
  ('offered',   'accept',   'agreed',     false, false, false, false),
  ('offered',   'call_off', 'called_off', false, true,  false, false),
  ('countered', 'offer',    'offered',    false, false, true,  false),
  ('countered', 'accept',   'agreed',     false, false, false, false),
  ('countered', 'call_off', 'called_off', false, true,  false, false),
  ('agreed',    'endorse',  'agreed',     true,  false, false, false),
  ('agreed',    'sign',     'signed',     false, false, false, true),
  ('agreed',    'call_off', 'called_off', false, true,  false, false),
  ('signed',    'end',      'ended',      false, true,  false, false);

ALTER TABLE studio.deliverable ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.deliverable FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.contract k WHERE k.id = contract) END);
ALTER TABLE studio.contract_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.contract_version FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.contract k WHERE k.id = contract) END);
ALTER TABLE studio.contract_transition ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.contract_transition FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);
GRANT SELECT ON studio.deliverable, studio.contract_version, studio.contract_transition TO marketer, auditor;

-- What is signed stands, even against the owner's own hand: only that it ended, which
-- post fulfilled it and on which day of its window one is planned may be written.
CREATE FUNCTION studio.contract_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.state = OLD.state OR NEW.state = 'ended')
     AND to_jsonb(NEW) - '{state,version,words,updated_at,post}'::text[] = to_jsonb(OLD) - '{state,version,words,updated_at,post}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% of contract % is refused: it is signed', TG_OP, OLD.ref USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER contract_keep BEFORE UPDATE OR DELETE ON studio.contract
  FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION studio.contract_keep();
CREATE FUNCTION studio.deliverable_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM studio.contract k WHERE k.id = CASE TG_OP WHEN 'INSERT' THEN NEW.contract ELSE OLD.contract END AND k.signed_at IS NOT NULL)
     OR TG_OP = 'UPDATE' AND to_jsonb(NEW) - '{planned,post}'::text[] = to_jsonb(OLD) - '{planned,post}'::text[] THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  RAISE EXCEPTION '% of a deliverable is refused: its contract is signed', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER deliverable_keep BEFORE INSERT OR UPDATE OR DELETE ON studio.deliverable
  FOR EACH ROW EXECUTE FUNCTION studio.deliverable_keep();
CREATE FUNCTION studio.contract_version_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: a version stands as it was written', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER contract_version_keep_rows BEFORE UPDATE OR DELETE ON studio.contract_version
  FOR EACH ROW EXECUTE FUNCTION studio.contract_version_keep();
CREATE TRIGGER contract_version_keep_table BEFORE TRUNCATE ON studio.contract_version
  FOR EACH STATEMENT EXECUTE FUNCTION studio.contract_version_keep();

-- A contract as the program reads it.
CREATE FUNCTION studio.contract_text(k studio.contract) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT to_jsonb(k) - '{window_from,window_to,post}'::text[] || jsonb_build_object(
      'brand', (SELECT c.brand FROM studio.campaign c WHERE c.id = k.campaign),
      'deliverables', (SELECT coalesce(jsonb_agg(to_jsonb(d) - '{contract,n}'::text[] ORDER BY d.n), '[]') FROM studio.deliverable d WHERE d.contract = k.id))
$$;
GRANT EXECUTE ON FUNCTION studio.contract_text TO marketer, auditor;

-- Keeps a version and tells the record: who, and a digest of all the rest.
CREATE FUNCTION studio.contract_noted(k studio.contract, p_action text, p_request uuid, p_detail jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  content CONSTANT jsonb := studio.contract_text(k);
BEGIN
  INSERT INTO studio.contract_version VALUES (k.id, k.version, content, coalesce((SELECT p.login FROM studio.person p WHERE p.login = studio.me()), k.created_by), clock_timestamp());
  PERFORM studio.audit_write(p_action, 'contract', k.id::text, p_request, p_detail || jsonb_build_object('ref', k.ref, 'state', k.state,
    'version', k.version, 'created_by', k.created_by, 'edited_by', k.edited_by, 'endorsed_by', k.endorsed_by, 'contract_sha256', studio.words_digest(content::text)));
  RETURN content;
END
$$;
SELECT studio.contract_noted(k, 'contract.put', NULL) FROM studio.contract k ORDER BY id;

-- A contract for somebody who acts for its brand and saw a version of it, its campaign
-- locked before it as everywhere.
CREATE FUNCTION studio.contract_locked(p_id uuid, p_login text, p_version int) RETURNS studio.contract
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  k studio.contract;
  c studio.campaign;
BEGIN
  SELECT m.* INTO c FROM studio.campaign m JOIN studio.contract x ON x.campaign = m.id WHERE x.id = p_id FOR UPDATE OF m;
  SELECT * INTO k FROM studio.contract WHERE id = p_id FOR UPDATE;
  IF k.id IS NULL OR NOT studio.tied_to(p_login, c.brand) THEN
    PERFORM studio.refuse('not_found', 'what', 'contract', 'id', coalesce(p_id::text, ''));
  END IF;
  IF k.version IS DISTINCT FROM p_version THEN
    PERFORM studio.refuse('rule_changed', 'what', 'contract', 'id', k.ref);
  END IF;
  RETURN k;
END
$$;

-- Refuses a campaign whose money nobody has decided about, or whose brand may not be planned for.
CREATE FUNCTION studio.campaign_contracts(c studio.campaign, p_verdict text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF c.state NOT IN ('approved', 'running') THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', p_verdict, 'stage', c.state);
  END IF;
  PERFORM studio.brand_plannable(c.brand);
END
$$;

-- p_id NULL makes a contract for a line; else p_version is the one that the editor saw.
-- p_contract: {campaign, line, fee, brief, usage_days, usage_where, deliverables}. The fee
-- is free in a draft; after that it moves by offers alone.
CREATE FUNCTION studio.contract_put(p_request uuid, p_id uuid, p_version int, p_contract jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('contract_put', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'contract_put', jsonb_build_array(p_id, p_version, p_contract));
  c studio.campaign;
  k studio.contract;
  l studio.campaign_line;
  d jsonb;
  seen text[] := '{}';
  first date;
  last date;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF length(p_contract::text) > 4 << 20 THEN
    PERFORM studio.refuse('field_value', 'field', 'brief', 'value', length(p_contract::text)::text);
  END IF;
  PERFORM studio.json_plain('contract', p_contract, '{"campaign": "name", "line": "name", "fee": "fen", "brief": "object", "usage_days": "whole",
    "usage_where": "text", "deliverables": "list"}');
  PERFORM studio.json_plain('brief', p_contract -> 'brief', '{"Product": "name", "MustSay": "names", "MustNot": "names", "Jurisdiction": "name",
    "Disclosure": "name", "Creative": "names", "Words": "text"}');
  IF EXISTS (SELECT FROM jsonb_array_elements_text(studio.json_list(p_contract #> '{brief,Creative}')) AS x WHERE x !~ '^[0-9a-f]{64}$') THEN
    PERFORM studio.refuse('field_value', 'field', 'creative', 'value', '…');
  END IF;
  FOR d IN SELECT x FROM jsonb_array_elements(studio.json_list(p_contract -> 'deliverables')) AS x LOOP
    PERFORM studio.json_plain('deliverable', d, '{"id": "name", "format": "name", "count": "whole", "from_day": "day", "to_day": "day", "planned": "day",
      "link": "text", "code": "name", "post": "name"}');
    IF d ->> 'id' = ANY (seen) THEN
      PERFORM studio.refuse('field_twice', 'field', 'deliverable', 'value', d ->> 'id');
    END IF;
    seen := seen || coalesce(d ->> 'id', '');
    IF NOT coalesce(d ->> 'from_day' <> '' AND d ->> 'to_day' >= d ->> 'from_day'
        AND (coalesce(d ->> 'planned', '') = '' OR d ->> 'planned' BETWEEN d ->> 'from_day' AND d ->> 'to_day'), false) THEN
      PERFORM studio.refuse('field_value', 'field', 'window', 'value', concat_ws(' ', d ->> 'from_day', d ->> 'to_day', d ->> 'planned'));
    END IF;
    IF NOT coalesce(d ->> 'format' IN ('picture', 'video', 'live') AND CAST(d ->> 'count' AS int) BETWEEN 1 AND 1000, false) THEN
      PERFORM studio.refuse('field_value', 'field', 'format', 'value', left(concat_ws(' ', d ->> 'format', d ->> 'count'), 40));
    END IF;
    first := least(first, CAST(d ->> 'from_day' AS date));
    last := greatest(last, CAST(d ->> 'to_day' AS date));
  END LOOP;
  IF first IS NULL THEN
    PERFORM studio.refuse('field_missing', 'field', 'deliverables');
  END IF;

  IF p_id IS NULL THEN
    IF coalesce(p_contract ->> 'campaign', '') !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN
      PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', left(coalesce(p_contract ->> 'campaign', ''), 40));
    END IF;
    SELECT * INTO c FROM studio.campaign WHERE id = CAST(p_contract ->> 'campaign' AS uuid) FOR UPDATE;
    IF c.id IS NULL OR NOT studio.tied_to(login, c.brand) THEN
      PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', p_contract ->> 'campaign');
    END IF;
    PERFORM studio.campaign_contracts(c, 'contract');
    SELECT * INTO l FROM studio.campaign_line WHERE campaign = c.id AND scenario = c.picked AND id = p_contract ->> 'line' AND kind = 'kol';
    IF NOT FOUND THEN
      PERFORM studio.refuse('field_value', 'field', 'line', 'value', left(coalesce(p_contract ->> 'line', ''), 40));
    END IF;
    IF EXISTS (SELECT FROM studio.contract x WHERE x.campaign = c.id AND x.line = l.id AND x.state NOT IN ('ended', 'called_off')) THEN
      PERFORM studio.refuse('field_twice', 'field', 'line', 'value', l.id);
    END IF;
    INSERT INTO studio.contract (campaign, line, kol, handle, ref, version, window_from, window_to, fee, service_fee, created_by, edited_by)
      VALUES (c.id, l.id, l.kol, coalesce((SELECT shown ->> 'handle' FROM studio.kol_detail WHERE id = l.kol), ''),
        'C-' || lpad(CAST(nextval('studio.ref_contract') AS text), 4, '0'), 0, first, last, coalesce(CAST(p_contract ->> 'fee' AS bigint), 0),
        c.service_fee, login, login) RETURNING * INTO k;
  ELSE
    k := studio.contract_locked(p_id, login, p_version);
    SELECT * INTO STRICT c FROM studio.campaign WHERE id = k.campaign;
    PERFORM studio.campaign_contracts(c, 'edit');
    IF k.state NOT IN ('draft', 'offered', 'countered', 'agreed') THEN
      PERFORM studio.refuse('not_allowed_now', 'verdict', 'edit', 'stage', k.state);
    END IF;
    IF k.state <> 'draft' AND coalesce(CAST(p_contract ->> 'fee' AS bigint), 0) <> k.fee THEN
      PERFORM studio.refuse('field_value', 'field', 'fee', 'value', studio.yuan(CAST(p_contract ->> 'fee' AS numeric)));
    END IF;
  END IF;
  DELETE FROM studio.deliverable WHERE contract = k.id;
  INSERT INTO studio.deliverable (contract, id, n, format, count, from_day, to_day, planned, link, code, post)
    SELECT k.id, x ->> 'id', n, x ->> 'format', CAST(x ->> 'count' AS int), CAST(x ->> 'from_day' AS date), CAST(x ->> 'to_day' AS date),
           CAST(nullif(x ->> 'planned', '') AS date), coalesce(x ->> 'link', ''), coalesce(x ->> 'code', ''), coalesce(x ->> 'post', '')
      FROM jsonb_array_elements(p_contract -> 'deliverables') WITH ORDINALITY AS o(x, n);
  -- Whoever endorsed what was agreed endorsed other words.
  UPDATE studio.contract SET brief = p_contract -> 'brief', fee = coalesce(CAST(p_contract ->> 'fee' AS bigint), 0), window_from = first, window_to = last,
      terms = jsonb_build_object('UsageDays', coalesce(CAST(p_contract ->> 'usage_days' AS int), 0), 'UsageWhere', coalesce(p_contract ->> 'usage_where', '')),
      endorsed_by = NULL, edited_by = login, version = version + 1, updated_at = clock_timestamp()
    WHERE id = k.id RETURNING * INTO k;
  RETURN studio.request_end(p_request, studio.contract_noted(k, 'contract.put', p_request));
END
$$;
GRANT EXECUTE ON FUNCTION studio.contract_put TO marketer;

-- p_fee, in fen, is for offers and counter-offers; others ignore it.
CREATE FUNCTION studio.contract_move(p_request uuid, p_id uuid, p_version int, p_move text, p_fee bigint, p_words text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('contract_move', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'contract_move', jsonb_build_array(p_id, p_version, p_move, p_fee, p_words));
  said CONSTANT text := studio.trimmed(p_words);
  k studio.contract;
  c studio.campaign;
  step studio.contract_transition;
  before text;
  most bigint;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  k := studio.contract_locked(p_id, login, p_version);
  SELECT * INTO STRICT c FROM studio.campaign WHERE id = k.campaign;
  SELECT * INTO step FROM studio.contract_transition WHERE from_state = k.state AND move = p_move;
  IF NOT FOUND OR p_move = 'endorse' AND k.endorsed_by IS NOT NULL THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', left(coalesce(p_move, ''), 40), 'stage', k.state);
  END IF;
  IF step.another AND login IN (k.created_by, k.edited_by) THEN
    PERFORM studio.refuse('second_person');
  END IF;
  IF step.words AND said = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'words');
  END IF;
  IF length(said) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'words', 'value', left(said, 40) || '…');
  END IF;
  IF step.fee AND (p_fee IS NULL OR p_fee NOT BETWEEN 0 AND 10000000000000) THEN
    PERFORM studio.refuse('field_value', 'field', 'fee', 'value', coalesce(p_fee::text, ''));
  END IF;
  -- A brand that may not be planned for signs nothing; it may still end what there is.
  IF step.to_state NOT IN ('called_off', 'ended') THEN
    PERFORM studio.campaign_contracts(c, p_move);
  END IF;
  IF step.endorsed AND k.endorsed_by IS NULL THEN
    SELECT CAST(value AS bigint) INTO most FROM studio.setting WHERE name = 'contract_sum';
    IF k.fee + ceil(CAST(k.fee AS numeric) * k.service_fee / 10000) > most THEN
      PERFORM studio.refuse('endorsement_needed', 'sum', studio.yuan(most));
    END IF;
  END IF;
  -- No paid post goes without its label, so no contract without its wording.
  IF step.to_state = 'signed' AND studio.trimmed(k.brief ->> 'Disclosure') = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'disclosure');
  END IF;
  before := k.state;
  t := clock_timestamp();
  UPDATE studio.contract SET state = step.to_state, version = version + 1, words = said, updated_at = t,
      fee = CASE WHEN step.fee THEN p_fee ELSE fee END,
      rounds = CASE WHEN step.fee THEN rounds || jsonb_build_object('at', studio.rfc3339(t), 'by', login, 'counts', p_move = 'counter', 'fee', p_fee, 'words', said) ELSE rounds END,
      edited_by = CASE WHEN step.fee THEN login ELSE edited_by END,
      endorsed_by = CASE WHEN step.fee THEN NULL WHEN p_move = 'endorse' THEN login ELSE endorsed_by END,
      signed_at = CASE WHEN step.to_state = 'signed' THEN t ELSE signed_at END
    WHERE id = k.id RETURNING * INTO k;
  RETURN studio.request_end(p_request, studio.contract_noted(k, 'contract.move', p_request, jsonb_build_object('move', p_move, 'from', before)));
END
$$;
GRANT EXECUTE ON FUNCTION studio.contract_move TO marketer;

-- As before, and the post that a deliverable names is the contract's own.
CREATE OR REPLACE FUNCTION studio.contract_evidence(p_case uuid)
RETURNS TABLE (contract uuid, brand text, kol text, own_post bool, signed_at timestamptz, window_from date, window_to date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT k.id, m.brand, k.kol, own.is_own, k.signed_at, k.window_from, k.window_to
    FROM studio.queue q
    JOIN studio.cases c ON c.id = q.case_id AND c.kind = 'post'
    JOIN studio.post_key pk ON pk.id = c.target
    JOIN studio.post p ON p.month = pk.month AND p.id = pk.id
    JOIN studio.contract k ON k.signed_at IS NOT NULL
    JOIN LATERAL (SELECT k.post = p.id OR EXISTS (SELECT FROM studio.deliverable d WHERE d.contract = k.id AND d.post = p.id)) AS own(is_own)
      ON own.is_own OR k.post = '' AND k.kol = p.author_id AND CAST(coalesce(p.posted_at, p.first_at) AT TIME ZONE
           (SELECT value FROM studio.setting WHERE name = 'time_zone') AS date) BETWEEN k.window_from AND k.window_to
    JOIN studio.campaign m ON m.id = k.campaign
   WHERE q.case_id = p_case AND q.holder = studio.me() AND q.lease_until > clock_timestamp()
     AND studio.am_active() AND studio.in_sight(c.region, c.lang, studio.me())
   ORDER BY own.is_own DESC, k.signed_at, k.id
$$;

RESET ROLE;
-- +goose StatementEnd
