package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

func TestDamagedSettingsAreToldAndHoldNobodyUp(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	if err := os.Mkdir(filepath.Join(config, "cinnabar"), 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(config, "cinnabar", "settings.json")
	for _, text := range []string{"", "{", `{"blur":"yes"}`, `[]`, "\x00\xff", `{"language":"zh"`} {
		lay(t, filepath.Dir(name), filepath.Base(name), []byte(text))
		got := typed(t.Context(), "", "version").want(t, exitFine, "Cinnabar ")
		if !strings.Contains(got.errs, name) || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("%q: %q", text, got.errs)
		}
	}
	if err := (settings{Language: "zh"}).save(); err != nil {
		t.Fatal(err)
	}
	if got := typed(t.Context(), "", "fly").want(t, exitUsage); !strings.Contains(got.errs, "命令用法不对") {
		t.Errorf("after saving anew: %q", got.errs)
	}
	// Values that mean nothing are as good as none.
	lay(t, filepath.Dir(name), filepath.Base(name), []byte(`{"language":"tlh","theme":"purple","new":1}`))
	if got := typed(t.Context(), "", "version").want(t, exitFine); got.errs != "" {
		t.Errorf("unknown values: %q", got.errs)
	}
}

func TestFoldersThatCannotBeWrittenHoldNobodyUp(t *testing.T) {
	s, dir := newShared(t), t.TempDir()
	// A file in the way stops even root, whom permissions do not.
	wall := lay(t, dir, "wall", nil)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, filepath.Join(wall, name))
	}
	if got := s.as("moderator1", "doctor").want(t, exitFine); strings.Contains(got.out, wall+"/XDG_STATE") {
		t.Errorf("the doctor says that it writes where nobody can:\n%s", got.out)
	}
	err := (settings{Theme: "dark"}).save()
	if fault.CodeOf(err) != fault.FileWrite || !strings.Contains(words.For(words.EN).Sentence(err), wall) {
		t.Errorf("saving settings: %v", err)
	}
	g := &planting{}
	if err := g.write(); fault.CodeOf(err) != fault.FileWrite {
		t.Errorf("the sample's stamp: %v", err)
	}
}

func TestWithoutAHomeEverythingStillStarts(t *testing.T) {
	s := newShared(t)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	t.Setenv("HOME", "")
	// Whatever the account's real home is, nothing may be left in it.
	if dir := stateHome(); strings.HasPrefix(dir, os.TempDir()) || !filepath.IsAbs(dir) {
		t.Errorf("details would be written to %s", dir)
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if got := s.as("auditor1", "verify").want(t, exitFine, "Everything holds"); got.errs != "" {
		t.Errorf("verify complains: %q", got.errs)
	}
	if err := (settings{}).save(); fault.CodeOf(err) != fault.FileWrite {
		t.Errorf("saving settings: %v", err)
	}
}

func TestTheLogHasTheDetailsAndTheScreenTheSentence(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	var errs strings.Builder
	code := run(t.Context(), []string{"version"}, nil, writerThatPanics{}, &errs)
	said{code, "", errs.String()}.want(t, exitFault).oneSentence(t)
	data, err := os.ReadFile(filepath.Join(state, "cinnabar", "cinnabar.log"))
	if err != nil || !strings.Contains(string(data), "the sky fell") || !strings.Contains(string(data), "commands.go") {
		t.Errorf("the log has %q, %v", data, err)
	}
	p := &program{log: slog.New(slog.DiscardHandler)}
	p.openLog()
	defer p.closeLog()
	if info, err := p.logFile.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the log: %v, %v", info.Mode(), err)
	}
}

type writerThatPanics struct{}

func (writerThatPanics) Write([]byte) (int, error) { panic("the sky fell") }
