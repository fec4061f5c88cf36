package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cinnabar/store"
	"cinnabar/views/words"
)

// worked has a post in it, and something in the record.
func worked(t *testing.T) shared {
	t.Helper()
	s := newShared(t)
	s.as("worker1", "import", "posts", lay(t, t.TempDir(), "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))).want(t, exitFine)
	return s
}

func digestOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestTheRecordIsExportedWholeAndHeldToLater(t *testing.T) {
	t.Parallel()
	s := worked(t)
	dir := t.TempDir()
	rows, heads := filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "heads.jsonl")
	got := s.as("auditor1", "export", "audit", "--out", rows).want(t, exitFine)
	if digest := digestOf(t, rows); !strings.Contains(got.out, digest) || got.errs != "" {
		t.Errorf("it says %q, %q; the file's digest is %s", got.out, got.errs, digest)
	}
	told := s.as("auditor1", "export", "audit", "--heads", "--out", heads, "--json").want(t, exitFine).lines(t)
	if told[0]["sha256"] != digestOf(t, heads) || told[0]["rows"] != 0.0 || told[0]["covered"].(float64) < 5 || told[0]["out"] != heads {
		t.Errorf("export --json is %v", told)
	}
	// On standard output there is the record alone; what is said of it is on the other.
	piped := s.as("auditor1", "export", "audit", "--heads").want(t, exitFine)
	if lines := piped.lines(t); len(lines) != 1 || lines[0]["format"] != "cinnabar.audit" || len(lines[0]["heads"].([]any)) != 64 {
		t.Errorf("on standard output: %v", lines)
	}
	if sum := sha256.Sum256([]byte(piped.out)); !strings.Contains(piped.errs, hex.EncodeToString(sum[:])) {
		t.Errorf("beside it: %q", piped.errs)
	}
	whole := s.as("auditor1", "export", "audit", "--json").want(t, exitFine)
	if all := whole.lines(t); len(all) != 1+int(all[0]["rows"].(float64)) || all[1]["detail"] == "" {
		t.Errorf("%d lines on standard output", len(all))
	}
	if beside := (said{out: whole.errs}).lines(t); beside[0]["out"] != "-" {
		t.Errorf("beside it: %v", beside)
	}

	s.as("worker1", "import", "posts", lay(t, dir, "more.jsonl", []byte(`{"id":"p2","body":"two"}`+"\n"))).want(t, exitFine)
	for _, lang := range []string{"en", "zh"} {
		s.as("auditor1", "verify", "--against", rows, "--against", heads, "--lang", lang).want(t, exitFine, rows, heads, digestOf(t, rows), digestOf(t, heads))
	}
	if got := typed(t.Context(), piped.out, "verify", "--against", "-", "--database", s.URL("auditor1")); got.code != exitFine {
		t.Errorf("from standard input: %+v", got)
	}
	answer := s.as("auditor1", "verify", "--against", rows, "--against", heads, "--json").want(t, exitFine).lines(t)[0]
	against := answer["against"].([]any)
	if len(answer["problems"].([]any)) != 0 || len(against) != 2 || answer["pictures"] != 0.0 {
		t.Fatalf("verify --json is %v", answer)
	}
	first := against[0].(map[string]any)
	if first["file"] != rows || first["sha256"] != digestOf(t, rows) || first["rows"] != first["covered"] || len(first["problems"].([]any)) != 0 {
		t.Errorf("of the first file: %v", first)
	}

	// A superuser cuts the newest rows of a chain, and its head with them: nothing in the
	// record alone says so.
	db := s.Super(t)
	var where string
	if err := db.QueryRow(`SELECT 'chain ' || chain || ' row ' || seq FROM studio.audit WHERE action = 'import.posts' ORDER BY at LIMIT 1`).Scan(&where); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`SET session_replication_role = replica;
		DELETE FROM studio.audit a WHERE (chain, seq) >= (SELECT chain, seq FROM studio.audit WHERE 'chain ' || chain || ' row ' || seq = '` + where + `')
		   AND chain = (SELECT chain FROM studio.audit WHERE 'chain ' || chain || ' row ' || seq = '` + where + `');
		UPDATE studio.audit_head h SET (seq, hash) = (SELECT coalesce(max(seq), 0), coalesce((array_agg(hash ORDER BY seq DESC))[1], decode(repeat('00', 32), 'hex')) FROM studio.audit WHERE chain = h.chain)`); err != nil {
		t.Fatal(err)
	}
	s.as("auditor1", "verify", "--against", rows).want(t, exitFault, rows, where)
	for _, file := range []string{rows, heads} {
		answer := s.as("auditor1", "verify", "--against", file, "--json").want(t, exitFault).lines(t)[0]
		for _, p := range answer["problems"].([]any) {
			if strings.HasPrefix(p.(map[string]any)["check"].(string), "chain") {
				t.Errorf("the record by itself: %v", p)
			}
		}
		problems := answer["against"].([]any)[0].(map[string]any)["problems"].([]any)
		if len(problems) != 1 || problems[0].(map[string]any)["where"] != where {
			t.Errorf("by %s: %v", filepath.Base(file), problems)
		}
	}
}

func TestAFileThatIsNoProofIsOneSentence(t *testing.T) {
	t.Parallel()
	s := worked(t)
	dir := t.TempDir()
	rows := filepath.Join(dir, "audit.jsonl")
	s.as("auditor1", "export", "audit", "--out", rows).want(t, exitFine)
	data, err := os.ReadFile(rows)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"not there":  filepath.Join(dir, "none.jsonl"),
		"a folder":   dir,
		"posts":      lay(t, dir, "posts.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n")),
		"cut":        lay(t, dir, "cut.jsonl", data[:len(data)/2]),
		"cut by row": lay(t, dir, "row.jsonl", data[:bytes.LastIndexByte(data[:len(data)-1], '\n')+1]),
		"altered":    lay(t, dir, "altered.jsonl", bytes.Replace(data, []byte("worker1"), []byte("worker2"), 1)),
		"longer":     lay(t, dir, "longer.jsonl", append(bytes.Clone(data), "{}"...)),
		"empty":      lay(t, dir, "empty.jsonl", nil),
		"a program":  lay(t, dir, "program.jsonl", []byte("\x7fELF\x02\x01\x01\x00")),
	} {
		for _, lang := range []string{"en", "zh"} {
			got := s.as("auditor1", "verify", "--against", file, "--lang", lang).want(t, exitFault).oneSentence(t)
			if !strings.Contains(got.errs, file) {
				t.Errorf("%s: %q does not name the file", name, got.errs)
			}
		}
	}
}

func TestAnExportThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	s := worked(t)
	dir := t.TempDir()
	for _, lang := range []string{"en", "zh"} {
		s.as("moderator1", "export", "audit", "--out", filepath.Join(dir, "audit.jsonl"), "--lang", lang).want(t, exitFault).oneSentence(t)
		s.as("auditor1", "export", "audit", "--out", filepath.Join(dir, "gone", "audit.jsonl"), "--lang", lang).want(t, exitFault).oneSentence(t)
	}
	ctx, stop := stoppedSoon(t)
	defer stop()
	typed(ctx, "", "export", "audit", "--out", filepath.Join(dir, "audit.jsonl"), "--database", s.URL("auditor1")).want(t, exitFault)
	var out failing
	if code := run(t.Context(), []string{"export", "audit", "--database", s.URL("auditor1")}, strings.NewReader(""), &out, &out.errs); code != exitFault || !strings.Contains(out.errs.String(), "cannot be written") {
		t.Errorf("exit %d, and %q", code, out.errs.String())
	}
	if _, err := s.Super(t).Exec(`SET session_replication_role = replica; UPDATE studio.audit SET actor = 'x' WHERE action = 'import.posts'`); err != nil {
		t.Fatal(err)
	}
	broken := s.as("auditor1", "export", "audit", "--out", filepath.Join(dir, "audit.jsonl")).want(t, exitFault).oneSentence(t)
	if !strings.Contains(broken.errs, "does not verify") {
		t.Errorf("of a broken record it says %q", broken.errs)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) > 0 {
		t.Errorf("left in the folder: %v, %v", names, err)
	}
	s.as("auditor1", "export").want(t, exitUsage)
	s.as("auditor1", "export", "audit", "--rows").want(t, exitUsage)
}

// failing is an output whose disk is full.
type failing struct{ errs bytes.Buffer }

func (*failing) Write([]byte) (int, error) { return 0, context.DeadlineExceeded }

func TestEveryCheckHasItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	checks := store.Checks()
	if len(checks) < 50 {
		t.Errorf("only %d checks", len(checks))
	}
	for _, lang := range words.Languages() {
		book := words.For(lang)
		for _, check := range checks {
			if !book.Has("invariant." + check) {
				t.Errorf("%s has no words for %s", lang, check)
			}
		}
	}
}
