package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"cinnabar/views/words"
)

// program is what every command has in hand: where to read and write, what the
// person set, and the words to say it in.
type program struct {
	in        io.Reader
	out, errs io.Writer
	flags     flags
	settings  settings
	damaged   error // why the settings could not be read, nil when they could
	secrets   *secrets
	words     *words.Book
	log       *slog.Logger
	logFile   *os.File
}

// language picks the language of answers: what was asked for, then the settings,
// then the locale of the environment, then English.
func (p *program) language(asked string) words.Language {
	for _, s := range []string{asked, p.settings.Language, os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		switch {
		case strings.HasPrefix(s, "zh"):
			return words.ZH
		case strings.HasPrefix(s, "en"):
			return words.EN
		}
	}
	return words.EN
}

// printJSON writes one value as one line.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// onTerminal reports whether a person watches a stream, so that a progress bar
// makes sense on it.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// openLog sends details that no person should have to read to a file. Without
// a place for one they are dropped: the log is never worth failing a command.
func (p *program) openLog() {
	p.log = slog.New(slog.DiscardHandler)
	dir := filepath.Join(stateHome(), "cinnabar")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return
	}
	name := filepath.Join(dir, "cinnabar.log")
	// One older file is kept; a desktop's log is for the last few days.
	if info, err := os.Stat(name); err == nil && info.Size() > 4<<20 {
		_ = os.Rename(name, name+".1")
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	p.logFile = f
	p.log = slog.New(slog.NewTextHandler(f, nil))
}

func (p *program) closeLog() {
	if p.logFile != nil {
		_ = p.logFile.Close()
	}
}

// stateHome follows the XDG base directories, which Go's standard library does
// not know for state and data.
func stateHome() string { return xdg("XDG_STATE_HOME", ".local/state") }

func xdg(variable, under string) string {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(home(), under)
}

// home is the person's folder even where a service or a bare sudo left $HOME
// unset. Where the account has none it is a folder that cannot be made, so that
// nothing of a person's ends up in a shared temporary one.
func home() string {
	if dir, err := os.UserHomeDir(); err == nil && filepath.IsAbs(dir) {
		return dir
	}
	if me, err := user.LookupId(strconv.Itoa(os.Getuid())); err == nil && filepath.IsAbs(me.HomeDir) {
		return me.HomeDir
	}
	return filepath.Join(os.DevNull, "home")
}
