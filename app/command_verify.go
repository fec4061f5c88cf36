package main

import (
	"context"
	"fmt"

	"cinnabar/moderation"
)

type verifyCommand struct{}

// Run recomputes every audit chain and every stored picture's digest and checks every
// invariant. Exit 1 when anything is off, with a line for each fault.
func (verifyCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()
	progress := newBar(p.errs, p.words.T("command.verifying"))
	found, err := s.Audit().Verify(ctx, progress.set)
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		err = p.printJSON(map[string]any{"audit_rows": found.Rows, "pictures": found.Pictures, "problems": problemLines(found.Problems)})
	} else {
		err = p.printVerified(found)
	}
	if err == nil && len(found.Problems) > 0 {
		err = errFound
	}
	return err
}

func (p *program) printVerified(found moderation.Verified) error {
	for _, x := range found.Problems {
		fmt.Fprintln(p.out, p.words.T("command.problem", p.words.Invariant(x.Check), printable(x.Where), printable(x.Seen), printable(x.Want)))
	}
	if len(found.Problems) == 0 {
		_, err := fmt.Fprintln(p.out, p.words.T("command.verified", p.words.Number(int(found.Rows)), p.words.Number(int(found.Pictures))))
		return err
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.problems", p.words.Number(len(found.Problems)), p.words.Number(int(found.Rows))))
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
