-- Who is a party to a case, however it is spelled. A brand of another width or case was
-- known before; these got past it: a tab or an invisible character in the name, a login
-- written with a capital or a space, a brand given as the submitter, and typing in an
-- application that a colleague types in again later.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Names that a person would call the same: case, width, the kind and number of spaces
-- and characters that nobody sees don't matter. Letters of other scripts that look
-- alike do: that is for a person to see.
--
-- Bound to its parts when it is made. As a text it was read anew in every session, by
-- that session's rules: with standard_conforming_strings off, '\s+' meant a run of the
-- letter s, and a brand with two spaces was nobody's. No function's text may hold a
-- backslash outside of an E'' literal (a test looks).
CREATE OR REPLACE FUNCTION studio.fold(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN btrim(regexp_replace(translate(
  -- What Unicode calls default ignorable: joiners, marks of direction, soft hyphens, variation selectors.
  regexp_replace(lower(normalize(p_text, NFKC)),
    E'[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufff8\U000e0000-\U000e0fff]+', '', 'g'),
  -- The spaces that NFKC doesn't make one of.
  E'\t\n\u000b\f\r\u001c\u001d\u001e\u001f\u0085\u1680\u2028\u2029', '             '), ' +', ' ', 'g'));
REINDEX INDEX studio.application_by_brand;
REINDEX INDEX studio.campaign_by_brand;

-- As before, for the same reason.
CREATE OR REPLACE FUNCTION studio.post_title(p studio.post) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN CASE WHEN btrim((p).title) <> '' THEN left(btrim((p).title), 120)
            ELSE btrim(regexp_replace(left((p).body, 80), '[[:space:]]+', ' ', 'g')) END;

-- Nobody decides on what they submitted, or entered in any version, an appeal too, nor
-- on a brand they act for, which may be named as the one whose wish it is.
-- (In steps, because this is asked for every row of a queue, and most have nothing to
-- ask a table for.)
CREATE OR REPLACE FUNCTION studio.concerned(c studio.cases, p_login text) RETURNS bool
LANGUAGE plpgsql STABLE AS $$
DECLARE
  own text[];
BEGIN
  IF p_login = c.entered_by OR p_login = studio.fold(c.submitted_by) THEN
    RETURN true;
  END IF;
  SELECT p.brands INTO own FROM studio.person p WHERE p.login = p_login;
  IF own <> '{}' AND EXISTS (SELECT FROM unnest(own) AS o(brand)
      WHERE studio.fold(o.brand) IN (studio.fold(c.brand), studio.fold(c.submitted_by)) AND studio.fold(o.brand) <> '') THEN
    RETURN true;
  END IF;
  IF c.kind = 'brand' AND EXISTS (SELECT FROM studio.application_version v WHERE v.application = c.target AND v.entered_by = p_login) THEN
    RETURN true;
  END IF;
  IF c.stage = 'appeal' THEN
    RETURN EXISTS (SELECT FROM studio.appeal a WHERE a.case_id = c.id AND p_login IN (studio.fold(a.submitted_by), a.entered_by));
  END IF;
  RETURN false;
END
$$;

-- The same, true even for a mistake in the functions and for the owner's own hand.
ALTER TABLE studio.vote ADD CONSTRAINT vote_of_another CHECK (voter <> studio.fold(submitter));
CREATE OR REPLACE FUNCTION studio.two_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  whose CONSTANT text := CASE TG_TABLE_NAME WHEN 'vote' THEN to_jsonb(OLD) ->> 'application' ELSE to_jsonb(NEW) ->> 'id' END;
  voters bigint;
BEGIN
  SELECT count(*) INTO voters
    FROM studio.application a JOIN studio.vote v ON v.application = a.id AND v.version = a.version
   WHERE a.id = whose AND a.state = 'approved' AND v.withdrawn_at IS NULL
     AND v.voter NOT IN (studio.fold(a.submitted_by), a.entered_by)
     AND NOT EXISTS (SELECT FROM studio.application_version o WHERE o.application = a.id AND o.version <= a.version AND o.entered_by = v.voter);
  IF voters < 2 AND EXISTS (SELECT FROM studio.application a WHERE a.id = whose AND a.state = 'approved') THEN
    RAISE EXCEPTION 'application % is approved by % of two people', whose, voters
      USING ERRCODE = 'check_violation', CONSTRAINT = 'two_people';
  END IF;
  RETURN NULL;
END
$$;

RESET ROLE;
-- +goose StatementEnd
