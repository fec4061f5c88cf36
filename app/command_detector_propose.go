package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
)

type detectorProposeCommand struct {
	Model string `help:"A model file as detector train writes it." placeholder:"FILE" required:""`
	Note  string `help:"What it learned from, for whoever reads the versions later."`
}

// Run hands the model in and puts the draft on it, beginning one from the rules in force
// where there is none. Whether it takes over is decided on the Rules screen, after a
// replay, like any other version.
func (c detectorProposeCommand) Run(ctx context.Context, p *program) error {
	model, err := scanCommand{Model: c.Model}.model()
	if err != nil {
		return err
	}
	if !model.Learned() {
		return p.misuse("command.detector_not_learned", c.Model)
	}
	s, err := p.connect(ctx, trialLead)
	if err != nil {
		return err
	}
	defer s.close()
	draft, err := propose(ctx, s.Rulebooks(), model, c.Note)
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"model": model.Version(), "id": draft.Base, "calibrated": model.Calibrated(), "draft": draft.Number, "version": draft.Version})
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.detector_proposed", model.Version(), p.words.Number(draft.Number)))
	return err
}

// propose hands a model in and saves the draft on it. A draft that another lead is
// writing keeps its rules and stands on the model from then on.
func propose(ctx context.Context, books *store.Rulebooks, model *disclosure.Model, note string) (moderation.Rulebook, error) {
	added, err := books.PutModel(ctx, uuid.NewString(), model, note)
	if err != nil {
		return moderation.Rulebook{}, err
	}
	list, err := books.List(ctx)
	if err != nil {
		return moderation.Rulebook{}, err
	}
	var draft moderation.Rulebook
	var before *int
	for _, b := range list {
		switch b.State {
		case moderation.RulebookDraft:
			draft, before = b, &b.Version
		case moderation.RulebookLive:
			if before == nil {
				draft.Rules = b.Rules
			}
		}
	}
	if before != nil && draft.Base == added.ID {
		return draft, nil
	}
	draft.Base = added.ID
	if draft.Note == "" {
		draft.Note = note
	}
	return books.Save(ctx, uuid.NewString(), before, draft)
}
