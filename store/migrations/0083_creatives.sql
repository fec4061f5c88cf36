-- Creatives: the pictures of a campaign with what matters in them and the crops that
-- were chosen for the platform's slots. Nothing is cropped by anybody but a person, so
-- every region and every crop says who it is of and when.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- A box in pixels of an upright picture. No picture that is opened is longer than
-- 16,384 a side.
CREATE FUNCTION studio.is_box(p_box jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(CASE WHEN jsonb_typeof(p_box) <> 'object' THEN false ELSE
    (SELECT bool_and(CASE WHEN jsonb_typeof(p_box -> f) = 'number' THEN p_box ->> f ~ '^[0-9]{1,5}$' ELSE false END) FROM unnest(ARRAY['x', 'y', 'w', 'h']) AS f)
    AND p_box - '{x,y,w,h}'::text[] = '{}' END
    AND CASE WHEN p_box ->> 'w' ~ '^[0-9]{1,5}$' AND p_box ->> 'h' ~ '^[0-9]{1,5}$' THEN CAST(p_box ->> 'w' AS int) > 0 AND CAST(p_box ->> 'h' AS int) > 0 END, false)
$$;

-- The regions of a picture, as programs read them (assets.Region): names once, kinds
-- that a check knows. by says who drew or confirmed it, '' for what was only found.
CREATE FUNCTION studio.is_regions(p_regions jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CASE WHEN jsonb_typeof(p_regions) IS DISTINCT FROM 'array' OR octet_length(CAST(p_regions AS text)) > 40000 OR jsonb_array_length(p_regions) > 60 THEN false
    ELSE (SELECT coalesce(bool_and(fits), true) AND count(*) = count(DISTINCT name)
        FROM jsonb_array_elements(p_regions) AS r
       CROSS JOIN LATERAL (SELECT coalesce(CASE WHEN jsonb_typeof(r) <> 'object' THEN false ELSE
             jsonb_typeof(r -> 'name') = 'string' AND length(r ->> 'name') BETWEEN 1 AND 60
             AND r ->> 'kind' IN ('subject', 'logo', 'label', 'headline', 'face', 'text')
             AND studio.is_box(r -> 'box') AND jsonb_typeof(coalesce(r -> 'confirmed', 'false')) = 'boolean'
             AND jsonb_typeof(coalesce(r -> 'by', '""')) = 'string' AND length(coalesce(r ->> 'by', '')) <= 100
             AND r - '{name,kind,box,confirmed,by}'::text[] = '{}' END, false)) AS f(fits)
       CROSS JOIN LATERAL (SELECT CASE WHEN fits THEN r ->> 'name' END) AS n(name)) END
$$;

-- The crops that people chose: {slot: {box, by, at}}.
CREATE FUNCTION studio.is_crops(p_crops jsonb) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT CASE WHEN jsonb_typeof(p_crops) IS DISTINCT FROM 'object' OR octet_length(CAST(p_crops AS text)) > 40000 THEN false
    ELSE (SELECT coalesce(bool_and(c.key ~ '^[a-z0-9][a-z0-9-]{0,39}$' AND jsonb_typeof(c.value) = 'object' AND studio.is_box(c.value -> 'box')), true) AND count(*) <= 60
            FROM jsonb_each(p_crops) AS c) END
$$;

-- Whether boxes lie within a picture; one whose size nobody could read takes any.
CREATE FUNCTION studio.boxes_within(p_boxes jsonb, p_width int, p_height int) RETURNS bool
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT p_width = 0 OR coalesce(bool_and(CAST(b ->> 'x' AS int) + CAST(b ->> 'w' AS int) <= p_width AND CAST(b ->> 'y' AS int) + CAST(b ->> 'h' AS int) <= p_height), true)
    FROM jsonb_array_elements(p_boxes) AS b
$$;

CREATE TABLE studio.creative (
  id         uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  campaign   uuid NOT NULL REFERENCES studio.campaign,
  brand      text NOT NULL CHECK (brand <> ''), -- the campaign's, which never changes
  picture    text COLLATE "C" NOT NULL REFERENCES studio.picture,
  name       text NOT NULL CHECK (length(name) BETWEEN 1 AND 200), -- of the file
  regions    jsonb NOT NULL CONSTRAINT creative_regions CHECK (studio.is_regions(regions)),
  crops      jsonb NOT NULL CONSTRAINT creative_crops CHECK (studio.is_crops(crops)),
  dropped    bool NOT NULL DEFAULT false, -- out of the campaign's list; contracts and gifts that name the picture keep it
  version    int NOT NULL CHECK (version > 0),
  created_by text NOT NULL REFERENCES studio.person,
  created_at timestamptz NOT NULL,
  edited_by  text NOT NULL REFERENCES studio.person,
  updated_at timestamptz NOT NULL,
  UNIQUE (campaign, picture)
);
CREATE INDEX creative_by_picture ON studio.creative (picture);
CREATE INDEX creative_newest ON studio.creative (updated_at DESC, id) WHERE NOT dropped;

-- What it was after each edit.
CREATE TABLE studio.creative_version (
  creative uuid NOT NULL REFERENCES studio.creative,
  version  int NOT NULL,
  name     text NOT NULL,
  regions  jsonb NOT NULL,
  crops    jsonb NOT NULL,
  dropped  bool NOT NULL,
  by       text NOT NULL,
  at       timestamptz NOT NULL,
  request  uuid,
  PRIMARY KEY (creative, version)
);

ALTER TABLE studio.creative ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.creative FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true WHEN 'lead' THEN true WHEN 'moderator' THEN true
    WHEN 'marketer' THEN studio.fold(brand) = ANY ((SELECT studio.my_brands())::text[]) ELSE false END);
ALTER TABLE studio.creative_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON studio.creative_version FOR SELECT USING (
  CASE (SELECT studio.my_role()) WHEN 'auditor' THEN true ELSE EXISTS (SELECT FROM studio.creative c WHERE c.id = creative) END);
GRANT SELECT ON studio.creative, studio.creative_version TO moderator, lead, marketer, auditor;

CREATE FUNCTION studio.creative_digest(c studio.creative) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.words_digest(CAST(jsonb_build_array(c.campaign, c.brand, c.picture, c.name, c.regions, c.crops, c.dropped) AS text))
$$;

-- Keeps the version and leaves the row of the record.
CREATE FUNCTION studio.creative_noted(c studio.creative, p_action text, p_request uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  INSERT INTO studio.creative_version VALUES (c.id, c.version, c.name, c.regions, c.crops, c.dropped, c.edited_by, c.updated_at, p_request);
  PERFORM studio.audit_write(p_action, 'creative', CAST(c.id AS text), p_request, jsonb_build_object('version', c.version, 'picture', c.picture,
    'regions', jsonb_array_length(c.regions), 'crops', (SELECT count(*) FROM jsonb_object_keys(c.crops)), 'dropped', c.dropped,
    'created_by', c.created_by, 'edited_by', c.edited_by, 'creative_sha256', studio.creative_digest(c)));
END
$$;

-- What a person's hand makes of regions: whose drawing or word stands, stands; what is
-- confirmed and was not so before is of whoever says it now.
CREATE FUNCTION studio.regions_signed(p_new jsonb, p_old jsonb, p_login text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('name', r ->> 'name', 'kind', r ->> 'kind', 'box', r -> 'box', 'confirmed', coalesce(r -> 'confirmed', 'false'),
      'by', CASE WHEN coalesce(r -> 'confirmed', 'false') = 'true' THEN coalesce(
        (SELECT o ->> 'by' FROM jsonb_array_elements(p_old) AS o WHERE o - 'by' = jsonb_build_object('name', r ->> 'name', 'kind', r ->> 'kind', 'box', r -> 'box', 'confirmed', true) LIMIT 1),
        p_login) ELSE '' END) ORDER BY n), '[]')
    FROM jsonb_array_elements(p_new) WITH ORDINALITY AS x(r, n)
$$;
-- The same of crops: a box that stands keeps who chose it and when.
CREATE FUNCTION studio.crops_signed(p_new jsonb, p_old jsonb, p_login text, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(c.key, CASE WHEN p_old #> ARRAY[c.key, 'box'] = c.value -> 'box' THEN p_old -> c.key
      ELSE jsonb_build_object('box', c.value -> 'box', 'by', p_login, 'at', studio.rfc3339(p_at)) END), '{}')
    FROM jsonb_each(p_new) AS c
$$;

-- A creative's campaign by its name, for whoever reads plans; the desk sees pictures alone.
CREATE FUNCTION studio.creative_plan(p_campaign uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT jsonb_build_object('name', c.name, 'state', c.state) FROM studio.campaign c
   WHERE c.id = p_campaign AND CASE studio.my_role() WHEN 'auditor' THEN true WHEN 'marketer' THEN studio.fold(c.brand) = ANY (studio.my_brands()) ELSE false END
$$;
GRANT EXECUTE ON FUNCTION studio.creative_plan TO moderator, lead, marketer, auditor;

-- Does a campaign of the caller's brands show this picture? Naming a picture is not
-- having it: creatives_add takes none that the person can't see, and no paper is shown.
CREATE FUNCTION studio.is_creative(p_picture text) RETURNS bool
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT studio.am_active() AND coalesce(studio.my_role() = 'marketer', false)
     AND EXISTS (SELECT FROM studio.creative c WHERE c.picture = p_picture AND studio.fold(c.brand) = ANY (studio.my_brands()))
     AND NOT EXISTS (SELECT FROM studio.document d WHERE d.picture = p_picture)
     AND NOT EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', p_picture)))
$$;
REVOKE EXECUTE ON FUNCTION studio.is_creative FROM PUBLIC;
GRANT EXECUTE ON FUNCTION studio.is_creative TO moderator, lead, marketer, auditor, administrator, worker; -- the policy on pictures names it
ALTER POLICY sight ON studio.picture USING (
  CASE (SELECT studio.my_sight()) WHEN 'all' THEN true
    WHEN 'some' THEN (SELECT studio.my_regions()) IS NULL OR NOT studio.is_paper(id)
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR EXISTS (SELECT FROM studio.application_version v WHERE v.content -> 'documents' @> jsonb_build_array(jsonb_build_object('picture', id)))
    WHEN 'own' THEN EXISTS (SELECT FROM studio.picture_by b WHERE b.picture = id AND b.person = (SELECT studio.me()))
      OR EXISTS (SELECT FROM studio.document d WHERE d.picture = id)
      OR studio.is_portrait(id) OR studio.is_published(id) OR studio.is_creative(id)
  ELSE false END);

-- Adds pictures to a campaign: [{picture, name, regions}]. One that is there already
-- keeps its regions and crops, and comes back if it was dropped.
CREATE FUNCTION studio.creatives_add(p_request uuid, p_campaign uuid, p_rows jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('creatives_add', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'creatives_add', jsonb_build_array(p_campaign, p_rows));
  c studio.campaign;
  one jsonb;
  p studio.picture;
  made studio.creative;
  t timestamptz;
  ids jsonb := '[]';
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  IF jsonb_typeof(p_rows) IS DISTINCT FROM 'array' OR jsonb_array_length(p_rows) NOT BETWEEN 1 AND 500 THEN
    PERFORM studio.refuse('field_value', 'field', 'pictures', 'value', left(coalesce(CAST(p_rows AS text), ''), 40));
  END IF;
  SELECT * INTO c FROM studio.campaign WHERE id = p_campaign FOR UPDATE;
  IF c.id IS NULL OR NOT coalesce(studio.tied_to(login, c.brand), false) THEN
    PERFORM studio.refuse('not_found', 'what', 'campaign', 'id', coalesce(CAST(p_campaign AS text), ''));
  END IF;
  IF c.state = 'closed' THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'edit', 'stage', c.state);
  END IF;
  t := clock_timestamp();
  FOR one IN SELECT r FROM jsonb_array_elements(p_rows) AS r LOOP
    IF jsonb_typeof(one) <> 'object' OR NOT coalesce(one ->> 'picture' ~ '^[0-9a-f]{64}$', false) THEN
      PERFORM studio.refuse('field_value', 'field', 'picture', 'value', left(coalesce(CAST(one AS text), ''), 40));
    END IF;
    SELECT id, media, width, height, size INTO p.id, p.media, p.width, p.height, p.size FROM studio.picture WHERE id = one ->> 'picture';
    IF NOT FOUND OR NOT (studio.may_show(p.id) OR studio.is_creative(p.id) OR studio.is_portrait(p.id) OR studio.is_published(p.id)) THEN
      PERFORM studio.refuse('not_found', 'what', 'picture', 'id', one ->> 'picture');
    END IF;
    IF NOT studio.is_regions(coalesce(one -> 'regions', '[]')) OR NOT studio.boxes_within(
        (SELECT coalesce(jsonb_agg(r -> 'box'), '[]') FROM jsonb_array_elements(coalesce(one -> 'regions', '[]')) AS r), p.width, p.height) THEN
      PERFORM studio.refuse('field_value', 'field', 'regions', 'value', left(CAST(one -> 'regions' AS text), 40));
    END IF;
    IF coalesce(studio.trimmed(one ->> 'name'), '') = '' OR length(one ->> 'name') > 200 THEN
      PERFORM studio.refuse('field_value', 'field', 'picture_name', 'value', left(coalesce(one ->> 'name', ''), 40));
    END IF;
    SELECT * INTO made FROM studio.creative WHERE campaign = c.id AND picture = p.id FOR UPDATE;
    IF made.id IS NULL THEN
      INSERT INTO studio.creative (campaign, brand, picture, name, regions, crops, version, created_by, created_at, edited_by, updated_at)
        VALUES (c.id, c.brand, p.id, studio.trimmed(one ->> 'name'), studio.regions_signed(coalesce(one -> 'regions', '[]'), '[]', login), '{}', 1, login, t, login, t)
        RETURNING * INTO made;
      PERFORM studio.creative_noted(made, 'creative.add', p_request);
    ELSIF made.dropped THEN
      UPDATE studio.creative SET dropped = false, version = version + 1, edited_by = login, updated_at = t WHERE id = made.id RETURNING * INTO made;
      PERFORM studio.creative_noted(made, 'creative.put', p_request);
    END IF;
    ids := ids || to_jsonb(made.id);
  END LOOP;
  RETURN studio.request_end(p_request, ids);
END
$$;
GRANT EXECUTE ON FUNCTION studio.creatives_add TO marketer;

-- Puts regions, crops and whether it is dropped in place of what they were, for somebody
-- who saw p_version of it. p_crops is {slot: {box}}; who and when is written here.
CREATE FUNCTION studio.creative_put(p_request uuid, p_id uuid, p_version int, p_regions jsonb, p_crops jsonb, p_dropped bool) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
DECLARE
  login CONSTANT text := studio.begin_write('creative_put', 'marketer');
  done CONSTANT jsonb := studio.request_begin(p_request, 'creative_put', jsonb_build_array(p_id, p_version, p_regions, p_crops, p_dropped));
  c studio.creative;
  state text;
  w int;
  h int;
  t timestamptz;
BEGIN
  IF done IS NOT NULL THEN RETURN done; END IF;
  SELECT * INTO c FROM studio.creative WHERE id = p_id FOR UPDATE;
  IF c.id IS NULL OR NOT coalesce(studio.tied_to(login, c.brand), false) THEN
    PERFORM studio.refuse('not_found', 'what', 'creative', 'id', coalesce(CAST(p_id AS text), ''));
  END IF;
  IF c.version IS DISTINCT FROM p_version THEN
    PERFORM studio.refuse('rule_changed', 'what', 'creative', 'id', c.name);
  END IF;
  SELECT x.state INTO state FROM studio.campaign x WHERE x.id = c.campaign;
  IF state = 'closed' THEN
    PERFORM studio.refuse('not_allowed_now', 'verdict', 'edit', 'stage', state);
  END IF;
  SELECT width, height INTO w, h FROM studio.picture WHERE id = c.picture;
  IF NOT studio.is_regions(p_regions) OR NOT studio.boxes_within((SELECT coalesce(jsonb_agg(r -> 'box'), '[]') FROM jsonb_array_elements(p_regions) AS r), w, h) THEN
    PERFORM studio.refuse('field_value', 'field', 'regions', 'value', left(coalesce(CAST(p_regions AS text), ''), 40));
  END IF;
  IF NOT studio.is_crops(p_crops) OR NOT studio.boxes_within((SELECT coalesce(jsonb_agg(x.value -> 'box'), '[]') FROM jsonb_each(p_crops) AS x), w, h) THEN
    PERFORM studio.refuse('field_value', 'field', 'crops', 'value', left(coalesce(CAST(p_crops AS text), ''), 40));
  END IF;
  t := clock_timestamp();
  UPDATE studio.creative SET regions = studio.regions_signed(p_regions, c.regions, login), crops = studio.crops_signed(p_crops, c.crops, login, t),
      dropped = coalesce(p_dropped, false), version = version + 1, edited_by = login, updated_at = t
    WHERE id = c.id RETURNING * INTO c;
  PERFORM studio.creative_noted(c, 'creative.put', p_request);
  RETURN studio.request_end(p_request, to_jsonb(c));
END
$$;
GRANT EXECUTE ON FUNCTION studio.creative_put TO marketer;

RESET ROLE;
-- +goose StatementEnd
