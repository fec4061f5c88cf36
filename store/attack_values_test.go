package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cinnabar/moderation"
)

// posted is the SQL of an import of one post, with some columns of the caller's.
func (s *scene) posted(id string, columns map[string]string) string {
	names := []string{"lang", "title", "body", "posted_at", "declared", "links", "pictures", "picture_count", "video_count", "likes", "saves",
		"shares", "comments", "comment_texts", "author_id", "author", "brand", "label", "extra"}
	types := []string{"text", "text", "text", "timestamptz", "bool", "jsonb", "jsonb", "int", "int", "bigint", "bigint", "bigint", "bigint", "jsonb", "text", "jsonb", "text", "bool", "jsonb"}
	values := map[string]string{"lang": `'en'`, "title": `'t'`, "body": `'b'`, "posted_at": `NULL`, "declared": `false`, "links": `'[]'`, "pictures": `'[]'`,
		"picture_count": `0`, "video_count": `0`, "likes": `0`, "saves": `0`, "shares": `0`, "comments": `0`, "comment_texts": `'[]'`, "author_id": `''`,
		"author": `NULL`, "brand": `''`, "label": `NULL`, "extra": `'{}'`}
	for name, value := range columns {
		values[name] = value
	}
	call := `SELECT studio.posts_import({request}, ARRAY['` + id + `']`
	for i, name := range names {
		call += `, ARRAY[` + values[name] + `]::` + types[i] + `[]`
	}
	return s.imported("posts", call+`)`)
}

// No value may stop the screens of those who read it, put a case before all others, or
// leave what can't be verified.
func TestNoValueBreaksWhatReadsIt(t *testing.T) {
	t.Parallel()
	s := stage(t)
	handIn := func(fields string) string {
		return s.imported("applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+handed("evil", `"brand_name": "Luma Skin"`+fields)+`))`)
	}
	raw := func(rows string) string {
		return s.imported("applications", `SELECT studio.applications_import({request}, `+rows+`)`)
	}
	const everyWriter = "marketer1 moderator1 lead1 admin1 worker1"
	var attempts []attempt
	add := func(name, as, sql, want string) { attempts = append(attempts, attempt{name, as, sql, want, ""}) }

	for _, field := range []string{"id", "region", "brand_name", "account_name", "category", "contact", "uscc", "entity_name", "address", "representative",
		"scope", "mark_number", "mark_name", "mark_owner", "mark_status", "submitted_by"} {
		add("hand in a hundred kilobytes of "+field, "marketer1", raw(`jsonb_build_array(`+handed("evil", "")+` || jsonb_build_object('`+field+`', repeat('x', 100000)))`), "field_value")
	}
	for name, fields := range map[string]string{
		"a name that is no text":             `, "account_name": 5`,
		"an application of another shape":    `, "letters": {"a": 1}`,
		"a letter that is no letter":         `, "letters": [[1]]`,
		"a letter from a number":             `, "letters": [{"from": 5, "to": "x", "level": 1, "until": null}]`,
		"a letter of half a level":           `, "letters": [{"from": "x", "to": "x", "level": 1.5, "until": null}]`,
		"a letter until tomorrow":            `, "letters": [{"from": "x", "to": "x", "level": 1, "until": "tomorrow"}]`,
		"a letter from before the calendar":  `, "letters": [{"from": "x", "to": "x", "level": 1, "until": "0044-03-15 BC"}]`,
		"a licence until the end of days":    `, "entity_expires": "294276-12-31"`,
		"a licence from before all times":    `, "established": "-infinity"`,
		"a licence from now":                 `, "established": "now"`,
		"a class that is no number":          `, "mark_classes": ["x"]`,
		"a class of no end":                  `, "mark_classes": [99999999999999999999]`,
		"classes within classes":             `, "mark_classes": [[1, 2], [3, 4]]`,
		"something extra that is no object":  `, "extra": [1]`,
		"papers that are no papers":          `, "documents": [[]]`,
		"a paper of another shape":           `, "documents": [{"kind": "licence", "picture": "", "name": "", "number": "", "issuer": "", "fields": {"a": 1}}]`,
		"a paper with fields of numbers":     `, "documents": [{"kind": "licence", "picture": "", "name": "", "number": "", "issuer": "", "fields": [{"name": 1, "text": "", "box": {}}]}]`,
		"a paper with a box of no end":       `, "documents": [{"kind": "licence", "picture": "", "name": "", "number": "", "issuer": "", "fields": [{"name": "", "text": "", "box": {"x": 1e99}}]}]`,
		"a paper that runs out in a million": `, "documents": [{"kind": "licence", "picture": "", "name": "", "number": "", "issuer": "", "valid_until": "99999-01-01", "fields": []}]`,
	} {
		add("hand in "+name, "marketer1 worker1", handIn(fields), "field_value")
	}
	add("hand in ten megabytes", "marketer1", raw(`jsonb_build_array(`+handed("evil", "")+` || jsonb_build_object('extra', jsonb_build_object('x', repeat('x', 10000000))))`), "field_value")
	add("hand in a paper by a path", everyWriter, handIn(`, "documents": [{"kind": "licence", "picture": "../../etc/passwd", "name": "", "number": "", "issuer": "", "fields": []}]`), "")
	add("hand in an application that is a list", everyWriter, raw(`'[[]]'`), "field_value")
	add("hand in what is no list", everyWriter, raw(`'{}'`), "22023")
	add("hand in a bomb of brackets", everyWriter, raw(`CAST(repeat('[', 100000) || repeat(']', 100000) AS jsonb)`), "54001")
	add("hand in a byte that is no text", everyWriter, raw(`'[{"id": "\u0000"}]'`), "22P05")
	add("hand in nothing", everyWriter, raw(`'[{}]'`), "field_value")
	add("be due before all others, at the desk", "moderator1 lead1 admin1 worker1", handIn(`, "due_at": "-infinity"`), "field_value")
	add("be due before the platform was there", "moderator1 lead1 admin1 worker1", handIn(`, "due_at": "1970-01-01T00:00:00Z"`), "field_value")
	add("never be due", "moderator1 lead1 admin1 worker1", handIn(`, "due_at": "infinity"`), "field_value")
	add("have applied tomorrow week", "moderator1 lead1 admin1 worker1", handIn(`, "submitted_at": "2099-01-01T00:00:00Z"`), "field_value")

	const processes = "moderator1 lead1 admin1 worker1"
	for name, columns := range map[string]map[string]string{
		"of no time":                      {"posted_at": `'infinity'`},
		"of before all times":             {"posted_at": `'-infinity'`},
		"of the year 100000":              {"posted_at": `'100000-01-01 00:00+00'`},
		"of before Christ":                {"posted_at": `'0044-03-15 00:00+00 BC'`},
		"with links that are an object":   {"links": `'{"a": 1}'`},
		"with a link that is a list":      {"links": `'[["x"]]'`},
		"with a link that is a number":    {"links": `'[1]'`},
		"with pictures that are a text":   {"pictures": `'"x"'`},
		"with a picture that is a number": {"pictures": `'[{"name": 1, "id": ""}]'`},
		"with comments that are a number": {"comment_texts": `'7'`},
		"with a comment pinned by words":  {"comment_texts": `'[{"author": "", "text": "", "pinned": "yes"}]'`},
		"with extras that are a number":   {"extra": `'3'`},
		"with ten megabytes of language":  {"lang": `repeat('x', 10000000)`},
		"with ten megabytes of brand":     {"brand": `repeat('x', 10000000)`},
	} {
		add("import a post "+name, "moderator1 worker1", s.posted("evil", columns), "23514")
	}
	for name, author := range map[string]string{
		"that is a list":               `'[1]'`,
		"with half a follower":         `'{"followers": 1.5}'`,
		"who joined never":             `'{"joined_at": "infinity"}'`,
		"who joined some time":         `'{"joined_at": "some time"}'`,
		"with ten megabytes of handle": `jsonb_build_object('handle', repeat('x', 10000000))`,
	} {
		add("import a post of an author "+name, "moderator1 worker1", s.posted("evil", map[string]string{"author": author}), "")
	}
	authors := func(values string) string {
		return s.imported("posts", `SELECT studio.authors_import({request}, '{evil}', `+values+`)`)
	}
	add("import an author who posts NaN a day", processes, authors(`'{h}', '{1}', '{1}', '{1}', '{NaN}', '{NULL}'`), "23514")
	add("import an author who posts without end", processes, authors(`'{h}', '{1}', '{1}', '{1}', '{Infinity}', '{NULL}'`), "23514")
	add("import an author who joined never", processes, authors(`'{h}', '{1}', '{1}', '{1}', '{1}', '{infinity}'`), "23514")
	add("import an author of nothing", processes, authors(`'{NULL}', '{1}', '{1}', '{1}', '{1}', '{NULL}'`), "23502")

	bytes := func(of string) string {
		return s.imported("pictures", `SELECT studio.pictures_import({request}, ARRAY[`+of+`], '{image/png}', '{1}', '{1}')`)
	}
	add("import a picture of nothing", everyWriter, bytes(`'\x'::bytea`), "picture_empty")
	add("import a picture that is NULL", everyWriter, bytes(`NULL::bytea`), "picture_empty")
	add("import a picture of 21 megabytes", everyWriter, bytes(`decode(repeat('00', 21 << 20), 'hex')`), "picture_large")

	policy := func(fields string) string {
		return `SELECT studio.policy_put({new}, '9.9', NULL, '{"kind": "post", "verdicts": ["clear"], "title": {"en": "a", "zh": "b"}, "message": {"en": "a", "zh": "b"}, "source": "x", "since": "2026-01-01"}'::jsonb || '{` + fields + `}')`
	}
	for name, fields := range map[string]string{
		"a title of objects":            `"title": {"en": {"a": 1}, "zh": ["x"]}`,
		"a title in a third shape":      `"title": {"en": "a", "zh": "b", "de": 5}`,
		"a message of numbers":          `"message": {"en": 1, "zh": 2}`,
		"a day that never comes":        `"since": "infinity"`,
		"a day of before Christ":        `"since": "0044-03-15 BC"`,
		"verdicts within verdicts":      `"verdicts": [["clear"], ["clear"]]`,
		"a title that is a list":        `"title": ["en", "zh"]`,
		"ten verdicts that are nothing": `"verdicts": ["clear", null]`,
	} {
		add("make a policy of "+name, "lead1", policy(fields), "")
	}
	add("name a queue by objects", "lead1", `SELECT studio.named_queue_put({new}, 'evil', 'post', '{"en": {"a": 1}, "zh": ["x"]}', 3600, true)`, "23514")
	add("name a queue by a path", "lead1", `SELECT studio.named_queue_put({new}, '../x', 'post', '{"en": "a", "zh": "b"}', 3600, true)`, "field_value")
	add("give a queue no time", "lead1", `SELECT studio.named_queue_put({new}, 'evil', 'post', '{"en": "a", "zh": "b"}', -1, true)`, "field_value")
	add("give a queue all the time", "lead1", `SELECT studio.named_queue_put({new}, 'evil', 'post', '{"en": "a", "zh": "b"}', 9223372036854775807, true)`, "field_value")
	add("close the queue of all posts", "lead1", `SELECT studio.named_queue_put({new}, 'post', 'post', '{"en": "a", "zh": "b"}', 3600, false)`, "field_value")
	route := func(fields string) string {
		return `SELECT studio.routes_put({new}, ` + quoted(s.one(`SELECT studio.routes_text()`)) + `, jsonb_build_array('{"kind": "post", "queue": "post"}'::jsonb || '{` + fields + `}'))`
	}
	for name, fields := range map[string]string{
		"a score of NaN":          `"score_from": "NaN"`,
		"a score of more than 1":  `"score_from": 2`,
		"no region at all":        `"regions": [null]`,
		"regions within regions":  `"regions": [["CN"], ["SG"]]`,
		"a queue that isn't":      `"queue": "nowhere"`,
		"a queue of another kind": `"queue": "brand"`,
	} {
		add("route by "+name, "lead1", route(fields), "")
	}
	add("route by ten megabytes", "lead1", `SELECT studio.routes_put({new}, `+quoted(s.one(`SELECT studio.routes_text()`))+`, jsonb_build_array(jsonb_build_object('kind', 'post', 'queue', 'post', 'tags', ARRAY[repeat('x', 10000000)])))`, "23514")
	for name, value := range map[string]string{"undo_window": "-1 days +24:05:00", "lease": "NaN", "reserve": "1 day ago", "skip_for": "P1Y", "appeal_window": "1000 years", "time_zone": "'; DROP", "audit": "1"} {
		add("set "+name+" to "+value, "admin1", `SELECT studio.setting_put({new}, '`+name+`', `+quoted(value)+`)`, "")
	}
	add("have an undo window of no time before it", "admin1", `SELECT studio.setting_put({new}, 'undo_window', '-1 24:05')`, "field_value")
	for name, rest := range map[string]string{
		"of no region": `'{NULL}'`, "of regions within regions": `'{{CN},{SG}}'`, "of ten megabytes of region": `ARRAY[repeat('x', 10000000)]`,
	} {
		add("make a person "+name, "admin1", `SELECT studio.person_add({new}, 'moderator3', 'x', 'moderator', `+rest+`)`, "23514")
	}
	add("make a person of ten megabytes", "admin1", `SELECT studio.person_add({new}, 'moderator3', repeat('x', 10000000), 'moderator')`, "23514")
	for _, login := range []string{`"; DROP ROLE lead1; --`, `moderator1"`, `a b`, `A`, `pg_monitor`, `cinnabar_owner`, `moderator`, strings.Repeat("x", 64), ``, `x'); --`} {
		add("make a person called "+login, "admin1", `SELECT studio.person_add({new}, `+quoted(login)+`, 'x', 'moderator')`, "field_value")
	}
	add("make a person of no role", "admin1", `SELECT studio.person_add({new}, 'moderator3', 'x', NULL)`, "")
	add("make a person of a role that is an owner", "admin1", `SELECT studio.person_add({new}, 'moderator3', 'x', 'cinnabar_owner')`, "field_value")
	add("take cases of no kind", "moderator1", `SELECT x FROM jsonb_array_elements(studio.case_take({new}, '''; DROP', 5)) AS x; ROLLBACK`, "nothing")
	add("scan by ten megabytes of model", processes, `SELECT studio.scan_take({new}, repeat('x', 10000000), 1)`, "field_value")
	add("scan by no model", processes, `SELECT studio.scan_take({new}, NULL, 1)`, "field_value")

	for i := range attempts {
		if a := &attempts[i]; a.want == "" { // refused, in one of several ways
			a.want = "refused"
		}
	}
	s.withstand(attempts)
	for _, table := range []string{"application", "post", "author", "policy", "named_queue"} {
		trace := `x::text LIKE '%evil%'`
		if table == "policy" {
			trace += ` OR x.code = '9.9'`
		}
		if got := s.one(`SELECT count(*) FROM studio.` + table + ` AS x WHERE ` + trace); got != "0" {
			t.Errorf("%s rows of %s came of it", got, table)
		}
	}
}

// Whoever hands in an application from outside doesn't say when it is due.
func TestAMarketersApplicationIsDueByTheClock(t *testing.T) {
	t.Parallel()
	s := stage(t)
	for i, due := range []string{"-infinity", "infinity", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"} {
		id := fmt.Sprintf("hurry%d", i)
		s.importing("marketer1", "applications", `SELECT studio.applications_import({request}, jsonb_build_array(`+
			handed(id, `"brand_name": "Luma Skin", "due_at": "`+due+`", "submitted_at": "`+due+`"`)+`))`)
		if got := s.one(`SELECT due_at - submitted_at = interval '3 days' AND submitted_at BETWEEN now() - interval '1 minute' AND now() FROM studio.application WHERE id = $1`, id); got != "true" {
			t.Errorf("due %s: %s", due, s.one(`SELECT due_at || ' ' || submitted_at FROM studio.application WHERE id = $1`, id))
		}
	}
	page, err := s.sit("moderator1").db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindBrand})
	if err != nil || strings.HasPrefix(page.Cases[0].Target, "hurry") {
		t.Errorf("the first of the queue is %s, %v", page.Cases[0].Target, err)
	}
	s.inOrder()
}

// A scan can say of a post what it likes, and be found out by the record; what it says can
// be shown.
func TestNoEvidenceBreaksACasesFile(t *testing.T) {
	t.Parallel()
	s := stage(t)
	must(t, s.try("worker1", s.posted("shown", nil)))
	must(t, s.try("worker1", `SELECT studio.scan_take({new}, 'm', 1000)`))
	put := func(evidence string) string {
		return `SELECT studio.scan_put({new}, 'm', jsonb_build_array('{"post": "shown", "revision": 1, "commercial": 0.9, "disclosure": "none", "flag": true}'::jsonb || jsonb_build_object('evidence', ` + evidence + `)))`
	}
	one := func(fields string) string {
		return `jsonb_build_array('{"rule": "a.b", "field": "body", "text": "x", "weight": 1}'::jsonb || ` + fields + `)`
	}
	s.withstand([]attempt{
		{"weigh evidence by NaN", "worker1", put(one(`'{"weight": "NaN"}'`)), "23514", ""},
		{"weigh evidence without end", "worker1", put(one(`'{"weight": "-Infinity"}'`)), "23514", ""},
		{"weigh evidence by a million and one", "worker1", put(one(`'{"weight": 1000001}'`)), "23514", ""},
		{"begin evidence before the text", "worker1", put(one(`'{"start": -5, "end": 3}'`)), "23514", ""},
		{"end evidence before its beginning", "worker1", put(one(`'{"start": 5, "end": 3}'`)), "23514", ""},
		{"begin evidence and not end it", "worker1", put(one(`'{"start": 5}'`)), "23514", ""},
		{"give evidence without a rule", "worker1", put(one(`'{"rule": null, "kind": "x"}'`)), "23502", ""},
		{"give evidence that is no list", "worker1", put(`'{"a": 1}'::jsonb`), "22023", ""},
		{"score by NaN", "worker1", `SELECT studio.scan_put({new}, 'm', '[{"post": "shown", "commercial": "NaN", "disclosure": "none", "flag": true, "evidence": []}]')`, "23514", ""},
		{"score by more than 1", "worker1", `SELECT studio.scan_put({new}, 'm', '[{"post": "shown", "commercial": 1.5, "disclosure": "none", "flag": true, "evidence": []}]')`, "23514", ""},
		{"score by nothing known", "worker1", `SELECT studio.scan_put({new}, 'm', '[{"post": "shown", "commercial": 0.5, "disclosure": "perhaps", "flag": true, "evidence": []}]')`, "23514", ""},
	})
	// What is only too much is cut.
	must(t, s.try("worker1", put(`(SELECT jsonb_agg(jsonb_build_object('rule', repeat('r', 300), 'text', repeat('t', 5000), 'weight', 1)) FROM generate_series(1, 1100))`)))
	if got := s.one(`SELECT count(*) || ' ' || max(length(e.text)) || ' ' || max(length(e.rule)) FROM studio.evidence e JOIN studio.cases c ON c.id = e.case_id WHERE c.target = 'shown'`); got != "1000 4000 200" {
		t.Errorf("the evidence is %s", got)
	}
	if f := s.sit("moderator1").file(s.one(`SELECT id FROM studio.cases WHERE target = 'shown'`)); len(f.Evidence) != 1000 {
		t.Errorf("the file shows %d", len(f.Evidence))
	}
	s.inOrder()
}

// Every import queues its posts for each model that is awake.
func TestAModeratorWakesNoMoreThanSixteenModels(t *testing.T) {
	t.Parallel()
	s := stage(t)
	db := s.hostile("moderator1")
	for i := range 16 {
		must(t, exec(db, fmt.Sprintf(`SELECT studio.scan_take(gen_random_uuid(), 'm%d', 1)`, i)))
	}
	for range 3 {
		if err := exec(db, `SELECT studio.scan_take(gen_random_uuid(), 'one more', 1)`); code(err) != "field_value" {
			t.Errorf("the seventeenth: %v", err)
		}
	}
	must(t, exec(db, `SELECT studio.scan_take(gen_random_uuid(), 'm3', 1)`)) // one that is awake
	must(t, s.try("worker1", `SELECT studio.scan_take({new}, 'the new release', 1)`))
	s.inOrder()
}

// Nothing but a lease's length and everybody's eyes keeps a login from holding many cases;
// docs/security.md says so. Who holds them shows, and a lead takes them away.
func TestALeadTakesAwayWhatALoginHoards(t *testing.T) {
	t.Parallel()
	s := stage(t)
	for i := range 30 {
		s.post(fmt.Sprintf("hoard%d", i), 0.5)
	}
	db := s.hostile("moderator2")
	for range 20 {
		got, err := all(t.Context(), db, `SELECT jsonb_array_length(studio.case_take(gen_random_uuid(), 'post', 1000000))`)
		if err != nil || len(got) != 1 || len(got[0]) != 1 || got[0] > "5" {
			t.Fatalf("one call gave %v, %v", got, err)
		}
	}
	lead := s.sit("lead1")
	page, err := lead.db.Cases().Page(t.Context(), moderation.QueueQuery{Kind: moderation.KindPost, Limit: 200})
	must(t, err)
	hoarded := 0
	for _, c := range page.Cases {
		if c.Holder == "moderator2" && time.Until(c.Held) < 6*time.Minute {
			hoarded++
			must(t, lead.db.Cases().Hand(t.Context(), uuid.NewString(), moderation.Lease{Case: c.ID}, "moderator1", ""))
		}
	}
	if hoarded < 30 {
		t.Errorf("the lead sees %d in that hand", hoarded)
	}
	if got := s.one(`SELECT count(*) FROM studio.queue WHERE holder = 'moderator2' AND lease_until > clock_timestamp() AND kind = 'post'`); got != "0" {
		t.Errorf("%s are held still", got)
	}
	s.inOrder()
}
