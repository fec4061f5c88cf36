-- The record that nobody can rewrite: 64 chains of hashes, so that writers on
-- different subjects don't wait for each other (one global chain costs most of the
-- throughput, 64 cost almost none). A row's hash covers the hash before it and
-- every byte of the row, so an altered, missing or moved row shows.
--
-- Left over: whoever may alter tables (a superuser; the owner, by DDL) can switch
-- the triggers off, and can cut the newest rows together with the head. The first
-- shows in verify; the second only against heads exported earlier.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.audit (
  chain   smallint    NOT NULL CHECK (chain BETWEEN 0 AND 63),
  seq     bigint      NOT NULL CHECK (seq > 0),
  at      timestamptz NOT NULL,
  actor   text        NOT NULL,
  action  text        NOT NULL, -- family.verb, e.g. case.decide
  kind    text        NOT NULL, -- what it happened to: case, application, post, person …
  target  text        NOT NULL,
  request uuid,                 -- NULL for what nobody asked for
  detail  text        NOT NULL, -- a JSON object as text: jsonb would not keep its bytes
  hash    bytea       NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (chain, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_by_time ON studio.audit (at, chain, seq);
CREATE INDEX audit_by_target ON studio.audit (target, at);
CREATE INDEX audit_by_actor ON studio.audit (actor, at);

CREATE TABLE studio.audit_head (
  chain smallint PRIMARY KEY,
  seq   bigint NOT NULL,
  hash  bytea  NOT NULL
) WITH (fillfactor = 10); -- 64 hot rows, one to a page if it can be: updates stay beside them
INSERT INTO studio.audit_head SELECT n, 0, decode(repeat('00', 32), 'hex') FROM generate_series(0, 63) AS n;

-- Rows on their way into a chain, for the length of one transaction. Unlogged:
-- what a crash takes from here was never committed.
CREATE UNLOGGED TABLE studio.audit_pending (
  id      bigint GENERATED ALWAYS AS IDENTITY,
  xact    xid8 NOT NULL DEFAULT pg_current_xact_id(),
  chain   smallint NOT NULL,
  at      timestamptz NOT NULL,
  actor   text NOT NULL,
  action  text NOT NULL,
  kind    text NOT NULL,
  target  text NOT NULL,
  request uuid,
  detail  text NOT NULL,
  PRIMARY KEY (xact, id)
);

-- A moderator sees what they did themselves: the record of a colleague's first
-- opinion would spoil the second.
ALTER TABLE studio.audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY audit_own ON studio.audit FOR SELECT TO moderator, worker USING (actor = (SELECT studio.me()));
CREATE POLICY audit_all ON studio.audit FOR SELECT TO lead, auditor, administrator USING (true);
GRANT SELECT ON studio.audit TO moderator, worker, lead, auditor, administrator;
GRANT SELECT ON studio.audit_head TO lead, auditor, administrator;

CREATE FUNCTION studio.audit_keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: the record is only ever added to', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_keep_rows BEFORE UPDATE OR DELETE ON studio.audit
  FOR EACH ROW EXECUTE FUNCTION studio.audit_keep();
CREATE TRIGGER audit_keep_table BEFORE TRUNCATE ON studio.audit
  FOR EACH STATEMENT EXECUTE FUNCTION studio.audit_keep();
CREATE TRIGGER audit_keep_heads BEFORE DELETE ON studio.audit_head
  FOR EACH ROW EXECUTE FUNCTION studio.audit_keep();
CREATE TRIGGER audit_keep_head_table BEFORE TRUNCATE ON studio.audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION studio.audit_keep();

-- month_ready makes the partition of a month when it is missing and returns true
-- if it made one. Building it beside the table and attaching it asks for a weaker
-- lock than CREATE … PARTITION OF, so readers and writers go on meanwhile.
CREATE FUNCTION studio.month_ready(p_parent text, p_at timestamptz) RETURNS bool
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  first CONSTANT timestamp := date_trunc('month', p_at AT TIME ZONE 'UTC');
  part CONSTANT text := p_parent || to_char(first, '"_"YYYY"_"MM');
BEGIN
  IF to_regclass(format('studio.%I', part)) IS NOT NULL THEN
    RETURN false;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('studio.month_ready ' || part, 0));
  -- Asked of the catalogue's rows, because to_regclass may answer out of a cache that
  -- waiting for an advisory lock doesn't bring up to date.
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

CREATE FUNCTION studio.audit_month_ready(p_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF studio.month_ready('audit', p_at) THEN
    -- Triggers for rows come with the attachment, those for TRUNCATE don't.
    EXECUTE format('CREATE TRIGGER audit_keep_table BEFORE TRUNCATE ON studio.%I FOR EACH STATEMENT EXECUTE FUNCTION studio.audit_keep()',
      'audit' || to_char(p_at AT TIME ZONE 'UTC', '"_"YYYY"_"MM'));
  END IF;
END
$$;
SELECT studio.audit_month_ready(now() + n * interval '1 month') FROM generate_series(0, 2) AS n;

-- The bytes that are hashed: each field as its length in bytes, a colon, and the
-- bytes, so that no two rows can be written the same. store/audit.go does the same.
-- Both are bound when they are made and have no settings of their own, so that the
-- planner can put them into the statement that calls them.
CREATE FUNCTION studio.audit_field(p_field text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_to(CAST(octet_length(p_field) AS text) || ':' || p_field, 'UTF8');

CREATE FUNCTION studio.audit_canonical(p_prev bytea, p_chain smallint, p_seq bigint, p_at timestamptz,
  p_actor text, p_action text, p_kind text, p_target text, p_request uuid, p_detail text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN convert_to('16:cinnabar.audit.132:', 'UTF8') || p_prev
  || studio.audit_field(CAST(p_chain AS text))
  || studio.audit_field(CAST(p_seq AS text))
  || studio.audit_field(to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
  || studio.audit_field(p_actor)
  || studio.audit_field(p_action)
  || studio.audit_field(p_kind)
  || studio.audit_field(p_target)
  || studio.audit_field(coalesce(CAST(p_request AS text), ''))
  || studio.audit_field(p_detail);

-- audit_write says what happened. The row joins its chain when the transaction
-- commits, not here: a chain's head is locked until then, and a transaction that
-- writes about many subjects would lock heads in any order, which is how two
-- scans would deadlock.
CREATE FUNCTION studio.audit_write(p_action text, p_kind text, p_target text, p_request uuid, p_detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  INSERT INTO studio.audit_pending (chain, at, actor, action, kind, target, request, detail)
  VALUES (get_byte(sha256(convert_to(p_kind || ':' || p_target, 'UTF8')), 0) & 63,
          clock_timestamp(), studio.me(), p_action, p_kind, p_target, p_request, p_detail::text)
$$;

-- SECURITY DEFINER, because a deferred trigger runs with the rights of whoever
-- commits. The first call of a transaction moves all its rows, heads in ascending
-- order; the calls for its other rows find nothing left.
CREATE FUNCTION studio.audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  p studio.audit_pending;
  head studio.audit_head;
BEGIN
  FOR p IN SELECT * FROM studio.audit_pending WHERE xact = pg_current_xact_id() ORDER BY chain, id LOOP
    PERFORM studio.audit_month_ready(p.at);
    -- One statement locks the head and computes on: having waited for another
    -- transaction, it reads the head that this one left.
    UPDATE studio.audit_head h
       SET seq = h.seq + 1,
           hash = sha256(studio.audit_canonical(h.hash, h.chain, h.seq + 1, p.at, p.actor, p.action, p.kind, p.target, p.request, p.detail))
     WHERE h.chain = p.chain RETURNING h.* INTO STRICT head;
    INSERT INTO studio.audit (chain, seq, at, actor, action, kind, target, request, detail, hash)
      VALUES (p.chain, head.seq, p.at, p.actor, p.action, p.kind, p.target, p.request, p.detail, head.hash);
  END LOOP;
  DELETE FROM studio.audit_pending WHERE xact = pg_current_xact_id();
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON studio.audit_pending
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION studio.audit_chain();

RESET ROLE;
-- +goose StatementEnd
