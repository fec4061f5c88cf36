package store_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Walks over the catalogue: what holds for every table and function that there is, so for
// those to come.

// rules are the tables that whoever was given them reads whole, even over a connection
// that outlived their place here: what everybody is judged by.
var rules = []string{"compat", "named_queue", "policy", "route", "setting", "stage", "transition", "verdict"}

// readers are the functions that people may call and that ask nobody who they are,
// because they tell nothing that is somebody's.
var readers = map[string]string{
	"application_state": "computes from a row that the caller has", "post_outcome": "the same", "case_tag": "the same", "fold": "computes from a text",
	"language_pattern": "the same", "words_digest": "the same", "evidence_digest": "reads by the caller's eyes", "case_ref": "the same",
	"policy_text": "computes from a row that the caller has", "queue_text": "the same", "routes_text": "reads rules", "contract_text": "reads by the caller's eyes", "transitions_digest": "the same",
	"me": "names the caller", "who_am_i": "tells the caller who they are, and that they were disabled", "hint": "says to all that there may be news",
}

func TestEveryFunctionHoldsToTheHousesRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	rows, err := d.super.QueryContext(t.Context(), `
		SELECT p.proname, p.prosrc, coalesce(array_to_string(p.proconfig, '; '), ''), p.prosecdef, p.prosqlbody IS NOT NULL, p.prorettype = 'trigger'::regtype, p.proowner::regrole::text,
		       (SELECT coalesce(string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, ' '), '') FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee <> p.proowner),
		       EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.deptype IN ('n', 'a') AND d.classid <> 'pg_trigger'::regclass)
		  FROM pg_proc p WHERE p.pronamespace = 'studio'::regnamespace`)
	must(t, err)
	defer rows.Close()
	escaped := regexp.MustCompile(`[Ee]'(?:[^'\\]|\\.|'')*'`)
	comment := regexp.MustCompile(`--[^\n]*`)
	clerks := map[string]bool{"login_ready": true, "login_shut": true, "login_secret": true, "login_end": true}
	groups := []string{"moderator", "lead", "marketer", "auditor", "administrator", "worker"}
	seen, doors := 0, 0
	for rows.Next() {
		var name, source, config, owner, granted string
		var definer, bound, trigger, used bool
		must(t, rows.Scan(&name, &source, &config, &definer, &bound, &trigger, &owner, &granted, &used))
		seen++
		pinned := strings.Contains(config, "search_path=pg_catalog, studio, pg_temp") || !definer && strings.Contains(config, "search_path=pg_catalog, pg_temp")
		people := strings.Fields(granted)
		for _, to := range people {
			switch {
			case slices.Contains(groups, to), clerks[name] && to == "cinnabar_owner", name == "refuse" && to == "cinnabar_clerk":
			case to == "PUBLIC" && (name == "me" || name == "who_am_i"):
			default:
				t.Errorf("%s may be called by %s", name, to)
			}
		}
		if want := "cinnabar_owner"; owner != want && !(clerks[name] && owner == "cinnabar_clerk") {
			t.Errorf("%s belongs to %s", name, owner)
		}
		if definer && !pinned {
			t.Errorf("%s runs as its owner with the search_path of whoever calls: %q", name, config)
		}
		// What takes its caller's search_path must be called by nobody but functions that pin it.
		if !pinned && !bound && (len(people) > 0 || used || trigger) {
			t.Errorf("%s is read by the rules of whoever calls it, and %s may call it, or a policy, an index or a default does", name, granted)
		}
		// A text is read anew in every session, by its standard_conforming_strings.
		if rest := escaped.ReplaceAllString(comment.ReplaceAllString(source, ""), ""); !bound && strings.Contains(rest, `\`) && !clerks[name] {
			t.Errorf("%s has a backslash that means one thing to one session and another to the next", name)
		}
		if len(people) == 0 || clerks[name] || name == "refuse" {
			continue
		}
		doors++
		switch {
		case readers[name] != "":
		case strings.Contains(source, "studio.begin_write(") || strings.Contains(source, "studio.begin_people(") || strings.Contains(source, "studio.import_part("):
		case definer && (strings.Contains(source, "studio.my_role()") || strings.Contains(source, "studio.my_sight()") || strings.Contains(source, "studio.am_active()") ||
			strings.Contains(source, "studio.in_sight(") || strings.Contains(source, "p.active") || name == "my_regions" || name == "my_languages" || name == "opinion_due"):
		default:
			t.Errorf("%s may be called by %s and asks nobody who they are", name, granted)
		}
	}
	must(t, rows.Err())
	if seen < 80 || doors < 40 {
		t.Errorf("only %d functions, %d of them for people", seen, doors)
	}
}

func TestEveryTableHoldsToTheHousesRules(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.post("p1", 0.9) // and with it a partition that was not there
	d.exec(`SET ROLE cinnabar_owner; SELECT studio.post_months_ready(ARRAY[date '2012-02-01']), studio.audit_month_ready('2031-01-01'); RESET ROLE`)
	for name, query := range map[string]string{
		"without row security": `SELECT relname FROM pg_class WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND NOT relrowsecurity
			AND relname <> ALL ('{` + strings.Join(rules, ",") + `}')`,
		"rules with row security, so no rules": `SELECT relname FROM pg_class WHERE relnamespace = 'studio'::regnamespace AND relrowsecurity AND relname = ANY ('{` + strings.Join(rules, ",") + `}')`,
		"policies that hang on a role, or are no one SELECT policy called sight": `SELECT polrelid::regclass || '.' || polname FROM pg_policy
			WHERE polroles <> '{0}' OR polname <> 'sight' OR polcmd <> 'r' OR NOT polpermissive OR polwithcheck IS NOT NULL`,
		"read by somebody, with row security and no policy": `SELECT relname FROM pg_class c WHERE relnamespace = 'studio'::regnamespace AND relrowsecurity AND relacl::text ~ '=r'
			AND EXISTS (SELECT FROM aclexplode(relacl) AS a WHERE a.grantee <> relowner) AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)`,
		"rights that are more than reading, or not a group's": `SELECT c.relname || ' ' || a.privilege_type || ' ' || a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) AS a
			WHERE relnamespace = 'studio'::regnamespace AND a.grantee <> c.relowner AND (a.privilege_type <> 'SELECT' OR a.is_grantable
			   OR CASE a.grantee WHEN 0 THEN c.relname <> 'compat' ELSE a.grantee::regrole::text NOT IN ('moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker') END)`,
		"rights on a partition": `SELECT relname FROM pg_class c, aclexplode(c.relacl) AS a WHERE relnamespace = 'studio'::regnamespace AND relispartition AND a.grantee <> relowner`,
		"rights on a column":    `SELECT attrelid::regclass || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'studio'::regnamespace AND attacl IS NOT NULL`,
		"somebody else's": `SELECT relname FROM pg_class WHERE relnamespace = 'studio'::regnamespace AND relowner <> 'cinnabar_owner'::regrole
			UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = 'studio' AND nspowner <> 'cinnabar_owner'::regrole`,
		"views, which would read by their owner's eyes": `SELECT relname FROM pg_class WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('v', 'm', 'f')`,
		"guards that are off":                           `SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'studio'::regnamespace AND tgenabled <> 'O'`,
		"a right to make things in a schema": `SELECT nspname || ' ' || a.grantee::regrole FROM pg_namespace, aclexplode(nspacl) AS a
			WHERE nspname IN ('studio', 'public') AND a.privilege_type = 'CREATE' AND a.grantee <> nspowner AND a.grantee::regrole::text <> 'postgres'`,
		"a right of everybody on the database": `SELECT a.privilege_type FROM pg_database, aclexplode(datacl) AS a WHERE datname = current_database() AND a.grantee = 0`,
		"groups that can log in, inherit or more": `SELECT rolname FROM pg_roles WHERE rolname IN ('moderator', 'lead', 'marketer', 'auditor', 'administrator', 'worker', 'cinnabar_owner')
			AND (rolcanlogin OR rolinherit OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)`,
		"a clerk who can more than make logins": `SELECT rolname FROM pg_roles WHERE rolname = 'cinnabar_clerk' AND (rolcanlogin OR rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls)
			UNION ALL SELECT relname FROM pg_class c, aclexplode(c.relacl) AS a WHERE relnamespace = 'studio'::regnamespace AND a.grantee = 'cinnabar_clerk'::regrole`,
		"people in more than their group": `SELECT p.login || ' ' || m.roleid::regrole FROM studio.person p JOIN pg_auth_members m ON m.member = p.login::regrole WHERE m.roleid::regrole::text <> p.role`,
		"groups in a group":               `SELECT m.member::regrole || ' in ' || m.roleid::regrole FROM pg_auth_members m WHERE m.member::regrole::text IN ('moderator', 'lead', 'marketer', 'auditor', 'worker')`,
		"people who own something or were given more than the way in": `SELECT p.login || ' ' || s.classid::regclass FROM studio.person p JOIN pg_shdepend s ON s.refobjid = p.login::regrole
			WHERE s.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AND NOT (s.classid = 'pg_database'::regclass AND s.deptype = 'a')`,
	} {
		rows, err := all(t.Context(), d.super, query)
		if err != nil || len(rows) > 0 {
			t.Errorf("%s: %v, %v", name, rows, err)
		}
	}
	// What is made next is nobody's until it is given.
	for _, role := range []string{"cinnabar_owner", "cinnabar_clerk"} {
		rows, err := all(t.Context(), d.super, `BEGIN; GRANT CREATE ON SCHEMA studio TO cinnabar_clerk; SET LOCAL ROLE `+role+`;
			CREATE FUNCTION studio.of_tomorrow() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT has_function_privilege('moderator1', 'studio.of_tomorrow()', 'EXECUTE'); ROLLBACK`)
		if err != nil || fmt.Sprint(rows) != "[false]" {
			t.Errorf("a new function of %s: %v, %v", role, rows, err)
		}
	}
}

// securityPage is docs/security.md.
func securityPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "security.md"))
	must(t, err)
	return string(page)
}

// The table of who reads what in docs/security.md is the one that is tried here, cell by cell.
func TestThePageOnSecuritySaysWhoReadsWhat(t *testing.T) {
	t.Parallel()
	s := stage(t)
	// A row or two of everything.
	must(t, s.try("worker1", s.posted("scanned", nil)+`; SELECT studio.scan_take({new}, 'm', 1000); SELECT studio.scan_put({new}, 'm', '[{"post": "scanned", "commercial": 0.1, "disclosure": "none", "flag": false, "evidence": []}]');
		SELECT studio.scan_take({new}, 'm2', 1)`))
	s.exec(`INSERT INTO studio.request (id, actor, function, digest, result) VALUES ('00000000-0000-0000-0000-00000000000a', 'moderator2', 'ring_decide', '', '{}'), ('00000000-0000-0000-0000-00000000000b', 'lead2', 'ring_decide', '', '{}');
		INSERT INTO studio.ring_decision (request, ring, person, verdict, at) SELECT id, 'ring-1', actor, 'clear', now() FROM studio.request WHERE function = 'ring_decide';
		INSERT INTO studio.ring_decided SELECT (SELECT id FROM studio.decision LIMIT 1), id FROM studio.ring_decision WHERE person = 'moderator2';
		INSERT INTO studio.ring_decided SELECT (SELECT id FROM studio.decision OFFSET 1 LIMIT 1), id FROM studio.ring_decision WHERE person = 'lead2';
		INSERT INTO studio.ring_common (version, asked_at) VALUES (1, now())`)
	s.exec(`INSERT INTO studio.ring_mark VALUES ('r1', 1, 1, 'a', NULL, '{}', '', '{}'); INSERT INTO studio.ring_channel VALUES ('phone:1', 'a', 'r1');
		INSERT INTO studio.ring_edge VALUES ('r1', 'r2', 1, 1, 1, 1, 1, '{}'); INSERT INTO studio.ring VALUES ('ring-1', 2, 2, 'r1', NULL, NULL, '[]', 0, now());
		INSERT INTO studio.ring_post VALUES ('r1', 'ring-1', 'a', NULL, NULL); INSERT INTO studio.ring_wait VALUES ('r1', now()) ON CONFLICT DO NOTHING`)
	s.exec(`INSERT INTO studio.scan_wait (model, post) SELECT id, 'p1' FROM studio.scan_model; INSERT INTO studio.author (id, handle, followers, following, posts, posts_per_day, seen_at) VALUES ('a', 'a', 1, 1, 1, 1, now())`)
	must(t, s.try("moderator1", `SELECT studio.case_skip({new}, '{post}', 'language', '')`))
	must(t, s.try("moderator2", `SELECT studio.case_skip({new}, '{post}', 'language', '')`))
	must(t, s.try("marketer1", `SELECT studio.case_appeal({new}, '{closed}', '', 'No.')`))
	must(t, s.try("moderator1", `SELECT studio.note_add({new}, '{post}', 'A note.')`))
	s.importing("marketer1", "pictures", `SELECT studio.pictures_import({request}, ARRAY['\xbeef'::bytea], '{image/png}', '{1}', '{1}')`)
	s.importing("marketer1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("own", `"brand_name": "Luma Skin"`)+
		` || '{"documents": [{"kind": "licence", "picture": "`+s.one(`SELECT encode(sha256('\xbeef'), 'hex')`)+`", "name": "", "number": "", "issuer": "", "fields": []}]}'))`)
	for i, login := range []string{"moderator2", "lead1", "admin1"} {
		s.importing(login, "pictures", fmt.Sprintf(`SELECT studio.pictures_import({request}, ARRAY['\xbeef%02x'::bytea], '{image/png}', '{1}', '{1}')`, i))
	}
	must(t, s.try("worker1", `SELECT studio.looks_take({new}, 1, 1); DO $x$ DECLARE h text := repeat('c', 64); BEGIN PERFORM studio.looks_put({new}, 1, (SELECT jsonb_agg(jsonb_build_object('picture', picture, 'quality', 90,
		'prints', jsonb_build_array(jsonb_build_object('part', 0, 'mirrored', false, 'hash', h), jsonb_build_object('part', 0, 'mirrored', true, 'hash', h), jsonb_build_object('part', 1, 'hash', h)))) FROM studio.picture_look WHERE until IS NOT NULL)); END $x$`))
	s.planned()
	must(t, s.try("lead1", `SELECT studio.rulebook_save({new}, NULL, NULL, '[]', '')`))
	must(t, s.try("lead1", `SELECT studio.detector_model_put({new}, 'learned-1', true, '', '{}')`))
	limited := map[string]string{}
	for _, role := range []string{"moderator", "lead"} {
		limited[role] = s.newLogin()
		s.exec(`SELECT studio.person_add(gen_random_uuid(), $1, 'Of Singapore', $2, '{SG}', '{ms}')`, limited[role], role)
	}
	roles := []string{"moderator", "lead", "marketer", "auditor", "administrator", "worker"}
	logins := map[string]string{"moderator": "moderator2", "lead": "lead1", "marketer": "marketer1", "auditor": "auditor1", "administrator": "admin1", "worker": "worker1"}

	left := map[string]bool{}
	for _, table := range strings.Fields(s.one(`SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'studio'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`)) {
		left[table] = true
	}
	line := regexp.MustCompile("(?m)^\\| (`[a-z_`, ]+`) \\| (.*) \\|$")
	for _, m := range line.FindAllStringSubmatch(securityPage(t), -1) {
		cells := strings.Split(m[2], " | ")
		if len(cells) != len(roles) {
			continue // another table
		}
		for _, table := range regexp.MustCompile("[a-z_]+").FindAllString(m[1], -1) {
			if !left[table] {
				t.Errorf("the page speaks of %s, which isn't there or was spoken of before", table)
				continue
			}
			delete(left, table)
			total := s.one(`SELECT count(*) FROM studio.` + table)
			if total == "0" && table != "audit_pending" {
				t.Errorf("nothing stands in %s to be read", table)
			}
			for i, role := range roles {
				rows, err := s.rows(logins[role], `SELECT count(*) FROM studio.`+table)
				seen := code(err)
				if err == nil {
					seen = rows[0]
				}
				var less string // what somebody with regions of their own sees
				if limited[role] != "" && err == nil {
					rows, err := s.rows(limited[role], `SELECT count(*) FROM studio.`+table)
					must(t, err)
					less = rows[0]
				}
				fine := false
				switch cells[i] {
				case "—":
					fine = seen == "42501"
				case "all":
					fine = seen == total && (less == "" || less == total)
				case "theirs":
					fine = seen == total && less != total
				case "theirs, blind":
					fine = seen != total && seen != "0" && less != seen
				case "all, blind":
					fine = seen != total && seen != "0" && less != "0"
				case "own":
					fine = seen != total && seen != "0" && seen != "42501"
				}
				if !fine {
					t.Errorf("%s: the page says %s read %q, they see %s of %s, those with regions %s", table, role, cells[i], seen, total, less)
				}
			}
		}
	}
	if len(left) > 0 {
		t.Errorf("the page says nothing of %v", slices.Sorted(maps.Keys(left)))
	}
}

// Every test and every function that docs/security.md names is there.
func TestThePageOnSecurityNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	tests := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	must(t, filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
		return err
	}))
	page := securityPage(t)
	named := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`).FindAllString(page, -1)
	if len(named) < 40 {
		t.Errorf("the page names only %d tests", len(named))
	}
	for _, name := range named {
		if !tests[name] {
			t.Errorf("the page names %s, which isn't there", name)
		}
	}
	for _, m := range regexp.MustCompile("`studio\\.([a-z_]+)`").FindAllStringSubmatch(page, -1) {
		if d.one(`SELECT count(*) FROM (SELECT proname FROM pg_proc WHERE pronamespace = 'studio'::regnamespace UNION SELECT relname FROM pg_class WHERE relnamespace = 'studio'::regnamespace) AS x WHERE proname = $1`, m[1]) == "0" {
			t.Errorf("the page names studio.%s, which isn't there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([a-z./_-]+)(?:#[a-z-]+)?\)`).FindAllStringSubmatch(page, -1) {
		if _, err := os.Stat(filepath.Join("..", "docs", m[1])); err != nil {
			t.Errorf("the page leads to %s: %v", m[1], err)
		}
	}
}
