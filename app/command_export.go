package main

import (
	"context"
	"fmt"
	"io"

	"cinnabar"
	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

type exportCommand struct {
	Audit exportAuditCommand `cmd:"" help:"Write the record to a file that verify --against can hold a later database to (auditor)."`
}

type exportAuditCommand struct {
	Out   string `help:"Write here; - is standard output." default:"-" placeholder:"FILE"`
	Heads bool   `help:"Write the heads of the chains alone: a few kilobytes, to be mailed or printed."`
}

// Run writes the record, whole or not at all, and says the digest that the file is
// known by. Where the record itself goes to standard output, that goes to the other.
func (c exportAuditCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()
	if c.Out == "-" {
		about, err := c.write(ctx, p, s, p.out)
		if err != nil {
			return err
		}
		aside := *p
		aside.out = p.errs
		return aside.printExported(c.Out, about)
	}
	file, err := report.Create(c.Out)
	if err != nil {
		return err
	}
	defer file.Discard()
	about, err := c.write(ctx, p, s, file)
	if err != nil {
		return err
	}
	if err := file.Commit(); err != nil {
		return err
	}
	return p.printExported(c.Out, about)
}

func (c exportAuditCommand) write(ctx context.Context, p *program, s *session, to io.Writer) (moderation.AuditFile, error) {
	progress := newBar(p.errs, p.words.T("command.exporting"))
	defer progress.clear()
	out := &sink{to: to}
	about, err := s.Audit().Export(ctx, out, cinnabar.About().Version, c.Heads, progress.set)
	if out.err != nil {
		return about, fault.Wrap(out.err, fault.FileWrite, "path", c.Out)
	}
	return about, err
}

// sink remembers that writing failed, to tell it from what else may fail.
type sink struct {
	to  io.Writer
	err error
}

// Write writes on until the first error.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		s.err = err
	}
	return n, err
}

func (p *program) printExported(path string, f moderation.AuditFile) error {
	if p.flags.JSON {
		return p.printJSON(map[string]any{"out": path, "at": f.At, "rows": f.Rows, "covered": f.Covered, "sha256": f.SHA256})
	}
	key := "command.exported_audit"
	if f.Rows == 0 {
		key = "command.exported_heads"
	}
	_, err := fmt.Fprintln(p.out, p.words.T(key, p.words.Number(int(f.Covered)), path, f.SHA256))
	return err
}
