-- Who sees what, in one place: asked of the person's row and of no group.
--
-- Until here policies named the groups they were for. A policy hangs on the roles it
-- names, and Postgres lets whoever is in a group run DROP OWNED BY that group: that
-- takes the group out of every policy, whoever owns the table. One moderator so could
-- close every table to all moderators for good, and took the restrictions along with
-- the rights. A policy for everybody hangs on no role. Grants are not in danger:
-- only who gave one takes it back.
--
-- A table still needs its grant to be read at all; the policy says which rows.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- The role of the person of this connection; NULL for a login that is no person here
-- and for one who was disabled, so that every policy below is shut to both, over a
-- connection that is open still too. These run with the owner's eyes: the list of
-- people has a policy that asks them.
CREATE FUNCTION studio.my_role() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN (SELECT p.role FROM studio.person p WHERE p.login = studio.me() AND p.active);
END
$$;
GRANT EXECUTE ON FUNCTION studio.my_role TO moderator, lead, marketer, auditor, administrator, worker;
CREATE OR REPLACE FUNCTION studio.am_active() RETURNS bool
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.person p WHERE p.login = studio.me() AND p.active);
END
$$;
-- How far the person's eyes go: 'all', 'some' (a desk with regions or languages of its
-- own), 'own' (a marketer) or 'none'. Policies ask it first and in a CASE: the planner
-- takes half of the rows for granted then, where it would guess that a chain of ORs
-- lets hardly any through, and sort a million rows for a page.
CREATE OR REPLACE FUNCTION studio.my_sight() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN coalesce((SELECT CASE
      WHEN p.role = 'marketer' THEN 'own'
      WHEN p.role IN ('moderator', 'lead') AND (p.regions <> '{}' OR p.languages <> '{}') THEN 'some'
      ELSE 'all' END
    FROM studio.person p WHERE p.login = studio.me() AND p.active), 'none');
END
$$;
-- NULL means all. An array without its NULLs, because "= ANY" over one answers NULL
-- where it should answer no.
CREATE OR REPLACE FUNCTION studio.my_regions() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN (SELECT array_remove(nullif(p.regions, '{}'), NULL) FROM studio.person p WHERE p.login = studio.me());
END
$$;
CREATE OR REPLACE FUNCTION studio.my_languages() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN (SELECT studio.language_pattern(p.languages) FROM studio.person p WHERE p.login = studio.me());
END
$$;
CREATE OR REPLACE FUNCTION studio.my_brands() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN (SELECT coalesce(array_agg(studio.fold(b)) FILTER (WHERE studio.fold(b) <> ''), '{}')
            FROM studio.person p, unnest(p.brands) AS b WHERE p.login = studio.me() AND p.active);
END
$$;

-- A marketer's applications: what they handed in or typed in, and what belongs to a
-- brand they act for. A set, so that its own indexes find it once a query.
CREATE FUNCTION studio.my_applications() RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  brands CONSTANT text[] := studio.my_brands();
BEGIN
  RETURN QUERY SELECT a.id FROM studio.application a
    WHERE studio.am_active() AND (a.submitted_by = studio.me() OR a.entered_by = studio.me() OR studio.fold(a.brand_name) = ANY (brands));
END
$$;
GRANT EXECUTE ON FUNCTION studio.my_applications TO moderator, lead, marketer, auditor, administrator, worker;

-- Is a second opinion on this case still to be given, or to be taken back by whoever
-- gave it? Until it is certain nobody reads the first, or one could decide, read, undo
-- and decide otherwise. For the same reason a transaction that has written anything
-- reads no opinion of others: it may decide, read, and be rolled back.
CREATE FUNCTION studio.opinion_due(p_case uuid) RETURNS bool
LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN pg_current_xact_id_if_assigned() IS NOT NULL
    OR EXISTS (SELECT FROM studio.cases c WHERE c.id = p_case AND c.stage = 'second')
    OR EXISTS (SELECT FROM studio.decision d
        WHERE d.case_id = p_case AND d.stage = 'second' AND d.undone_at IS NULL AND d.effective_at > clock_timestamp());
END
$$;

-- Does a desk see this case? For what hangs on cases and is read by groups too that have
-- no right on cases at all: a policy that named that table would refuse them its own.
CREATE FUNCTION studio.sees_case(p_case uuid) RETURNS bool
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN studio.my_sight() IN ('all', 'some') AND EXISTS (
    SELECT FROM studio.cases c WHERE c.id = p_case AND studio.in_sight(c.region, c.lang, studio.me()));
END
$$;
GRANT EXECUTE ON FUNCTION studio.opinion_due, studio.sees_case TO moderator, lead, marketer, auditor, administrator, worker;

DO $do$
DECLARE
  old record;
BEGIN
  FOR old IN SELECT p.polname, c.relname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
      WHERE c.relnamespace = CAST('studio' AS regnamespace) LOOP
    EXECUTE format('DROP POLICY %I ON studio.%I', old.polname, old.relname);
  END LOOP;
END
$do$;

-- Cases, and what hangs on them. (A SELECT in brackets is asked once a query.)
CREATE POLICY sight ON studio.queue FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true WHEN 'some' THEN
    (region = '' OR coalesce(region = ANY ((SELECT studio.my_regions())::text[]), true))
    AND (lang = '' OR coalesce(lang ~* (SELECT studio.my_languages()), true))
  ELSE false END);
CREATE POLICY sight ON studio.cases FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true WHEN 'some' THEN
    (region = '' OR coalesce(region = ANY ((SELECT studio.my_regions())::text[]), true))
    AND (lang = '' OR coalesce(lang ~* (SELECT studio.my_languages()), true))
  ELSE false END);
CREATE POLICY sight ON studio.evidence FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN studio.sees_case(case_id) ELSE false END);
CREATE POLICY sight ON studio.note FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN studio.sees_case(case_id) ELSE false END);
CREATE POLICY sight ON studio.decision FOR SELECT USING (
  CASE WHEN (SELECT studio.my_role() = 'auditor') THEN true
    WHEN (SELECT studio.my_role() IN ('moderator', 'lead')) THEN ((SELECT studio.my_sight()) = 'all' OR studio.sees_case(case_id))
      AND (person = (SELECT studio.me()) OR verdict <> 'approve' OR NOT studio.opinion_due(case_id))
  ELSE false END);
CREATE POLICY sight ON studio.appeal FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN studio.sees_case(case_id)
    WHEN 'own' THEN submitted_by = (SELECT studio.me()) OR entered_by = (SELECT studio.me()) ELSE false END);
CREATE POLICY sight ON studio.skip FOR SELECT USING (
  CASE WHEN (SELECT studio.my_role() IN ('lead', 'auditor')) THEN true
    WHEN (SELECT studio.my_role() = 'moderator') THEN person = (SELECT studio.me()) ELSE false END);

-- Applications and papers. They go by region; they name no language.
CREATE POLICY sight ON studio.application FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN region = '' OR coalesce(region = ANY ((SELECT studio.my_regions())::text[]), true)
    WHEN 'own' THEN id IN (SELECT studio.my_applications()) ELSE false END);
CREATE POLICY sight ON studio.document FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    ELSE EXISTS (SELECT FROM studio.application a WHERE a.id = application) END);
CREATE POLICY sight ON studio.application_version FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    ELSE EXISTS (SELECT FROM studio.application a WHERE a.id = application) END);

-- Pictures that are nobody's paper are public with their post; a paper is seen with its
-- application, and by whoever handed in its bytes. Knowing a picture's name is not
-- having it: naming somebody else's paper in an application of one's own would show it.
CREATE TABLE studio.picture_by (
  picture text COLLATE "C" NOT NULL REFERENCES studio.picture,
  person  text NOT NULL, -- the login that sent the bytes
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (picture, person)
);
INSERT INTO studio.picture_by SELECT id, first_by, first_at FROM studio.picture;
GRANT SELECT ON studio.picture_by TO moderator, lead, marketer, auditor, administrator, worker; -- the policy on pictures asks it as whoever asks
ALTER TABLE studio.picture_by ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.picture_by FOR SELECT USING (
  CASE WHEN (SELECT studio.my_role() = 'auditor') THEN true ELSE (SELECT studio.am_active()) AND person = (SELECT studio.me()) END);
CREATE POLICY sight ON studio.picture FOR SELECT USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN (SELECT studio.my_regions()) IS NULL OR NOT studio.is_paper(id)
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', id)))
    WHEN 'own' THEN EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = id AND b.person = (SELECT studio.me()))
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
  ELSE false END);

-- May the person of this connection hand in a picture as a paper by its name?
CREATE FUNCTION studio.may_show(p_picture text) RETURNS bool
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = p_picture AND b.person = studio.me())
    OR CASE
      WHEN studio.my_role() = 'marketer' THEN EXISTS (
        SELECT FROM studio.document d WHERE d.picture = p_picture AND d.application IN (SELECT studio.my_applications()))
      WHEN studio.my_sight() = 'some' THEN studio.my_regions() IS NULL OR NOT studio.is_paper(p_picture) OR EXISTS (
        SELECT FROM studio.document d JOIN studio.application a ON a.id = d.application
         WHERE d.picture = p_picture AND (a.region = '' OR a.region = ANY (studio.my_regions())))
      ELSE true
    END;
END
$$;

-- As before, and it remembers who sent the bytes, though they were there already.
CREATE OR REPLACE FUNCTION studio.pictures_import(p_request uuid, p_bytes bytea[], p_media text[], p_width int[], p_height int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'pictures');
  largest bigint;
  came bigint;
BEGIN
  SELECT max(octet_length(b)) INTO largest FROM unnest(p_bytes) AS b;
  IF largest > 20 << 20 THEN
    PERFORM studio.refuse('picture_large', 'have', round(largest / 1048576.0, 1) || ' MB', 'limit', '20 MB');
  END IF;
  IF EXISTS (SELECT FROM unnest(p_bytes) AS b WHERE coalesce(octet_length(b), 0) = 0) THEN
    PERFORM studio.refuse('picture_empty');
  END IF;
  -- In the order of names, so that two imports of the same pictures can't wait for
  -- each other within a part.
  INSERT INTO studio.picture (id, media, width, height, size, bytes, first_by)
    SELECT DISTINCT ON (1) encode(sha256(b), 'hex'), media, width, height, octet_length(b), b, login
      FROM unnest(p_bytes, p_media, p_width, p_height) AS x(b, media, width, height) ORDER BY 1
    ON CONFLICT (id) DO NOTHING;
  GET DIAGNOSTICS came = ROW_COUNT;
  INSERT INTO studio.picture_by (picture, person)
    SELECT DISTINCT encode(sha256(b), 'hex'), login FROM unnest(p_bytes) AS b ORDER BY 1
    ON CONFLICT DO NOTHING;
  PERFORM studio.import_count(p_request, came, 0, cardinality(p_bytes) - came);
END
$$;

-- As before, of pictures that may be shown.
CREATE OR REPLACE FUNCTION studio.documents_put(p_request uuid, a studio.application, p_row jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  strange text;
BEGIN
  SELECT d ->> 'picture' INTO strange FROM jsonb_array_elements(p_row -> 'documents') AS d
   WHERE coalesce(d ->> 'picture', '') <> '' AND NOT studio.may_show(d ->> 'picture') LIMIT 1;
  IF FOUND THEN
    PERFORM studio.refuse('field_value', 'field', 'documents.picture', 'value', left(strange, 40), 'id', a.id);
  END IF;
  DELETE FROM studio.document WHERE application = a.id;
  INSERT INTO studio.document (application, n, kind, picture, name, number, issuer, valid_from, valid_until, fields)
    SELECT a.id, o.n, d.kind, d.picture, d.name, d.number, d.issuer, d.valid_from, d.valid_until, d.fields
      FROM jsonb_array_elements(p_row -> 'documents') WITH ORDINALITY AS o(body, n),
           jsonb_populate_record(NULL::studio.document, o.body) AS d;
  INSERT INTO studio.application_version (application, version, content, entered_by, request)
    VALUES (a.id, a.version, p_row, a.entered_by, p_request);
END
$$;

-- The record. Moderators and processes read what they did themselves; a lead what is
-- not a first opinion that they might be asked to second.
CREATE POLICY sight ON studio.audit FOR SELECT USING (
  CASE WHEN (SELECT studio.my_role() IN ('auditor', 'administrator')) THEN true
    WHEN (SELECT studio.my_role() = 'lead') THEN actor = (SELECT studio.me()) OR action <> 'case.decide' OR kind <> 'case'
      OR NOT studio.opinion_due(CASE WHEN kind = 'case' THEN CAST(target AS uuid) END)
    WHEN (SELECT studio.my_role() IN ('moderator', 'worker')) THEN actor = (SELECT studio.me())
  ELSE false END);
ALTER TABLE studio.audit_head ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.audit_head FOR SELECT USING ((SELECT studio.my_role() IN ('lead', 'auditor', 'administrator')));
ALTER TABLE studio.request ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.request FOR SELECT USING ((SELECT studio.my_role() = 'auditor'));
ALTER TABLE studio.vote ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.vote FOR SELECT USING ((SELECT studio.my_role() = 'auditor'));

-- Brands' plans.
CREATE POLICY sight ON studio.campaign FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true
    WHEN 'marketer' THEN studio.fold(brand) = ANY ((SELECT studio.my_brands())::text[]) ELSE false END);
CREATE POLICY sight ON studio.contract FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.campaign c WHERE c.id = campaign) END);

-- What everybody who has the grant sees whole, as long as they are somebody.
DO $do$
DECLARE
  whole text;
BEGIN
  FOREACH whole IN ARRAY ARRAY['person', 'post_key', 'post', 'author', 'post_score', 'scan_model', 'scan_wait', 'scan_lease', 'import'] LOOP
    EXECUTE format('ALTER TABLE studio.%I ENABLE ROW LEVEL SECURITY', whole);
    EXECUTE format('CREATE POLICY sight ON studio.%I FOR SELECT USING ((SELECT studio.my_role()) IS NOT NULL)', whole);
  END LOOP;
END
$do$;

-- A table that nobody was given anything on gets a policy too, which lets nothing
-- through: a grant by mistake is then not the end of it.
ALTER TABLE studio.audit_pending ENABLE ROW LEVEL SECURITY;

-- The functions that read with the owner's eyes answer nobody who was disabled either.
CREATE OR REPLACE FUNCTION studio.my_approvals() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT q.case_id FROM studio.person p, studio.queue q JOIN studio.cases c ON c.id = q.case_id
   WHERE p.login = studio.me() AND p.active AND q.kind = 'brand' AND q.stage = 'second' AND studio.has_approved(c, p.login)
$$;
CREATE OR REPLACE FUNCTION studio.my_appealed() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT q.case_id FROM studio.person p, studio.queue q JOIN studio.cases c ON c.id = q.case_id
   WHERE p.login = studio.me() AND p.active AND q.stage = 'appeal' AND (studio.decided_on(q.case_id, p.login) OR studio.concerned(c, p.login))
$$;
CREATE OR REPLACE FUNCTION studio.my_skips() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT s.case_id FROM studio.person p JOIN studio.skip s ON s.person = p.login
   WHERE p.login = studio.me() AND p.active AND s.until > clock_timestamp()
$$;
CREATE OR REPLACE FUNCTION studio.case_hidden(p_case uuid) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CAST(count(*) AS int) FROM studio.person p, studio.decision d
   WHERE p.login = studio.me() AND p.active AND p.role IN ('moderator', 'lead')
     AND d.case_id = p_case AND d.verdict = 'approve' AND d.undone_at IS NULL AND d.person <> p.login AND studio.opinion_due(p_case)
$$;
-- (A marketer and a stranger learn from it nothing about anybody's papers.)
CREATE OR REPLACE FUNCTION studio.is_paper(p_picture text) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.my_sight() NOT IN ('all', 'some')
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = p_picture AND d.picture <> '')
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)))
$$;
GRANT EXECUTE ON FUNCTION studio.is_paper TO marketer, auditor, administrator, worker; -- the policy on pictures names it
CREATE OR REPLACE FUNCTION studio.applications_elsewhere(p_application text, p_limit int) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT count(*) FROM (SELECT FROM studio.application o WHERE o.id <> p_application AND studio.am_active() LIMIT p_limit) AS other
$$;
ALTER FUNCTION studio.today_figures() RENAME TO figures_of_today;
REVOKE EXECUTE ON FUNCTION studio.figures_of_today() FROM moderator, lead, marketer, auditor, administrator, worker;
CREATE FUNCTION studio.today_figures() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.figures_of_today() WHERE studio.am_active()
$$;
GRANT EXECUTE ON FUNCTION studio.today_figures() TO moderator, lead, marketer, auditor, administrator, worker;

RESET ROLE;
-- +goose StatementEnd
