-- Who somebody is. A person is a login role with a row here; the row says what
-- they may do, the login role's group what they may read.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.person (
  login     text PRIMARY KEY CHECK (login ~ '^[a-z][a-z0-9_.-]{0,62}$'),
  name      text NOT NULL CHECK (name <> ''),
  role      text NOT NULL CHECK (role IN ('moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker')),
  regions   text[] NOT NULL DEFAULT '{}', -- empty means all
  languages text[] NOT NULL DEFAULT '{}', -- empty means all
  brands    text[] NOT NULL DEFAULT '{}', -- whom they act for, and so never decide on
  active    bool NOT NULL DEFAULT true,
  added_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON studio.person TO moderator, lead, marketer, auditor, administrator, worker;

CREATE FUNCTION studio.who_am_i() RETURNS studio.person
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT p FROM studio.person p WHERE p.login = studio.me()
$$;
GRANT EXECUTE ON FUNCTION studio.who_am_i() TO PUBLIC;

CREATE FUNCTION studio.tied_to(p_login text, p_brand text) RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(p_brand, '') <> '' AND EXISTS (
    SELECT FROM studio.person p, unnest(p.brands) AS own(brand)
     WHERE p.login = p_login AND studio.fold(own.brand) = studio.fold(p_brand))
$$;

-- begin_write is the first line of every function that writes. It returns the
-- login, or refuses: a login without a person, a person without one of the roles,
-- a client too old to write.
--
-- READ COMMITTED is asked for because the checks that follow must see what was
-- committed while they waited for a lock, not the picture of a transaction that a
-- hostile client opened an hour ago. For the same reason no check reads now().
CREATE FUNCTION studio.begin_write(p_action text, VARIADIC p_roles text[]) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  person studio.person;
  need int;
BEGIN
  SELECT * INTO person FROM studio.person p WHERE p.login = studio.me() AND p.active;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_known', 'login', studio.me());
  END IF;
  IF person.role <> ALL (p_roles) THEN
    PERFORM studio.refuse('no_right', 'login', person.login, 'action', p_action);
  END IF;
  SELECT write_from INTO need FROM studio.compat;
  IF studio.client_level() < need THEN
    PERFORM studio.refuse('schema_new', 'have', studio.client_level()::text, 'need', need::text);
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'studio.% runs in READ COMMITTED only', p_action USING ERRCODE = 'invalid_transaction_state';
  END IF;
  RETURN person.login;
END
$$;

RESET ROLE;
-- +goose StatementEnd
