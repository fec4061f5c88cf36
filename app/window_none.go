//go:build nowindow

package main

import (
	"context"

	"cinnabar/internal/fault"
)

// hasWindow says that this build was made without one, for servers.
const hasWindow = false

func (p *program) openWindow(context.Context) error {
	return fault.New(fault.BadUsage, "detail", p.words.T("command.window_missing"))
}
