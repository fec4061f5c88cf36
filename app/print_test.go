package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"cinnabar/campaigns"
	"cinnabar/views/words"
)

func TestAContractIsPrintedWhereAPersonLooksForPapers(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	c := campaigns.Contract{Ref: "C-0007", Version: 3, Brand: "初岚", KOL: "k1", Handle: "溪溪", State: campaigns.Signed}
	path, err := printContract(c, campaigns.Campaign{Name: "春日防晒"}, words.For(words.ZH))
	if err != nil {
		t.Fatal(err)
	}
	if path != filepath.Join(home, "C-0007-v3.pdf") {
		t.Errorf("printed to %s", path)
	}
	if err := os.Mkdir(filepath.Join(home, "Documents"), 0o755); err != nil {
		t.Fatal(err)
	}
	c.Version = 4
	path, err = printContract(c, campaigns.Campaign{Name: "春日防晒"}, words.For(words.ZH))
	if err != nil || path != filepath.Join(home, "Documents", "C-0007-v4.pdf") {
		t.Fatal(path, err)
	}
	if data, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Fatalf("%d bytes, %v: no PDF", len(data), err)
	}
}
