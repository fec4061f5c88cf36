package store

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cinnabar/moderation"
)

// The guards are what keeps people from the rows: functions, triggers, rights. What
// they must be is read out of the migrations, so that no list has to be kept beside
// them. Where the database has been migrated further than this program knows, its
// functions are left to the program that made them.

// schemaText is what the migrations make of guards.
type schemaText struct {
	functions map[signature]functionText
	grants    map[[2]string]bool // function, role: may execute
	triggers  map[[2]string]triggerText
}

type signature struct {
	name      string
	arguments int
}

// functionText is a function as the newest migration that names it wrote it.
type functionText struct {
	body       string // SHA-256 of its source; of "" where it is bound when it is made
	definer    bool
	searchPath string
}

type triggerText struct {
	function string
	parts    bool // stands on the table's parts as well
}

// statement is a kind of statement that makes or changes guards.
type statement struct {
	form *regexp.Regexp
	read func(s *schemaText, m []string)
}

var (
	downHalf    = regexp.MustCompile(`(?m)^-- \+goose Down`)
	lineComment = regexp.MustCompile(`(?m)--.*$`)
	dollarQuote = regexp.MustCompile(`\$\w*\$`)
	setPath     = regexp.MustCompile(`SET search_path = ([\w, $"]+?)\s*(?:SET|AS|RETURN|$)`)

	// Forms of statements as the migrations write them, each up to where it is told what
	// it is about.
	statements = []statement{
		{regexp.MustCompile(`(?s)\bCREATE (?:OR REPLACE )?FUNCTION studio\.(\w+)\s*(\(.*?);`), (*schemaText).createFunction},
		{regexp.MustCompile(`(?s)\bDROP FUNCTION (?:IF EXISTS )?studio\.(\w+)\s*(\(.*?\))?\s*;`), func(s *schemaText, m []string) {
			for at := range s.functions {
				if at.name == m[1] && (m[2] == "" || at.arguments == countArguments(m[2])) {
					delete(s.functions, at)
				}
			}
		}},
		{regexp.MustCompile(`\bALTER FUNCTION studio\.(\w+)\s*(\([^;]*?\)) RENAME TO (\w+);`), func(s *schemaText, m []string) {
			from, to := signature{m[1], countArguments(m[2])}, signature{m[3], countArguments(m[2])}
			s.functions[to] = s.functions[from]
			delete(s.functions, from)
			for grant := range s.grants {
				if grant[0] == from.name {
					delete(s.grants, grant)
					s.grants[[2]string{to.name, grant[1]}] = true
				}
			}
		}},
		{regexp.MustCompile(`(?s)\bGRANT EXECUTE ON FUNCTION (.*?) TO ([^;]*?);`), func(s *schemaText, m []string) {
			for _, key := range functionsAndRoles(m[1], m[2]) {
				s.grants[key] = true
			}
		}},
		{regexp.MustCompile(`(?s)\bREVOKE EXECUTE ON FUNCTION (.*?) FROM ([^;]*?);`), func(s *schemaText, m []string) {
			for _, key := range functionsAndRoles(m[1], m[2]) {
				delete(s.grants, key)
			}
		}},
		{regexp.MustCompile(`(?s)\bCREATE (?:CONSTRAINT )?TRIGGER (\w+)\s([^;]*?)\sON studio\.(\w+)([^;]*?)EXECUTE FUNCTION studio\.(\w+)\(`), func(s *schemaText, m []string) {
			// Triggers for rows come to a part by themselves, the record's others by its own function.
			s.triggers[[2]string{m[1], m[3]}] = triggerText{m[5], strings.Contains(m[4], "FOR EACH ROW") || m[3] == "audit"}
		}},
		{regexp.MustCompile(`\bDROP TRIGGER (?:IF EXISTS )?(\w+) ON studio\.(\w+)`), func(s *schemaText, m []string) {
			delete(s.triggers, [2]string{m[1], m[2]})
		}},
	}
)

// readSchema reads migrations in their order.
func readSchema(files fs.FS) schemaText {
	s := schemaText{functions: map[signature]functionText{}, grants: map[[2]string]bool{}, triggers: map[[2]string]triggerText{}}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // the file is compiled in
		}
		s.read(string(text))
	}
	return s
}

// read takes in one migration, statement by statement.
func (s *schemaText) read(text string) {
	if down := downHalf.FindStringIndex(text); down != nil {
		text = text[:down[0]]
	}
	code := withoutBodies(text)
	type hit struct {
		at   int
		m    []string
		read func(*schemaText, []string)
	}
	var hits []hit
	for _, form := range statements {
		for _, at := range form.form.FindAllStringSubmatchIndex(code, -1) {
			m := make([]string, len(at)/2)
			for i := range m {
				if at[2*i] >= 0 {
					m[i] = code[at[2*i]:at[2*i+1]]
				}
			}
			hits = append(hits, hit{at[0], m, form.read})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.at - b.at })
	for _, h := range hits {
		h.read(s, h.m)
	}
}

// withoutBodies returns a migration without comments, and with the digest of what
// stands between dollar quotes in its place.
func withoutBodies(text string) string {
	var b strings.Builder
	for {
		open := dollarQuote.FindStringIndex(text)
		if open == nil {
			break
		}
		tag := text[open[0]:open[1]]
		length := strings.Index(text[open[1]:], tag)
		if length < 0 {
			break
		}
		body := text[open[1] : open[1]+length]
		b.WriteString(text[:open[0]] + "$$" + sumOf(body) + "$$")
		text = text[open[1]+length+len(tag):]
	}
	b.WriteString(text)
	return lineComment.ReplaceAllString(b.String(), "")
}

func (s *schemaText) createFunction(m []string) {
	arguments, length := parenthesis(m[2][1:])
	header := m[2][1+length:]
	f := functionText{body: sumOf("")}
	if at := strings.Index(header, "$$"); at >= 0 {
		f.body = header[at+2 : at+2+2*sha256.Size]
		header = header[:at]
	} else if at := strings.Index(header, "\nRETURN "); at >= 0 {
		header = header[:at]
	}
	f.definer = strings.Contains(header, "SECURITY DEFINER")
	if m := setPath.FindStringSubmatch(header); m != nil {
		f.searchPath = strings.TrimSpace(m[1])
	}
	s.functions[signature{m[1], countArguments("(" + arguments + ")")}] = f
}

func functionsAndRoles(functions, roles string) (pairs [][2]string) {
	for _, function := range splitArguments(functions) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(function), "studio."), "(")
		for role := range strings.SplitSeq(roles, ",") {
			pairs = append(pairs, [2]string{strings.TrimSpace(name), strings.TrimSpace(role)})
		}
	}
	return pairs
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// parenthesis returns what stands before the closing parenthesis, and the length of
// that with it.
func parenthesis(text string) (inside string, length int) {
	depth := 1
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[:i], i + 1
			}
		}
	}
	return text, len(text)
}

// splitArguments cuts at commas that stand in no parentheses.
func splitArguments(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// countArguments counts those between parentheses.
func countArguments(list string) int {
	inside := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(list, "("), ")"))
	if inside == "" {
		return 0
	}
	return len(splitArguments(inside))
}

// values writes rows of texts for a VALUES list, and one that matches nothing where
// there are none.
func values(columns int, rows [][]string) string {
	var b strings.Builder
	b.WriteString("(VALUES ")
	if len(rows) == 0 {
		rows = [][]string{make([]string, columns)}
	}
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j, text := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString("'" + strings.ReplaceAll(text, "'", "''") + "'")
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	return b.String()
}

// own is the condition that the database is of the version that this program knows.
func own() string {
	return `(SELECT max(version_id) FROM ` + versionTable + `) = ` + strconv.FormatInt(latestMigration(), 10)
}

const inStudio = `CAST('studio' AS regnamespace)`

// guards are the invariants of the schema and of the tables that migrations fill.
func guards() []invariant {
	s := readSchema(migrations())
	var functions, grants, triggers [][]string
	for at, f := range s.functions {
		path := ""
		if f.searchPath != "" {
			path = "search_path=" + f.searchPath
		}
		functions = append(functions, []string{at.name, strconv.Itoa(at.arguments), f.body, strconv.FormatBool(f.definer), path})
	}
	for key := range s.grants {
		grants = append(grants, []string{key[0], key[1]})
	}
	for key, t := range s.triggers {
		triggers = append(triggers, []string{key[0], key[1], t.function, strconv.FormatBool(t.parts)})
	}
	var transitions, verdicts [][]string
	for _, t := range moderation.Transitions {
		transitions = append(transitions, []string{string(t.Kind), string(t.From), string(t.Verdict), strconv.Itoa(t.Approvals),
			strconv.FormatBool(t.Lead), strconv.FormatBool(t.Another), strconv.FormatBool(t.Fresh), string(t.To), t.Outcome})
	}
	seen := map[moderation.Verdict]bool{}
	for _, t := range moderation.Transitions {
		if !seen[t.Verdict] {
			seen[t.Verdict] = true
			verdicts = append(verdicts, []string{string(t.Verdict), strconv.FormatBool(moderation.NeedsPolicy(t.Verdict)), strconv.FormatBool(moderation.NeedsReason(t.Verdict))})
		}
	}

	return []invariant{
		{"guard.transitions", `
			SELECT 'transition ' || concat_ws(' ', coalesce(t.kind, w.kind), coalesce(t.stage, w.stage), coalesce(t.verdict, w.verdict), coalesce(CAST(t.approvals AS text), w.approvals)),
			       CASE WHEN t.kind IS NULL THEN 'not there' ELSE concat_ws(' ', t.lead, t.another, t.fresh, t.to_stage, t.outcome) END,
			       CASE WHEN w.kind IS NULL THEN 'none' ELSE concat_ws(' ', w.lead, w.another, w.fresh, w.to_stage, w.outcome) END
			  FROM studio.transition t FULL JOIN ` + values(9, transitions) + ` AS w(kind, stage, verdict, approvals, lead, another, fresh, to_stage, outcome)
			    ON (w.kind, w.stage, w.verdict, w.approvals) = (t.kind, t.stage, t.verdict, CAST(t.approvals AS text))
			 WHERE ` + own() + ` AND (CAST(t.lead AS text), CAST(t.another AS text), CAST(t.fresh AS text), t.to_stage, t.outcome)
			       IS DISTINCT FROM (w.lead, w.another, w.fresh, w.to_stage, w.outcome)`},

		{"guard.verdicts", `
			SELECT 'verdict ' || coalesce(v.verdict, w.verdict), CASE WHEN v.verdict IS NULL THEN 'not there' ELSE concat_ws(' ', v.needs_policy, v.needs_reason) END,
			       CASE WHEN w.verdict IS NULL THEN 'none' ELSE concat_ws(' ', w.needs_policy, w.needs_reason) END
			  FROM studio.verdict v FULL JOIN ` + values(3, verdicts) + ` AS w(verdict, needs_policy, needs_reason) ON w.verdict = v.verdict
			 WHERE ` + own() + ` AND (CAST(v.needs_policy AS text), CAST(v.needs_reason AS text)) IS DISTINCT FROM (w.needs_policy, w.needs_reason)`},

		// A function that is not what the migrations made it decides as somebody else
		// wishes. Of one that is bound when it is made Postgres keeps no text.
		{"guard.functions", `
			SELECT 'function ' || coalesce(p.proname, w.name), CASE WHEN p.proname IS NULL THEN 'not there' ELSE concat_ws(' ', p.body, CASE WHEN p.prosecdef THEN 'definer' END, p.path) END,
			       CASE WHEN w.name IS NULL THEN 'none of ours' ELSE concat_ws(' ', w.body, CASE WHEN w.definer = 'true' THEN 'definer' END, w.path) END
			  FROM (SELECT CAST(proname AS text) AS proname, CAST(pronargs AS text) AS arguments, prosecdef, ` + digest("coalesce(prosrc, '')") + ` AS body,
			               coalesce((SELECT c FROM unnest(proconfig) AS c WHERE c LIKE 'search_path=%'), '') AS path
			          FROM pg_proc WHERE pronamespace = ` + inStudio + `) AS p
			  FULL JOIN ` + values(5, functions) + ` AS w(name, arguments, body, definer, path) ON w.name = p.proname AND w.arguments = p.arguments
			 WHERE ` + own() + ` AND (p.body, CAST(p.prosecdef AS text), p.path) IS DISTINCT FROM (w.body, w.definer, w.path)`},

		{"guard.execute", `
			SELECT 'function ' || p.proname, 'EXECUTE to ' || g.role, 'nobody but its callers'
			  FROM pg_proc p
			 CROSS JOIN LATERAL (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(CAST(a.grantee AS regrole) AS text) END
			                       FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee <> p.proowner) AS g(role)
			 WHERE ` + own() + ` AND p.pronamespace = ` + inStudio + `
			   AND NOT EXISTS (SELECT FROM ` + values(2, grants) + ` AS w(name, role) WHERE w.name = p.proname AND w.role = g.role)`},

		// On a table and on each of its parts.
		{"guard.triggers", `
			SELECT w.name || ' on ' || c.relname, coalesce('enabled: ' || CAST(t.tgenabled AS text) || ', calls ' || f.proname, 'missing'), 'enabled: O, calls ' || w.function
			  FROM ` + values(4, triggers) + ` AS w(name, of, function, parts)
			  JOIN pg_class c ON c.relnamespace = ` + inStudio + ` AND c.relkind IN ('r', 'p')
			   AND (c.relname = w.of OR w.parts = 'true' AND c.oid IN (SELECT i.inhrelid FROM pg_inherits i JOIN pg_class o ON o.oid = i.inhparent WHERE o.relnamespace = ` + inStudio + ` AND o.relname = w.of))
			  LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = w.name
			  LEFT JOIN pg_proc f ON f.oid = t.tgfoid AND f.pronamespace = ` + inStudio + `
			 WHERE ` + own() + ` AND (t.tgenabled IS DISTINCT FROM 'O' OR f.proname IS DISTINCT FROM w.function)`},

		{"guard.writes", `
			SELECT 'table ' || c.relname, g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'everybody' ELSE CAST(CAST(g.grantee AS regrole) AS text) END, 'writing by functions alone'
			  FROM pg_class c, aclexplode(c.relacl) AS g
			 WHERE c.relnamespace = ` + inStudio + ` AND g.grantee <> c.relowner
			   AND g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES', 'USAGE')
			 UNION ALL
			SELECT 'table ' || c.relname || ' column ' || a.attname, g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'everybody' ELSE CAST(CAST(g.grantee AS regrole) AS text) END, 'writing by functions alone'
			  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) AS g
			 WHERE c.relnamespace = ` + inStudio + ` AND g.grantee <> c.relowner AND g.privilege_type IN ('INSERT', 'UPDATE', 'REFERENCES')
			 UNION ALL
			SELECT 'schema studio', 'CREATE to ' || CASE g.grantee WHEN 0 THEN 'everybody' ELSE CAST(CAST(g.grantee AS regrole) AS text) END, 'its owner alone'
			  FROM pg_namespace n, aclexplode(n.nspacl) AS g
			 WHERE n.nspname = 'studio' AND g.grantee <> n.nspowner AND g.privilege_type = 'CREATE'`},

		{"guard.owner", `
			SELECT x.what, CAST(CAST(x.owner AS regrole) AS text), x.want
			  FROM (SELECT 'table ' || relname, relowner, 'cinnabar_owner' FROM pg_class WHERE relnamespace = ` + inStudio + ` AND relkind IN ('r', 'p', 'S', 'v', 'm', 'f')
			        UNION ALL
			        SELECT 'schema studio', nspowner, 'cinnabar_owner' FROM pg_namespace WHERE nspname = 'studio'
			        UNION ALL
			        SELECT 'function ' || proname, proowner, CASE WHEN proname LIKE 'login\_%' THEN 'cinnabar_clerk' ELSE 'cinnabar_owner' END
			          FROM pg_proc WHERE pronamespace = ` + inStudio + `) AS x(what, owner, want)
			 WHERE CAST(CAST(x.owner AS regrole) AS text) <> x.want`},

		// Row security on all but the rules that everybody is judged by, and one policy a
		// table, which hangs on no group: whoever is in one could take it out of them. What
		// a policy lets through is not compared, since Postgres gives back another text than
		// it was given; rows that one hides from auditors are missed by the checks above.
		{"guard.sight", `
			SELECT 'table ' || c.relname, CASE WHEN c.relrowsecurity THEN 'without its policy' ELSE 'without row security' END, 'row security'
			  FROM pg_class c
			 WHERE c.relnamespace = ` + inStudio + ` AND c.relkind IN ('r', 'p') AND NOT c.relispartition
			   AND c.relname NOT IN ('compat', 'named_queue', 'policy', 'route', 'setting', 'stage', 'transition', 'verdict')
			   AND (NOT c.relrowsecurity OR c.relname <> 'audit_pending' AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
			 UNION ALL
			SELECT 'policy ' || p.polname || ' on ' || c.relname, CASE WHEN p.polroles = '{0}' THEN 'another policy' ELSE 'of some groups' END, 'one, asked of everybody'
			  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
			 WHERE c.relnamespace = ` + inStudio + ` AND (p.polroles <> '{0}' OR p.polname <> 'sight' OR p.polcmd <> 'r' OR NOT p.polpermissive)`},

		// A person's login that can do more than a person may goes past every function.
		{"guard.logins", `
			SELECT 'login ' || p.login, x.may, 'a ' || p.role || ' and nothing more'
			  FROM studio.person p JOIN pg_roles r ON r.rolname = p.login
			 CROSS JOIN LATERAL (
			   SELECT concat_ws(', ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreaterole THEN 'may make roles' END,
			            CASE WHEN r.rolbypassrls THEN 'bypasses row security' END, CASE WHEN r.rolreplication THEN 'may replicate' END,
			            CASE WHEN pg_has_role(r.oid, 'cinnabar_owner', 'MEMBER') THEN 'may become the owner' END,
			            CASE WHEN pg_has_role(r.oid, 'cinnabar_clerk', 'MEMBER') THEN 'may become the clerk' END,
			            (SELECT string_agg('may be ' || g.rolname, ', ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
			              WHERE m.member = r.oid AND g.rolname <> p.role AND (g.rolname IN ('moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker')
			                OR EXISTS (SELECT FROM studio.person o WHERE o.login = g.rolname))))) AS x(may)
			 WHERE p.active AND p.role <> 'administrator' AND x.may <> ''`},
	}
}
