package store_test

import (
	"strings"
	"testing"

	"cinnabar/moderation"
)

// Every function that a login may call is called with all kinds of nonsense, and so will be
// those to come. What is taken is kept; then all must be in order and be readable.
func TestEveryFunctionTakesNonsenseAndStaysInOrder(t *testing.T) {
	t.Parallel()
	s := stage(t)
	nonsense := map[string][]string{
		"uuid":                       {`NULL`, `'00000000-0000-0000-0000-000000000000'`, `'{first}'`, `'{held}'`, `'{refusal}'`, `'{second}'`, `'{closed}'`},
		"text":                       {`NULL`, `''`, `'x'`, `E' \t\u3000'`, `repeat('長', 200000)`, `''';DROP SCHEMA studio CASCADE;--'`, `'post'`, `'closed'`},
		"integer":                    {`NULL`, `0`, `-1`, `2147483647`, `'-2147483648'`, `1`},
		"bigint":                     {`NULL`, `0`, `-1`, `9223372036854775807`, `'-9223372036854775808'`, `{fence}`},
		"boolean":                    {`NULL`, `true`, `false`},
		"jsonb":                      {`NULL`, `'null'`, `'{}'`, `'[]'`, `'[null]'`, `'[{}]'`, `'"x"'`, `'1e400'`, `'[[[]]]'`, `'{"en": null, "zh": null}'`},
		"timestamp with time zone":   {`NULL`, `'infinity'`, `'-infinity'`, `'294276-12-31'`, `'4713-01-01 BC'`},
		"double precision":           {`NULL`, `'NaN'`, `'Infinity'`, `-1`, `1e308`},
		"text[]":                     {`NULL`, `'{}'`, `'{NULL}'`, `'{{a,b},{c,d}}'`, `ARRAY[repeat('x', 100000)]`, `'{a,a}'`},
		"timestamp with time zone[]": {`NULL`, `'{}'`, `'{NULL}'`, `'{infinity}'`, `'{-infinity,4713-01-01 BC}'`},
	}
	rows, err := all(t.Context(), s.super, `
		SELECT p.oid::regproc || '|' || (SELECT coalesce(string_agg(format_type(a, NULL), ';' ORDER BY n), '') FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS x(a, n))
		       || '|' || (SELECT coalesce(string_agg(login, ' '), '') FROM unnest('{`+strings.Join(everyRole, ",")+`}'::text[]) AS login WHERE has_function_privilege(login, p.oid, 'EXECUTE'))
		  FROM pg_proc p WHERE p.pronamespace = 'studio'::regnamespace AND p.prorettype <> 'trigger'::regtype ORDER BY 1`)
	must(t, err)
	calls, answers := 0, map[string]int{}
	for _, row := range rows {
		part := strings.Split(row, "|")
		var types []string
		if part[1] != "" {
			types = strings.Split(part[1], ";")
		}
		for _, login := range strings.Fields(part[2]) {
			for variant := range 10 {
				args := make([]string, len(types))
				for i, typ := range types {
					values := nonsense[typ]
					switch {
					case values == nil && strings.HasSuffix(typ, "[]"):
						values = []string{`NULL`, `'{}'`, `'{NULL}'`}
					case values == nil:
						values = []string{`NULL`}
					}
					args[i] = `CAST(` + values[(variant+i)%len(values)] + ` AS ` + typ + `)`
					if i == 0 && typ == "uuid" && len(types) > 1 && variant > 0 {
						args[i] = `{new}` // it is a request, with one exception
					}
				}
				calls++
				call := part[0] + `(` + strings.Join(args, ", ") + `)`
				_, err := s.rows(login, `SELECT `+call)
				c := code(err)
				answers[c]++
				// Refused by a rule, a constraint or a type; never by something of ours that
				// isn't there or was not thought of, nor in a way that the driver can't read.
				if strings.HasPrefix(c, "XX") || strings.HasPrefix(c, "42") && c != "42501" || strings.HasPrefix(c, "P0") || strings.HasPrefix(c, "5") && c != "54001" || strings.Contains(c, " ") {
					t.Errorf("%s: %.200s: %v", login, call, err)
				}
			}
		}
	}
	t.Logf("%d calls: %v", calls, answers)
	if calls < 1000 || answers["allowed"] < 100 {
		t.Errorf("%d calls: %v", calls, answers)
	}
	s.inOrder()
	s.readable()
}

// readable opens every list and file as those do who work with them.
func (s *scene) readable() {
	s.t.Helper()
	ctx := s.t.Context()
	for _, login := range []string{"moderator1", "lead1", "auditor1"} {
		db := s.sit(login).db
		check := func(what string, err error) {
			s.t.Helper()
			if err != nil {
				s.t.Errorf("%s can't read %s any more: %v", login, what, err)
			}
		}
		for _, kind := range []moderation.Kind{moderation.KindBrand, moderation.KindPost} {
			page, err := db.Cases().Page(ctx, moderation.QueueQuery{Kind: kind, Limit: 200})
			check("the queue", err)
			for _, c := range page.Cases {
				_, err := db.Cases().File(ctx, c.ID)
				check("a case's file", err)
			}
			_, err = db.Cases().Counts(ctx, kind)
			check("the counts", err)
		}
		_, err := db.Policies().All(ctx)
		check("the policies", err)
		_, err = db.Routing().Queues(ctx)
		check("the queues", err)
		_, err = db.Routing().Routes(ctx)
		check("the routes", err)
		_, err = db.Routing().Settings(ctx)
		check("the settings", err)
		_, err = db.People().List(ctx)
		check("the people", err)
		_, err = db.Audit().Page(ctx, moderation.AuditQuery{Limit: 200})
		check("the record", err)
		_, err = db.Today().Figures(ctx)
		check("the figures of today", err)
		for _, id := range strings.Fields(s.one(`SELECT string_agg(id, ' ') FROM studio.application WHERE id !~ '[[:space:]]'`)) {
			_, err := db.Applications().Get(ctx, id)
			check("an application", err)
		}
		for _, id := range strings.Fields(s.one(`SELECT string_agg(id, ' ') FROM studio.post_key WHERE id !~ '[[:space:]]'`)) {
			_, err := db.Posts().Get(ctx, id)
			check("a post", err)
		}
	}
}
