package store

import (
	"strconv"

	"cinnabar/campaigns"
)

// planInvariants are those of the planning side. What a brand plans and pays stands in
// the record as a digest, because more people read the record than the plan; so each
// row is held to the digest that its newest row of the record has.
var planInvariants = []invariant{
	{"campaign.audited", `
		SELECT 'campaign ' || coalesce(CAST(c.id AS text), r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(said.theirs AS text), 'a row of the record')
		  FROM studio.campaign c
		  FULL JOIN (SELECT DISTINCT ON (target) target, detail FROM record WHERE kind = 'campaign' ORDER BY target, seq DESC) AS r ON r.target = CAST(c.id AS text)
		 CROSS JOIN LATERAL (
		   SELECT CASE WHEN c.id IS NOT NULL THEN jsonb_build_object('state', c.state, 'version', c.version, 'created_by', c.created_by, 'edited_by', c.edited_by,
		            'proposed_by', c.proposed_by, 'approved_by', c.approved_by, 'plan_sha256', ` + digest(`CAST(jsonb_build_array(c.brand, c.name, c.wish, c.scenarios,
		              c.budget, c.window_from, c.window_to, c.service_fee, c.chosen, c.picked, c.words) AS text)`) + `) END,
		          r.detail - CAST('{move,from,line}' AS text[])) AS said(mine, theirs)
		 WHERE said.mine IS DISTINCT FROM said.theirs`},

	// The narrow lines say what the plan says.
	{"campaign.lines", `
		SELECT 'campaign ' || coalesce(l.campaign, w.campaign) || ' line ' || coalesce(l.scenario, w.scenario) || ' ' || coalesce(l.id, w.id),
		       coalesce(concat_ws(' ', l.kind, l.from_day, l.to_day, l.cost, l.daily, l.kol, l.format), 'not there'),
		       coalesce(concat_ws(' ', w.kind, w.from_day, w.to_day, w.cost, w.daily, w.kol, w.format), 'none')
		  FROM studio.campaign_line l
		  FULL JOIN (
		    SELECT c.id AS campaign, s ->> 'ID' AS scenario, x ->> 'ID' AS id, x ->> 'Kind' AS kind, CAST(x ->> 'From' AS date) AS from_day, CAST(x ->> 'To' AS date) AS to_day,
		           coalesce(CAST(x ->> 'Cost' AS bigint), 0) AS cost, coalesce(CAST(x #>> '{Promotion,Daily}' AS bigint), 0) AS daily,
		           coalesce(x #>> '{KOL,KOL}', '') AS kol, coalesce(x #>> '{KOL,Format}', '') AS format
		      FROM studio.campaign c, jsonb_array_elements(c.scenarios) AS s,
		           jsonb_array_elements(CASE jsonb_typeof(s -> 'Lines') WHEN 'array' THEN s -> 'Lines' ELSE '[]' END) AS x) AS w
		    ON w.campaign = l.campaign AND w.scenario = l.scenario AND w.id = l.id
		 WHERE (l.kind, l.from_day, l.to_day, l.cost, l.daily, l.kol, l.format) IS DISTINCT FROM (w.kind, w.from_day, w.to_day, w.cost, w.daily, w.kol, w.format)`},

	{"campaign.two_people", `
		SELECT 'campaign ' || c.id, concat_ws(' ', c.state, 'made by', c.created_by, 'changed by', c.edited_by, 'proposed by', coalesce(c.proposed_by, '-'), 'approved by', coalesce(c.approved_by, '-')),
		       'proposed by ' || coalesce(p.actor, 'somebody') || ', approved by ' || coalesce(a.actor, 'somebody else')
		  FROM studio.campaign c
		  LEFT JOIN (SELECT DISTINCT ON (target) target, actor FROM record WHERE kind = 'campaign' AND detail ->> 'move' = 'propose' ORDER BY target, seq DESC) AS p ON p.target = CAST(c.id AS text)
		  LEFT JOIN (SELECT DISTINCT ON (target) target, actor FROM record WHERE kind = 'campaign' AND detail ->> 'move' = 'approve' ORDER BY target, seq DESC) AS a ON a.target = CAST(c.id AS text)
		 WHERE c.state IN ('approved', 'running') AND c.approved_by IS NULL
		    OR c.approved_by IS NOT NULL AND ((c.proposed_by, c.approved_by) IS DISTINCT FROM (p.actor, a.actor) OR c.approved_by IN (c.created_by, c.edited_by, c.proposed_by))`},

	{"contract.audited", `
		SELECT 'contract ' || coalesce(CAST(k.id AS text), r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(said.theirs AS text), 'a row of the record')
		  FROM studio.contract k
		  LEFT JOIN studio.contract_version v ON v.contract = k.id AND v.version = k.version
		  FULL JOIN (SELECT DISTINCT ON (target) target, detail FROM record WHERE kind = 'contract' ORDER BY target, seq DESC) AS r ON r.target = CAST(k.id AS text)
		 CROSS JOIN LATERAL (
		   SELECT CASE WHEN k.id IS NOT NULL THEN jsonb_build_object('ref', k.ref, 'state', k.state, 'version', k.version, 'created_by', k.created_by,
		            'edited_by', k.edited_by, 'endorsed_by', k.endorsed_by, 'contract_sha256', ` + digest(`CAST(v.content AS text)`) + `) END,
		          r.detail - CAST('{move,from,deliverable}' AS text[])) AS said(mine, theirs)
		 WHERE said.mine IS DISTINCT FROM said.theirs`},

	// Every version is kept, and stands as it was recorded.
	{"contract.versions", `
		SELECT 'contract ' || k.ref, coalesce(string_agg(CAST(v.version AS text), ' ' ORDER BY v.version), 'none'), '1 to ' || k.version
		  FROM studio.contract k LEFT JOIN studio.contract_version v ON v.contract = k.id
		 GROUP BY k.id HAVING (count(v.version), min(v.version), max(v.version)) IS DISTINCT FROM (CAST(k.version AS bigint), 1, k.version)
		 UNION ALL
		SELECT 'contract ' || k.ref || ' version ' || v.version, ` + digest(`CAST(v.content AS text)`) + `, coalesce(r.detail ->> 'contract_sha256', 'a row of the record')
		  FROM studio.contract_version v JOIN studio.contract k ON k.id = v.contract
		  LEFT JOIN record r ON r.kind = 'contract' AND r.target = CAST(v.contract AS text) AND r.detail -> 'version' = to_jsonb(v.version)
		 WHERE r.detail ->> 'contract_sha256' IS DISTINCT FROM ` + digest(`CAST(v.content AS text)`)},

	// The contract as it stands is its newest version. (Moments are compared as such:
	// as texts they have the zone of whoever wrote them.)
	{"contract.content", `
		SELECT 'contract ' || k.ref, CAST(said.mine AS text), CAST(said.theirs AS text)
		  FROM studio.contract k JOIN studio.contract_version v ON v.contract = k.id AND v.version = k.version
		  LEFT JOIN (SELECT contract, jsonb_agg(to_jsonb(d) - CAST('{contract,n,post}' AS text[]) ORDER BY d.n) AS owed, min(from_day) AS first, max(to_day) AS last
		               FROM studio.deliverable d GROUP BY contract) AS d ON d.contract = k.id
		 CROSS JOIN LATERAL (SELECT to_jsonb(k) - CAST('{post,signed_at,updated_at}' AS text[]) || jsonb_build_object('deliverables', coalesce(d.owed, '[]'), 'signed', extract(epoch FROM k.signed_at)),
		     v.content - CAST('{brand,signed_at,updated_at}' AS text[]) || jsonb_build_object('window_from', coalesce(d.first, k.window_from), 'window_to', coalesce(d.last, k.window_to),
		       'deliverables', (SELECT coalesce(jsonb_agg(x - 'post' ORDER BY n), '[]') FROM jsonb_array_elements(v.content -> 'deliverables') WITH ORDINALITY AS o(x, n)),
		       'signed', extract(epoch FROM CAST(v.content ->> 'signed_at' AS timestamptz)))) AS said(mine, theirs)
		 WHERE said.mine <> said.theirs`},

	{"contract.endorsed", `
		SELECT 'contract ' || k.ref, 'endorsed by ' || k.endorsed_by, coalesce('endorsed by ' || r.actor, 'nobody, or another than wrote it')
		  FROM studio.contract k
		  LEFT JOIN (SELECT DISTINCT ON (target) target, actor FROM record WHERE kind = 'contract' AND detail ->> 'move' = 'endorse' ORDER BY target, seq DESC) AS r ON r.target = CAST(k.id AS text)
		 WHERE k.endorsed_by IS NOT NULL AND (r.actor IS DISTINCT FROM k.endorsed_by OR k.endorsed_by IN (k.created_by, k.edited_by))`},

	{"ledger.audited", `
		SELECT coalesce('entry ' || e.id, 'chain ' || r.chain || ' row ' || r.seq), coalesce(said.mine, 'no entry'), coalesce(r.detail ->> 'entry_sha256', 'a row of the record')
		  FROM studio.ledger e FULL JOIN (SELECT * FROM record WHERE kind = 'ledger') AS r ON r.target = CAST(e.id AS text)
		 CROSS JOIN LATERAL (SELECT CASE WHEN e.id IS NOT NULL THEN ` + digest(`CAST(jsonb_build_array(e.id, e.campaign, e.line, e.contract, e.kind, e.amount, e.reverses, e.day,
		     e.words, e.by, to_char(e.at AT TIME ZONE 'UTC', `+moment+`)) AS text)`) + ` END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail ->> 'entry_sha256' OR r.actor <> e.by OR r.request IS DISTINCT FROM e.request`},

	// Nothing is paid that was not committed, or is held; nothing committed beyond the budget.
	{"ledger.balance", `
		WITH standing AS (
		  SELECT e.* FROM studio.ledger e WHERE e.kind <> 'reverse' AND NOT EXISTS (SELECT FROM studio.ledger r WHERE r.reverses = e.id)
		), line AS (
		  SELECT campaign, line, coalesce(sum(amount) FILTER (WHERE kind = 'commit'), 0) AS committed,
		         coalesce(sum(amount) FILTER (WHERE kind = 'hold'), 0) - coalesce(sum(amount) FILTER (WHERE kind = 'release'), 0) AS held,
		         coalesce(sum(amount) FILTER (WHERE kind = 'pay'), 0) AS paid FROM standing GROUP BY campaign, line
		)
		SELECT 'campaign ' || campaign || ' line ' || line, concat_ws(' ', 'committed', committed, 'held', held, 'paid', paid), 'held and paid within committed'
		  FROM line WHERE held < 0 OR held + paid > committed
		 UNION ALL
		SELECT 'campaign ' || c.id, 'committed ' || sum(l.committed), 'at most ' || c.budget FROM line l JOIN studio.campaign c ON c.id = l.campaign GROUP BY c.id HAVING sum(l.committed) > c.budget
		 UNION ALL
		SELECT 'entry ' || r.id, concat_ws(' ', r.campaign, r.line, r.amount), coalesce(concat_ws(' ', e.campaign, e.line, e.amount), 'an entry') FROM studio.ledger r LEFT JOIN studio.ledger e ON e.id = r.reverses
		 WHERE r.kind = 'reverse' AND ((r.campaign, r.line, r.amount) IS DISTINCT FROM (e.campaign, e.line, e.amount) OR e.kind = 'reverse')`},

	{"kol.came", `
		SELECT x.what, x.seen || ' rows', x.want || ' rows'
		  FROM (SELECT 'KOLs', (SELECT count(*) FROM studio.kol), (SELECT coalesce(sum(came), 0) FROM studio.import WHERE kind = 'kols')
		        UNION ALL SELECT 'profiles', (SELECT count(*) FROM studio.kol_detail), (SELECT count(*) FROM studio.kol)
		        UNION ALL SELECT 'quotes', (SELECT count(*) FROM studio.kol_quote), (SELECT coalesce(sum(came), 0) FROM studio.import WHERE kind = 'quotes')
		        UNION ALL SELECT 'audiences', (SELECT count(*) FROM studio.kol_audience), (SELECT coalesce(sum(came), 0) FROM studio.import WHERE kind = 'audience')) AS x(what, seen, want)
		 WHERE x.seen <> x.want`},

	{"kol.record", `
		SELECT 'post ' || coalesce(b.post, p.id), coalesce(concat_ws(' ', b.author, b.at), 'no breach'), coalesce(concat_ws(' ', p.author_id, p.breached_at), 'no breach')
		  FROM studio.breach b FULL JOIN (SELECT id, author_id, breached_at FROM studio.post WHERE breached_at IS NOT NULL) AS p ON p.id = b.post
		 WHERE (b.author, b.at) IS DISTINCT FROM (p.author_id, p.breached_at)
		 UNION ALL
		SELECT 'post ' || coalesce(o.post, w.id), coalesce('open, by ' || o.author, 'not open'), coalesce('open, by ' || w.author_id, 'not open')
		  FROM studio.author_open o
		  FULL JOIN (SELECT p.id, p.author_id FROM studio.cases c JOIN studio.post_key k ON k.id = c.target JOIN studio.post p ON p.month = k.month AND p.id = k.id
		              WHERE c.kind = 'post' AND c.stage <> 'closed' AND p.author_id <> '') AS w ON w.id = o.post
		 WHERE o.author IS DISTINCT FROM w.author_id`},

	{"kol_note.audited", `
		SELECT coalesce('note on KOL ' || n.id, 'chain ' || r.chain || ' row ' || r.seq), coalesce(said.mine, 'no note'), coalesce(r.detail ->> 'note_sha256', 'a row of the record')
		  FROM studio.kol_note n FULL JOIN (SELECT * FROM record WHERE kind = 'kol_note') AS r ON r.target = CAST(n.id AS text)
		 CROSS JOIN LATERAL (SELECT CASE WHEN n.id IS NOT NULL THEN ` + digest(`CAST(jsonb_build_array(n.brand, n.kol, n.text) AS text)`) + ` END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail ->> 'note_sha256' OR r.actor <> n.by`},

	{"shortlist.audited", `
		SELECT 'shortlist ' || coalesce(CAST(l.id AS text), r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.shortlist l
		  FULL JOIN (SELECT DISTINCT ON (target) target, actor, detail FROM record WHERE kind = 'shortlist' ORDER BY target, seq DESC) AS r ON r.target = CAST(l.id AS text)
		 CROSS JOIN LATERAL (SELECT CASE WHEN l.id IS NOT NULL THEN jsonb_build_object('version', l.version, 'list_sha256', ` + digest(`CAST(jsonb_build_array(l.brand, l.name, l.kols) AS text)`) + `) END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail OR r.actor <> l.by`},

	{"brand_bar.audited", `
		SELECT 'brand ' || coalesce(b.brand, r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.brand_bar b
		  FULL JOIN (SELECT DISTINCT ON (target) target, actor, detail FROM record WHERE kind = 'brand' ORDER BY target, seq DESC) AS r ON r.target = b.brand
		 CROSS JOIN LATERAL (SELECT CASE WHEN b.brand IS NOT NULL THEN jsonb_build_object('until', b.until_day, 'words_sha256', ` + digest(`b.words`) + `) END) AS said(mine)
		 WHERE said.mine IS DISTINCT FROM r.detail OR r.actor <> b.by`},
}

// planGuard compares the database's tables of moves with those of the program.
func planGuard() invariant {
	var steps [][]string
	for _, m := range campaigns.Moves {
		steps = append(steps, []string{"campaign", string(m.From), string(m.Move), string(m.To), strconv.FormatBool(m.Another), strconv.FormatBool(m.Words), "", ""})
	}
	for _, m := range campaigns.ContractMoves {
		steps = append(steps, []string{"contract", string(m.From), string(m.Move), string(m.To), strconv.FormatBool(m.Another), strconv.FormatBool(m.Words),
			strconv.FormatBool(m.Fee), strconv.FormatBool(m.Endorsed)})
	}
	return invariant{"guard.moves", `
		SELECT concat_ws(' ', coalesce(t.what, w.what), coalesce(t.from_state, w.from_state), coalesce(t.move, w.move)),
		       CASE WHEN t.what IS NULL THEN 'not there' ELSE concat_ws(' ', t.to_state, t.another, t.words, t.fee, t.endorsed) END,
		       CASE WHEN w.what IS NULL THEN 'none' ELSE concat_ws(' ', w.to_state, w.another, w.words, w.fee, w.endorsed) END
		  FROM (SELECT 'campaign' AS what, from_state, move, to_state, CAST(another AS text) AS another, CAST(words AS text) AS words, '' AS fee, '' AS endorsed FROM studio.campaign_transition
		        UNION ALL SELECT 'contract', from_state, move, to_state, CAST(another AS text), CAST(words AS text), CAST(fee AS text), CAST(endorsed AS text) FROM studio.contract_transition) AS t
		  FULL JOIN ` + values(8, steps) + ` AS w(what, from_state, move, to_state, another, words, fee, endorsed) ON (w.what, w.from_state, w.move) = (t.what, t.from_state, t.move)
		 WHERE ` + own() + ` AND (t.to_state, t.another, t.words, t.fee, t.endorsed) IS DISTINCT FROM (w.to_state, w.another, w.words, w.fee, w.endorsed)`}
}
