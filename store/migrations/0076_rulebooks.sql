-- The rules of the detector that leads write: one draft at a time, which goes through
-- the shadow, where it scores beside the live one and opens no case, or at once, to
-- live, where it opens cases; the one before retires. Every version is kept, because
-- cases name it, and none changes once it is out.
--
-- The program checks what a rule says (expressions compile, no phrase is a label); the
-- database what every program must be able to read, who may do it, and when.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A list of a rule: missing, or texts of a phrase's length.
CREATE FUNCTION studio.is_sayings(p_list jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_list IS NULL THEN true WHEN jsonb_typeof(p_list) <> 'array' OR jsonb_array_length(p_list) > 2000 THEN false
    ELSE NOT EXISTS (SELECT FROM jsonb_array_elements(p_list) AS s WHERE jsonb_typeof(s) <> 'string' OR length(s #>> '{}') NOT BETWEEN 1 AND 100) END
$$;

-- The rules of a rulebook, as programs read them: names once, weights within bounds, no
-- more of all than a scan can bear (moderation.MaxRules and so on).
CREATE FUNCTION studio.is_rules(p_rules jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CASE WHEN jsonb_typeof(p_rules) IS DISTINCT FROM 'array' OR octet_length(CAST(p_rules AS text)) > 2000000 OR jsonb_array_length(p_rules) > 500 THEN false
    ELSE (
      SELECT coalesce(bool_and(fits), true) AND count(*) = count(DISTINCT name)
             AND CASE WHEN coalesce(bool_and(fits), true) THEN coalesce(sum(sayings), 0) <= 2000 AND coalesce(sum(expressions), 0) <= 100 ELSE false END
        FROM jsonb_array_elements(p_rules) AS r
       CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN jsonb_typeof(r) <> 'object' THEN false ELSE
             jsonb_typeof(r -> 'name') = 'string' AND r ->> 'name' ~ '^[a-z][a-z0-9_]{0,39}[.][a-z0-9_]{1,60}$' AND r ->> 'kind' IN ('phrase', 'link', 'expression')
             AND CASE WHEN jsonb_typeof(r -> 'weight') = 'number' THEN CAST(r ->> 'weight' AS numeric) BETWEEN -5 AND 5 ELSE false END
             AND studio.is_sayings(r -> 'say') AND studio.is_sayings(r -> 'hosts') AND studio.is_sayings(r -> 'query')
             AND jsonb_typeof(coalesce(r -> 'note', '""')) = 'string' AND length(coalesce(r ->> 'note', '')) <= 1000
             AND r - '{name,kind,weight,say,hosts,query,note}'::text[] = '{}' END, false)) AS f(fits)
       CROSS JOIN LATERAL (SELECT CASE WHEN fits THEN r ->> 'name' END,
             CASE WHEN fits THEN jsonb_array_length(coalesce(r -> 'say', '[]')) + jsonb_array_length(coalesce(r -> 'hosts', '[]')) + jsonb_array_length(coalesce(r -> 'query', '[]')) END,
             CASE WHEN fits AND r ->> 'kind' = 'expression' THEN jsonb_array_length(coalesce(r -> 'say', '[]')) END) AS n(name, sayings, expressions)) END
$$;

-- What a replay counted on posts that people decided, and beside it ("live") what the
-- rules in force say of the same posts.
CREATE FUNCTION studio.is_replay(p_replay jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(CASE WHEN jsonb_typeof(p_replay) <> 'object' OR octet_length(CAST(p_replay AS text)) > 4000 THEN false
    ELSE (SELECT bool_and(CASE WHEN jsonb_typeof(x -> f) = 'number' THEN x ->> f ~ '^[0-9]{1,9}$' ELSE false END)
            FROM unnest(ARRAY['posts', 'found', 'wrong', 'missed', 'random_posts', 'random_paid', 'random_flagged']) AS f, (VALUES (p_replay), (p_replay -> 'live')) AS v(x))
      AND jsonb_typeof(p_replay -> 'model') = 'string' AND jsonb_typeof(p_replay #> '{live,model}') = 'string'
      -- Over the same posts, of which people found as many paid.
      AND p_replay -> 'posts' = p_replay #> '{live,posts}' END, false)
$$;

-- The rule of taking over: on what people decided a rulebook finds no fewer paid posts
-- than the rules in force, and no smaller part of what it flags is paid. Where nothing
-- was decided yet, nothing speaks for it. (moderation.Replay.Worse says the same.)
CREATE FUNCTION studio.takes_over(p_replay jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CASE WHEN NOT studio.is_replay(p_replay) THEN false ELSE (
    SELECT posts > 0 AND found >= live_found AND found * (live_found + live_wrong) >= live_found * (found + wrong)
      FROM (VALUES (CAST(p_replay ->> 'posts' AS numeric), CAST(p_replay ->> 'found' AS numeric), CAST(p_replay ->> 'wrong' AS numeric),
                    CAST(p_replay #>> '{live,found}' AS numeric), CAST(p_replay #>> '{live,wrong}' AS numeric))) AS r(posts, found, wrong, live_found, live_wrong)) END
$$;

CREATE TABLE studio.rulebook (
  number     int PRIMARY KEY CHECK (number > 0),
  state      text NOT NULL CHECK (state IN ('draft', 'shadow', 'live', 'retired')),
  rules      jsonb NOT NULL CONSTRAINT rulebook_rules CHECK (studio.is_rules(rules)),
  note       text NOT NULL CHECK (length(note) <= 1000),
  version    int NOT NULL CHECK (version > 0),  -- counts the edits of the draft
  written_by text NOT NULL,
  written_at timestamptz NOT NULL,
  moved_by   text,                              -- who brought it to its state
  moved_at   timestamptz,
  replay     jsonb CHECK (replay IS NULL OR studio.is_replay(replay)), -- what it had shown when it went on
  reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 1000), -- why it went live all the same
  ended      text NOT NULL DEFAULT '' CHECK (length(ended) <= 1000),  -- why it was taken out of force
  CHECK ((state = 'draft') = (moved_by IS NULL) AND (moved_by IS NULL) = (moved_at IS NULL)),
  -- Binds the owner's own hand too.
  CONSTRAINT rulebook_takeover CHECK (state <> 'live' OR reason <> '' OR studio.takes_over(replay))
);
-- One draft, one in the shadow, one live.
CREATE UNIQUE INDEX rulebook_once ON studio.rulebook (state) WHERE state <> 'retired';
GRANT SELECT ON studio.rulebook TO moderator, lead, auditor, administrator, worker;
ALTER TABLE studio.rulebook ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.rulebook FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL);

-- What is out stands as it was written, and goes one way.
CREATE FUNCTION studio.rulebook_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.state = 'draft' AND NEW.state = 'draft' AND NEW.number = OLD.number AND NEW.version = OLD.version + 1 THEN
      RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) IN (('draft', 'shadow'), ('draft', 'live'), ('draft', 'retired'), ('shadow', 'live'), ('shadow', 'retired'), ('live', 'retired'))
       AND to_jsonb(OLD) - '{state,moved_by,moved_at,replay,reason,ended}'::text[] = to_jsonb(NEW) - '{state,moved_by,moved_at,replay,reason,ended}'::text[]
       AND (NEW.state = 'live' OR OLD.reason = NEW.reason) AND (NEW.state <> 'retired' OR OLD.replay IS NOT DISTINCT FROM NEW.replay) THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% on % is refused: what is out stands as it was written', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER rulebook_keep_rows BEFORE UPDATE OR DELETE ON studio.rulebook
  FOR EACH ROW EXECUTE FUNCTION studio.rulebook_keep();
CREATE TRIGGER rulebook_keep_table BEFORE TRUNCATE ON studio.rulebook
  FOR EACH STATEMENT EXECUTE FUNCTION studio.rulebook_keep();

-- The record keeps a digest of the whole row: thousands of phrases would swell it, and
-- every version stands in the table. verify computes the same.
CREATE FUNCTION studio.rulebook_digest(r studio.rulebook) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT encode(sha256(convert_to(CAST(jsonb_build_array(r.number, r.state, r.rules, r.note, r.version, r.written_by, studio.rfc3339(r.written_at),
    r.moved_by, studio.rfc3339(r.moved_at), r.replay, r.reason, r.ended) AS text), 'UTF8')), 'hex')
$$;
CREATE FUNCTION studio.rulebook_noted(p_request uuid, p_action text, p_from text, r studio.rulebook) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.audit_write(p_action, 'rulebook', CAST(r.number AS text), p_request, jsonb_build_object('from', p_from, 'state', r.state, 'version', r.version,
    'rules', jsonb_array_length(r.rules), 'override', r.state = 'live' AND NOT coalesce(studio.takes_over(r.replay), false), 'rulebook_sha256', studio.rulebook_digest(r)))
$$;

-- Answers as programs read it, so that whoever saved knows number and version.
CREATE FUNCTION studio.rulebook_answer(r studio.rulebook) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT jsonb_build_object('number', r.number, 'state', r.state, 'version', r.version, 'written_by', r.written_by, 'written_at', studio.rfc3339(r.written_at))
$$;

-- Makes the draft (p_before NULL) or goes on with it: p_number and p_before are the
-- draft that the lead saw, so that two of them don't write over each other.
CREATE FUNCTION studio.rulebook_save(p_request uuid, p_number int, p_before int, p_rules jsonb, p_note text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('rulebook_save', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'rulebook_save', jsonb_build_array(p_number, p_before, p_rules, p_note));
  remark CONSTANT text := studio.trimmed(p_note);
  b studio.rulebook;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF NOT studio.is_rules(p_rules) THEN
    PERFORM studio.refuse('field_value', 'field', 'rules', 'value', left(coalesce(CAST(p_rules AS text), ''), 40));
  END IF;
  IF length(remark) > 1000 THEN
    PERFORM studio.refuse('field_value', 'field', 'note', 'value', left(remark, 40) || '…');
  END IF;
  LOCK TABLE studio.rulebook IN SHARE ROW EXCLUSIVE MODE; -- scans and readers go on
  SELECT * INTO b FROM studio.rulebook WHERE state = 'draft';
  IF p_before IS NULL AND b.number IS NOT NULL OR p_before IS NOT NULL AND (b.number, b.version) IS DISTINCT FROM (p_number, p_before) THEN
    PERFORM studio.refuse('rule_changed', 'what', 'rulebook', 'id', coalesce(CAST(coalesce(b.number, p_number) AS text), ''));
  END IF;
  IF p_before IS NULL THEN
    INSERT INTO studio.rulebook (number, state, rules, note, version, written_by, written_at)
      SELECT coalesce(max(number), 0) + 1, 'draft', p_rules, remark, 1, login, clock_timestamp() FROM studio.rulebook RETURNING * INTO b;
  ELSE
    UPDATE studio.rulebook SET rules = p_rules, note = remark, version = version + 1, written_by = login, written_at = clock_timestamp()
     WHERE number = b.number RETURNING * INTO b;
  END IF;
  PERFORM studio.rulebook_noted(p_request, 'rulebook.save', 'draft', b);
  RETURN studio.request_end(p_request, studio.rulebook_answer(b));
END
$$;
GRANT EXECUTE ON FUNCTION studio.rulebook_save TO lead;

-- Brings a rulebook to shadow, live or retired. p_version is the edit that was seen.
-- Going live takes a replay, which the last move may have kept, against the rules that
-- are in force now; one by which it must not take over takes a reason.
CREATE FUNCTION studio.rulebook_move(p_request uuid, p_number int, p_version int, p_to text, p_replay jsonb, p_reason text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('rulebook_move', 'lead');
  done CONSTANT jsonb := studio.request_begin(p_request, 'rulebook_move', jsonb_build_array(p_number, p_version, p_to, p_replay, p_reason));
  words CONSTANT text := studio.trimmed(p_reason);
  b studio.rulebook;
  before studio.rulebook;
  live int;
  shown jsonb;
  stands text;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF length(words) > 1000 THEN
    PERFORM studio.refuse('field_value', 'field', 'reason', 'value', left(words, 40) || '…');
  END IF;
  IF p_replay IS NOT NULL AND NOT studio.is_replay(p_replay) THEN
    PERFORM studio.refuse('field_value', 'field', 'replay', 'value', left(CAST(p_replay AS text), 40));
  END IF;
  LOCK TABLE studio.rulebook IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO b FROM studio.rulebook WHERE number = p_number;
  IF b.number IS NULL THEN
    PERFORM studio.refuse('not_found', 'what', 'rulebook', 'id', coalesce(CAST(p_number AS text), ''));
  END IF;
  IF b.version IS DISTINCT FROM p_version THEN
    PERFORM studio.refuse('rule_changed', 'what', 'rulebook', 'id', CAST(b.number AS text));
  END IF;
  IF NOT coalesce((b.state, p_to) IN (('draft', 'shadow'), ('draft', 'live'), ('draft', 'retired'), ('shadow', 'live'), ('shadow', 'retired'), ('live', 'retired')), false) THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', left(coalesce(p_to, ''), 40), 'stage', b.state);
  END IF;
  IF b.state = 'live' AND words = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'reason');
  END IF;
  stands := b.state;
  shown := coalesce(p_replay || jsonb_build_object('at', studio.rfc3339(clock_timestamp())), b.replay);
  IF p_to = 'live' THEN
    SELECT number INTO live FROM studio.rulebook WHERE state = 'live';
    IF shown IS NULL THEN
      PERFORM studio.refuse('replay_needed');
    END IF;
    -- Against others than those that are in force now it says nothing.
    IF CAST(substring(shown #>> '{live,model}' FROM '[+]r([0-9]{1,9})$') AS int) IS DISTINCT FROM live THEN
      PERFORM studio.refuse('rule_changed', 'what', 'rulebook', 'id', coalesce(CAST(live AS text), ''));
    END IF;
    IF words = '' AND NOT studio.takes_over(shown) THEN
      PERFORM studio.refuse('replay_worse', 'found', shown ->> 'found', 'wrong', shown ->> 'wrong', 'live_found', shown #>> '{live,found}', 'live_wrong', shown #>> '{live,wrong}');
    END IF;
  END IF;

  -- The one that it takes the place of.
  UPDATE studio.rulebook SET state = 'retired', moved_by = login, moved_at = clock_timestamp()
   WHERE state = p_to AND p_to <> 'retired' RETURNING * INTO before;
  IF before.number IS NOT NULL THEN
    PERFORM studio.rulebook_noted(p_request, 'rulebook.move', p_to, before);
    PERFORM studio.scan_forget(before.number);
  END IF;
  UPDATE studio.rulebook SET state = p_to, moved_by = login, moved_at = clock_timestamp(),
      replay = CASE WHEN p_to = 'retired' THEN replay ELSE shown END,
      reason = CASE WHEN p_to = 'live' THEN words ELSE reason END,
      ended = CASE WHEN p_to = 'retired' THEN words ELSE ended END
    WHERE number = p_number RETURNING * INTO b;
  PERFORM studio.rulebook_noted(p_request, 'rulebook.move', stands, b);
  IF p_to = 'retired' THEN
    PERFORM studio.scan_forget(b.number);
  ELSIF p_to = 'live' THEN
    PERFORM studio.scan_comes_out(b.number);
  END IF;
  RETURN studio.request_end(p_request, studio.rulebook_answer(b));
END
$$;
GRANT EXECUTE ON FUNCTION studio.rulebook_move TO lead;

-- The number of the rulebook in a model's version, "hand-1+r3"; NULL for one without.
CREATE FUNCTION studio.rulebook_of(p_model text) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CAST(substring(p_model FROM '[+]r([0-9]{1,9})$') AS int)
$$;

-- Nothing waits any more for the models of a rulebook that retired.
CREATE FUNCTION studio.scan_forget(p_number int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  models CONSTANT smallint[] := ARRAY(SELECT id FROM studio.scan_model WHERE studio.rulebook_of(version) = p_number);
BEGIN
  UPDATE studio.scan_model SET awake = false WHERE id = ANY (models) AND awake;
  DELETE FROM studio.scan_wait WHERE model = ANY (models);
  DELETE FROM studio.scan_lease WHERE model = ANY (models);
END
$$;

-- Out of the shadow: what a rulebook flagged there opened no case and kept no evidence,
-- so these posts are scored once more, and those from before the shadow for the first
-- time. The rulebook's row is locked: no score of the shadow is still on its way.
CREATE FUNCTION studio.scan_comes_out(p_number int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  models CONSTANT smallint[] := ARRAY(SELECT id FROM studio.scan_model WHERE studio.rulebook_of(version) = p_number);
BEGIN
  WITH gone AS (
    DELETE FROM studio.post_score WHERE model = ANY (models) AND flag RETURNING model, post
  )
  INSERT INTO studio.scan_wait (model, post) SELECT g.model, g.post FROM gone g JOIN studio.scan_model m ON m.id = g.model WHERE m.awake ORDER BY g.post;
  UPDATE studio.scan_model SET filled_to = '' WHERE id = ANY (models);
END
$$;

RESET ROLE;
-- +goose StatementEnd
