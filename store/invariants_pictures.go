package store

// pictureInvariants are those of creatives and slots. Each row is held to the digest
// that its newest row of the record has, and its newest version to the row.
var pictureInvariants = []invariant{
	{"creative.audited", `
		SELECT 'creative ' || coalesce(CAST(c.id AS text), r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.creative c
		  FULL JOIN (SELECT DISTINCT ON (target) target, actor, detail FROM record WHERE kind = 'creative' ORDER BY target, seq DESC) AS r ON r.target = CAST(c.id AS text)
		 CROSS JOIN LATERAL (SELECT CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('version', c.version, 'picture', c.picture, 'regions', jsonb_array_length(c.regions),
		     'crops', (SELECT count(*) FROM jsonb_object_keys(c.crops)), 'dropped', c.dropped, 'created_by', c.created_by, 'edited_by', c.edited_by,
		     'creative_sha256', ` + digest(`CAST(jsonb_build_array(c.campaign, c.brand, c.picture, c.name, c.regions, c.crops, c.dropped) AS text)`) + `) END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail OR r.actor <> c.edited_by`},

	{"creative.versions", `
		SELECT 'creative ' || c.id, coalesce(string_agg(CAST(v.version AS text), ' ' ORDER BY v.version), 'none'), '1 to ' || c.version || ', the newest as it stands'
		  FROM studio.creative c LEFT JOIN studio.creative_version v ON v.creative = c.id
		 GROUP BY c.id HAVING (count(v.version), min(v.version), max(v.version)) IS DISTINCT FROM (CAST(c.version AS bigint), 1, c.version)
		     OR NOT bool_or(v.version = c.version AND (v.name, v.regions, v.crops, v.dropped, v.by) = (c.name, c.regions, c.crops, c.dropped, c.edited_by))`},

	{"slot.audited", `
		SELECT 'slot ' || coalesce(s.id, r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.slot s
		  FULL JOIN (SELECT DISTINCT ON (target) target, actor, detail FROM record WHERE kind = 'slot' ORDER BY target, seq DESC) AS r ON r.target = s.id
		 CROSS JOIN LATERAL (SELECT CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('version', s.version, 'retired', s.retired, 'slot_sha256', ` + digest(`CAST(s.body AS text)`) + `) END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail OR r.actor <> s.by`},
}
