package store

// rulebookDigest is what studio.rulebook_digest computes of a row b.
var rulebookDigest = digest(`CAST(jsonb_build_array(b.number, b.state, b.rules, b.note, b.version, b.written_by, to_char(b.written_at AT TIME ZONE 'UTC', ` + moment + `),
	b.moved_by, to_char(b.moved_at AT TIME ZONE 'UTC', ` + moment + `), b.replay, b.reason, b.ended) || CASE WHEN b.base IS NULL THEN jsonb_build_array() ELSE jsonb_build_array(b.base) END AS text)`)

// rulebookInvariants are those of the rules that leads write for the detector.
var rulebookInvariants = []invariant{
	// Each version stands as it was recorded last, and every one is kept.
	{"rulebook.audited", `
		SELECT 'rulebook ' || coalesce(CAST(b.number AS text), r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(said.theirs AS text), 'a row of the record')
		  FROM studio.rulebook b
		  FULL JOIN (SELECT DISTINCT ON (target) target, detail FROM record WHERE kind = 'rulebook' ORDER BY target, seq DESC) AS r ON r.target = CAST(b.number AS text)
		 CROSS JOIN LATERAL (
		   SELECT CASE WHEN b.number IS NOT NULL THEN jsonb_build_object('state', b.state, 'version', b.version, 'rulebook_sha256', ` + rulebookDigest + `) END,
		          r.detail - CAST('{from,rules,override}' AS text[])) AS said(mine, theirs)
		 WHERE said.mine IS DISTINCT FROM said.theirs`},

	// A model stays what was handed in, and who did is in the record.
	{"model.audited", `
		SELECT 'model ' || coalesce(m.id, r.target), coalesce(m.version || ', ' || octet_length(m.body) || ' bytes, digest ' || encode(sha256(m.body), 'hex'), 'not there'),
		       coalesce((r.detail ->> 'version') || ', ' || (r.detail ->> 'bytes') || ' bytes, digest ' || r.target, 'a row of the record')
		  FROM studio.detector_model m
		  FULL JOIN (SELECT target, actor, detail FROM record WHERE kind = 'detector_model') AS r ON r.target = m.id
		 WHERE m.id IS NULL OR r.target IS NULL OR encode(sha256(m.body), 'hex') <> m.id OR m.added_by <> r.actor OR m.version <> r.detail ->> 'version'
		    OR m.calibrated <> CAST(r.detail ->> 'calibrated' AS bool)`},

	{"rulebook.once", `
		SELECT 'rulebook ' || string_agg(CAST(b.number AS text), ', ' ORDER BY b.number), count(*) || ' ' || b.state, 'one'
		  FROM studio.rulebook b WHERE b.state <> 'retired' GROUP BY b.state HAVING count(*) > 1`},

	// By leads alone; a minute for whoever was just then given another role.
	{"rulebook.right", `
		SELECT 'chain ' || r.chain || ' row ' || r.seq, r.actor || ' was no lead', 'a lead'
		  FROM record r
		 WHERE r.kind = 'rulebook' AND NOT EXISTS (
		   SELECT FROM (SELECT target, action, detail ->> 'role' AS role, at, lead(at) OVER (PARTITION BY target ORDER BY seq) AS until
		                  FROM record WHERE kind = 'person' AND action IN ('person.add', 'person.disable')) AS p
		    WHERE p.target = r.actor AND p.action = 'person.add' AND p.role = 'lead' AND p.at <= r.at AND r.at <= coalesce(p.until, 'infinity') + interval '1 minute')`},

	// What went live had shown on people's decisions that it may, or somebody said why.
	{"rulebook.takeover", `
		SELECT 'rulebook ' || b.number, 'went live by ' || coalesce(CAST(b.replay AS text), 'no replay') || ' and no reason', 'a replay that is no worse, or a reason'
		  FROM studio.rulebook b
		 CROSS JOIN LATERAL (SELECT CAST(b.replay ->> 'posts' AS numeric), CAST(b.replay ->> 'found' AS numeric), CAST(b.replay ->> 'wrong' AS numeric),
		                            CAST(b.replay #>> '{live,found}' AS numeric), CAST(b.replay #>> '{live,wrong}' AS numeric)) AS r(posts, found, wrong, live_found, live_wrong)
		 WHERE b.reason = '' AND (b.state = 'live' OR EXISTS (SELECT FROM record x WHERE x.kind = 'rulebook' AND x.target = CAST(b.number AS text) AND x.detail ->> 'state' = 'live'))
		   AND NOT coalesce(r.posts > 0 AND r.found >= r.live_found AND r.found * (r.live_found + r.live_wrong) >= r.live_found * (r.found + r.wrong), false)`},

	// No case was opened by rules that nobody had published.
	{"rulebook.opened", `
		SELECT 'case ' || c.ref || ' ' || c.id, 'flagged by ' || e.text, 'a rulebook that was live'
		  FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id
		 CROSS JOIN LATERAL (SELECT substring(e.text FROM '[+]r([0-9]{1,9})$')) AS book(number)
		 WHERE e.kind = 'model' AND book.number IS NOT NULL
		   AND NOT EXISTS (SELECT FROM record x WHERE x.kind = 'rulebook' AND x.target = CAST(CAST(book.number AS int) AS text) AND x.detail ->> 'state' = 'live')`},
}
