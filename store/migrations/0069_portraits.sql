-- What planning shows of pictures: the portrait of a KOL, to whoever plans.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE INDEX kol_detail_by_picture ON studio.kol_detail ((shown ->> 'picture')) WHERE shown ->> 'picture' <> '';

-- Naming a picture is not having it: whoever brings in a KOL with somebody else's paper
-- for a portrait sees no more than before.
CREATE FUNCTION studio.is_portrait(p_picture text) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.am_active() AND coalesce(studio.my_role() = 'marketer', false)
     AND EXISTS (SELECT FROM studio.kol_detail k WHERE k.shown ->> 'picture' = p_picture AND k.shown ->> 'picture' <> '')
     AND NOT EXISTS (SELECT FROM studio.document d WHERE d.picture = p_picture)
     AND NOT EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)))
$$;
REVOKE EXECUTE ON FUNCTION studio.is_portrait FROM PUBLIC;
GRANT EXECUTE ON FUNCTION studio.is_portrait TO moderator, lead, marketer, auditor, administrator, worker; -- the policy on pictures names it
ALTER POLICY sight ON studio.picture USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN (SELECT studio.my_regions()) IS NULL OR NOT studio.is_paper(id)
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', id)))
    WHEN 'own' THEN EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = id AND b.person = (SELECT studio.me()))
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR studio.is_portrait(id)
  ELSE false END);

RESET ROLE;
-- +goose StatementEnd
