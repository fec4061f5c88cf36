package main

import (
	"context"
	"fmt"
)

type verifyCommand struct{}

// Run recomputes every audit chain and checks every invariant. Exit 1 when
// anything is off, with a line for each fault.
func (verifyCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()
	progress := newBar(p.errs, p.words.T("command.verifying"))
	var rows int64
	problems, err := s.Audit().Verify(ctx, func(done, total int64) {
		rows = done
		progress.set(done, total)
	})
	progress.clear()
	if err != nil {
		return err
	}
	if p.flags.JSON {
		type line struct {
			Check string `json:"check"`
			Where string `json:"where"`
			Seen  string `json:"seen"`
			Want  string `json:"want"`
		}
		found := make([]line, 0, len(problems))
		for _, x := range problems {
			found = append(found, line(x))
		}
		if err := p.printJSON(map[string]any{"audit_rows": rows, "problems": found}); err != nil {
			return err
		}
	} else {
		for _, x := range problems {
			fmt.Fprintln(p.out, p.words.T("command.problem", x.Check, x.Where, x.Seen, x.Want))
		}
		if len(problems) == 0 {
			fmt.Fprintln(p.out, p.words.T("command.verified", p.words.Number(int(rows))))
		}
	}
	if len(problems) > 0 {
		return errFound
	}
	return nil
}
