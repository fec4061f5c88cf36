package main

import (
	"context"
	"strings"
)

type personCommand struct {
	List personListCommand `cmd:"" help:"List people, their roles and the brands they are tied to."`
}

type personListCommand struct{}

// Run lists everybody; whoever is connected may read that.
func (personListCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connect(ctx, trialReader)
	if err != nil {
		return err
	}
	defer s.close()
	all, err := s.People().List(ctx)
	if err != nil {
		return err
	}
	if p.flags.JSON {
		for _, person := range all {
			if err := p.printJSON(map[string]any{
				"login": person.Login, "name": person.Name, "role": person.Role, "regions": orEmpty(person.Regions),
				"languages": orEmpty(person.Languages), "brands": orEmpty(person.Brands), "active": person.Active,
			}); err != nil {
				return err
			}
		}
		return nil
	}
	rows := [][]string{strings.Split(p.words.T("command.person_header"), "\t")}
	for _, person := range all {
		state := p.words.T("command.person_active")
		if !person.Active {
			state = p.words.T("command.person_disabled")
		}
		rows = append(rows, []string{person.Login, person.Name, p.words.Role(person.Role),
			strings.Join(person.Regions, " "), strings.Join(person.Brands, ", "), state})
	}
	return printTable(p.out, rows)
}

// orEmpty keeps a list a list in JSON, never null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
