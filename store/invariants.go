package store

import (
	"slices"
	"sync"
)

// invariant is something that is always true, as a query for the rows that break
// it: where, what stands there, what should. A right database returns none.
//
// Each of these is kept true by a function, a constraint or a trigger too. Asking
// again is for the day on which somebody who may alter tables did.
//
// Queries may use what premises defines; OFFSET 0 keeps the planner from reading one
// detail as JSON for each thing that is taken out of it. They lean on nothing in the schema that such
// a person could replace: digests are computed by Postgres's own functions.
type invariant struct {
	name  string
	query string
}

// invariants are all that a verification asks: of the rows, and of the guards that
// keep people from them.
var invariants = sync.OnceValue(func() []invariant {
	return slices.Concat(rowInvariants, planInvariants, pictureInvariants, rulebookInvariants, ringInvariants, lookInvariants, guards(), []invariant{planGuard()})
})

// premises begins every query: the record with its detail as JSON, the newest case
// of each subject, and of each case the newest decision that stands.
func premises(spoiled []auditPlaceKey) string {
	return `WITH record AS NOT MATERIALIZED (
		SELECT a.chain, a.seq, a.at, a.actor, a.action, a.kind, a.target, a.request, ` + detailOf(spoiled) + ` AS detail FROM studio.audit a
	), newest AS NOT MATERIALIZED (
		SELECT DISTINCT ON (c.kind, c.target) c.* FROM studio.cases c ORDER BY c.kind, c.target, c.created DESC, c.id DESC
	), standing AS NOT MATERIALIZED (
		SELECT DISTINCT ON (d.case_id) d.* FROM studio.decision d WHERE d.undone_at IS NULL ORDER BY d.case_id, d.case_version DESC
	)`
}

// digest is the SHA-256 of a text, in hexadecimal.
func digest(text string) string { return `encode(sha256(convert_to(` + text + `, 'UTF8')), 'hex')` }

// far tells moments apart that one function call took: never by an hour, even if the
// call waited for a lock or the clock was set.
func far(a, b string) string {
	return `(` + a + ` NOT BETWEEN ` + b + ` - interval '1 hour' AND ` + b + ` + interval '1 hour')`
}

const (
	moment = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`
	// What a person wrote, as studio.trimmed leaves it.
	whiteSpace = `E' \t\r\n\u00a0\u3000'`
)

var rowInvariants = []invariant{
	// The record itself.

	{"chain.tail", `
		SELECT 'chain ' || a.chain || ' row ' || a.seq, 'a row behind the head', 'none behind row ' || coalesce(h.seq, 0)
		  FROM studio.audit a LEFT JOIN studio.audit_head h ON h.chain = a.chain WHERE a.seq > coalesce(h.seq, 0)`},

	{"request.granted", `
		SELECT 'request ' || r.id, r.actor || ' ' || r.function, 'an answer' FROM studio.request r WHERE r.result IS NULL`},

	// What was done under a request was done by whoever it was granted to.
	{"request.audited", `
		SELECT 'chain ' || a.chain || ' row ' || a.seq, a.actor, coalesce('request ' || r.id || ' of ' || r.actor, 'no request ' || a.request)
		  FROM studio.audit a LEFT JOIN studio.request r ON r.id = a.request
		 WHERE a.request IS NOT NULL AND r.actor IS DISTINCT FROM a.actor`},

	// People and rules: each row says what the newest row of the record says of it.

	{"person.audited", `
		SELECT 'person ' || coalesce(p.login, r.target), coalesce(CAST(mine AS text), 'not there'), coalesce(CAST(theirs AS text), 'nobody')
		  FROM studio.person p
		  FULL JOIN (SELECT DISTINCT ON (target) target, at, detail FROM record
		              WHERE kind = 'person' AND action = 'person.add' ORDER BY target, seq DESC) AS r ON r.target = p.login
		  LEFT JOIN (SELECT DISTINCT ON (target) target, action FROM record
		              WHERE kind = 'person' AND action IN ('person.add', 'person.disable') ORDER BY target, seq DESC) AS s ON s.target = r.target
		  LEFT JOIN (SELECT target, min(at) AS at FROM record WHERE kind = 'person' AND action = 'person.add' GROUP BY target) AS f ON f.target = r.target
		 CROSS JOIN LATERAL (
		   SELECT CASE WHEN p.login IS NOT NULL THEN jsonb_build_object('name', p.name, 'role', p.role, 'regions', p.regions,
		            'languages', p.languages, 'brands', p.brands, 'active', p.active) END,
		          CASE WHEN r.target IS NOT NULL THEN jsonb_build_object('name', btrim(r.detail ->> 'name', ` + whiteSpace + `), 'role', r.detail -> 'role',
		            'regions', r.detail -> 'regions', 'languages', r.detail -> 'languages', 'brands', r.detail -> 'brands', 'active', s.action = 'person.add') END
		 ) AS said(mine, theirs)
		 WHERE mine IS DISTINCT FROM theirs OR ` + far("p.added_at", "f.at")},

	{"policy.audited", `
		SELECT 'policy ' || coalesce(p.code, r.target), coalesce(CAST(to_jsonb(p) - 'code' AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.policy p
		  FULL JOIN (SELECT DISTINCT ON (target) target, detail FROM record WHERE action = 'policy.put' ORDER BY target, seq DESC) AS r ON r.target = p.code
		 WHERE to_jsonb(p) - 'code' IS DISTINCT FROM r.detail`},

	{"named_queue.audited", `
		SELECT 'queue ' || coalesce(q.code, r.target), coalesce(CAST(said.mine AS text), 'not there'), coalesce(CAST(r.detail AS text), 'a row of the record')
		  FROM studio.named_queue q
		  FULL JOIN (SELECT DISTINCT ON (target) target, detail FROM record WHERE action = 'queue.put' ORDER BY target, seq DESC) AS r ON r.target = q.code
		 CROSS JOIN LATERAL (SELECT to_jsonb(q) - 'code' || jsonb_build_object('sla', CAST(extract(epoch FROM q.sla) AS bigint))) AS said(mine)
		 WHERE (q.code IS NULL) OR said.mine IS DISTINCT FROM r.detail`},

	{"route.audited", `
		SELECT 'route ' || coalesce(t.n, CAST(r.n AS int)), coalesce(CAST(to_jsonb(t) AS text), 'not there'), coalesce(CAST(r.body AS text), 'a row of the record')
		  FROM studio.route t
		  FULL JOIN (SELECT CAST(o.n AS int) AS n, o.body FROM (SELECT detail FROM record WHERE action = 'route.put' ORDER BY seq DESC LIMIT 1) AS x,
		               jsonb_array_elements(x.detail -> 'routes') WITH ORDINALITY AS o(body, n)) AS r ON r.n = t.n
		 WHERE to_jsonb(t) IS DISTINCT FROM r.body`},

	{"transition.audited", `
		SELECT 'transition, verdict, stage', ` + digest(`concat_ws(E'\n',
		    (SELECT string_agg(CAST(to_jsonb(t) AS text), E'\n' ORDER BY kind, stage, verdict, approvals) FROM studio.transition t),
		    (SELECT string_agg(CAST(to_jsonb(v) AS text), E'\n' ORDER BY verdict) FROM studio.verdict v),
		    (SELECT string_agg(CAST(to_jsonb(s) AS text), E'\n' ORDER BY kind, stage) FROM studio.stage s))`) + `, r.digest
		  FROM (SELECT detail ->> 'digest' FROM record WHERE action = 'transition.put' ORDER BY seq DESC LIMIT 1) AS r(digest)
		 WHERE r.digest <> ` + digest(`concat_ws(E'\n',
		    (SELECT string_agg(CAST(to_jsonb(t) AS text), E'\n' ORDER BY kind, stage, verdict, approvals) FROM studio.transition t),
		    (SELECT string_agg(CAST(to_jsonb(v) AS text), E'\n' ORDER BY verdict) FROM studio.verdict v),
		    (SELECT string_agg(CAST(to_jsonb(s) AS text), E'\n' ORDER BY kind, stage) FROM studio.stage s))`)},

	// A setting that nobody changed through a function yet stands in no row of the record.
	{"setting.audited", `
		SELECT 'setting ' || r.target, coalesce(s.value, 'not there'), r.detail ->> 'to'
		  FROM (SELECT DISTINCT ON (target) target, detail FROM record WHERE action = 'setting.put' ORDER BY target, seq DESC) AS r
		  LEFT JOIN studio.setting s ON s.name = r.target
		 WHERE s.value IS DISTINCT FROM r.detail ->> 'to'`},

	// What came in.

	{"import.audited", `
		SELECT 'import ' || coalesce(CAST(i.request AS text), r.target),
		       coalesce(concat_ws(' ', i.person, i.kind, i.came, i.changed, i.stood, i.started_at, i.ended_at), 'not there'),
		       coalesce(concat_ws(' ', r.actor, r.action, CAST(r.detail AS text), r.at), 'a row of the record')
		  FROM studio.import i FULL JOIN (SELECT * FROM record WHERE kind = 'import') AS r ON r.target = CAST(i.request AS text)
		 WHERE i.request IS NULL OR r.seq IS NULL OR r.request IS DISTINCT FROM i.request OR r.actor <> i.person OR r.action <> 'import.' || i.kind
		    OR NOT r.detail @> jsonb_build_object('came', i.came, 'changed', i.changed, 'stood', i.stood)
		    OR i.ended_at IS NULL OR ` + far("i.ended_at", "r.at") + ` OR i.started_at > i.ended_at + interval '1 hour'`},

	{"application.came", `
		SELECT 'import ' || i.request, count(v.request) || ' versions', i.came + i.changed || ' versions'
		  FROM studio.import i LEFT JOIN studio.application_version v ON v.request = i.request
		 WHERE i.kind = 'applications' GROUP BY i.request HAVING count(v.request) <> i.came + i.changed`},

	{"application.versions", `
		SELECT 'application ' || a.id, coalesce(string_agg(CAST(v.version AS text), ' ' ORDER BY v.version), 'none'), '1 to ' || a.version
		  FROM studio.application a LEFT JOIN studio.application_version v ON v.application = a.id
		 GROUP BY a.id HAVING (count(v.version), min(v.version), max(v.version)) IS DISTINCT FROM (CAST(a.version AS bigint), 1, a.version)
		 UNION ALL
		SELECT 'application ' || v.application || ' version ' || v.version, v.entered_by || ' at ' || v.at,
		       coalesce(i.person || ' from ' || i.started_at || ' to ' || i.ended_at, 'an import')
		  FROM studio.application_version v LEFT JOIN studio.import i ON i.request = v.request AND i.kind = 'applications'
		 WHERE i.person IS DISTINCT FROM v.entered_by OR v.at NOT BETWEEN i.started_at - interval '1 hour' AND i.ended_at + interval '1 hour'`},

	// The application as it stands is what its newest version handed in.
	{"application.digest", `
		SELECT 'application ' || a.id, encode(a.digest, 'hex') || ' ' || a.entered_by,
		       coalesce(` + digest("CAST(v.content AS text)") + ` || ' ' || v.entered_by, 'a version')
		  FROM studio.application a LEFT JOIN studio.application_version v ON v.application = a.id AND v.version = a.version
		 WHERE (encode(a.digest, 'hex'), a.entered_by) IS DISTINCT FROM (` + digest("CAST(v.content AS text)") + `, v.entered_by)`},

	{"application.content", `
		SELECT 'application ' || a.id, said.mine, said.theirs
		  FROM studio.application a
		  JOIN studio.application_version v ON v.application = a.id AND v.version = a.version
		 CROSS JOIN LATERAL to_jsonb(jsonb_populate_record(CAST(NULL AS studio.application), v.content)) AS n(fields)
		 CROSS JOIN LATERAL (
		   SELECT string_agg(f.key || ' ' || coalesce(f.value #>> '{}', '-'), ', ' ORDER BY f.key),
		          string_agg(f.key || ' ' || coalesce(n.fields ->> f.key, '-'), ', ' ORDER BY f.key)
		     FROM jsonb_each(to_jsonb(a)) AS f
		    WHERE f.value IS DISTINCT FROM n.fields -> f.key
		      AND (v.content ? f.key OR f.key IN ('established', 'entity_expires', 'mark_expires'))
		      -- What the database says itself, whatever a file says.
		      AND f.key NOT IN ('id', 'ref', 'version', 'state', 'state_before', 'state_from', 'submitted_by', 'entered_by', 'digest', 'papers_until')
		      -- What it says where the file doesn't.
		      AND NOT (f.key IN ('submitted_at', 'due_at') AND v.content ->> f.key IS NULL)
		 ) AS said(mine, theirs)
		 WHERE said.mine IS NOT NULL`},

	{"application.documents", `
		SELECT 'application ' || coalesce(d.application, w.application) || ' document ' || coalesce(d.n, w.n),
		       coalesce(concat_ws(' ', d.kind, d.picture, d.name, d.number, d.issuer, d.valid_from, d.valid_until, d.fields), 'not there'),
		       coalesce(concat_ws(' ', w.kind, w.picture, w.name, w.number, w.issuer, w.valid_from, w.valid_until, w.fields), 'none')
		  FROM studio.document d
		  FULL JOIN (
		    SELECT a.id AS application, CAST(o.n AS int) AS n, p.kind, p.picture, p.name, p.number, p.issuer, p.valid_from, p.valid_until, p.fields
		      FROM studio.application a
		      JOIN studio.application_version v ON v.application = a.id AND v.version = a.version,
		           jsonb_array_elements(v.content -> 'documents') WITH ORDINALITY AS o(body, n),
		           jsonb_populate_record(CAST(NULL AS studio.document), o.body) AS p) AS w ON w.application = d.application AND w.n = d.n
		 WHERE d.application IS NULL OR w.application IS NULL
		    OR (d.kind, d.picture, d.name, d.number, d.issuer, d.valid_from, d.valid_until, d.fields)
		       IS DISTINCT FROM (w.kind, w.picture, w.name, w.number, w.issuer, w.valid_from, w.valid_until, w.fields)`},

	{"application.papers", `
		SELECT 'application ' || a.id, coalesce(CAST(a.papers_until AS text), '-'), coalesce(CAST(w.until AS text), '-')
		  FROM studio.application a
		  LEFT JOIN (SELECT application, min(valid_until) AS until FROM studio.document GROUP BY application) AS d ON d.application = a.id
		 CROSS JOIN LATERAL (SELECT least(a.entity_expires, a.mark_expires, d.until,
		     (SELECT min(CAST(l ->> 'until' AS date)) FROM jsonb_array_elements(a.letters) AS l))) AS w(until)
		 WHERE a.papers_until IS DISTINCT FROM w.until`},

	// Whose wish it is never changes.
	{"application.submitter", `
		SELECT 'application ' || a.id, a.submitted_by, coalesce(nullif(v.content ->> 'submitted_by', ''), v.entered_by, 'a first version')
		  FROM studio.application a LEFT JOIN studio.application_version v ON v.application = a.id AND v.version = 1
		 WHERE a.submitted_by IS DISTINCT FROM coalesce(nullif(v.content ->> 'submitted_by', ''), v.entered_by)`},

	{"picture.came", `
		SELECT 'pictures of ' || coalesce(p.person, i.person), coalesce(p.pictures, 0) || ' pictures', coalesce(i.came, 0) || ' pictures'
		  FROM (SELECT first_by AS person, count(*) AS pictures FROM studio.picture GROUP BY first_by) AS p
		  FULL JOIN (SELECT person, sum(came) AS came FROM studio.import WHERE kind = 'pictures' GROUP BY person) AS i ON i.person = p.person
		 WHERE coalesce(p.pictures, 0) <> coalesce(i.came, 0)`},

	{"post.came", `
		SELECT 'posts', k.came || ' came, ' || k.changed || ' changed', i.came || ' came, ' || i.changed || ' changed'
		  FROM (SELECT count(*) AS came, coalesce(sum(revision - 1), 0) AS changed FROM studio.post_key) AS k,
		       (SELECT coalesce(sum(came), 0) AS came, coalesce(sum(changed), 0) AS changed FROM studio.import WHERE kind = 'posts') AS i
		 WHERE (k.came, k.changed) <> (i.came, i.changed)`},

	{"post.key", `
		SELECT 'post ' || coalesce(k.id, p.id), coalesce(CAST(p.month AS text), 'not there'), coalesce(CAST(k.month AS text), 'no key')
		  FROM studio.post_key k FULL JOIN studio.post p ON p.id = k.id AND p.month = k.month
		 WHERE k.id IS NULL OR p.id IS NULL`},

	// Approvals.

	{"approval.two_people", `
		SELECT 'application ' || a.id, count(v.voter) || ' people: ' || coalesce(string_agg(v.voter, ', '), 'nobody'), 'two people who are no party to it'
		  FROM studio.application a
		  LEFT JOIN studio.vote v ON v.application = a.id AND v.version = a.version AND v.withdrawn_at IS NULL
		        AND v.voter NOT IN (a.submitted_by, a.entered_by)
		 WHERE a.state = 'approved' GROUP BY a.id HAVING count(v.voter) < 2`},

	{"approval.decided", `
		SELECT 'vote on ' || v.application || ' by ' || v.voter,
		       'decision ' || v.decision || ' of ' || v.at || CASE WHEN v.withdrawn_at IS NULL THEN '' ELSE ', withdrawn' END,
		       coalesce(concat_ws(' ', d.person, d.verdict, c.target, d.at) || CASE WHEN d.undone_at IS NULL THEN '' ELSE ', undone' END, 'an approval by the same person')
		  FROM studio.vote v LEFT JOIN studio.decision d ON d.id = v.decision LEFT JOIN studio.cases c ON c.id = d.case_id
		 WHERE (d.person, d.verdict, d.at, c.kind, c.target) IS DISTINCT FROM (v.voter, 'approve', v.at, 'brand', v.application)
		    OR (v.withdrawn_at IS NULL AND d.undone_at IS NOT NULL)`},

	// A vote falls by undoing it, or because the applicant handed in more.
	{"approval.withdrawn", `
		SELECT 'vote on ' || v.application || ' by ' || v.voter, 'withdrawn at ' || v.withdrawn_at, 'an approval that stands'
		  FROM studio.vote v JOIN studio.decision d ON d.id = v.decision
		 WHERE v.withdrawn_at IS NOT NULL AND d.undone_at IS NULL AND NOT EXISTS (
		   SELECT FROM studio.audit a WHERE a.action = 'case.reopen' AND a.target = CAST(d.case_id AS text) AND a.at >= v.at)`},

	{"approval.counted", `
		SELECT 'decision ' || d.id, 'no vote', 'a vote of ' || d.person || ' on ' || c.target
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		 CROSS JOIN LATERAL (SELECT max(o.version) FROM studio.application_version o WHERE o.application = c.target AND o.at <= d.at) AS w(version)
		 WHERE c.kind = 'brand' AND d.verdict = 'approve' AND d.undone_at IS NULL AND NOT EXISTS (
		   SELECT FROM studio.vote v WHERE v.application = c.target AND v.voter = d.person AND v.version = w.version)`},

	// Two people approve the same words: those that were the newest when they did.
	{"approval.version", `
		SELECT 'vote on ' || v.application || ' by ' || v.voter, 'version ' || v.version, coalesce('version ' || w.version, 'a version')
		  FROM studio.vote v
		 CROSS JOIN LATERAL (SELECT max(o.version) FROM studio.application_version o WHERE o.application = v.application AND o.at <= v.at) AS w(version)
		 WHERE v.version IS DISTINCT FROM w.version`},

	{"approval.own", `
		SELECT 'vote on ' || v.application || ' by ' || v.voter, 'submitted by ' || v.submitter || ', entered by ' || o.entered_by, 'by ' || a.submitted_by || ', and nobody who votes'
		  FROM studio.vote v JOIN studio.application_version o ON o.application = v.application AND o.version = v.version
		  JOIN studio.application a ON a.id = v.application
		 WHERE v.submitter <> a.submitted_by OR (v.withdrawn_at IS NULL AND v.voter IN (v.submitter, o.entered_by))`},

	// Cases.

	{"case.opened", `
		SELECT coalesce('case ' || c.ref || ' ' || c.id, 'chain ' || r.chain || ' row ' || r.seq),
		       coalesce(concat_ws(' ', c.ref, c.kind, c.target, c.created), 'not there'),
		       coalesce(concat_ws(' ', r.ref, r.kind, r.subject, r.at), 'a row of the record')
		  FROM studio.cases c
		  FULL JOIN (SELECT chain, seq, at, target, detail ->> 'ref' AS ref, detail ->> 'kind' AS kind, detail ->> 'target' AS subject
		               FROM (SELECT * FROM record WHERE kind = 'case' AND action = 'case.open' OFFSET 0) AS once) AS r ON r.target = CAST(c.id AS text)
		 WHERE c.id IS NULL OR r.seq IS NULL OR (c.ref, c.kind, c.target) IS DISTINCT FROM (r.ref, r.kind, r.subject)
		    OR ` + far("c.created", "r.at")},

	// Where a case stands follows from the last thing that moved it.
	{"case.stage", `
		SELECT 'case ' || c.ref || ' ' || c.id, c.stage, w.stage || ' by ' || r.action || ' in chain ' || r.chain || ' row ' || r.seq
		  FROM studio.cases c
		  JOIN (SELECT DISTINCT ON (target COLLATE "C") chain, seq, action, target, detail ->> 'to' AS led_to, detail ->> 'stage' AS stood_at
		          FROM (SELECT * FROM record WHERE kind = 'case' AND action IN ('case.open', 'case.reopen', 'case.decide', 'case.undo', 'case.appeal') OFFSET 0) AS once
		         ORDER BY target COLLATE "C", seq DESC) AS r
		    ON r.target = CAST(c.id AS text)
		  LEFT JOIN (SELECT target, max(seq) AS seq FROM studio.audit WHERE kind = 'case' AND action = 'case.changed' GROUP BY target) AS x
		    ON x.target = r.target AND x.seq > r.seq
		 CROSS JOIN LATERAL (SELECT CASE r.action
		     WHEN 'case.decide' THEN r.led_to
		     WHEN 'case.undo' THEN CASE WHEN r.stood_at = 'appeal' AND x.seq IS NOT NULL THEN 'first' ELSE r.stood_at END
		     -- An appeal was about the words that were changed since.
		     WHEN 'case.appeal' THEN CASE WHEN x.seq IS NOT NULL THEN 'first' ELSE 'appeal' END
		     ELSE 'first' END) AS w(stage)
		 WHERE c.stage IS DISTINCT FROM w.stage`},

	// A version for each thing that changed what a decision would be made on. Actions
	// that a newer program has may each have added one.
	{"case.version", `
		SELECT 'case ' || c.ref || ' ' || c.id, CAST(c.version AS text), CASE WHEN r.least = r.most THEN CAST(r.least AS text) ELSE r.least || ' to ' || r.most END
		  FROM studio.cases c
		  JOIN (SELECT target,
		               1 + count(*) FILTER (WHERE action IN ('case.rescore', 'case.changed', 'case.reopen', 'case.decide', 'case.undo', 'case.appeal')) AS least,
		               1 + count(*) FILTER (WHERE action NOT IN ('case.open', 'case.note', 'case.hand', 'case.skip')) AS most
		          FROM studio.audit WHERE kind = 'case' GROUP BY target) AS r ON r.target = CAST(c.id AS text)
		 WHERE c.version NOT BETWEEN r.least AND r.most`},

	{"case.scored", `
		SELECT 'case ' || c.ref || ' ' || c.id, c.tag || ' ' || c.score, w.tag || ' ' || w.score
		  FROM studio.cases c
		  JOIN (SELECT DISTINCT ON (target COLLATE "C") action, target, detail ->> 'tag' AS tag FROM record
		         WHERE kind = 'case' AND action IN ('case.open', 'case.rescore', 'case.reopen') ORDER BY target COLLATE "C", seq DESC) AS r ON r.target = CAST(c.id AS text)
		  LEFT JOIN (SELECT DISTINCT ON (target COLLATE "C") target, detail -> 'score' AS score FROM record
		         WHERE kind = 'case' AND action IN ('case.open', 'case.rescore') ORDER BY target COLLATE "C", seq DESC) AS s ON s.target = r.target
		 CROSS JOIN LATERAL (SELECT CASE r.action WHEN 'case.reopen' THEN 'info_came' ELSE r.tag END,
		     coalesce(nullif(s.score, 'null'), '0')) AS w(tag, score)
		 WHERE c.tag IS DISTINCT FROM w.tag OR to_jsonb(c.score) IS DISTINCT FROM w.score`},

	// Who must not decide: nobody may have been taken off the list.
	{"case.parties", `
		SELECT 'case ' || c.ref || ' ' || c.id, concat_ws(', ', 'submitted by ' || c.submitted_by, 'entered by ' || c.entered_by, 'brand ' || c.brand),
		       CASE c.kind WHEN 'brand' THEN concat_ws(', ', 'submitted by ' || a.submitted_by, 'entered by ' || a.entered_by, 'brand ' || a.brand_name) ELSE 'nobody''s' END
		  FROM studio.cases c LEFT JOIN studio.application a ON c.kind = 'brand' AND a.id = c.target
		 WHERE c.kind = 'brand' AND (c.submitted_by IS DISTINCT FROM a.submitted_by OR NOT EXISTS (
		         SELECT FROM studio.application_version v WHERE v.application = c.target AND v.entered_by = c.entered_by AND v.content ->> 'brand_name' = c.brand))
		    OR c.kind = 'post' AND c.entered_by <> ''`},

	// What the queue shows of a subject is what the subject says.
	{"case.shows", `
		SELECT 'case ' || c.ref || ' ' || c.id,
		       concat_ws(' | ', c.title, c.subtitle, c.picture, c.brand, c.entered_by, c.region), concat_ws(' | ', a.brand_name, a.category, l.logo, a.brand_name, a.entered_by, a.region)
		  FROM newest c JOIN studio.application a ON a.id = c.target
		 CROSS JOIN LATERAL (SELECT coalesce((SELECT d.picture FROM studio.document d
		     WHERE d.application = a.id AND d.kind = 'logo' AND d.picture <> '' ORDER BY d.n LIMIT 1), '')) AS l(logo)
		 WHERE c.kind = 'brand' AND (c.title, c.subtitle, c.picture, c.brand, c.entered_by, c.region)
		       IS DISTINCT FROM (a.brand_name, a.category, l.logo, a.brand_name, a.entered_by, a.region)
		 UNION ALL
		-- A post's case goes on showing the words that it was closed on.
		SELECT 'case ' || c.ref || ' ' || c.id, concat_ws(' | ', c.title, c.picture, c.brand, c.lang), concat_ws(' | ', w.title, w.picture, p.brand, p.lang)
		  FROM newest c JOIN studio.post_key k ON k.id = c.target JOIN studio.post p ON p.month = k.month AND p.id = k.id
		 CROSS JOIN LATERAL (SELECT
		     CASE WHEN btrim(p.title) <> '' THEN left(btrim(p.title), 120) ELSE btrim(regexp_replace(left(p.body, 80), '\s+', ' ', 'g')) END,
		     coalesce((SELECT x ->> 'id' FROM jsonb_array_elements(p.pictures) WITH ORDINALITY AS o(x, n) WHERE x ->> 'id' <> '' ORDER BY n LIMIT 1), '')
		   ) AS w(title, picture)
		 WHERE c.kind = 'post' AND (c.title, c.picture, c.brand, c.lang) IS DISTINCT FROM (w.title, w.picture, p.brand, p.lang)
		   AND NOT EXISTS (SELECT FROM studio.decision d WHERE d.case_id = c.id AND d.to_stage = 'closed')`},

	{"case.approvals", `
		SELECT 'case ' || c.ref || ' ' || c.id, CAST(c.approvals AS text), CAST(count(v.voter) AS text)
		  FROM studio.cases c LEFT JOIN studio.application a ON a.id = c.target
		  LEFT JOIN studio.vote v ON v.application = a.id AND v.version = a.version AND v.withdrawn_at IS NULL
		 WHERE c.kind = 'brand' AND c.stage <> 'closed' GROUP BY c.id HAVING c.approvals <> count(v.voter)`},

	{"case.subject", `
		SELECT 'case ' || c.ref || ' ' || c.id, 'application ' || coalesce(a.state, 'is not there'), coalesce(s.state, d.outcome, 'a decision')
		  FROM newest c JOIN studio.stage s ON s.kind = c.kind AND s.stage = c.stage
		  LEFT JOIN studio.application a ON a.id = c.target LEFT JOIN standing d ON d.case_id = c.id
		 WHERE c.kind = 'brand' AND a.state IS DISTINCT FROM coalesce(s.state, d.outcome)
		 UNION ALL
		SELECT 'case ' || c.ref || ' ' || c.id, CASE c.kind WHEN 'brand' THEN 'no application ' ELSE 'no post ' END || c.target, 'its subject'
		  FROM studio.cases c
		  LEFT JOIN studio.application a ON c.kind = 'brand' AND a.id = c.target
		  LEFT JOIN studio.post_key k ON c.kind = 'post' AND k.id = c.target
		 WHERE a.id IS NULL AND k.id IS NULL
		 UNION ALL
		SELECT 'application ' || a.id, 'case ' || coalesce(nullif(a.ref, ''), '-'), 'case ' || coalesce(c.ref, '- it has none')
		  FROM studio.application a LEFT JOIN newest c ON c.kind = 'brand' AND c.target = a.id
		 WHERE a.ref IS DISTINCT FROM c.ref`},

	// A state holds from the moment that the decision named, or from that of an undo
	// that put it back.
	{"case.effect", `
		SELECT 'application ' || a.id, 'from ' || a.state_from, 'from ' || coalesce(CAST(w.moment AS text), 'the past')
		  FROM studio.application a JOIN newest c ON c.kind = 'brand' AND c.target = a.id LEFT JOIN standing d ON d.case_id = c.id
		 CROSS JOIN LATERAL (SELECT CASE WHEN d.case_version = c.version OR c.stage IN ('closed', 'appeal') THEN d.effective_at END) AS w(moment)
		 WHERE (w.moment IS NULL AND a.state_from > clock_timestamp()) OR (a.state_from <> w.moment
		    AND NOT EXISTS (SELECT FROM studio.decision u WHERE u.case_id = c.id AND u.undone_at = a.state_from))`},

	{"case.queue", `
		SELECT 'case ' || c.ref || ' ' || c.id, coalesce(concat_ws(', ', q.stage, CASE WHEN q.waiting THEN 'waiting' END, 'in ' || q.named, q.region, q.lang), 'not in the queue'),
		       concat_ws(', ', c.stage, CASE WHEN s.waits THEN 'waiting' END, 'in a queue for ' || c.kind, c.region, c.lang)
		  FROM studio.cases c JOIN studio.stage s ON s.kind = c.kind AND s.stage = c.stage
		  LEFT JOIN studio.queue q ON q.case_id = c.id LEFT JOIN studio.named_queue n ON n.code = q.named
		 WHERE (q.stage, q.waiting, q.kind, n.kind, q.region, q.lang) IS DISTINCT FROM (c.stage, s.waits, c.kind, c.kind, c.region, c.lang)`},

	{"case.closed", `
		SELECT 'case ' || c.ref || ' ' || c.id, c.outcome, coalesce(d.outcome, 'a decision')
		  FROM studio.cases c LEFT JOIN standing d ON d.case_id = c.id
		 WHERE c.stage = 'closed' AND (d.to_stage, d.outcome) IS DISTINCT FROM ('closed', c.outcome)`},

	{"lease.holder", `
		SELECT 'case ' || c.ref || ' ' || c.id, q.holder, 'somebody we know who is no party to it'
		  FROM studio.queue q JOIN studio.cases c ON c.id = q.case_id LEFT JOIN studio.person p ON p.login = q.holder
		 WHERE q.holder IS NOT NULL AND q.lease_until > clock_timestamp()
		   -- Whoever has left the desk may hold a lease to its end: deciding asks anew.
		   AND (NOT q.waiting OR q.holder IN (c.submitted_by, c.entered_by) OR p.login IS NULL)`},

	// Of what lies on a case the record has the digest of every word.

	{"note.audited", `
		SELECT coalesce('note ' || n.id, 'chain ' || r.chain || ' row ' || r.seq), coalesce(n.person || ' at ' || n.at, 'no note'),
		       coalesce(r.actor || ' at ' || r.at, 'a row of the record with the same words')
		  FROM (SELECT n.*, ` + digest("n.text") + ` AS words,
		               row_number() OVER (PARTITION BY case_id, person, ` + digest("n.text") + ` ORDER BY at, id) AS n FROM studio.note n) AS n
		  FULL JOIN (SELECT r.*, detail ->> 'note_sha256' AS words,
		               row_number() OVER (PARTITION BY target, actor, detail ->> 'note_sha256' ORDER BY seq) AS n
		               FROM record r WHERE kind = 'case' AND action = 'case.note') AS r
		    ON r.target = CAST(n.case_id AS text) AND r.actor = n.person AND r.words = n.words AND r.n = n.n
		 WHERE n.id IS NULL OR r.seq IS NULL OR ` + far("n.at", "r.at")},

	{"evidence.audited", `
		SELECT 'case ' || c.ref || ' ' || c.id, coalesce(e.digest, 'none'), coalesce(r.digest, 'a row of the record')
		  FROM studio.cases c
		  LEFT JOIN (SELECT case_id, ` + digest(`string_agg(CAST(to_jsonb(e) - 'case_id' AS text), E'\n' ORDER BY n)`) + ` AS digest
		               FROM studio.evidence e GROUP BY case_id) AS e ON e.case_id = c.id
		  LEFT JOIN (SELECT DISTINCT ON (target COLLATE "C") target,
		                    -- New words have no evidence yet.
		                    CASE action WHEN 'case.changed' THEN ` + digest("''") + ` ELSE detail ->> 'evidence' END AS digest
		               FROM record WHERE kind = 'case' AND action IN ('case.open', 'case.rescore', 'case.changed') ORDER BY target COLLATE "C", seq DESC) AS r
		    ON r.target = CAST(c.id AS text)
		 WHERE r.digest IS DISTINCT FROM coalesce(e.digest, ` + digest("''") + `)`},

	{"appeal.audited", `
		SELECT coalesce('appeal ' || p.id, 'chain ' || r.chain || ' row ' || r.seq), coalesce(concat_ws(' ', p.submitted_by, p.entered_by, p.decision, p.at), 'no appeal'),
		       coalesce(concat_ws(' ', r.detail ->> 'from', r.actor, r.detail ->> 'decision', r.at), 'a row of the record')
		  FROM studio.appeal p FULL JOIN (SELECT * FROM record WHERE kind = 'case' AND action = 'case.appeal') AS r
		    ON r.request = p.request AND r.target = CAST(p.case_id AS text)
		 WHERE p.id IS NULL OR r.seq IS NULL OR ` + far("p.at", "r.at") + `
		    OR (r.actor, r.detail ->> 'from', r.detail ->> 'decision', r.detail ->> 'words_sha256')
		       IS DISTINCT FROM (p.entered_by, p.submitted_by, CAST(p.decision AS text), ` + digest("p.words") + `)`},

	// Whoever put a case aside for a conflict of interest stays out of it.
	{"skip.audited", `
		SELECT 'skip of ' || s.case_id || ' by ' || s.person, s.reason || ' until ' || s.until, coalesce(r.reason, 'a row of the record')
		  FROM studio.skip s
		  LEFT JOIN (SELECT target, actor, max(at) AS at,
		                    CASE WHEN bool_or(detail ->> 'reason' = 'conflict') THEN 'conflict'
		                         ELSE (array_agg(detail ->> 'reason' ORDER BY seq DESC))[1] END AS reason
		               FROM record WHERE kind = 'case' AND action = 'case.skip' GROUP BY target, actor) AS r
		    ON r.target = CAST(s.case_id AS text) AND r.actor = s.person
		 WHERE r.reason IS DISTINCT FROM s.reason OR ` + far("s.at", "r.at") + ` OR (s.reason = 'conflict') <> (s.until = 'infinity')
		 UNION ALL
		SELECT 'chain ' || r.chain || ' row ' || r.seq, 'no skip', 'a skip of ' || r.target || ' by ' || r.actor || ' for good'
		  FROM record r WHERE r.kind = 'case' AND r.action = 'case.skip' AND r.detail ->> 'reason' = 'conflict'
		   AND NOT EXISTS (SELECT FROM studio.skip s WHERE CAST(s.case_id AS text) = r.target AND s.person = r.actor)`},

	// Decisions.

	{"decision.transition", `
		SELECT 'decision ' || d.id, d.stage || ' ' || d.verdict || ' ' || d.to_stage || ' ' || d.outcome, 'a line of the table'
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		 WHERE NOT EXISTS (SELECT FROM studio.transition s WHERE s.kind = c.kind
		   AND (s.stage, s.verdict, s.to_stage, s.outcome) = (d.stage, d.verdict, d.to_stage, d.outcome))`},

	// By who had entered the version that was the newest then.
	{"decision.own", `
		SELECT 'decision ' || d.id, d.person, 'nobody who submitted or entered it'
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		  LEFT JOIN LATERAL (SELECT o.entered_by FROM studio.application_version o
		     WHERE c.kind = 'brand' AND o.application = c.target AND o.at <= d.at ORDER BY o.version DESC LIMIT 1) AS o ON true
		 WHERE d.undone_at IS NULL AND d.person IN (c.submitted_by, coalesce(o.entered_by, c.entered_by))
		 UNION ALL
		SELECT 'decision ' || d.id, d.person || ' on their own appeal', 'nobody who submitted or entered the appeal'
		  FROM studio.decision d JOIN studio.appeal p ON p.case_id = d.case_id AND p.at <= d.at
		 WHERE d.undone_at IS NULL AND d.stage = 'appeal' AND d.person IN (p.submitted_by, p.entered_by)`},

	{"decision.fresh", `
		SELECT 'decision ' || d.id, d.person || ' on an appeal', 'nobody who had a part in the case'
		  FROM studio.decision d
		 WHERE d.undone_at IS NULL AND d.stage = 'appeal' AND EXISTS (
		   SELECT FROM studio.decision o WHERE o.case_id = d.case_id AND o.person = d.person AND o.undone_at IS NULL AND o.case_version < d.case_version)`},

	// By what the record says of the person at that time; a minute for whoever was just
	// then given another role.
	{"decision.right", `
		SELECT 'decision ' || d.id, d.person || ' was no ' || w.role, 'a ' || w.role
		  FROM studio.decision d JOIN studio.cases c ON c.id = d.case_id
		 CROSS JOIN LATERAL (SELECT CASE WHEN bool_and(s.lead) THEN 'lead' ELSE 'moderator' END FROM studio.transition s WHERE s.kind = c.kind
		     AND (s.stage, s.verdict, s.to_stage, s.outcome) = (d.stage, d.verdict, d.to_stage, d.outcome)) AS w(role)
		 WHERE NOT EXISTS (
		   SELECT FROM (SELECT target, action, detail ->> 'role' AS role, at, lead(at) OVER (PARTITION BY target ORDER BY seq) AS until
		                  FROM record WHERE kind = 'person' AND action IN ('person.add', 'person.disable')) AS p
		    WHERE p.target = d.person AND p.action = 'person.add' AND (p.role = 'lead' OR p.role = w.role)
		      AND p.at <= d.at AND d.at <= coalesce(p.until, 'infinity') + interval '1 minute')`},

	{"decision.request", `
		SELECT 'decision ' || d.id, coalesce(concat_ws(' ', r.actor, r.function, CAST(r.result AS text)), 'no request'), d.person || ' case_decide at ' || d.at
		  FROM studio.decision d LEFT JOIN studio.request r ON r.id = d.request
		 WHERE (r.actor, r.function, r.result ->> 'decision', r.result ->> 'case', r.result ->> 'stage')
		       IS DISTINCT FROM (d.person, 'case_decide', CAST(d.id AS text), CAST(d.case_id AS text), d.to_stage)
		    OR CAST(r.result ->> 'at' AS timestamptz) IS DISTINCT FROM d.at OR CAST(r.result ->> 'effective' AS timestamptz) IS DISTINCT FROM d.effective_at`},

	// The record says what was decided and the digests of the words; the decision's
	// row must still say the same.
	{"decision.audited", `
		SELECT 'decision ' || d.id, d.person || ' ' || d.verdict || ' ' || coalesce(d.policy, '') || ' at ' || d.at,
		       coalesce(r.actor || ' at ' || r.at || ': ' || CAST(r.detail AS text), 'a row of the record')
		  FROM studio.decision d
		  LEFT JOIN (SELECT at, actor, target, request, detail FROM record WHERE kind = 'case' AND action = 'case.decide') AS r
		    ON r.target = CAST(d.case_id AS text) AND r.request = d.request
		 WHERE r.actor IS DISTINCT FROM d.person OR ` + far("d.at", "r.at") + ` OR NOT r.detail @> jsonb_build_object(
		   'decision', d.id, 'stage', d.stage, 'to', d.to_stage, 'outcome', d.outcome, 'version', d.case_version, 'verdict', d.verdict,
		   'policy', d.policy, 'reason_sha256', ` + digest("d.reason") + `, 'note_sha256', ` + digest("d.note") + `,
		   'effective_at', to_char(d.effective_at AT TIME ZONE 'UTC', ` + moment + `))`},

	{"audit.decision", `
		SELECT 'chain ' || r.chain || ' row ' || r.seq, 'no decision ' || coalesce(r.decision, ''), 'the decision that was made'
		  FROM (SELECT chain, seq, request, detail ->> 'decision' AS decision FROM record WHERE kind = 'case' AND action = 'case.decide') AS r
		  LEFT JOIN studio.decision d ON d.request = r.request AND CAST(d.id AS text) = r.decision
		 WHERE d.id IS NULL`},

	{"undo.audited", `
		SELECT 'decision ' || coalesce(CAST(d.id AS text), r.detail ->> 'decision'), coalesce('undone at ' || d.undone_at, 'stands'), coalesce('undone by ' || r.actor || ' at ' || r.at, 'stands')
		  FROM studio.decision d
		  FULL JOIN (SELECT * FROM record WHERE kind = 'case' AND action = 'case.undo') AS r
		    ON r.target = CAST(d.case_id AS text) AND r.detail ->> 'decision' = CAST(d.id AS text)
		 WHERE (d.undone_at IS NULL) <> (r.seq IS NULL) OR r.actor <> d.person OR ` + far("d.undone_at", "r.at") + ` OR d.undone_at >= d.effective_at`},

	// What holds of a post follows from what was decided on its words, and is open
	// where nothing was, or where the words are others now.
	{"post.outcome", `
		SELECT 'post ' || k.id, p.outcome || ' from ' || p.outcome_from, w.outcome || ' from ' || coalesce(CAST(w.moment AS text), 'the past')
		  FROM studio.post_key k JOIN studio.post p ON p.month = k.month AND p.id = k.id
		  LEFT JOIN newest c ON c.kind = 'post' AND c.target = k.id
		  LEFT JOIN studio.stage s ON s.kind = c.kind AND s.stage = c.stage
		  LEFT JOIN standing d ON d.case_id = c.id
		 CROSS JOIN LATERAL (SELECT CASE WHEN k.changed_at > d.at THEN 'open' ELSE coalesce(s.state, d.outcome, 'open') END,
		     CASE WHEN k.changed_at <= d.at AND (d.case_version = c.version OR c.stage IN ('closed', 'appeal')) THEN d.effective_at END) AS w(outcome, moment)
		 WHERE p.outcome <> w.outcome OR (w.moment IS NULL AND p.outcome_from > clock_timestamp()) OR (p.outcome_from <> w.moment
		    AND NOT EXISTS (SELECT FROM studio.decision u WHERE u.case_id = c.id AND u.undone_at = p.outcome_from))`},

	{"post.breach", `
		SELECT 'post ' || p.id, coalesce('breached at ' || p.breached_at, 'no breach'), coalesce('label required from ' || d.effective_at, 'no breach')
		  FROM studio.post p
		  LEFT JOIN (SELECT DISTINCT ON (c.target) c.target, d.* FROM studio.cases c JOIN studio.decision d ON d.case_id = c.id
		              WHERE c.kind = 'post' ORDER BY c.target, d.at DESC) AS d ON d.target = p.id AND d.outcome = 'label_required' AND d.undone_at IS NULL
		 WHERE (p.breached_at IS NULL AND (p.outcome = 'label_required' OR d.id IS NOT NULL))
		    OR (p.breached_at IS NOT NULL AND NOT EXISTS (
		          SELECT FROM studio.cases o JOIN studio.decision m ON m.case_id = o.id WHERE o.kind = 'post' AND o.target = p.id
		             AND (p.breached_at = m.undone_at OR p.breached_at = m.effective_at AND m.undone_at IS NULL AND m.outcome = 'label_required')))`},
}
