package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"cinnabar/internal/fault"
	"cinnabar/internal/people"
)

type personCommand struct {
	Add      personAddCommand      `cmd:"" help:"Add a person, or change one: their login, name, role and ties (administrator)."`
	List     personListCommand     `cmd:"" help:"List people, their roles and the brands they are tied to."`
	Disable  personDisableCommand  `cmd:"" help:"Take the database away from a person; what they decided stands (administrator)."`
	Password personPasswordCommand `cmd:"" help:"Give a person a new password (administrator)."`
}

type personAddCommand struct {
	Login           string   `arg:"" help:"Name to log in with: small letters, digits, and _ . - between them."`
	Name            string   `required:"" help:"Name as colleagues read it."`
	Role            string   `required:"" enum:"moderator,lead,marketer,auditor,administrator,worker" help:"One of ${enum}." placeholder:"ROLE"`
	Region          []string `help:"Market they see, such as CN; may be given again. None means all." placeholder:"CODE"`
	Language        []string `help:"Language they see, such as zh-Hans; may be given again. None means all." placeholder:"TAG"`
	Brand           []string `help:"Brand they act for, on which they never decide; may be given again." placeholder:"NAME" sep:"none"`
	WithoutPassword bool     `help:"Make no password: the server knows them by certificate or otherwise."`
	NewPassword     bool     `help:"Make a new password even if the login is there already."`
}

// Run adds or changes a person. A login that is made gets a password, which is shown
// this once; one that was there keeps its own unless a new one is asked for, because
// it may be in use in another database of the server.
func (c personAddCommand) Run(ctx context.Context, p *program) error {
	if c.WithoutPassword && c.NewPassword {
		return fault.New(fault.BadUsage, "detail", p.words.T("command.person_password_both"))
	}
	s, err := p.connectFor(ctx, trialClerk, true)
	if err != nil {
		return err
	}
	defer s.close()
	person := people.Person{Login: c.Login, Name: c.Name, Role: people.Role(c.Role), Regions: c.Region, Languages: c.Language, Brands: c.Brand, Active: true}
	login, err := s.People().HasLogin(ctx, c.Login)
	if err != nil {
		return err
	}
	// Nobody needs a password in the trial, and its logins have none.
	wanted := !c.WithoutPassword && !s.place.trial() && (!login || c.NewPassword)
	var password string
	if wanted {
		password = newPassword()
		err = s.People().AddWithPassword(ctx, uuid.NewString(), person, password)
	} else {
		err = s.People().Add(ctx, uuid.NewString(), person)
	}
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(shownOnce(map[string]any{"login": c.Login, "name": c.Name, "role": c.Role, "login_made": !login}, password))
	}
	fmt.Fprintln(p.out, p.words.T("command.person_added", c.Login, c.Name, p.words.Role(person.Role)))
	switch {
	case wanted:
		fmt.Fprintln(p.out, p.words.T("command.person_password", password))
	case s.place.trial():
		fmt.Fprintln(p.out, p.words.T("command.person_trial"))
	case !c.WithoutPassword:
		fmt.Fprintln(p.out, p.words.T("command.person_password_left"))
	}
	return nil
}

// shownOnce puts a password into an answer, if there is one.
func shownOnce(said map[string]any, password string) map[string]any {
	if password != "" {
		said["password"] = password
	}
	return said
}

type personPasswordCommand struct {
	Login string `arg:"" help:"Whose password."`
}

// Run makes a new password and shows it this once. The old one is worth nothing from
// then on; sessions that are open stay.
func (c personPasswordCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connectFor(ctx, trialClerk, true)
	if err != nil {
		return err
	}
	defer s.close()
	password := newPassword()
	if err := s.People().SetPassword(ctx, uuid.NewString(), c.Login, password); err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(shownOnce(map[string]any{"login": c.Login}, password))
	}
	_, err = fmt.Fprintln(p.out, p.words.T("command.person_password", password))
	return err
}

type personDisableCommand struct {
	Login string `arg:"" help:"Who."`
}

// leaving is how long the sessions of somebody who was disabled may take to end.
const leaving = 3 * time.Second

// Run takes the database away from a person and says whether sessions of theirs are
// left, which is so where the server lets nobody end other people's.
func (c personDisableCommand) Run(ctx context.Context, p *program) error {
	s, err := p.connectFor(ctx, trialClerk, true)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.People().Disable(ctx, uuid.NewString(), c.Login); err != nil {
		return err
	}
	left := 0
	if s.People().Login() != c.Login { // whoever disables themselves is still here
		if left, err = p.awaitLeaving(ctx, s, c.Login); err != nil {
			return err
		}
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{"login": c.Login, "sessions": left})
	}
	fmt.Fprintln(p.out, p.words.T("command.person_gone", c.Login))
	if left > 0 {
		fmt.Fprintln(p.out, p.words.T("command.person_sessions", p.words.Number(left)))
	}
	return nil
}

func (p *program) awaitLeaving(ctx context.Context, s *session, login string) (left int, err error) {
	deadline := time.Now().Add(leaving)
	for {
		left, err = s.People().Sessions(ctx, login)
		if err != nil || left == 0 || time.Now().After(deadline) {
			return left, err
		}
		select {
		case <-ctx.Done():
			return left, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
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
