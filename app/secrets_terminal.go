package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"cinnabar/views"
	"cinnabar/views/words"
)

// askOnTerminal returns the function that asks whoever sits at the terminal, or nil
// where nobody does: what a pipe says is no password.
func (p *program) askOnTerminal() func(context.Context, question) (answer, error) {
	in, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) || !onTerminal(p.errs) {
		return nil
	}
	return func(ctx context.Context, q question) (answer, error) {
		t := terminal{in: in, out: p.errs, words: p.words}
		return t.ask(ctx, q)
	}
}

// terminal asks on the standard error and listens on the standard input.
type terminal struct {
	in    *os.File
	out   io.Writer
	words *words.Book
}

var errNoAnswer = errors.New("nobody answered")

func (t terminal) ask(ctx context.Context, q question) (answer, error) {
	if q.wrong {
		fmt.Fprintln(t.out, t.words.T("command.password_wrong"))
	}
	fmt.Fprint(t.out, t.words.T("command.password_ask", q.at.Login, q.at.Host)+" ")
	password, err := t.hidden(ctx)
	fmt.Fprintln(t.out)
	if err != nil || password == "" {
		return answer{}, errors.Join(errNoAnswer, err)
	}
	return answer{password: password, keep: func() views.Keep { return t.keep(ctx, q) }}, nil
}

// hidden reads a line that is not shown. When ctx ends the terminal shows what is
// typed again; the read itself stays behind, because nothing can wake it.
func (t terminal) hidden(ctx context.Context) (string, error) {
	fd := int(t.in.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		read <- line{text, err}
	}()
	select {
	case l := <-read:
		return string(l.text), l.err
	case <-ctx.Done():
		_ = term.Restore(fd, state)
		return "", ctx.Err()
	}
}

// keep asks where the password is to stay. Enter alone, and everything but yes, means
// that it is asked for each time.
func (t terminal) keep(ctx context.Context, q question) views.Keep {
	switch q.keep {
	case views.KeepInKeyring:
		fmt.Fprint(t.out, t.words.T("command.password_keep_keyring")+" ")
	case views.KeepInPassfile:
		fmt.Fprint(t.out, t.words.T("command.password_keep_passfile", q.at.Passfile)+" ")
	default:
		return views.KeepNowhere
	}
	switch strings.ToLower(strings.TrimSpace(t.line(ctx))) {
	case "y", "yes", "是", "好":
		return q.keep
	}
	return views.KeepNowhere
}

// line reads one line and not a byte more, "" when ctx ends first.
func (t terminal) line(ctx context.Context) string {
	read := make(chan string, 1)
	go func() {
		var text []byte
		one := make([]byte, 1)
		for {
			n, err := t.in.Read(one)
			if n == 0 || err != nil || one[0] == '\n' {
				read <- string(text)
				return
			}
			text = append(text, one[0])
		}
	}()
	select {
	case text := <-read:
		return text
	case <-ctx.Done():
		fmt.Fprintln(t.out)
		return ""
	}
}
