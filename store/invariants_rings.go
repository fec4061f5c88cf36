package store

// ringInvariants are those of posts that belong together, and of what was decided of
// them at once.
var ringInvariants = []invariant{
	// A ring is named for its oldest post, and counts those that are in it.
	{"ring.counted", `
		SELECT 'ring ' || coalesce(r.key, p.ring), coalesce(concat_ws(' ', r.oldest, r.posts, r.authors, r.first_at, r.last_at), 'no ring'),
		       coalesce(concat_ws(' ', p.oldest, p.posts, p.authors, p.first_at, p.last_at), 'no posts')
		  FROM studio.ring r
		  FULL JOIN (SELECT ring, (array_agg(post ORDER BY posted_at NULLS FIRST, post))[1] AS oldest, count(*) AS posts, count(DISTINCT author) AS authors,
		                    min(posted_at) AS first_at, max(posted_at) AS last_at FROM studio.ring_post GROUP BY ring) AS p ON p.ring = r.key
		 WHERE (r.oldest, CAST(r.posts AS bigint), CAST(r.authors AS bigint), r.first_at, r.last_at) IS DISTINCT FROM (p.oldest, p.posts, p.authors, p.first_at, p.last_at)
		    OR r.key <> 'ring-' || left(` + digest("r.oldest") + `, 16)`},

	// What an edge binds is in one ring, and no ring hangs together by fewer than it takes.
	{"ring.bound", `
		SELECT 'edge ' || e.a || ' ' || e.b, coalesce(a.ring, 'no ring') || ' and ' || coalesce(b.ring, 'no ring'), 'one ring'
		  FROM studio.ring_edge e LEFT JOIN studio.ring_post a ON a.post = e.a LEFT JOIN studio.ring_post b ON b.post = e.b
		 WHERE a.ring IS DISTINCT FROM b.ring OR a.ring IS NULL
		 UNION ALL
		SELECT 'ring ' || p.ring, count(DISTINCT p.post) || ' posts and ' || count(DISTINCT (e.a, e.b)) || ' edges', 'an edge for each post but one'
		  FROM studio.ring_post p LEFT JOIN studio.ring_edge e ON e.a = p.post OR e.b = p.post
		 GROUP BY p.ring HAVING count(DISTINCT (e.a, e.b)) FILTER (WHERE e.a IS NOT NULL) < count(DISTINCT p.post) - 1`},

	// Marks are of a post that there is, of words that it has or had, and of its author.
	{"ring.marked", `
		SELECT 'marks of ' || m.post, concat_ws(' ', 'revision', m.revision, m.author), coalesce(concat_ws(' ', 'revision', k.revision, p.author_id), 'no post')
		  FROM studio.ring_mark m LEFT JOIN studio.post_key k ON k.id = m.post LEFT JOIN studio.post p ON p.month = k.month AND p.id = k.id
		 WHERE p.id IS NULL OR m.revision > k.revision OR m.revision = k.revision AND p.author_id <> '' AND p.author_id <> m.author
		 UNION ALL
		SELECT 'ring ' || p.ring || ' post ' || p.post, concat_ws(' ', p.author, p.posted_at), coalesce(concat_ws(' ', m.author, m.posted_at), 'marks')
		  FROM studio.ring_post p LEFT JOIN studio.ring_mark m ON m.post = p.post
		 WHERE m.post IS NULL OR m.author = '' OR NOT EXISTS (SELECT FROM studio.ring_wait w WHERE w.post = p.post)
		   AND (p.author, p.posted_at) IS DISTINCT FROM (m.author, m.posted_at)`},

	{"ring.channels", `
		SELECT 'channel ' || coalesce(c.channel, m.channel) || ' of ' || coalesce(c.post, m.post), coalesce(c.author, 'not listed'), coalesce(m.author, 'no marks')
		  FROM studio.ring_channel c
		  FULL JOIN (SELECT DISTINCT x AS channel, author, post FROM studio.ring_mark, unnest(channels) AS x WHERE author <> '') AS m
		    ON m.channel = c.channel AND m.author = c.author AND m.post = c.post
		 WHERE c.post IS NULL OR m.post IS NULL`},

	// Who judges a random audit is not told what the programs think, of its ring either.
	{"ring.random", `
		SELECT 'case ' || c.ref || ' ' || c.id, 'evidence of ' || e.target, 'none in a random audit'
		  FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id WHERE e.kind = 'ring' AND (c.tag = 'random' OR c.kind <> 'post')`},

	// A ring's decision is one verdict of one person by one policy and note, on cases that
	// may be decided so, and the record knows of each.
	{"ring.decided", `
		SELECT 'decision ' || x.id, concat_ws(' ', x.person, x.verdict, coalesce(x.policy, '-'), c.kind, c.tag, x.stage),
		       concat_ws(' ', d.person, d.verdict, f.policy, 'post, no random audit, no appeal')
		  FROM studio.ring_decided o JOIN studio.decision x ON x.id = o.decision JOIN studio.ring_decision d ON d.id = o.ring_decision
		  JOIN studio.cases c ON c.id = x.case_id
		  JOIN LATERAL (SELECT y.policy, y.note FROM studio.ring_decided p JOIN studio.decision y ON y.id = p.decision
		                 WHERE p.ring_decision = d.id ORDER BY y.id LIMIT 1) AS f ON true
		 WHERE (x.person, x.verdict) <> (d.person, d.verdict) OR (x.policy, x.note) IS DISTINCT FROM (f.policy, f.note)
		    OR c.kind <> 'post' OR c.tag = 'random' OR x.stage NOT IN ('first', 'escalated') OR ` + far("x.at", "d.at")},

	{"ring.audited", `
		SELECT 'ring decision ' || coalesce(CAST(d.id AS text), r.detail ->> 'ring_decision'), coalesce(concat_ws(' ', d.person, d.ring, d.verdict, w.n, w.digest), 'not there'),
		       coalesce(concat_ws(' ', r.actor, r.target, CAST(r.detail AS text)), 'a row of the record')
		  FROM studio.ring_decision d
		  LEFT JOIN LATERAL (SELECT count(*) AS n, ` + digest(`coalesce(string_agg(CAST(o.decision AS text), ' ' ORDER BY o.decision), '')`) + ` AS digest
		                       FROM studio.ring_decided o WHERE o.ring_decision = d.id) AS w ON true
		  FULL JOIN (SELECT * FROM record WHERE kind = 'ring' AND action = 'ring.decide') AS r ON r.request = d.request
		 WHERE d.id IS NULL OR r.seq IS NULL OR (r.actor, r.target) <> (d.person, d.ring) OR ` + far("d.at", "r.at") + `
		    OR NOT r.detail @> jsonb_build_object('ring_decision', d.id, 'verdict', d.verdict, 'decided', w.n, 'decisions_sha256', w.digest)`},
}
