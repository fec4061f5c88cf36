-- What every function of the later files stands on: how a refusal is said, who
-- is speaking, which client may write, the settings, identifiers.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A refusal that reaches a person: MESSAGE is a code of internal/fault, DETAIL its
-- arguments as a JSON object. One SQLSTATE for all of them, so that the client
-- never has to guess from a text whether it was meant for a person.
CREATE FUNCTION studio.refuse(p_code text, VARIADIC p_args text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'CN001', MESSAGE = p_code, DETAIL = jsonb_object(p_args)::text;
END
$$;

-- The login that opened the connection. SET ROLE doesn't change it, nor does
-- running inside one of our functions; a parameter would be a claim.
CREATE FUNCTION studio.me() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(session_user AS text);
GRANT EXECUTE ON FUNCTION studio.me() TO PUBLIC;

-- RFC 9562 version 7: 48 bits of milliseconds, the rest random. Postgres has its
-- own from version 18 on; the name with its schema stays ours.
CREATE FUNCTION studio.uuidv7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CAST(encode(
    -- Version 4 becomes 7 by two more bits of the nibble: 0100 to 0111.
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
              PLACING substring(int8send(CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS bigint)) FROM 3)
              FROM 1 FOR 6),
      52, 1), 53, 1), 'hex') AS uuid)
$$;

-- Names that a person would call the same: case, width and the number of spaces don't matter.
CREATE FUNCTION studio.fold(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT lower(regexp_replace(btrim(normalize(p_text, NFKC)), '\s+', ' ', 'g'))
$$;

-- What a person wrote, without the white space around it, the ideographic space too.
CREATE FUNCTION studio.trimmed(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT btrim(coalesce(p_text, ''), E' \t\r\n\u00a0\u3000')
$$;

-- Settings of this database. No function changes them from a desk; the owner does.
CREATE TABLE studio.setting (
  name  text PRIMARY KEY,
  value text NOT NULL
);
INSERT INTO studio.setting (name, value) VALUES
  ('undo_window', '10 seconds'),   -- from a decision to its effect
  ('lease',       '5 minutes'),    -- how long a claim holds without renewal
  ('sla_brand',   '3 days'),       -- from submission to a decision
  ('sla_post',    '24 hours'),     -- from the scan to a decision, for the least likely post
  ('time_zone',   'Asia/Shanghai');-- the platform's day
GRANT SELECT ON studio.setting TO moderator, lead, marketer, auditor, administrator, worker;

CREATE FUNCTION studio.setting_interval(p_name text) RETURNS interval
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CAST(value AS interval) FROM studio.setting WHERE name = p_name
$$;

-- Which clients may use this database. A client says its protocol level in
-- cinnabar.client when it connects. Migrations expand first and contract two
-- releases later; raising write_from is how an old client is kept from writing
-- rows that it doesn't understand any more, while it goes on reading.
CREATE TABLE studio.compat (
  single     bool PRIMARY KEY DEFAULT true CHECK (single),
  level      int NOT NULL, -- what this schema offers
  read_from  int NOT NULL,
  write_from int NOT NULL CHECK (write_from BETWEEN read_from AND level)
);
INSERT INTO studio.compat (level, read_from, write_from) VALUES (1, 1, 1);
GRANT SELECT ON studio.compat TO PUBLIC;

CREATE FUNCTION studio.client_level() RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN current_setting('cinnabar.client', true) ~ '^[0-9]{1,6}$'
              THEN CAST(current_setting('cinnabar.client', true) AS int) ELSE 0 END
$$;

RESET ROLE;
-- +goose StatementEnd
