-- Applications in. What is new opens a case. What is handed in again unchanged
-- stands. What is handed in again with other content is the next version:
--
--   under review    the case goes back to its first look, approvals of the version
--                   before are void (case_reopen);
--   decided         a new case opens and the application is 'submitted' again. An
--                   approval was of other words; letting it stand would let a brand
--                   in by one name and on by another.
--
-- Whose wish it is never changes: else handing in again under another's name would
-- free the first one to decide on it.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE FUNCTION studio.applications_import(p_request uuid, p_rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.import_part(p_request, 'applications');
  one jsonb;
  came int := 0;
  changed int := 0;
  stood int := 0;
BEGIN
  -- By id, so that two files with the same brands can't wait for each other within a part.
  FOR one IN SELECT r FROM jsonb_array_elements(p_rows) AS r ORDER BY r ->> 'id' COLLATE "C" LOOP
    CASE studio.application_import(p_request, login, one)
      WHEN 'came' THEN came := came + 1;
      WHEN 'changed' THEN changed := changed + 1;
      ELSE stood := stood + 1;
    END CASE;
  END LOOP;
  PERFORM studio.import_count(p_request, came, changed, stood);
END
$$;
GRANT EXECUTE ON FUNCTION studio.applications_import TO worker, moderator, lead, administrator, marketer;

-- One application: 'came', 'changed' or 'stood'. The keys of p_row are the
-- columns' names, and documents.
CREATE FUNCTION studio.application_import(p_request uuid, p_login text, p_row jsonb) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  t CONSTANT timestamptz := clock_timestamp();
  sla CONSTANT interval := studio.setting_interval('sla_brand');
  old studio.application;
  new studio.application;
BEGIN
  new := jsonb_populate_record(NULL::studio.application, p_row);
  IF coalesce(new.id, '') = '' OR length(new.id) > 200 THEN
    PERFORM studio.refuse('field_value', 'field', 'id', 'value', left(coalesce(new.id, ''), 40));
  END IF;
  IF coalesce(new.subject, '') NOT IN ('company', 'sole_trader', 'overseas') THEN
    PERFORM studio.refuse('field_value', 'field', 'subject', 'value', coalesce(new.subject, ''), 'id', new.id);
  END IF;
  new.digest := sha256(convert_to(p_row::text, 'UTF8'));
  new.entered_by := p_login;
  SELECT least(new.entity_expires, new.mark_expires,
               (SELECT min((l ->> 'until')::date) FROM jsonb_array_elements(new.letters) AS l),
               (SELECT min((d ->> 'valid_until')::date) FROM jsonb_array_elements(p_row -> 'documents') AS d))
    INTO new.papers_until;

  -- A case's queue row is its lock, and is taken before the subject's: a decision
  -- takes them in that order too.
  PERFORM FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id
    WHERE c.kind = 'brand' AND c.target = new.id AND c.stage <> 'closed' FOR UPDATE OF q;
  SELECT * INTO old FROM studio.application WHERE id = new.id FOR UPDATE;
  IF NOT FOUND THEN
    new.version := 1;
    new.ref := '';
    new.state := 'submitted';
    new.state_before := 'submitted';
    new.state_from := '-infinity';
    new.submitted_at := coalesce(new.submitted_at, t);
    new.submitted_by := coalesce(nullif(new.submitted_by, ''), p_login);
    new.due_at := coalesce(new.due_at, new.submitted_at + sla);
    INSERT INTO studio.application SELECT new.* ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      PERFORM studio.documents_put(p_request, new, p_row);
      PERFORM studio.application_case(p_request, new, 'new');
      RETURN 'came';
    END IF;
    -- Another import brought it between the look and here.
    SELECT * INTO STRICT old FROM studio.application WHERE id = new.id FOR UPDATE;
  END IF;

  IF p_login NOT IN (old.submitted_by, old.entered_by) AND NOT studio.tied_to(p_login, old.brand_name)
     AND EXISTS (SELECT FROM studio.person WHERE login = p_login AND role = 'marketer') THEN
    PERFORM studio.refuse('no_right', 'login', p_login, 'action', 'change_application');
  END IF;
  IF old.digest = new.digest THEN
    RETURN 'stood';
  END IF;
  -- Who applies can't change during a review: it would be somebody else's application.
  IF old.subject <> new.subject AND old.state NOT IN ('approved', 'rejected') THEN
    PERFORM studio.refuse('field_value', 'field', 'subject', 'value', new.subject, 'id', new.id);
  END IF;
  new.version := old.version + 1;
  new.submitted_by := old.submitted_by;
  new.submitted_at := coalesce(new.submitted_at, t);
  new.due_at := coalesce(new.due_at, t + sla);
  UPDATE studio.application SET version = new.version, subject = new.subject, region = new.region,
      brand_name = new.brand_name, account_name = new.account_name, category = new.category, contact = new.contact,
      uscc = new.uscc, entity_name = new.entity_name, address = new.address, representative = new.representative,
      scope = new.scope, established = new.established, entity_expires = new.entity_expires,
      mark_number = new.mark_number, mark_name = new.mark_name, mark_classes = new.mark_classes,
      mark_owner = new.mark_owner, mark_status = new.mark_status, mark_expires = new.mark_expires,
      letters = new.letters, submitted_at = new.submitted_at, entered_by = new.entered_by, due_at = new.due_at,
      extra = new.extra, digest = new.digest, papers_until = new.papers_until
    WHERE id = new.id;
  PERFORM studio.documents_put(p_request, new, p_row);
  IF studio.case_reopen(p_request, 'brand', new.id, new.brand_name, new.category, studio.logo_of(new.id),
      new.brand_name, new.submitted_by, new.entered_by) IS NULL THEN
    PERFORM studio.application_decided(new.id, 'submitted', t);
    PERFORM studio.application_case(p_request, new, 'information');
  END IF;
  RETURN 'changed';
END
$$;

CREATE FUNCTION studio.documents_put(p_request uuid, a studio.application, p_row jsonb) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  DELETE FROM studio.document WHERE application = a.id;
  INSERT INTO studio.document (application, n, kind, picture, name, number, issuer, valid_from, valid_until, fields)
    SELECT a.id, o.n, d.kind, d.picture, d.name, d.number, d.issuer, d.valid_from, d.valid_until, d.fields
      FROM jsonb_array_elements(p_row -> 'documents') WITH ORDINALITY AS o(body, n),
           jsonb_populate_record(NULL::studio.document, o.body) AS d;
  INSERT INTO studio.application_version (application, version, content, entered_by, request)
    VALUES (a.id, a.version, p_row, a.entered_by, p_request);
$$;

CREATE FUNCTION studio.logo_of(p_application text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce((SELECT picture FROM studio.document
    WHERE application = p_application AND kind = 'logo' AND picture <> '' ORDER BY n LIMIT 1), '')
$$;

CREATE FUNCTION studio.application_case(p_request uuid, a studio.application, p_tag text) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.case_open(p_request, 'brand', a.id, a.brand_name, a.category, 0, studio.logo_of(a.id), p_tag, 0,
    NULL, a.due_at, a.submitted_by, a.entered_by, a.brand_name, a.region, '', '[]');
  UPDATE studio.application SET ref = studio.case_ref('brand', a.id) WHERE id = a.id;
$$;

RESET ROLE;
-- +goose StatementEnd
