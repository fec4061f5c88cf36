package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	"cinnabar/app/intake"
	"cinnabar/app/report"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

type detectorDataCommand struct {
	Out  string `help:"Write here, as JSON Lines; - is standard output." default:"-" placeholder:"FILE"`
	Days int    `help:"Only decisions of the last so many days. Without it: all." placeholder:"N"`
	Most int    `help:"At most so many posts, the newest decisions first." default:"100000" placeholder:"N"`
}

// Run writes the posts that people have decided on, with what they decided as the label,
// in the form that train and eval read. Posts that nobody has decided on are left out:
// not to have been looked at is no sign of honesty.
func (c detectorDataCommand) Run(ctx context.Context, p *program) error {
	if c.Days < 0 || c.Most < 1 {
		return p.misuse("command.detector_data_range")
	}
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()
	since := time.Time{}
	if c.Days > 0 {
		since = time.Now().AddDate(0, 0, -c.Days)
	}
	judged, err := s.Rulebooks().Judged(ctx, since, c.Most)
	if err != nil {
		return err
	}
	if c.Out == "-" {
		if err := writeJudged(p.out, judged); err != nil {
			return fault.Wrap(err, fault.FileWrite, "path", c.Out)
		}
		aside := *p
		aside.out = p.errs
		return aside.printJudged(c.Out, judged)
	}
	file, err := report.Create(c.Out)
	if err != nil {
		return err
	}
	defer file.Discard()
	if err := writeJudged(file, judged); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", c.Out)
	}
	if err := file.Commit(); err != nil {
		return err
	}
	return p.printJudged(c.Out, judged)
}

// writeJudged writes a line for each post. random says that it came by random audit:
// the others were looked at because a model had flagged them, so that figures about all
// posts come from the random ones alone.
func writeJudged(to io.Writer, judged []moderation.Judged) error {
	buffered := bufio.NewWriter(to)
	w := intake.NewWriter(buffered, intake.PostRows, intake.JSONLines)
	for _, j := range judged {
		post := j.Post
		post.Label = &j.Paid
		post.Extra = maps.Clone(post.Extra)
		if post.Extra == nil {
			post.Extra = map[string]any{}
		}
		post.Extra["random"], post.Extra["decided_at"] = j.Random, j.At.Format(time.RFC3339)
		if err := w.Post(post); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return buffered.Flush()
}

func (p *program) printJudged(path string, judged []moderation.Judged) error {
	paid, random := 0, 0
	for _, j := range judged {
		if j.Paid {
			paid++
		}
		if j.Random {
			random++
		}
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"out": path, "posts": len(judged), "paid": paid, "random": random})
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.detector_data", p.words.Number(len(judged)), p.words.Number(paid), p.words.Number(random), path))
	return err
}
