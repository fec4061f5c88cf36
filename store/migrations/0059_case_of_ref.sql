-- The case behind a reference. "A-0412" is all that an applicant or an author ever
-- learns of their case, so it is what an appeal comes with.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE INDEX case_by_ref ON studio.cases (ref, created);

-- The newest case of a reference that the person of this connection may know of: a
-- marketer of their own applications', the desk of what it sees. NULL for any other.
CREATE FUNCTION studio.case_of_ref(p_ref text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  RETURN (SELECT c.id FROM studio.cases c
    WHERE c.ref = p_ref AND CASE studio.my_sight()
        WHEN 'all' THEN true
        WHEN 'some' THEN studio.in_sight(c.region, c.lang, studio.me())
        WHEN 'own' THEN c.kind = 'brand' AND c.target IN (SELECT studio.my_applications())
        ELSE false END
    ORDER BY c.created DESC, c.id DESC LIMIT 1);
END
$$;
GRANT EXECUTE ON FUNCTION studio.case_of_ref TO marketer, worker, moderator, lead, auditor;

RESET ROLE;
-- +goose StatementEnd
