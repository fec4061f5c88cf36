package store

// lookInvariants are those of what was seen in pictures. That prints are those of the
// picture's bytes can't be asked in SQL; looking anew under a higher version makes them
// anew.
var lookInvariants = []invariant{
	{"look.every", `
		SELECT 'picture ' || p.id, 'no look', 'one' FROM studio.picture p WHERE NOT EXISTS (SELECT FROM studio.picture_look l WHERE l.picture = p.id)`},

	{"look.whole", `
		SELECT 'picture ' || l.picture, 'version ' || l.version || ', failed ' || quote_literal(l.failed) || ', quality ' || l.quality || ', looked at ' || coalesce(CAST(l.looked_at AS text), 'never'),
		       'a look that says when, and nothing of what could not be opened'
		  FROM studio.picture_look l
		 WHERE (l.version = 0) <> (l.looked_at IS NULL) OR l.failed <> '' AND (l.quality > 0 OR l.codes <> '[]') OR l.version = 0 AND (l.failed <> '' OR l.quality > 0 OR l.codes <> '[]')`},

	// What may be compared has its print and its mirror's, and nothing else has any.
	{"look.prints", `
		SELECT 'picture ' || l.picture, coalesce(w.n, 0) || ' prints of the whole, ' || coalesce(c.n, 0) || ' of cuts, at quality ' || l.quality,
		       CASE WHEN l.quality >= 50 THEN '2 of the whole' ELSE 'none' END
		  FROM studio.picture_look l
		  LEFT JOIN (SELECT look, count(*) AS n, count(*) FILTER (WHERE part = 0) AS plain FROM studio.picture_print GROUP BY look) AS w ON w.look = l.n
		  LEFT JOIN (SELECT look, count(*) AS n FROM studio.picture_cut GROUP BY look) AS c ON c.look = l.n
		 WHERE CASE WHEN l.quality >= 50 THEN coalesce(w.plain, 0) <> 2 ELSE coalesce(w.n, 0) + coalesce(c.n, 0) > 0 END`},

	{"look.audited", `
		SELECT 'pictures', looks.n || ' looked at', record.n || ' in the record'
		  FROM (SELECT count(*) AS n FROM studio.picture_look WHERE version > 0 AND failed <> 'timed_out') AS looks,
		       (SELECT coalesce(sum(CAST(detail ->> 'kept' AS bigint)), 0) AS n FROM record WHERE kind = 'fingerprint') AS record
		 WHERE looks.n > record.n`},
}
