-- The owner, the group roles and the empty schema.
--
-- Nobody logs in as the owner. Whoever runs migrations becomes it for the length
-- of one (SET LOCAL ROLE), so that everything here belongs to it, and the
-- functions of the later files run with its rights. Making logins is another
-- right, and belongs to a clerk who can't see a single table: a mistake in a
-- function over tables must not be able to make somebody a login, or the reverse.
--
-- Roles belong to the whole cluster, and several databases of one cluster may
-- migrate at the same moment. So each step is taken in a loop that takes "it is
-- there already" and "somebody touched it meanwhile" for an answer and looks again.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
  groups CONSTANT text[] := ARRAY['moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker'];
  modern CONSTANT bool := current_setting('server_version_num')::int >= 160000;
  name text;
  step record;
  tries int;
BEGIN
  FOR step IN
    SELECT format('EXISTS (SELECT FROM pg_roles WHERE rolname = %L)', r) AS done,
           -- NOINHERIT matters for administrators alone: they may become the owner
           -- on purpose, and don't have its rights by the way.
           format('CREATE ROLE %I NOLOGIN NOINHERIT', r) AS todo
      FROM unnest(groups || ARRAY['cinnabar_owner', 'cinnabar_clerk']) AS r
    UNION ALL
    SELECT '(SELECT rolcreaterole FROM pg_roles WHERE rolname = ''cinnabar_clerk'')',
           'ALTER ROLE cinnabar_clerk CREATEROLE'
    UNION ALL
    SELECT 'pg_has_role(''administrator'', ''cinnabar_owner'', ''MEMBER'')',
           'GRANT cinnabar_owner TO administrator'
    UNION ALL
    -- From version 16 on CREATEROLE alone doesn't let the clerk give out a
    -- role: it also needs the admin option. It inherits nothing from that.
    SELECT format('pg_has_role(''cinnabar_clerk'', %L, ''MEMBER WITH ADMIN OPTION'')', r),
           format('GRANT %I TO cinnabar_clerk WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', r)
      FROM unnest(groups) AS r WHERE modern
    UNION ALL
    -- Whoever migrates a shared server needn't be a superuser, but must be able
    -- to become both.
    SELECT format('pg_has_role(current_user, %L, ''MEMBER'')', r),
           format('GRANT %I TO %I', r, current_user)
      FROM unnest(ARRAY['cinnabar_owner', 'cinnabar_clerk']) AS r
  LOOP
    tries := 0;
    LOOP
      EXECUTE 'SELECT ' || step.done INTO STRICT name;
      EXIT WHEN name::bool;
      BEGIN
        EXECUTE step.todo;
      EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
        tries := tries + 1;
        IF tries > 50 THEN RAISE; END IF;
      END;
    END LOOP;
  END LOOP;
END
$$;

CREATE SCHEMA studio AUTHORIZATION cinnabar_owner;
GRANT USAGE ON SCHEMA studio TO moderator, lead, marketer, auditor, administrator, worker, cinnabar_clerk;

-- A login that means something in one database of the cluster means nothing in the
-- next, so CONNECT is given person by person (login_ready), and TEMPORARY to nobody:
-- a temporary table could stand where a function expects one of ours.
DO $$
BEGIN
  IF pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
    EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO cinnabar_clerk WITH GRANT OPTION', current_database());
  END IF;
END
$$;

-- Postgres lets everybody execute a new function unless it is told not to.
ALTER DEFAULT PRIVILEGES FOR ROLE cinnabar_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE cinnabar_clerk REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DROP SCHEMA studio CASCADE;
-- +goose StatementEnd
