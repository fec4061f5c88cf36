-- The money of a campaign, as entries that are never edited and at most reversed, once;
-- and the calendar, which is the lines and deliverables by their days.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.ledger (
  id       uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  campaign uuid NOT NULL REFERENCES studio.campaign,
  line     text COLLATE "C" NOT NULL,
  contract uuid REFERENCES studio.contract,
  kind     text NOT NULL CHECK (kind IN ('commit', 'hold', 'release', 'pay', 'reverse')),
  amount   bigint NOT NULL CHECK (amount BETWEEN 1 AND 10000000000000), -- fen
  reverses uuid UNIQUE REFERENCES studio.ledger,                        -- once
  day      date NOT NULL,
  words    text NOT NULL,
  by       text NOT NULL REFERENCES studio.person,
  at       timestamptz NOT NULL,
  request  uuid NOT NULL UNIQUE REFERENCES studio.request,
  CHECK ((kind = 'reverse') = (reverses IS NOT NULL))
);
CREATE INDEX ledger_by_campaign ON studio.ledger (campaign, line);

ALTER TABLE studio.ledger ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.ledger FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.campaign c WHERE c.id = campaign) END);
GRANT SELECT ON studio.ledger TO marketer, auditor;

CREATE FUNCTION studio.ledger_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: an entry is reversed, never changed', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER ledger_keep_rows BEFORE UPDATE OR DELETE ON studio.ledger
  FOR EACH ROW EXECUTE FUNCTION studio.ledger_keep();
CREATE TRIGGER ledger_keep_table BEFORE TRUNCATE ON studio.ledger
  FOR EACH STATEMENT EXECUTE FUNCTION studio.ledger_keep();

-- What entries of a campaign that stand come to, of one line or of all: entries that
-- were reversed and their reversals cancel out.
CREATE FUNCTION studio.ledger_balance(p_campaign uuid, p_line text) RETURNS TABLE (committed numeric, held numeric, paid numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(sum(e.amount) FILTER (WHERE e.kind = 'commit'), 0),
         coalesce(sum(CASE e.kind WHEN 'hold' THEN e.amount ELSE -e.amount END) FILTER (WHERE e.kind IN ('hold', 'release')), 0),
         coalesce(sum(e.amount) FILTER (WHERE e.kind = 'pay'), 0)
    FROM studio.ledger e
   WHERE e.campaign = p_campaign AND (p_line IS NULL OR e.line = p_line) AND e.kind <> 'reverse'
     AND NOT EXISTS (SELECT FROM studio.ledger r WHERE r.reverses = e.id)
$$;

-- p_entry: {line, contract, kind, amount, reverses, day, words}. Entries of a campaign
-- come one after another, so that what is free is free.
CREATE FUNCTION studio.ledger_enter(p_request uuid, p_campaign uuid, p_entry jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('ledger_enter', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'ledger_enter', jsonb_build_array(p_campaign, p_entry));
  e record;
  c studio.campaign;
  old studio.ledger;
  made studio.ledger;
  here record; -- of the line
  whole record; -- of the campaign
  free numeric;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  PERFORM studio.json_plain('entry', p_entry, '{"line": "name", "contract": "name", "kind": "name", "amount": "fen", "reverses": "name", "day": "day", "words": "text"}');
  SELECT x.* INTO e FROM jsonb_to_record(p_entry) AS x(line text, contract text, kind text, amount bigint, reverses text, day text, words text);
  SELECT * INTO c FROM studio.campaign WHERE id = p_campaign FOR UPDATE;
  IF c.id IS NULL OR NOT studio.tied_to(login, c.brand) THEN
    PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', coalesce(p_campaign::text, ''));
  END IF;
  IF coalesce(e.amount, 0) <= 0 THEN
    PERFORM studio.refuse('field_value', 'field', 'amount', 'value', studio.yuan(coalesce(e.amount, 0)));
  END IF;
  IF e.kind IS NULL OR e.kind NOT IN ('commit', 'hold', 'release', 'pay', 'reverse') THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', left(coalesce(e.kind, ''), 40));
  END IF;
  IF length(e.words) > 4000 THEN
    PERFORM studio.refuse('field_value', 'field', 'words', 'value', left(e.words, 40) || '…');
  END IF;
  -- A closed campaign still pays what it owes, releases and reverses.
  IF c.state NOT IN ('approved', 'running') AND (c.state <> 'closed' OR e.kind IN ('commit', 'hold')) THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', e.kind, 'stage', c.state);
  END IF;
  IF NOT EXISTS (SELECT FROM studio.campaign_line l WHERE l.campaign = c.id AND l.scenario = c.picked AND l.id = e.line) THEN
    PERFORM studio.refuse('field_value', 'field', 'line', 'value', left(coalesce(e.line, ''), 40));
  END IF;
  IF coalesce(e.contract, '') <> '' AND NOT EXISTS (SELECT FROM studio.contract k WHERE k.id::text = e.contract AND k.campaign = c.id AND k.line = e.line) THEN
    PERFORM studio.refuse('not_found', 'what', 'contract', 'id', left(e.contract, 40));
  END IF;

  SELECT * INTO here FROM studio.ledger_balance(c.id, e.line);
  SELECT * INTO whole FROM studio.ledger_balance(c.id, NULL);
  free := CASE e.kind WHEN 'commit' THEN c.budget - whole.committed WHEN 'release' THEN here.held ELSE here.committed - here.held - here.paid END;
  IF e.kind = 'reverse' THEN
    SELECT * INTO old FROM studio.ledger WHERE id::text = e.reverses AND campaign = c.id AND ledger.line = e.line AND kind <> 'reverse';
    IF NOT FOUND THEN
      PERFORM studio.refuse('field_value', 'field', 'reverses', 'value', left(coalesce(e.reverses, ''), 40));
    END IF;
    IF EXISTS (SELECT FROM studio.ledger WHERE reverses = old.id) THEN
      PERFORM studio.refuse('already_reversed', 'id', old.id::text);
    END IF;
    IF e.amount <> old.amount THEN
      PERFORM studio.refuse('field_value', 'field', 'amount', 'value', studio.yuan(e.amount));
    END IF;
    -- What it would leave behind: nothing held or paid that is not committed, nothing
    -- released that was not held.
    free := CASE old.kind WHEN 'commit' THEN free WHEN 'hold' THEN here.held WHEN 'release' THEN free ELSE old.amount END;
  END IF;
  IF e.amount > free THEN
    PERFORM studio.refuse('ledger_over', 'entry', coalesce(old.kind, e.kind), 'amount', studio.yuan(e.amount), 'free', studio.yuan(greatest(free, 0)));
  END IF;
  INSERT INTO studio.ledger (campaign, line, contract, kind, amount, reverses, day, words, by, at, request)
    VALUES (c.id, e.line, CAST(nullif(e.contract, '') AS uuid), e.kind, e.amount, old.id,
      coalesce(CAST(nullif(e.day, '') AS date), studio.day_of(clock_timestamp())), studio.trimmed(e.words), login, clock_timestamp(), p_request)
    RETURNING * INTO made;
  -- Leads read the record, and what a brand pays is not the desk's.
  PERFORM studio.audit_write('ledger.enter', 'ledger', made.id::text, p_request, jsonb_build_object('campaign', c.id, 'entry_sha256',
    studio.words_digest(CAST(jsonb_build_array(made.id, made.campaign, made.line, made.contract, made.kind, made.amount, made.reverses, made.day,
      made.words, login, studio.rfc3339(made.at)) AS text))));
  RETURN studio.request_end(p_request, jsonb_build_object('id', made.id));
END
$$;
GRANT EXECUTE ON FUNCTION studio.ledger_enter TO marketer;

-- The calendar: lines of picked scenarios, and instead of a line with a contract that
-- is not over, its deliverables. p_brand and p_kol may be ''.
CREATE FUNCTION studio.plan_items(p_from date, p_to date, p_brand text, p_kol text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF coalesce(studio.my_role() NOT IN ('marketer', 'auditor'), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'plan_items');
  END IF;
  RETURN (
    WITH mine AS (
      SELECT c.* FROM studio.campaign c
       WHERE (studio.my_role() = 'auditor' OR studio.fold(c.brand) = ANY (studio.my_brands()))
         AND (coalesce(p_brand, '') = '' OR studio.fold(c.brand) = studio.fold(p_brand))
    ), trade AS (
      SELECT b.brand, studio.brand_standing(b.brand) ->> 'trade' AS code FROM (SELECT DISTINCT m.brand FROM mine m) AS b
    ), item AS (
      SELECT m.id, l.id AS line, k.id AS contract, coalesce(d.id, '') AS deliverable, l.kind, l.title, l.kol, l.n, coalesce(d.n, 0) AS dn,
             coalesce(d.planned, d.from_day, l.from_day) AS from_day, coalesce(d.planned, d.from_day, l.to_day) AS to_day,
             coalesce(d.from_day, m.window_from) AS earliest, coalesce(d.to_day, m.window_to) AS latest, coalesce(d.code, '') AS coupon,
             m.state IN ('proposed', 'closed') OR coalesce(d.post, '') <> '' AS fixed
        FROM mine m
        JOIN studio.campaign_line l ON l.campaign = m.id AND l.scenario = m.picked
        LEFT JOIN studio.contract k ON k.campaign = m.id AND k.line = l.id AND k.state NOT IN ('ended', 'called_off')
        LEFT JOIN studio.deliverable d ON d.contract = k.id
       WHERE coalesce(p_kol, '') = '' OR l.kol = p_kol
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('campaign', m.id, 'name', m.name, 'brand', m.brand, 'trade', coalesce(t.code, ''), 'state', m.state,
        'line', i.line, 'contract', coalesce(i.contract::text, ''), 'deliverable', i.deliverable, 'kind', i.kind, 'title', i.title, 'kol', i.kol,
        'from', i.from_day, 'to', i.to_day, 'earliest', i.earliest, 'latest', i.latest, 'coupon', i.coupon, 'fixed', i.fixed)
        ORDER BY i.from_day, m.brand, m.id, i.n, i.dn), '[]')
      FROM item i JOIN mine m ON m.id = i.id LEFT JOIN trade t ON t.brand = m.brand
     WHERE i.to_day >= coalesce(p_from, date '-infinity') AND i.from_day <= coalesce(p_to, date 'infinity'));
END
$$;
GRANT EXECUTE ON FUNCTION studio.plan_items TO marketer, auditor;

-- Puts a line of a plan on other days; p_seen is the first day that the mover saw.
-- A plan that waits for approval stands still; one whose money is decided moves within
-- its window.
CREATE FUNCTION studio.campaign_line_move(p_request uuid, p_campaign uuid, p_line text, p_seen date, p_to date) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('campaign_line_move', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'campaign_line_move', jsonb_build_array(p_campaign, p_line, p_seen, p_to));
  c studio.campaign;
  l studio.campaign_line;
  at text[];
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT * INTO c FROM studio.campaign WHERE id = p_campaign FOR UPDATE;
  IF c.id IS NULL OR NOT studio.tied_to(login, c.brand) THEN
    PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', coalesce(p_campaign::text, ''));
  END IF;
  SELECT * INTO l FROM studio.campaign_line WHERE campaign = c.id AND scenario = c.picked AND id = p_line;
  IF NOT FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'line', 'value', left(coalesce(p_line, ''), 40));
  END IF;
  IF l.from_day IS DISTINCT FROM p_seen THEN
    PERFORM studio.refuse('rule_changed', 'what', 'campaign', 'id', c.name);
  END IF;
  IF c.state IN ('proposed', 'closed')
     OR EXISTS (SELECT FROM studio.contract k WHERE k.campaign = c.id AND k.line = l.id AND k.state NOT IN ('ended', 'called_off')) THEN
    PERFORM studio.refuse('not_movable', 'name', l.title);
  END IF;
  IF NOT coalesce(p_to BETWEEN c.window_from AND c.window_to - (l.to_day - l.from_day), false) THEN
    PERFORM studio.refuse('outside_window', 'name', l.title, 'from', c.window_from::text, 'to', c.window_to::text);
  END IF;
  SELECT ARRAY[CAST(s.n - 1 AS text), 'Lines', CAST(x.n - 1 AS text)] INTO STRICT at
    FROM jsonb_array_elements(c.scenarios) WITH ORDINALITY AS s(body, n), jsonb_array_elements(s.body -> 'Lines') WITH ORDINALITY AS x(body, n)
   WHERE s.body ->> 'ID' = c.picked AND x.body ->> 'ID' = l.id;
  UPDATE studio.campaign_line SET from_day = p_to, to_day = p_to + (l.to_day - l.from_day)
    WHERE campaign = c.id AND scenario = c.picked AND id = l.id RETURNING * INTO l;
  -- Moving days is no editing of a plan that was approved: the two people stand.
  UPDATE studio.campaign SET version = version + 1, updated_at = clock_timestamp(), edited_by = CASE state WHEN 'draft' THEN login ELSE edited_by END,
      scenarios = jsonb_set(jsonb_set(scenarios, at || 'From'::text, to_jsonb(l.from_day::text)), at || 'To'::text, to_jsonb(l.to_day::text))
    WHERE id = c.id RETURNING * INTO c;
  PERFORM studio.campaign_noted(c, 'campaign.line', p_request, jsonb_build_object('line', l.id));
  RETURN studio.request_end(p_request, jsonb_build_object('version', c.version));
END
$$;
GRANT EXECUTE ON FUNCTION studio.campaign_line_move TO marketer;

-- Puts a deliverable on another day of its window; p_seen is the day that the mover saw.
CREATE FUNCTION studio.deliverable_plan(p_request uuid, p_contract uuid, p_deliverable text, p_seen date, p_to date) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('deliverable_plan', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'deliverable_plan', jsonb_build_array(p_contract, p_deliverable, p_seen, p_to));
  k studio.contract;
  c studio.campaign;
  d studio.deliverable;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT * INTO k FROM studio.contract WHERE id = p_contract;
  k := studio.contract_locked(p_contract, login, k.version);
  SELECT * INTO STRICT c FROM studio.campaign WHERE id = k.campaign;
  SELECT * INTO d FROM studio.deliverable WHERE contract = k.id AND id = p_deliverable;
  IF NOT FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'deliverable', 'value', left(coalesce(p_deliverable, ''), 40));
  END IF;
  IF coalesce(d.planned, d.from_day) IS DISTINCT FROM p_seen THEN
    PERFORM studio.refuse('rule_changed', 'what', 'contract', 'id', k.ref);
  END IF;
  IF d.post <> '' OR k.state IN ('ended', 'called_off') OR c.state NOT IN ('approved', 'running') THEN
    PERFORM studio.refuse('not_movable', 'name', k.ref);
  END IF;
  IF NOT coalesce(p_to BETWEEN d.from_day AND d.to_day, false) THEN
    PERFORM studio.refuse('outside_window', 'name', k.ref, 'from', d.from_day::text, 'to', d.to_day::text);
  END IF;
  UPDATE studio.deliverable SET planned = p_to WHERE contract = k.id AND id = d.id;
  UPDATE studio.contract SET version = version + 1, updated_at = clock_timestamp() WHERE id = k.id RETURNING * INTO k;
  PERFORM studio.contract_noted(k, 'contract.plan', p_request, jsonb_build_object('deliverable', d.id));
  RETURN studio.request_end(p_request, jsonb_build_object('version', k.version));
END
$$;
GRANT EXECUTE ON FUNCTION studio.deliverable_plan TO marketer;

RESET ROLE;
-- +goose StatementEnd
