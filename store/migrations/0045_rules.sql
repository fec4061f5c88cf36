-- Policies, queues, routes and settings are data; here are the doors through which
-- they change, each with a row in the record that holds the whole new text. What the
-- tables hold at this moment is written there too, so that verify can hold every row
-- to the record from the first day on.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- What the record keeps of each kind of rule. verify compares these with the tables.
CREATE FUNCTION studio.policy_text(p studio.policy) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT to_jsonb(p) - 'code'
$$;
CREATE FUNCTION studio.queue_text(q studio.named_queue) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT to_jsonb(q) - 'code' || jsonb_build_object('sla', CAST(extract(epoch FROM q.sla) AS bigint))
$$;
CREATE FUNCTION studio.routes_text() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.n), '[]') FROM studio.route r
$$;
-- The table of what a verdict does is the program's, not a lead's: migrations alone
-- change it, and say so here.
CREATE FUNCTION studio.transitions_digest() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n',
    (SELECT string_agg(CAST(to_jsonb(t) AS text), E'\n' ORDER BY kind, stage, verdict, approvals) FROM studio.transition t),
    (SELECT string_agg(CAST(to_jsonb(v) AS text), E'\n' ORDER BY verdict) FROM studio.verdict v),
    (SELECT string_agg(CAST(to_jsonb(s) AS text), E'\n' ORDER BY kind, stage) FROM studio.stage s)), 'UTF8')), 'hex')
$$;
GRANT EXECUTE ON FUNCTION studio.policy_text, studio.queue_text, studio.routes_text, studio.transitions_digest TO auditor;

SELECT studio.audit_write('policy.put', 'policy', p.code, NULL, studio.policy_text(p)) FROM studio.policy p ORDER BY p.code;
SELECT studio.audit_write('queue.put', 'queue', q.code, NULL, studio.queue_text(q)) FROM studio.named_queue q ORDER BY q.code;
SELECT studio.audit_write('route.put', 'route', 'all', NULL, jsonb_build_object('routes', studio.routes_text()));
SELECT studio.audit_write('transition.put', 'transition', 'all', NULL, jsonb_build_object('digest', studio.transitions_digest()));

-- A policy is made, reworded or retired (active false); never deleted, because
-- decisions rest on it. p_before is the text that the editor saw, NULL for a new one:
-- two leads don't write over each other.
CREATE FUNCTION studio.policy_put(p_request uuid, p_code text, p_before jsonb, p_policy jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('policy_put', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'policy_put', jsonb_build_array(p_code, p_before, p_policy));
  old studio.policy;
  new studio.policy;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(p_code, '') !~ '^[0-9A-Za-z][0-9A-Za-z._-]{0,31}$' THEN
    PERFORM studio.refuse('field_value', 'field', 'code', 'value', left(coalesce(p_code, ''), 40));
  END IF;
  new := jsonb_populate_record(NULL::studio.policy, p_policy);
  new.code := p_code;
  new.active := coalesce(new.active, true);
  new.needs_reason := coalesce(new.needs_reason, false);
  IF coalesce(new.kind, '') NOT IN ('brand', 'post') THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', left(coalesce(new.kind, ''), 40));
  END IF;
  -- Policies ground the verdicts of their kind's desk, not the hearing of appeals.
  IF coalesce(cardinality(new.verdicts), 0) = 0 OR EXISTS (SELECT FROM unnest(new.verdicts) AS v
      WHERE NOT EXISTS (SELECT FROM studio.transition t WHERE t.kind = new.kind AND t.verdict = v AND t.stage <> 'appeal')) THEN
    PERFORM studio.refuse('field_value', 'field', 'verdicts', 'value', left(coalesce(array_to_string(new.verdicts, ' '), ''), 40));
  END IF;
  IF coalesce(studio.trimmed(new.title ->> 'en'), '') = '' OR coalesce(studio.trimmed(new.title ->> 'zh'), '') = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'title');
  END IF;
  IF coalesce(studio.trimmed(new.message ->> 'en'), '') = '' OR coalesce(studio.trimmed(new.message ->> 'zh'), '') = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'message');
  END IF;
  IF length(new.title::text) > 1000 OR length(new.message::text) > 8000 OR length(new.source) > 1000 THEN
    PERFORM studio.refuse('field_value', 'field', 'message', 'value', left(new.message ->> 'en', 40) || '…');
  END IF;
  IF studio.trimmed(new.source) = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'source');
  END IF;
  IF new.since IS NULL THEN
    PERFORM studio.refuse('field_missing', 'field', 'since');
  END IF;

  LOCK TABLE studio.policy IN SHARE ROW EXCLUSIVE MODE; -- readers and decisions go on
  SELECT * INTO old FROM studio.policy WHERE code = p_code;
  IF (old.code IS NULL) <> (p_before IS NULL) OR old.code IS NOT NULL AND studio.policy_text(old) <> p_before THEN
    PERFORM studio.refuse('rule_changed', 'what', 'policy', 'id', p_code);
  END IF;
  -- Its kind is what decisions rested on it as.
  IF old.code IS NOT NULL AND old.kind <> new.kind THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', new.kind);
  END IF;
  INSERT INTO studio.policy SELECT new.*
    ON CONFLICT (code) DO UPDATE SET verdicts = excluded.verdicts, title = excluded.title, message = excluded.message,
      needs_reason = excluded.needs_reason, source = excluded.source, since = excluded.since, active = excluded.active;
  PERFORM studio.audit_write('policy.put', 'policy', p_code, p_request, (SELECT studio.policy_text(p) FROM studio.policy p WHERE code = p_code));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.policy_put TO lead;

-- A named queue is made or changed. The sla holds for the cases that come from now on.
CREATE FUNCTION studio.named_queue_put(p_request uuid, p_code text, p_kind text, p_title jsonb, p_sla_seconds bigint, p_active bool) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('named_queue_put', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'named_queue_put', jsonb_build_array(p_code, p_kind, p_title, p_sla_seconds, p_active));
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF coalesce(p_code, '') !~ '^[a-z][a-z0-9_.-]{0,62}$' THEN
    PERFORM studio.refuse('field_value', 'field', 'code', 'value', left(coalesce(p_code, ''), 40));
  END IF;
  IF coalesce(p_kind, '') NOT IN ('brand', 'post') THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', left(coalesce(p_kind, ''), 40));
  END IF;
  IF coalesce(studio.trimmed(p_title ->> 'en'), '') = '' OR coalesce(studio.trimmed(p_title ->> 'zh'), '') = '' OR length(p_title::text) > 1000 THEN
    PERFORM studio.refuse('field_missing', 'field', 'title');
  END IF;
  IF p_sla_seconds IS NULL OR p_sla_seconds NOT BETWEEN 60 AND 90 * 86400 THEN
    PERFORM studio.refuse('field_value', 'field', 'sla', 'value', coalesce(p_sla_seconds::text, ''));
  END IF;
  LOCK TABLE studio.named_queue IN SHARE ROW EXCLUSIVE MODE;
  IF NOT coalesce(p_active, true) AND (p_code IN ('brand', 'post') OR EXISTS (SELECT FROM studio.route WHERE queue = p_code)) THEN
    -- Cases would have nowhere to go.
    PERFORM studio.refuse('field_value', 'field', 'active', 'value', 'false');
  END IF;
  IF EXISTS (SELECT FROM studio.named_queue WHERE code = p_code AND kind <> p_kind) THEN
    PERFORM studio.refuse('field_value', 'field', 'kind', 'value', p_kind);
  END IF;
  INSERT INTO studio.named_queue (code, kind, title, sla, active)
    VALUES (p_code, p_kind, p_title, make_interval(secs => p_sla_seconds), coalesce(p_active, true))
    ON CONFLICT (code) DO UPDATE SET title = excluded.title, sla = excluded.sla, active = excluded.active;
  PERFORM studio.audit_write('queue.put', 'queue', p_code, p_request, (SELECT studio.queue_text(q) FROM studio.named_queue q WHERE code = p_code));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.named_queue_put TO lead;

-- All routes at once, in their order: [{kind, queue, regions, languages, categories,
-- tags, score_from}]. A list is what rules in order are; editing one alone would
-- leave two people with two ideas of what comes first. p_before is what the editor saw.
CREATE FUNCTION studio.routes_put(p_request uuid, p_before jsonb, p_routes jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('routes_put', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'routes_put', jsonb_build_array(p_before, p_routes));
  bad record;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF jsonb_typeof(p_routes) IS DISTINCT FROM 'array' OR jsonb_array_length(p_routes) > 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'routes', 'value', left(coalesce(p_routes::text, ''), 40));
  END IF;
  LOCK TABLE studio.named_queue IN SHARE MODE; -- a queue must not be closed meanwhile
  LOCK TABLE studio.route IN SHARE ROW EXCLUSIVE MODE;
  IF studio.routes_text() <> coalesce(p_before, '[]') THEN
    PERFORM studio.refuse('rule_changed', 'what', 'route', 'id', 'all');
  END IF;
  SELECT o.n, r.* INTO bad
    FROM jsonb_array_elements(p_routes) WITH ORDINALITY AS o(body, n), jsonb_populate_record(NULL::studio.route, o.body - 'n') AS r
   WHERE NOT EXISTS (SELECT FROM studio.named_queue q WHERE q.code = r.queue AND q.kind = r.kind AND q.active)
      OR r.score_from NOT BETWEEN 0 AND 1
      OR r.regions = '{}' OR r.languages = '{}' OR r.categories = '{}' OR r.tags = '{}' -- would never fit
   ORDER BY o.n LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'routes', 'value', bad.n || ': ' || coalesce(bad.queue, ''));
  END IF;
  DELETE FROM studio.route;
  INSERT INTO studio.route (n, kind, queue, regions, languages, categories, tags, score_from)
    SELECT o.n, r.kind, r.queue, r.regions, r.languages, r.categories, r.tags, r.score_from
      FROM jsonb_array_elements(p_routes) WITH ORDINALITY AS o(body, n), jsonb_populate_record(NULL::studio.route, o.body - 'n') AS r;
  PERFORM studio.audit_write('route.put', 'route', 'all', p_request, jsonb_build_object('routes', studio.routes_text()));
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.routes_put TO lead;

-- Settings are an administrator's. Each has its bounds: an undo window of a day would
-- hold up every effect, a lease of a second would let nobody work.
CREATE FUNCTION studio.setting_put(p_request uuid, p_name text, p_value text) RETURNS jsonb
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
GRANT EXECUTE ON FUNCTION studio.setting_put TO administrator;

RESET ROLE;
-- +goose StatementEnd
