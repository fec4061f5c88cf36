package store

// invariant is something that is always true, as a query for the rows that break
// it: where, what stands there, what should. A right database returns none.
//
// Each of these is kept true by a function, a constraint or a trigger too. Asking
// again is for the day on which somebody who may alter tables did.
type invariant struct {
	name  string
	query string
}

var invariants = []invariant{
	{"approval.two_people", `
		SELECT 'application ' || a.id, count(v.voter) || ' people: ' || coalesce(string_agg(v.voter, ', '), 'nobody'), 'two people who are no party to it'
		  FROM studio.application a
		  LEFT JOIN studio.vote v ON v.application = a.id AND v.version = a.version AND v.withdrawn_at IS NULL
		        AND v.voter NOT IN (a.submitted_by, a.entered_by)
		 WHERE a.state = 'approved' GROUP BY a.id HAVING count(v.voter) < 2`},

	{"approval.decided", `
		SELECT 'vote on ' || v.application || ' by ' || v.voter, 'decision ' || v.decision, 'an approval by the same person that stands'
		  FROM studio.vote v
		 WHERE v.withdrawn_at IS NULL AND NOT EXISTS (
		   SELECT FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		    WHERE d.id = v.decision AND d.person = v.voter AND d.verdict = 'approve' AND d.undone_at IS NULL
		      AND c.kind = 'brand' AND c.target = v.application)`},

	{"approval.own", `
		SELECT 'vote on ' || v.application, v.voter, 'nobody who submitted or entered it'
		  FROM studio.vote v JOIN studio.application_version o ON o.application = v.application AND o.version = v.version
		 WHERE v.withdrawn_at IS NULL AND v.voter IN (v.submitter, o.entered_by)`},

	{"case.approvals", `
		SELECT 'case ' || c.ref || ' ' || c.id, CAST(c.approvals AS text), CAST(count(v.voter) AS text)
		  FROM studio.cases c LEFT JOIN studio.application a ON a.id = c.target
		  LEFT JOIN studio.vote v ON v.application = a.id AND v.version = a.version AND v.withdrawn_at IS NULL
		 WHERE c.kind = 'brand' AND c.stage <> 'closed' GROUP BY c.id HAVING c.approvals <> count(v.voter)`},

	{"case.subject", `
		SELECT 'case ' || c.ref || ' ' || c.id, 'application ' || coalesce(a.state, 'is not there'), s.state
		  FROM studio.cases c JOIN studio.stage s ON s.kind = c.kind AND s.stage = c.stage
		  LEFT JOIN studio.application a ON a.id = c.target
		 WHERE c.kind = 'brand' AND c.stage <> 'closed' AND a.state IS DISTINCT FROM s.state`},

	{"case.queue", `
		SELECT 'case ' || c.ref || ' ' || c.id, coalesce(q.stage || CASE WHEN q.waiting THEN ', waiting' ELSE '' END, 'not in the queue'),
		       c.stage || CASE WHEN s.waits THEN ', waiting' ELSE '' END
		  FROM studio.cases c JOIN studio.stage s ON s.kind = c.kind AND s.stage = c.stage
		  LEFT JOIN studio.queue q ON q.case_id = c.id
		 WHERE (q.stage, q.waiting, q.kind) IS DISTINCT FROM (c.stage, s.waits, c.kind)`},

	{"case.closed", `
		SELECT 'case ' || c.ref || ' ' || c.id, c.outcome, coalesce(d.outcome, 'a decision')
		  FROM studio.cases c LEFT JOIN LATERAL (
		    SELECT outcome, to_stage FROM studio.decision d WHERE d.case_id = c.id AND d.undone_at IS NULL ORDER BY d.case_version DESC LIMIT 1) AS d ON true
		 WHERE c.stage = 'closed' AND (d.to_stage, d.outcome) IS DISTINCT FROM ('closed', c.outcome)`},

	{"case.version", `
		SELECT 'case ' || c.ref || ' ' || c.id, CAST(c.version AS text), 'at least ' || max(d.case_version)
		  FROM studio.cases c JOIN studio.decision d ON d.case_id = c.id GROUP BY c.id HAVING c.version < max(d.case_version)`},

	{"lease.holder", `
		SELECT 'case ' || c.ref || ' ' || c.id, q.holder, 'somebody we know who is no party to it'
		  FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id LEFT JOIN studio.person p ON p.login = q.holder
		 WHERE q.holder IS NOT NULL AND q.lease_until > clock_timestamp()
		   -- Whoever has left the desk may hold a lease to its end: deciding asks anew.
		   AND (NOT q.waiting OR q.holder IN (c.submitted_by, c.entered_by) OR p.login IS NULL)`},

	{"decision.transition", `
		SELECT 'decision ' || d.id, d.stage || ' ' || d.verdict || ' ' || d.to_stage || ' ' || d.outcome, 'a line of the table'
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		 WHERE NOT EXISTS (SELECT FROM studio.transition s WHERE s.kind = c.kind
		   AND (s.stage, s.verdict, s.to_stage, s.outcome) = (d.stage, d.verdict, d.to_stage, d.outcome))`},

	{"decision.own", `
		SELECT 'decision ' || d.id, d.person, 'nobody who submitted or entered it'
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		 WHERE d.undone_at IS NULL AND d.person IN (c.submitted_by, c.entered_by)
		   AND d.case_version = c.version`},

	{"decision.request", `
		SELECT 'decision ' || d.id, coalesce(r.actor || ' ' || r.function, 'no request'), d.person || ' case_decide'
		  FROM studio.decision d LEFT JOIN studio.request r ON r.id = d.request
		 WHERE r.id IS NULL OR r.actor <> d.person OR r.function <> 'case_decide' OR r.result ->> 'decision' IS DISTINCT FROM CAST(d.id AS text)`},

	// The record says what was decided and the digests of the words; the decision's
	// row must still say the same.
	{"decision.audited", `
		SELECT 'decision ' || d.id, coalesce(a.detail, 'no row of the record'), d.person || ' ' || d.verdict || ' ' || coalesce(d.policy, '') || ' at ' || d.at
		  FROM studio.decision d
		  LEFT JOIN studio.audit a ON a.target = CAST(d.case_id AS text) AND a.request = d.request AND a.action = 'case.decide'
		 WHERE a.actor IS DISTINCT FROM d.person OR NOT CAST(a.detail AS jsonb) @> jsonb_build_object(
		   'decision', d.id, 'stage', d.stage, 'to', d.to_stage, 'outcome', d.outcome, 'version', d.case_version, 'verdict', d.verdict,
		   'policy', d.policy, 'reason_sha256', studio.words_digest(d.reason), 'note_sha256', studio.words_digest(d.note))`},

	{"audit.decision", `
		SELECT 'chain ' || a.chain || ' row ' || a.seq, 'no decision ' || (CAST(a.detail AS jsonb) ->> 'decision'), 'the decision that was made'
		  FROM studio.audit a
		 WHERE a.action = 'case.decide' AND NOT EXISTS (
		   SELECT FROM studio.decision d WHERE d.id = CAST(CAST(a.detail AS jsonb) ->> 'decision' AS uuid) AND d.request = a.request)`},

	{"undo.audited", `
		SELECT 'decision ' || d.id, CASE WHEN d.undone_at IS NULL THEN 'stands' ELSE 'undone' END, CASE WHEN a.seq IS NULL THEN 'stands' ELSE 'undone' END || ' in the record'
		  FROM studio.decision d
		  LEFT JOIN studio.audit a ON a.target = CAST(d.case_id AS text) AND a.action = 'case.undo' AND CAST(a.detail AS jsonb) ->> 'decision' = CAST(d.id AS text)
		 WHERE (d.undone_at IS NULL) <> (a.seq IS NULL) OR a.actor <> d.person`},

	{"note.audited", `
		SELECT 'note ' || n.id, n.person || ' at ' || n.at, 'a row of the record with the same words'
		  FROM studio.note n
		 WHERE NOT EXISTS (SELECT FROM studio.audit a WHERE a.target = CAST(n.case_id AS text) AND a.action = 'case.note' AND a.actor = n.person
		   AND CAST(a.detail AS jsonb) ->> 'note_sha256' = studio.words_digest(n.text))`},

	{"evidence.audited", `
		SELECT 'case ' || c.ref || ' ' || c.id, studio.evidence_digest(c.id), coalesce(a.digest, 'a row of the record')
		  FROM studio.cases c LEFT JOIN LATERAL (
		    SELECT CASE WHEN a.action = 'case.changed' THEN studio.words_digest('') -- new words, no evidence yet
		                ELSE CAST(a.detail AS jsonb) ->> 'evidence' END AS digest FROM studio.audit a
		     WHERE a.target = CAST(c.id AS text) AND a.action IN ('case.open', 'case.rescore', 'case.changed') ORDER BY a.seq DESC LIMIT 1) AS a ON true
		 WHERE a.digest IS DISTINCT FROM studio.evidence_digest(c.id)`},

	{"person.audited", `
		SELECT 'person ' || p.login, p.role || CASE WHEN p.active THEN '' ELSE ', disabled' END, coalesce(a.action || ' ' || a.detail, 'a row of the record')
		  FROM studio.person p LEFT JOIN LATERAL (
		    SELECT a.action, a.detail FROM studio.audit a WHERE a.target = p.login AND a.action IN ('person.add', 'person.disable') ORDER BY a.seq DESC LIMIT 1) AS a ON true
		 WHERE a.action IS NULL OR p.active <> (a.action = 'person.add')
		    OR (a.action = 'person.add' AND NOT CAST(a.detail AS jsonb) @> jsonb_build_object('role', p.role, 'brands', p.brands))`},

	{"request.granted", `
		SELECT 'request ' || r.id, r.actor || ' ' || r.function, 'an answer' FROM studio.request r WHERE r.result IS NULL`},

	// The guards themselves. A superuser can switch them off; then this says so.
	{"guard.triggers", `
		SELECT g.name || ' on ' || c.relname, coalesce('enabled: ' || CAST(t.tgenabled AS text), 'missing'), 'enabled: O'
		  FROM (VALUES ('audit_keep_rows', '^audit(_\d{4}_\d{2})?$'), ('audit_keep_table', '^audit(_\d{4}_\d{2})?$'),
		               ('audit_keep_heads', '^audit_head$'), ('audit_keep_head_table', '^audit_head$'), ('audit_chain', '^audit_pending$'),
		               ('decision_keep_rows', '^decision$'), ('decision_keep_table', '^decision$'),
		               ('two_people', '^(application|vote)$')) AS g(name, tables)
		  JOIN pg_catalog.pg_class c ON c.relnamespace = CAST('studio' AS regnamespace) AND c.relkind IN ('r', 'p') AND c.relname ~ g.tables
		  LEFT JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND t.tgname = g.name
		 WHERE t.tgenabled IS DISTINCT FROM 'O'`},

	{"guard.writes", `
		SELECT 'table ' || c.relname, g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'everybody' ELSE CAST(CAST(g.grantee AS regrole) AS text) END, 'writing by functions alone'
		  FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) AS g
		 WHERE c.relnamespace = CAST('studio' AS regnamespace) AND g.grantee <> c.relowner
		   AND g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')`},

	// Row security on all but the rules that everybody is judged by, and policies that
	// hang on no group: whoever is in one could take it out of them.
	{"guard.sight", `
		SELECT 'table ' || c.relname, 'without row security', 'row security'
		  FROM pg_catalog.pg_class c
		 WHERE c.relnamespace = CAST('studio' AS regnamespace) AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT c.relrowsecurity
		   AND c.relname NOT IN ('compat', 'named_queue', 'policy', 'route', 'setting', 'stage', 'transition', 'verdict')
		 UNION ALL
		SELECT 'policy ' || p.polname || ' on ' || c.relname, CASE WHEN p.polroles = '{0}' THEN 'another policy' ELSE 'of some groups' END, 'one, asked of everybody'
		  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
		 WHERE c.relnamespace = CAST('studio' AS regnamespace) AND (p.polroles <> '{0}' OR p.polname <> 'sight' OR p.polcmd <> 'r' OR NOT p.polpermissive)`},

	{"guard.owner", `
		SELECT x.what, CAST(CAST(x.owner AS regrole) AS text), 'cinnabar_owner'
		  FROM (SELECT 'table ' || relname, relowner FROM pg_catalog.pg_class WHERE relnamespace = CAST('studio' AS regnamespace) AND relkind IN ('r', 'p', 'S', 'v')
		        UNION ALL
		        SELECT 'function ' || proname, proowner FROM pg_catalog.pg_proc WHERE pronamespace = CAST('studio' AS regnamespace)
		           AND proname NOT IN ('login_ready', 'login_shut', 'login_secret', 'login_end')) AS x(what, owner)
		 WHERE CAST(CAST(x.owner AS regrole) AS text) <> 'cinnabar_owner'`},

	{"guard.functions", `
		SELECT 'function ' || p.proname, array_to_string(p.proconfig, ', '), 'search_path=pg_catalog, studio, pg_temp'
		  FROM pg_catalog.pg_proc p
		 WHERE p.pronamespace = CAST('studio' AS regnamespace) AND p.prosecdef
		   AND 'search_path=pg_catalog, studio, pg_temp' <> ALL (coalesce(p.proconfig, '{}'))`},
}
