-- Among how many pictures one is looked for: that it was found nowhere says no more than
-- where somebody has looked.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Exact where counting is quick, else as the planner last knew.
CREATE FUNCTION studio.pictures_searched() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  about CONSTANT real := (SELECT c.reltuples FROM pg_class c WHERE c.oid = CAST('studio.picture_look' AS regclass));
BEGIN
  IF studio.my_role() IS NULL THEN
    RETURN 0;
  END IF;
  IF about > 200000 THEN
    RETURN CAST(about AS bigint);
  END IF;
  RETURN (SELECT count(*) FROM studio.picture_look WHERE looked_at IS NOT NULL AND failed = '');
END
$$;
GRANT EXECUTE ON FUNCTION studio.pictures_searched TO moderator, lead, marketer, auditor;

RESET ROLE;
-- +goose StatementEnd
