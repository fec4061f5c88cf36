package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/term"
	"golang.org/x/text/unicode/norm"

	"cinnabar/internal/fault"
)

// appealCommand takes in what somebody says against a decision, for those who have
// no desk here: it comes by mail, or from the platform.
type appealCommand struct {
	Ref   string `arg:"" help:"Reference of the case, as the person concerned was told it: A-0412, P-2031." placeholder:"CASE-REF"`
	From  string `help:"Whose wish it is. Without it, whoever applied, or the post's author. A marketer speaks for themselves." placeholder:"WHO"`
	Words string `help:"What they say. Without it, standard input." placeholder:"TEXT"`
}

// appealBytes is more than the 4000 characters that an appeal may have.
const appealBytes = 64 << 10

// Run hands the appeal to the referee; in a trial as the worker, who decides nothing.
func (c appealCommand) Run(ctx context.Context, p *program) error {
	words, err := c.words(p)
	if err != nil {
		return err
	}
	s, err := p.connect(ctx, trialWorker)
	if err != nil {
		return err
	}
	defer s.close()
	id, err := s.Cases().OfRef(ctx, c.Ref)
	if err != nil {
		return err
	}
	if err := s.Cases().Appeal(ctx, uuid.NewString(), id, norm.NFC.String(c.From), words); err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"case": id, "ref": c.Ref, "from": c.From})
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.appealed", c.Ref))
	return err
}

func (c appealCommand) words(p *program) (string, error) {
	text := c.Words
	if text == "" {
		if f, ok := p.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			fmt.Fprintln(p.errs, p.words.T("command.appeal_ask"))
		}
		read, err := io.ReadAll(io.LimitReader(p.in, appealBytes))
		if err != nil {
			return "", fault.Wrap(err, fault.FileUnreadable, "path", "-")
		}
		text = string(read)
	}
	if !utf8.ValidString(text) {
		return "", fault.New(fault.TextEncoding, "path", "-")
	}
	return norm.NFC.String(text), nil
}
