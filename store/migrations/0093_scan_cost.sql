-- What every flagged post of a scan asks twice. As SQL functions these were planned anew
-- at each call, which took a tenth of the server's time in a scan; in PL/pgSQL a session
-- plans them once.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE cinnabar_owner;

-- The same digest as before.
CREATE OR REPLACE FUNCTION studio.evidence_digest(p_case uuid) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp SET extra_float_digits = 1
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
BEGIN
  RETURN (SELECT encode(sha256(convert_to(coalesce(string_agg(CAST(to_jsonb(e) - 'case_id' AS text), E'\n' ORDER BY n), ''), 'UTF8')), 'hex')
            FROM studio.evidence e WHERE e.case_id = p_case);
END
$$;

-- The same evidence as before.
CREATE OR REPLACE FUNCTION studio.ring_evidence(p_post text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, studio, pg_temp
SET enable_seqscan = off AS $$ -- plans outlive the day when these tables were small
DECLARE
  r studio.ring;
BEGIN
  SELECT x.* INTO r FROM studio.ring_post p JOIN studio.ring x ON x.key = p.ring WHERE p.post = p_post AND x.authors > 1;
  IF NOT FOUND THEN RETURN '[]'; END IF;
  RETURN jsonb_build_array(jsonb_build_object('kind', 'ring', 'rule', 'ring.authors', 'target', r.key, 'text', r.authors::text))
      || coalesce((SELECT jsonb_agg(jsonb_build_object('kind', 'ring', 'target', r.key,
            'rule', CASE s.body ->> 'channel' WHEN '' THEN 'ring.text' ELSE 'ring.' || split_part(s.body ->> 'channel', ':', 1) END,
            'text', CASE WHEN s.body ->> 'channel' LIKE 'picture:%' THEN '' ELSE substr(s.body ->> 'channel', strpos(s.body ->> 'channel', ':') + 1) END) ORDER BY s.n)
           FROM jsonb_array_elements(r.shared) WITH ORDINALITY AS s(body, n) WHERE s.n <= 3), '[]');
END
$$;

RESET ROLE;
-- +goose StatementEnd
