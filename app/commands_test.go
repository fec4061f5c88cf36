package main

import (
	"context"
	"strings"
	"testing"
)

// stoppedSoon is a context on which Ctrl-C was pressed already.
func stoppedSoon(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return ctx, stop
}

func TestWrongUseIsToldInASentenceAndIsTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"fly"}, {"scan", "--fast"}, {"import"}, {"import", "posts"}, {"import", "outcomes", "x.csv"}, {"--json", "nonsense"},
		{"import", "posts", "--follow", "a", "b"}, {"tour"}, {"scan", "--in"}, {"verify", "extra"}, {"scan", "--cold"},
	} {
		got := typed(t.Context(), "", args...).want(t, exitUsage).oneSentence(t)
		if !strings.Contains(got.errs, "--help") {
			t.Errorf("%v: no way on in %q", args, got.errs)
		}
		got = typed(t.Context(), "", append([]string{"--lang", "zh"}, args...)...).want(t, exitUsage).oneSentence(t)
		if !strings.Contains(got.errs, "命令用法不对") {
			t.Errorf("%v in Chinese: %q", args, got.errs)
		}
	}
}

func TestHelpAndVersionNeedNothing(t *testing.T) {
	t.Parallel()
	if got := typed(t.Context(), "", "--help").want(t, exitFine, "import", "verify"); got.errs != "" {
		t.Errorf("help complains: %q", got.errs)
	}
	if got := typed(t.Context(), "", "scan", "--help").want(t, exitFine, "--cold"); got.errs != "" {
		t.Errorf("help complains: %q", got.errs)
	}
	typed(t.Context(), "", "version").want(t, exitFine, "Cinnabar ")
	if v := typed(t.Context(), "", "version", "--json").want(t, exitFine).lines(t); v[0]["name"] != "Cinnabar" || v[0]["version"] == "" {
		t.Errorf("version --json is %v", v)
	}
}

func TestVerifyNamesTheRowThatASuperuserAltered(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))).want(t, exitFine)
	s.as("auditor1", "verify").want(t, exitFine, "Everything holds")
	s.as("moderator1", "verify").want(t, exitFault).oneSentence(t)

	var where string
	db := s.Super(t)
	if err := db.QueryRow(`SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit ORDER BY at LIMIT 1`).Scan(&where); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`SET session_replication_role = replica; UPDATE studio.audit SET actor = 'moderator2'
		WHERE 'chain ' || chain || ' row ' || seq = '` + where + `'`); err != nil {
		t.Fatal(err)
	}
	s.as("auditor1", "verify").want(t, exitFault, where)
	got := s.as("auditor1", "verify", "--json").want(t, exitFault).lines(t)
	if len(got) != 1 || got[0]["audit_rows"].(float64) < 1 {
		t.Fatalf("verify --json is %v", got)
	}
	named := false
	for _, p := range got[0]["problems"].([]any) {
		named = named || p.(map[string]any)["where"] == where
	}
	if !named {
		t.Errorf("%s is not among %v", where, got[0]["problems"])
	}
}

func TestEverybodyReadsWhoIsThere(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	people := s.as("moderator1", "person", "list").want(t, exitFine, "moderator1", "Lin Xiaoyu", "Luma Skin").out
	if n := strings.Count(people, "\n"); n != 10 {
		t.Errorf("%d lines, want a header and nine people:\n%s", n, people)
	}
	for _, lang := range []string{"en", "zh"} {
		lines := strings.Split(s.as("auditor1", "person", "list", "--lang", lang).want(t, exitFine).out, "\n")
		role := cells(lines[0][:strings.Index(lines[0], map[string]string{"en": "ROLE", "zh": "角色"}[lang])])
		for _, line := range lines[1 : len(lines)-1] {
			at, cut := 0, ""
			for i, r := range line {
				if cells(line[:i]) == role {
					at, cut = i, line[i:]
					break
				}
				_ = r
			}
			if at == 0 || strings.HasPrefix(cut, " ") || line[at-1] != ' ' {
				t.Errorf("the role does not begin at cell %d of %q", role, line)
			}
		}
	}
	list := s.as("auditor1", "person", "list", "--json").want(t, exitFine).lines(t)
	if len(list) != 9 || list[0]["brands"] == nil {
		t.Errorf("person list --json is %v", list)
	}
}

func TestMigratingAnUpToDateDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	s.as("admin1", "migrate").want(t, exitFine, "up to date already")
	got := s.as("admin1", "migrate", "--json").want(t, exitFine).lines(t)
	if got[0]["from"] != got[0]["to"] {
		t.Errorf("migrate --json is %v", got)
	}
	s.as("worker1", "migrate").want(t, exitFault).oneSentence(t)
}

func TestTheDoctorSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	state := func(a said) map[string]any {
		all := map[string]any{}
		for _, symptom := range a.lines(t) {
			all[symptom["name"].(string)] = symptom["state"]
		}
		return all
	}
	if got := state(s.as("moderator1", "doctor", "--json").want(t, exitFine)); got["database"] != "fine" || got["place"] != "fine" {
		t.Errorf("a healthy database: %v", got)
	}
	sick := typed(t.Context(), "", "doctor", "--json", "--database", "postgres://ana@127.0.0.1:1/x?sslmode=disable").want(t, exitFault)
	if got := state(sick); got["database"] != "fault" || strings.Contains(sick.out, "secret") {
		t.Errorf("a database that is away: %v", sick.out)
	}
}
