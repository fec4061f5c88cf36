package main

import (
	"context"
	"fmt"

	"cinnabar/internal/fault"
	"cinnabar/store/local"
)

type serverCommand struct {
	Start  serverStartCommand  `cmd:"" help:"Start the private server and leave it running."`
	Stop   serverStopCommand   `cmd:"" help:"Stop the private server."`
	Status serverStatusCommand `cmd:"" help:"Say whether the private server runs, and where it keeps its data."`
	URL    serverURLCommand    `cmd:"" name:"url" help:"Print a libpq URL for a sample person (--as NAME)."`
}

type serverStartCommand struct{}

// Run starts the server, prepares the trial on it and leaves it standing.
func (serverStartCommand) Run(ctx context.Context, p *program) error {
	server, err := local.Start(ctx, local.Config{Standing: true})
	if err != nil {
		return err
	}
	defer server.Close()
	if err := p.prepareTrial(ctx, server); err != nil {
		return err
	}
	return printServerStatus(ctx, p)
}

type serverStopCommand struct{}

// Run stops the server. One that does not run is stopped already.
func (serverStopCommand) Run(ctx context.Context, p *program) error {
	if err := local.Stop(ctx, local.Config{}); err != nil {
		return err
	}
	return printServerStatus(ctx, p)
}

type serverStatusCommand struct{}

// Run says where the server stands; it starts nothing.
func (serverStatusCommand) Run(ctx context.Context, p *program) error {
	return printServerStatus(ctx, p)
}

func printServerStatus(ctx context.Context, p *program) error {
	s, err := local.Status(ctx, local.Config{})
	if err != nil {
		return err
	}
	if p.flags.JSON {
		return p.printJSON(map[string]any{
			"running": s.Running, "ready": s.Ready, "standing": s.Standing, "in_use": s.InUse, "version": s.Version,
			"folder": s.Dir, "socket": s.Socket, "log": s.Log, "pid": s.PID,
		})
	}
	key := "command.server_stopped"
	if s.Running {
		key = "command.server_running"
	}
	_, err = fmt.Fprintln(p.out, p.words.T(key, s.Version, s.Dir))
	return err
}

type serverURLCommand struct{}

// Run prints the address to hand to psql or any other client. The server must
// run already, or the address would lead nowhere once this command has ended.
func (serverURLCommand) Run(ctx context.Context, p *program) error {
	login := p.flags.As
	if login == "" {
		login = trialDesk
	}
	s, err := local.Status(ctx, local.Config{})
	if err != nil {
		return err
	}
	if !s.Running {
		return fault.New(fault.Offline, "host", s.Dir)
	}
	url := s.URL(login)
	if p.flags.JSON {
		return p.printJSON(map[string]string{"url": url})
	}
	_, err = fmt.Fprintln(p.out, url)
	return err
}
