-- The ground of campaigns and contracts: what they are at the least, and who sees
-- them. Planning adds to these tables; the rights stand here from the first row on.
--
-- The two halves know each other, within limits: a contract is evidence that a post
-- is paid, so whoever has the post's case open learns that there is one. What it
-- costs is the brand's business.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

CREATE TABLE studio.campaign (
  id         uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  brand      text NOT NULL CHECK (brand <> ''),
  name       text NOT NULL CHECK (name <> ''),
  created_by text NOT NULL REFERENCES studio.person,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX campaign_by_brand ON studio.campaign (studio.fold(brand));

CREATE TABLE studio.contract (
  id          uuid PRIMARY KEY DEFAULT studio.uuidv7(),
  campaign    uuid NOT NULL REFERENCES studio.campaign,
  kol         text COLLATE "C" NOT NULL,            -- the platform's id of the author
  post        text COLLATE "C" NOT NULL DEFAULT '', -- the platform's id of the post; '' while there is none
  signed_at   timestamptz,                          -- NULL while it is a draft
  window_from date NOT NULL,
  window_to   date NOT NULL CHECK (window_to >= window_from),
  fee         bigint NOT NULL CHECK (fee >= 0)      -- fen
);
CREATE INDEX contract_by_campaign ON studio.contract (campaign);
CREATE INDEX contract_by_kol ON studio.contract (kol, window_from);
CREATE INDEX contract_by_post ON studio.contract (post) WHERE post <> '';

ALTER TABLE studio.campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE studio.contract ENABLE ROW LEVEL SECURITY;
CREATE POLICY campaign_own ON studio.campaign FOR SELECT TO marketer USING (
  studio.fold(brand) = ANY ((SELECT studio.my_brands())::text[]));
CREATE POLICY campaign_all ON studio.campaign FOR SELECT TO auditor USING (true);
CREATE POLICY contract_own ON studio.contract FOR SELECT TO marketer USING (
  EXISTS (SELECT FROM studio.campaign c WHERE c.id = campaign));
CREATE POLICY contract_all ON studio.contract FOR SELECT TO auditor USING (true);
CREATE POLICY active_only ON studio.campaign AS RESTRICTIVE FOR SELECT TO marketer, auditor USING ((SELECT studio.am_active()));
CREATE POLICY active_only ON studio.contract AS RESTRICTIVE FOR SELECT TO marketer, auditor USING ((SELECT studio.am_active()));
GRANT SELECT ON studio.campaign, studio.contract TO marketer, auditor;

-- The signed contracts that speak of a post: its own, or one of its author in whose
-- window it was published. Only to whoever holds the post's case now, and never a fee.
CREATE FUNCTION studio.contract_evidence(p_case uuid)
RETURNS TABLE (contract uuid, brand text, kol text, own_post bool, signed_at timestamptz, window_from date, window_to date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, studio, pg_temp AS $$
  SELECT k.id, m.brand, k.kol, k.post = p.id, k.signed_at, k.window_from, k.window_to
    FROM studio.queue q
    JOIN studio.cases c ON c.id = q.case_id AND c.kind = 'post'
    JOIN studio.post_key pk ON pk.id = c.target
    JOIN studio.post p ON p.month = pk.month AND p.id = pk.id
    JOIN studio.contract k ON k.signed_at IS NOT NULL AND (k.post = p.id
         OR (k.post = '' AND k.kol = p.author_id AND CAST(coalesce(p.posted_at, p.first_at) AT TIME ZONE
               (SELECT value FROM studio.setting WHERE name = 'time_zone') AS date) BETWEEN k.window_from AND k.window_to))
    JOIN studio.campaign m ON m.id = k.campaign
   WHERE q.case_id = p_case AND q.holder = studio.me() AND q.lease_until > clock_timestamp()
     AND studio.am_active() AND studio.in_sight(c.region, c.lang, studio.me())
   ORDER BY k.post = p.id DESC, k.signed_at, k.id
$$;
GRANT EXECUTE ON FUNCTION studio.contract_evidence TO moderator, lead;

RESET ROLE;
-- +goose StatementEnd
