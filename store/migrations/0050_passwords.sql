-- Passwords, and the end of somebody's time here.
--
-- A password never comes here: the client computes what Postgres keeps of one (a
-- SCRAM verifier) and sends that, so that no log of statements can hold more.

-- +goose Up
-- +goose StatementBegin

-- Two memberships that outlive this migration. They need whoever made the roles (a
-- superuser, or the login of the first migration), hence not the owner; once one
-- database of the cluster has them, an administrator can bring the others here.
--
-- An administrator may become the clerk, as they may become the owner, so that a
-- later migration that touches the clerk's functions needs nobody stronger. It
-- hands out nothing new: whoever is the owner can rewrite studio.refuse, which the
-- clerk's functions call with the clerk's rights. docs/database.md says what this
-- means for an administrator's login.
--
-- Ending other people's sessions is a right that not every server gives away.
-- Without it people are disabled all the same, and their open sessions go on
-- reading until they end.
SET LOCAL ROLE NONE;
DO $$
DECLARE
  modern CONSTANT bool := current_setting('server_version_num')::int >= 160000;
  step record;
  done bool;
  tries int;
BEGIN
  FOR step IN
    SELECT 'pg_has_role(''administrator'', ''cinnabar_clerk'', ''MEMBER'')' AS done, true AS needed,
           'GRANT cinnabar_clerk TO administrator' || CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END AS todo
    UNION ALL
    -- The right counts only if it is inherited. Before version 16 that is a trait of
    -- the clerk, who is a member of nothing else there.
    SELECT '(SELECT rolinherit FROM pg_roles WHERE rolname = ''cinnabar_clerk'')', false, 'ALTER ROLE cinnabar_clerk INHERIT'
     WHERE NOT modern
    UNION ALL
    SELECT 'pg_has_role(''cinnabar_clerk'', ''pg_signal_backend'', ''USAGE'')', false,
           'GRANT pg_signal_backend TO cinnabar_clerk' || CASE WHEN modern THEN ' WITH INHERIT TRUE, SET FALSE' ELSE '' END
  LOOP
    tries := 0;
    LOOP
      EXECUTE 'SELECT ' || step.done INTO STRICT done;
      EXIT WHEN done;
      BEGIN
        EXECUTE step.todo;
        EXIT WHEN NOT step.needed;
      EXCEPTION
        WHEN insufficient_privilege THEN
          IF step.needed THEN RAISE; END IF;
          RAISE NOTICE 'the sessions of people who are disabled will not be ended: %', SQLERRM;
          EXIT;
        WHEN duplicate_object OR unique_violation OR internal_error THEN -- another database of the cluster is at it
          tries := tries + 1;
          IF tries > 50 THEN RAISE; END IF;
      END;
    END LOOP;
  END LOOP;
END
$$;

SET LOCAL ROLE cinnabar_owner;
GRANT CREATE ON SCHEMA studio TO cinnabar_clerk;
SET LOCAL ROLE cinnabar_clerk;

-- login_secret gives a login a password, as its SCRAM verifier. Postgres would take
-- any other text for the password itself and hash it, so the form is asked for to
-- the letter: 4096 rounds, 16 bytes of salt, two keys of 32 bytes.
--
-- Whoever sets a password can log in with it. So only a login that is a person and
-- nothing else gets one here: one with rights of its own elsewhere in the cluster
-- (another database's, another program's) would be taken over by it.
CREATE FUNCTION studio.login_secret(p_login text, p_verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  groups CONSTANT text[] := ARRAY['moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker'];
  tries int := 0;
BEGIN
  IF coalesce(p_verifier, '') !~ '^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{21}[AQgw]==\$[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$' THEN
    -- Without the text: it may be a password that took the wrong way.
    RAISE EXCEPTION 'not a SCRAM-SHA-256 verifier' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT EXISTS (
      SELECT FROM pg_roles r
       WHERE r.rolname = p_login AND r.rolname <> ALL (groups) AND r.rolname !~ '^(pg_|cinnabar_)' AND r.rolcanlogin
         AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication)
         AND EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
         AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND CAST(CAST(m.roleid AS regrole) AS text) <> ALL (groups))
         AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND CAST(CAST(m.member AS regrole) AS text) NOT IN ('cinnabar_clerk'))
         -- What a login owns or was given, in all databases; a person has CONNECT and nothing else.
         AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = CAST('pg_authid' AS regclass) AND d.refobjid = r.oid
                          AND NOT (d.classid = CAST('pg_database' AS regclass) AND d.deptype = 'a'))) THEN
    PERFORM studio.refuse('field_value', 'field', 'login', 'value', coalesce(p_login, ''));
  END IF;
  LOOP
    BEGIN
      EXECUTE format('ALTER ROLE %I PASSWORD %L', p_login, p_verifier);
      EXIT;
    EXCEPTION WHEN internal_error THEN -- another database of the cluster changed the role at this moment
      tries := tries + 1;
      IF tries > 50 THEN RAISE; END IF;
    END;
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION studio.login_secret(text, text) TO cinnabar_owner;

-- login_shut takes the database away. The role stays: it may be somebody in
-- another database of this cluster. An administrator loses the group as well, in
-- the whole cluster: from any database that lets them in they could become the
-- clerk and give this one back to themselves.
CREATE OR REPLACE FUNCTION studio.login_shut(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  tries int := 0;
BEGIN
  LOOP
    BEGIN
      EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), p_login);
      IF EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = CAST('administrator' AS regrole)
                  AND m.member = CAST(format('%I', p_login) AS regrole)) THEN
        EXECUTE format('REVOKE administrator FROM %I', p_login);
      END IF;
      EXIT;
    EXCEPTION WHEN internal_error THEN
      tries := tries + 1;
      IF tries > 50 THEN RAISE; END IF;
    END;
  END LOOP;
END
$$;

-- login_end ends a login's sessions in this database, but for the one that asks,
-- and returns how many it had no right to end.
CREATE FUNCTION studio.login_end(p_login text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  session record;
  spared int := 0;
BEGIN
  FOR session IN SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND usename = p_login AND pid <> pg_backend_pid() LOOP
    BEGIN
      PERFORM pg_terminate_backend(session.pid);
    EXCEPTION WHEN insufficient_privilege THEN
      spared := spared + 1;
    END;
  END LOOP;
  RETURN spared;
END
$$;
GRANT EXECUTE ON FUNCTION studio.login_end(text) TO cinnabar_owner;

SET LOCAL ROLE cinnabar_owner;
REVOKE CREATE ON SCHEMA studio FROM cinnabar_clerk;

-- An administrator who was disabled is nobody here, even in a session that is still
-- open: they must not bring themselves back.
CREATE OR REPLACE FUNCTION studio.begin_people(p_action text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'cinnabar_owner', 'MEMBER') THEN
    PERFORM studio.begin_write(p_action, 'administrator');
  END IF;
  -- Two at once would touch the database's own row in pg_database, and one would fail.
  LOCK TABLE studio.person IN SHARE ROW EXCLUSIVE MODE;
  -- After the lock, because it may have been a colleague's disabling that held it.
  PERFORM FROM studio.person WHERE login = studio.me() AND NOT active;
  IF FOUND THEN
    PERFORM studio.refuse('not_known', 'login', studio.me());
  END IF;
END
$$;

-- person_password gives a person another password. The record says that it
-- happened and not what it is.
CREATE FUNCTION studio.person_password(p_request uuid, p_login text, p_verifier text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  done jsonb;
BEGIN
  PERFORM studio.begin_people('person_password');
  done := studio.request_begin(p_request, 'person_password', jsonb_build_array(p_login, p_verifier));
  IF done IS NOT NULL THEN RETURN done; END IF;

  PERFORM FROM studio.person WHERE login = p_login AND active;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'person', 'id', coalesce(p_login, ''));
  END IF;
  PERFORM studio.login_secret(p_login, p_verifier);
  PERFORM studio.audit_write('person.password', 'person', p_login, p_request);
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.person_password TO administrator;

CREATE OR REPLACE FUNCTION studio.person_disable(p_request uuid, p_login text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  done jsonb;
BEGIN
  PERFORM studio.begin_people('person_disable');
  done := studio.request_begin(p_request, 'person_disable', jsonb_build_array(p_login));
  IF done IS NOT NULL THEN RETURN done; END IF;

  UPDATE studio.person SET active = false WHERE login = p_login;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'person', 'id', p_login);
  END IF;
  PERFORM studio.login_shut(p_login);
  PERFORM studio.login_end(p_login);
  PERFORM studio.audit_write('person.disable', 'person', p_login, p_request);
  RETURN studio.request_end(p_request, '{}');
END
$$;

-- person_leave ends what person_disable could not: a program whose session ended
-- connects again at once, and until the disabling is committed it may.
CREATE FUNCTION studio.person_leave(p_request uuid, p_login text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  done jsonb;
BEGIN
  PERFORM studio.begin_people('person_disable');
  done := studio.request_begin(p_request, 'person_leave', jsonb_build_array(p_login));
  IF done IS NOT NULL THEN RETURN done; END IF;

  PERFORM FROM studio.person WHERE login = p_login AND NOT active;
  IF NOT FOUND THEN
    PERFORM studio.refuse('not_found', 'what', 'person', 'id', coalesce(p_login, ''));
  END IF;
  RETURN studio.request_end(p_request, jsonb_build_object('spared', studio.login_end(p_login)));
END
$$;
GRANT EXECUTE ON FUNCTION studio.person_leave TO administrator;

RESET ROLE;
-- +goose StatementEnd
