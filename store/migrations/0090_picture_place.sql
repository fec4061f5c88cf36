-- Where a picture says it was taken is often somebody's home. A screen shows it only
-- after this function has put into the record who wanted to know.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- picture_place lets the person learn where a picture says it was taken, and records
-- that. It does not give the place: that is in the bytes, which whoever may see the
-- picture has already. So this keeps an honest screen honest and binds nobody who
-- reads the file by hand; docs/security.md says so.
--
-- For the desk and leads, of what they may see; for marketers, of what they sent
-- themselves. Not for workers, who have no eyes; nor for auditors, who write nothing
-- and whose matter is who has looked.
CREATE FUNCTION studio.picture_place(p_request uuid, p_picture text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('picture_place', 'moderator', 'lead', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'picture_place', jsonb_build_array(p_picture));
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  -- Of a picture that is not for them, people learn not even that it is there.
  IF NOT EXISTS (SELECT FROM studio.picture p WHERE p.id = p_picture)
     OR NOT coalesce(studio.may_show(p_picture), false)
     OR studio.my_role() = 'marketer' AND NOT EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = p_picture AND b.person = login) THEN
    PERFORM studio.refuse('not_found', 'what', 'picture', 'id', left(coalesce(p_picture, ''), 64));
  END IF;
  PERFORM studio.audit_write('picture.place', 'picture', p_picture, p_request);
  RETURN studio.request_end(p_request, '{}');
END
$$;
GRANT EXECUTE ON FUNCTION studio.picture_place TO moderator, lead, marketer;

RESET ROLE;
-- +goose StatementEnd
