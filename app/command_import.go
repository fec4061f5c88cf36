package main

import (
	"context"
	"errors"
	"fmt"

	"cinnabar/app/intake"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

type importCommand struct {
	Posts        importPostsCommand        `cmd:"" help:"Bring in posts."`
	Applications importApplicationsCommand `cmd:"" help:"Bring in brand applications."`
	KOLs         importKOLsCommand         `cmd:"" name:"kols" help:"Bring in KOLs, with what they ask for."`
	Quotes       importQuotesCommand       `cmd:"" help:"Bring in what KOLs ask for a post."`
	Audience     importAudienceCommand     `cmd:"" help:"Bring in who follows whom."`
}

type importKOLsCommand struct{ importFlags }

// Run imports KOLs.
func (c importKOLsCommand) Run(ctx context.Context, p *program) error {
	return c.run(ctx, p, intake.KOLRows)
}

type importQuotesCommand struct{ importFlags }

// Run imports quotes.
func (c importQuotesCommand) Run(ctx context.Context, p *program) error {
	return c.run(ctx, p, intake.QuoteRows)
}

type importAudienceCommand struct{ importFlags }

// Run imports an audience.
func (c importAudienceCommand) Run(ctx context.Context, p *program) error {
	return c.run(ctx, p, intake.AudienceRows)
}

type importPostsCommand struct{ importFlags }

// Run imports posts.
func (c importPostsCommand) Run(ctx context.Context, p *program) error {
	return c.run(ctx, p, intake.PostRows)
}

type importApplicationsCommand struct{ importFlags }

// Run imports applications.
func (c importApplicationsCommand) Run(ctx context.Context, p *program) error {
	return c.run(ctx, p, intake.ApplicationRows)
}

type importFlags struct {
	Files    []string `arg:"" optional:"" help:"CSV, JSON Lines or XLSX by their endings; - is JSON Lines from standard input."`
	Template string   `help:"Print header and one example of this format instead: csv or jsonl." placeholder:"csv|jsonl"`
	Follow   bool     `help:"Keep reading a growing JSON Lines file until stopped."`
}

func (c importFlags) run(ctx context.Context, p *program, kind intake.Kind) error {
	switch {
	case c.Template != "":
		format := intake.Format(c.Template)
		if format != intake.CSV && format != intake.JSONLines {
			return fault.New(fault.BadUsage, "detail", p.words.T("command.template_format"))
		}
		return intake.Template(p.out, kind, format)
	case len(c.Files) == 0:
		return fault.New(fault.BadUsage, "detail", p.words.T("command.import_needs_file"))
	case c.Follow && len(c.Files) != 1:
		return fault.New(fault.BadUsage, "detail", p.words.T("command.follow_one"))
	}
	planning := kind == intake.KOLRows || kind == intake.QuoteRows || kind == intake.AudienceRows
	if c.Follow && planning {
		// A file says of a KOL everything at once: half of an audience would take the
		// place of the whole.
		return fault.New(fault.BadUsage, "detail", p.words.T("command.follow_kinds"))
	}
	as := trialWorker
	if planning {
		as = trialMarketer
	}
	s, err := p.connect(ctx, as)
	if err != nil {
		return err
	}
	defer s.close()
	films := decode.NewChildren(decode.ChildConfig{Workers: 1})
	defer films.Close()
	m := importer{db: s.DB, words: p.words, in: p.in, films: films}
	if c.Follow {
		return c.follow(ctx, p, m, kind)
	}
	refused := false
	for _, path := range c.Files {
		progress := newBar(p.errs, p.words.T("command.importing", path))
		result, err := m.file(ctx, kind, path, progress.set)
		progress.clear()
		if err != nil {
			return err
		}
		refused = refused || result.Refused > 0
		if err := p.printImported(result); err != nil {
			return err
		}
	}
	if refused {
		return errFound
	}
	return nil
}

func (p *program) printImported(r imported) error {
	if p.flags.JSON {
		return p.printJSON(map[string]any{
			"file": r.File, "came": r.Came, "changed": r.Changed, "stood": r.Stood, "refused": r.Refused,
			"refusals": r.Refusals, "absent_pictures": r.Absent, "unopened_videos": r.Unopened,
		})
	}
	n := p.words.Number
	if r.Absent > 0 {
		fmt.Fprintln(p.out, p.words.T("command.pictures_missing", n(r.Absent)))
	}
	if r.Unopened > 0 {
		fmt.Fprintln(p.out, p.words.T("command.videos_unopened", n(r.Unopened)))
	}
	if r.Refusals != "" {
		fmt.Fprintln(p.out, p.words.T("command.refused_in", r.Refusals))
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.imported", r.File, n(r.Came), n(r.Changed), n(r.Stood), n(r.Refused)))
	return err
}

// follow imports a growing file until Ctrl-C, which is how following is meant to end.
func (c importFlags) follow(ctx context.Context, p *program, m importer, kind intake.Kind) error {
	err := m.follow(ctx, kind, c.Files[0], p.printImported)
	if errors.Is(err, context.Canceled) || fault.CodeOf(err) == fault.Cancelled {
		return nil
	}
	return err
}
