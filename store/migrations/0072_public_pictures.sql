-- What planning shows of pictures: besides portraits, those of posts that KOLs published.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A marketer sees no more of a post's pictures than its readers do. A post that is not
-- published yet shows none; nor does any show a paper, whoever wrote its digest into
-- one: naming a picture is not having it. (No decision takes a picture down: what is
-- decided of a post is whether it needs its label.)
CREATE FUNCTION studio.is_published(p_picture text) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp SET enable_seqscan = off AS $$
  SELECT studio.am_active() AND coalesce(studio.my_role() = 'marketer', false) AND p_picture <> ''
     AND EXISTS (SELECT FROM studio.post p
          WHERE p.pictures @? '$[*] ? (@.id != "")' AND p.pictures @> jsonb_build_array(jsonb_build_object('id', p_picture))
            AND coalesce(p.posted_at, p.first_at) <= clock_timestamp() AND p.author_id <> '' AND EXISTS (SELECT FROM studio.kol k WHERE k.id = p.author_id))
     AND NOT EXISTS (SELECT FROM studio.document d WHERE d.picture = p_picture)
     AND NOT EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)))
$$;
REVOKE EXECUTE ON FUNCTION studio.is_published FROM PUBLIC;
GRANT EXECUTE ON FUNCTION studio.is_published TO moderator, lead, marketer, auditor, administrator, worker; -- the policy on pictures names it
ALTER POLICY sight ON studio.picture USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN (SELECT studio.my_regions()) IS NULL OR NOT studio.is_paper(id)
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', id)))
    WHEN 'own' THEN EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = id AND b.person = (SELECT studio.me()))
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR studio.is_portrait(id) OR studio.is_published(id)
  ELSE false END);

RESET ROLE;
-- +goose StatementEnd
