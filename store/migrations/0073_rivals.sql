-- What the planning of one brand has to know of another's: that a KOL it asks for posts
-- for somebody else in those days, and in which trade. Two rivals in one week harm both,
-- and neither sees the other's plan.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- Days on which some KOLs post for brands that are not the asker's, with the brand's
-- trade: [{kol, day, trade}]. Only what is signed, and not over unless it was published.
-- Two posts that agree in all three are one here, so that nobody counts a brand's posts;
-- whose they are, what they cost and how they are called is nowhere in it. A post that
-- nobody has planned stands on the first day that its contract allows, as in plan_items.
CREATE FUNCTION studio.booked_elsewhere(p_kols text[], p_from date, p_to date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
BEGIN
  IF coalesce(studio.my_role() NOT IN ('marketer', 'auditor'), true) THEN
    PERFORM studio.refuse(CASE WHEN studio.my_role() IS NULL THEN 'not_known' ELSE 'no_right' END, 'login', studio.me(), 'action', 'booked_elsewhere');
  END IF;
  IF NOT studio.is_list(p_kols) THEN
    PERFORM studio.refuse('field_value', 'field', 'kol', 'value', '');
  END IF;
  IF studio.my_role() = 'auditor' THEN
    RETURN '[]'; -- who sees all plans by their names
  END IF;
  RETURN (
    WITH booked AS MATERIALIZED (
      SELECT k.kol, coalesce(d.planned, d.from_day) AS day, c.brand
        FROM studio.contract k JOIN studio.deliverable d ON d.contract = k.id JOIN studio.campaign c ON c.id = k.campaign
       WHERE k.kol = ANY (p_kols) AND (k.state = 'signed' AND c.state <> 'closed' OR k.state IN ('signed', 'ended') AND d.post <> '')
         AND coalesce(d.planned, d.from_day) BETWEEN p_from AND p_to AND NOT studio.fold(c.brand) = ANY (studio.my_brands())
    ), trade AS (
      SELECT b.brand, coalesce(studio.brand_standing(b.brand) ->> 'trade', '') AS code FROM (SELECT DISTINCT brand FROM booked) AS b
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('kol', x.kol, 'day', x.day, 'trade', x.code) ORDER BY x.kol, x.day, x.code), '[]')
      FROM (SELECT DISTINCT b.kol, b.day, t.code FROM booked b JOIN trade t USING (brand)) AS x);
END
$$;
GRANT EXECUTE ON FUNCTION studio.booked_elsewhere TO marketer, auditor;

RESET ROLE;
-- +goose StatementEnd
