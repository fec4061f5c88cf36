package main

import (
	"path/filepath"
	"testing"
)

// What people decided goes out as a file that learning and measuring read.
func TestDecisionsGoOutAsLabelledPosts(t *testing.T) {
	t.Parallel()
	s, _ := decided(t)
	out := filepath.Join(t.TempDir(), "decided.jsonl")
	got := s.as("lead1", "detector", "data", "--out", out, "--json").want(t, exitFine).lines(t)
	if len(got) != 1 || got[0]["posts"] != 5.0 || got[0]["paid"] != 3.0 || got[0]["random"] != 2.0 {
		t.Errorf("the command says %v", got)
	}
	piped := s.as("auditor1", "detector", "data").want(t, exitFine)
	labels := map[string]any{}
	for _, line := range piped.lines(t) {
		labels[line["id"].(string)] = []any{line["label"], line["random"]}
		if line["body"] == "" || line["decided_at"] == nil {
			t.Errorf("a line is %v", line)
		}
	}
	for id, want := range map[string][2]bool{
		audited("f1", false): {true, false}, audited("f2", false): {true, false}, audited("f3", false): {false, false},
		audited("r1", true): {true, true}, audited("r2", true): {false, true},
	} {
		if got, ok := labels[id].([]any); !ok || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%s is %v, want %v", id, labels[id], want)
		}
	}
	if len(labels) != 5 {
		t.Errorf("%d posts, want the five that were decided on", len(labels))
	}
	// Nobody who may not read decisions takes them out this way.
	for _, login := range []string{"worker1", "marketer1"} {
		s.as(login, "detector", "data", "--out", out).want(t, exitFault).oneSentence(t)
	}
	s.as("lead1", "detector", "data", "--days", "-1").want(t, exitUsage)
	s.as("lead1", "detector", "data", "--most", "2", "--json", "--out", out).want(t, exitFine)

	// The file reads back; that it is too small to learn from is said in a sentence.
	s.as("lead1", "detector", "data", "--out", out).want(t, exitFine, "5")
	typed(t.Context(), "", "detector", "train", "--in", out, "--out", filepath.Join(t.TempDir(), "model.json")).want(t, exitFault).oneSentence(t)
}
