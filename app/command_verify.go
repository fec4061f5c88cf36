package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

type verifyCommand struct {
	Against []string `help:"Hold the record to a file that export audit wrote earlier; several times for several files." placeholder:"FILE" sep:"none"`
}

// Run recomputes every audit chain and every stored picture's digest, checks every
// invariant, and holds the record to files exported earlier. Exit 1 when anything is
// off, with a line for each fault.
func (c verifyCommand) Run(ctx context.Context, p *program) error {
	// All are opened before the long work begins: a name that is wrong shows at once.
	files := make([]io.Reader, len(c.Against))
	for i, path := range c.Against {
		file, err := p.openAgainst(path)
		if err != nil {
			return err
		}
		defer file.Close()
		files[i] = file
	}
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()

	held := make([]heldTo, len(files))
	for i, path := range c.Against {
		progress := newBar(p.errs, p.words.T("command.comparing", path))
		about, problems, err := s.Audit().VerifyAgainst(ctx, path, files[i], progress.set)
		progress.clear()
		if err != nil {
			return err
		}
		held[i] = heldTo{path, about, problems}
	}
	progress := newBar(p.errs, p.words.T("command.verifying"))
	found, err := s.Audit().Verify(ctx, progress.set)
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		err = p.printVerifiedJSON(found, held)
	} else {
		err = p.printVerified(found, held)
	}
	if err != nil {
		return err
	}
	for _, h := range held {
		found.Problems = append(found.Problems, h.problems...)
	}
	if len(found.Problems) > 0 {
		return errFound
	}
	return nil
}

// openAgainst opens a file to hold the record to; - is standard input.
func (p *program) openAgainst(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(p.in), nil
	}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.FileMissing, "path", path)
	case err != nil:
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", path)
	}
	return file, nil
}

// heldTo is what came of holding the record to a file.
type heldTo struct {
	path     string
	about    moderation.AuditFile
	problems []moderation.Problem
}

func (p *program) printVerified(found moderation.Verified, held []heldTo) error {
	lines := 0
	say := func(about string, problems []moderation.Problem) {
		for _, x := range problems {
			lines++
			fmt.Fprintln(p.out, p.words.T("command.problem", about+p.words.Invariant(x.Check), printable(x.Where), printable(x.Seen), printable(x.Want)))
		}
	}
	say("", found.Problems)
	for _, h := range held {
		say(h.path+": ", h.problems)
	}
	for _, h := range held {
		if len(h.problems) == 0 {
			fmt.Fprintln(p.out, p.words.T("command.held", h.path, h.about.At.Format(time.RFC3339), p.words.Number(int(h.about.Covered)), h.about.SHA256))
		}
	}
	if lines == 0 {
		_, err := fmt.Fprintln(p.out, p.words.T("command.verified", p.words.Number(int(found.Rows)), p.words.Number(int(found.Pictures))))
		return err
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.problems", p.words.Number(lines), p.words.Number(int(found.Rows))))
	return err
}

// problemLine is a problem as JSON has it.
type problemLine struct {
	Check string `json:"check"`
	Where string `json:"where"`
	Seen  string `json:"seen"`
	Want  string `json:"want"`
}

func problemLines(problems []moderation.Problem) []problemLine {
	lines := make([]problemLine, 0, len(problems))
	for _, x := range problems {
		lines = append(lines, problemLine(x))
	}
	return lines
}

func (p *program) printVerifiedJSON(found moderation.Verified, held []heldTo) error {
	type file struct {
		File     string        `json:"file"`
		At       time.Time     `json:"at"`
		Program  string        `json:"program"`
		Rows     int64         `json:"rows"`
		Covered  int64         `json:"covered"`
		SHA256   string        `json:"sha256"`
		Problems []problemLine `json:"problems"`
	}
	files := make([]file, 0, len(held))
	for _, h := range held {
		files = append(files, file{h.path, h.about.At, h.about.Program, h.about.Rows, h.about.Covered, h.about.SHA256, problemLines(h.problems)})
	}
	return p.printJSON(map[string]any{"audit_rows": found.Rows, "pictures": found.Pictures, "problems": problemLines(found.Problems), "against": files})
}
