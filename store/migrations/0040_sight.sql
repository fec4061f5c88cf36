-- Who sees what. A person with regions or languages of their own sees the cases and
-- the applications of these alone; one without sees all. Posts are public and are
-- seen by the whole desk; papers, cases, opinions and notes are not.
--
-- A login whose person was disabled sees nothing more, even over a connection that
-- is open still.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A pattern for the languages of some BCP 47 ranges: a range covers whatever is
-- narrower than itself, as in RFC 4647, and whatever is wider, because a text that
-- says "zh" and no more may be either script. NULL covers everything.
CREATE FUNCTION studio.language_pattern(p_ranges text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  WITH range AS (
    SELECT regexp_replace(r, '[^A-Za-z0-9-]', '', 'g') AS tag FROM unnest(p_ranges) AS r
  ), cover AS (
    SELECT tag || '(-.*)?' AS one FROM range WHERE tag <> ''
    UNION
    SELECT array_to_string(parts[1:n], '-')
      FROM range, string_to_array(tag, '-') AS parts, generate_series(1, cardinality(parts) - 1) AS n WHERE tag <> ''
  )
  SELECT CASE WHEN cardinality(p_ranges) > 0 THEN '^(' || coalesce((SELECT string_agg(one, '|' ORDER BY one) FROM cover), 'none') || ')$' END
$$;

-- The same question for the functions, which must not believe what a policy let
-- through, and for the policies. '' is a case that names no region or language.
-- (plpgsql, as are the others that are asked for every row of a queue, because it
-- keeps their plans. They take the search_path of the functions that call them.)
CREATE FUNCTION studio.in_sight(p_region text, p_lang text, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM studio.person p
    WHERE p.login = p_login AND p.active
      AND (p_region = '' OR p.regions = '{}' OR p_region = ANY (p.regions))
      AND (p_lang = '' OR p.languages = '{}' OR p_lang ~* studio.language_pattern(p.languages)));
END
$$;

-- For policies: asked once a query, not once a row. NULL means all.
CREATE FUNCTION studio.my_regions() RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT nullif(p.regions, '{}') FROM studio.person p WHERE p.login = studio.me()
$$;
CREATE FUNCTION studio.my_languages() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.language_pattern(p.languages) FROM studio.person p WHERE p.login = studio.me()
$$;
-- 'all', 'some', or 'none' for a person who was disabled. A policy asks this first, in
-- a CASE: the planner takes half of the rows for granted then, where it would guess
-- that a chain of ORs lets hardly any through, and sort a million rows for a page.
CREATE FUNCTION studio.my_sight() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce((SELECT CASE WHEN p.regions = '{}' AND p.languages = '{}' THEN 'all' ELSE 'some' END
    FROM studio.person p WHERE p.login = studio.me() AND p.active), 'none')
$$;
CREATE FUNCTION studio.am_active() RETURNS bool
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT EXISTS (SELECT FROM studio.person p WHERE p.login = studio.me() AND p.active)
$$;
GRANT EXECUTE ON FUNCTION studio.language_pattern, studio.my_regions, studio.my_languages, studio.my_sight, studio.am_active
  TO moderator, lead, marketer, auditor, administrator, worker;

-- The narrow table carries what it is filtered by.
ALTER TABLE studio.queue ADD COLUMN region text NOT NULL DEFAULT '', ADD COLUMN lang text NOT NULL DEFAULT '';
UPDATE studio.queue q SET region = c.region, lang = c.lang FROM studio.cases c
 WHERE c.id = q.case_id AND (c.region, c.lang) IS DISTINCT FROM ('', '');
CREATE FUNCTION studio.case_sighted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  UPDATE studio.queue SET region = NEW.region, lang = NEW.lang WHERE case_id = NEW.id;
  RETURN NULL;
END
$$;
CREATE TRIGGER case_sighted AFTER UPDATE OF region, lang ON studio.cases
  FOR EACH ROW WHEN ((OLD.region, OLD.lang) IS DISTINCT FROM (NEW.region, NEW.lang)) EXECUTE FUNCTION studio.case_sighted();

ALTER TABLE studio.queue ENABLE ROW LEVEL SECURITY;
CREATE POLICY queue_sight ON studio.queue FOR SELECT TO moderator, lead USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true WHEN 'some' THEN
    (region = '' OR (SELECT studio.my_regions()) IS NULL OR region = ANY ((SELECT studio.my_regions())::text[]))
    AND (lang = '' OR (SELECT studio.my_languages()) IS NULL OR lang ~* (SELECT studio.my_languages()))
  ELSE false END);
CREATE POLICY queue_all ON studio.queue FOR SELECT TO auditor, administrator, worker USING ((SELECT studio.am_active()));

ALTER TABLE studio.cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY cases_sight ON studio.cases FOR SELECT TO moderator, lead USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true WHEN 'some' THEN
    (region = '' OR (SELECT studio.my_regions()) IS NULL OR region = ANY ((SELECT studio.my_regions())::text[]))
    AND (lang = '' OR (SELECT studio.my_languages()) IS NULL OR lang ~* (SELECT studio.my_languages()))
  ELSE false END);
CREATE POLICY cases_all ON studio.cases FOR SELECT TO auditor, administrator, worker USING ((SELECT studio.am_active()));

-- What hangs on a case is seen by whoever sees the case.
CREATE POLICY decision_sight ON studio.decision AS RESTRICTIVE FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.cases c WHERE c.id = case_id));
ALTER TABLE studio.evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_sight ON studio.evidence FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.cases c WHERE c.id = case_id));
CREATE POLICY evidence_all ON studio.evidence FOR SELECT TO auditor, administrator, worker USING (true);
ALTER TABLE studio.note ENABLE ROW LEVEL SECURITY;
CREATE POLICY note_sight ON studio.note FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.cases c WHERE c.id = case_id));
CREATE POLICY note_all ON studio.note FOR SELECT TO auditor, administrator USING (true);

-- Applications and their papers go by region; they name no language.
ALTER POLICY application_staff ON studio.application TO auditor, administrator, worker;
CREATE POLICY application_desk ON studio.application FOR SELECT TO moderator, lead USING (
  region = '' OR (SELECT studio.my_regions()) IS NULL OR region = ANY ((SELECT studio.my_regions())::text[]));
ALTER POLICY document_staff ON studio.document TO auditor, administrator, worker;
CREATE POLICY document_desk ON studio.document FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.application a WHERE a.id = application));
ALTER POLICY version_staff ON studio.application_version TO auditor, administrator, worker;
CREATE POLICY version_desk ON studio.application_version FOR SELECT TO moderator, lead USING (
  EXISTS (SELECT FROM studio.application a WHERE a.id = application));

-- A picture that is nobody's paper is public with its post. A paper is seen with
-- its application. Asked by the owner's eyes, since one who sees no document at all
-- would else take every picture for public.
CREATE FUNCTION studio.is_paper(p_picture text) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT EXISTS (SELECT FROM studio.document d WHERE d.picture = p_picture AND d.picture <> '')
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)))
$$;
GRANT EXECUTE ON FUNCTION studio.is_paper TO moderator, lead;
-- Papers of versions before the newest stay papers.
CREATE INDEX version_by_paper ON studio.application_version USING gin ((content -> 'documents') jsonb_path_ops);
ALTER POLICY picture_staff ON studio.picture TO auditor, administrator, worker;
CREATE POLICY picture_desk ON studio.picture FOR SELECT TO moderator, lead USING (
  (SELECT studio.my_regions()) IS NULL OR NOT studio.is_paper(id)
  OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
  OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', id))));

-- What other applicants have in common with one: asked beyond one's own region,
-- because fraud is. Only references and names come back, and only to whoever sees
-- the application that asks.
CREATE FUNCTION studio.papers_elsewhere(p_application text) RETURNS TABLE (picture text, ref text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT d.picture, min(a.ref)
    FROM studio.application own
    JOIN studio.document mine ON mine.application = own.id AND mine.picture <> ''
    JOIN studio.document d ON d.picture = mine.picture AND d.application <> own.id
    JOIN studio.application a ON a.id = d.application
   WHERE own.id = p_application AND studio.in_sight(own.region, '', studio.me())
   GROUP BY d.picture
$$;
-- Names are compared by the caller. Read here are those with the same first or the
-- same last character, which every name has that differs from another in one place.
CREATE FUNCTION studio.names_elsewhere(p_application text, p_limit int) RETURNS TABLE (name text, ref text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT o.account_name, o.ref
    FROM studio.application own, studio.application o,
         LATERAL (SELECT studio.fold(own.account_name) AS mine, studio.fold(o.account_name) AS theirs) AS f
   WHERE own.id = p_application AND studio.in_sight(own.region, '', studio.me())
     AND o.id <> own.id AND o.account_name <> ''
     AND (left(f.theirs, 1) = left(f.mine, 1) OR right(f.theirs, 1) = right(f.mine, 1))
   ORDER BY o.ref LIMIT p_limit
$$;
CREATE FUNCTION studio.applications_elsewhere(p_application text, p_limit int) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT count(*) FROM (SELECT FROM studio.application o WHERE o.id <> p_application LIMIT p_limit) AS other
$$;
GRANT EXECUTE ON FUNCTION studio.papers_elsewhere, studio.names_elsewhere, studio.applications_elsewhere
  TO moderator, lead, auditor, worker, administrator;

-- The record would tell a lead who gave the first opinion, before they give the second.
ALTER POLICY audit_all ON studio.audit TO auditor, administrator;
CREATE POLICY audit_lead ON studio.audit FOR SELECT TO lead USING (
  actor = (SELECT studio.me()) OR action <> 'case.decide' OR kind <> 'case'
  OR NOT EXISTS (SELECT FROM studio.cases c WHERE c.stage = 'second'
       AND c.id = CASE WHEN kind = 'case' THEN CAST(target AS uuid) END));

-- The door that a disabled login finds shut, whatever else would let it through. The
-- queue and its cases ask in their own policies, for the planner's sake.
DO $do$
DECLARE
  closed text;
BEGIN
  FOREACH closed IN ARRAY ARRAY['decision', 'evidence', 'note', 'application', 'document',
      'application_version', 'picture', 'audit'] LOOP
    EXECUTE format('CREATE POLICY active_only ON studio.%I AS RESTRICTIVE FOR SELECT
      TO moderator, lead, marketer, auditor, administrator, worker USING ((SELECT studio.am_active()))', closed);
  END LOOP;
END
$do$;

RESET ROLE;
-- +goose StatementEnd
