-- Making people: the login role by the clerk, the row by the owner.

-- +goose Up
-- +goose StatementBegin
GRANT CREATE ON SCHEMA studio TO cinnabar_clerk;
SET LOCAL ROLE cinnabar_clerk;

-- login_ready makes a login role where there is none, and puts it into its
-- group. It never adopts a login that can do more than a person may.
CREATE FUNCTION studio.login_ready(p_login text, p_role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  groups CONSTANT text[] := ARRAY['moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker'];
  other text;
  is_in bool;
  tries int := 0;
BEGIN
  IF p_login = ANY (groups) OR p_login ~ '^(pg_|cinnabar_)' OR p_role <> ALL (groups) THEN
    PERFORM studio.refuse('field_value', 'field', 'login', 'value', p_login);
  END IF;
  IF p_role <> 'administrator' AND EXISTS (SELECT FROM pg_roles WHERE rolname = p_login
      AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication OR NOT rolcanlogin)) THEN
    PERFORM studio.refuse('field_value', 'field', 'login', 'value', p_login);
  END IF;
  -- Roles belong to the cluster: another database may be making the same login now.
  LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p_login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN INHERIT', p_login);
      END IF;
      FOREACH other IN ARRAY groups LOOP
        SELECT EXISTS (SELECT FROM pg_auth_members m
          WHERE m.member = format('%I', p_login)::regrole AND m.roleid = other::regrole) INTO is_in;
        IF is_in AND other <> p_role THEN
          EXECUTE format('REVOKE %I FROM %I', other, p_login);
        ELSIF NOT is_in AND other = p_role THEN
          EXECUTE format('GRANT %I TO %I', p_role, p_login);
        END IF;
      END LOOP;
      EXIT;
    EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
      tries := tries + 1;
      IF tries > 50 THEN RAISE; END IF;
    END;
  END LOOP;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), p_login);
END
$$;
GRANT EXECUTE ON FUNCTION studio.login_ready(text, text) TO cinnabar_owner;

-- login_shut takes the database away. The role stays: it may be somebody in
-- another database of this cluster.
CREATE FUNCTION studio.login_shut(p_login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM %I', current_database(), p_login);
END
$$;
GRANT EXECUTE ON FUNCTION studio.login_shut(text) TO cinnabar_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA studio FROM cinnabar_clerk;

SET LOCAL ROLE cinnabar_owner;
GRANT EXECUTE ON FUNCTION studio.refuse(text, text[]) TO cinnabar_clerk;

-- People are made by an administrator, or by whoever may become the owner: the
-- first administrator of a new database has to come from somewhere.
CREATE FUNCTION studio.begin_people(p_action text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'cinnabar_owner', 'MEMBER') THEN
    PERFORM studio.begin_write(p_action, 'administrator');
  END IF;
  -- Two at once would touch the database's own row in pg_database, and one would fail.
  LOCK TABLE studio.person IN SHARE ROW EXCLUSIVE MODE;
END
$$;

-- person_add makes a person, or changes one: the same login again means new words
-- for the same person, who is active then.
CREATE FUNCTION studio.person_add(p_request uuid, p_login text, p_name text, p_role text,
  p_regions text[] DEFAULT '{}', p_languages text[] DEFAULT '{}', p_brands text[] DEFAULT '{}') RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  done jsonb;
  as_given CONSTANT jsonb := jsonb_build_object('login', p_login, 'name', p_name, 'role', p_role,
    'regions', coalesce(p_regions, '{}'), 'languages', coalesce(p_languages, '{}'), 'brands', coalesce(p_brands, '{}'));
BEGIN
  PERFORM studio.begin_people('person_add');
  done := studio.request_begin(p_request, 'person_add', as_given);
  IF done IS NOT NULL THEN RETURN done; END IF;

  IF coalesce(p_login, '') !~ '^[a-z][a-z0-9_.-]{0,62}$' THEN
    PERFORM studio.refuse('field_value', 'field', 'login', 'value', coalesce(p_login, ''));
  END IF;
  IF studio.trimmed(p_name) = '' THEN
    PERFORM studio.refuse('field_missing', 'field', 'name');
  END IF;
  PERFORM studio.login_ready(p_login, p_role);
  INSERT INTO studio.person (login, name, role, regions, languages, brands)
    VALUES (p_login, studio.trimmed(p_name), p_role, coalesce(p_regions, '{}'), coalesce(p_languages, '{}'), coalesce(p_brands, '{}'))
    ON CONFLICT (login) DO UPDATE SET name = excluded.name, role = excluded.role, regions = excluded.regions,
      languages = excluded.languages, brands = excluded.brands, active = true;
  PERFORM studio.audit_write('person.add', 'person', p_login, p_request, as_given - 'login');
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.person_add TO administrator;

CREATE FUNCTION studio.person_disable(p_request uuid, p_login text) RETURNS jsonb
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
  PERFORM studio.audit_write('person.disable', 'person', p_login, p_request);
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.person_disable TO administrator;

RESET ROLE;
-- +goose StatementEnd
