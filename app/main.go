// Package main is the program's edge: commands, settings, and the wiring that
// gives every screen the rows it asks for and every row the rule that judges it.
//
// What is decided here is only who talks to whom. Rules are in moderation and
// campaigns, SQL is in store, widgets are in views. Built with the tag nowindow
// it leaves the desktop window (and with it cgo) out and keeps every command.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"cinnabar/assets/decode"
)

// started is when the process began, as near as it can tell; the log counts from it.
var started = time.Now()

func main() {
	decode.ServeIfChild() // pictures of strangers are opened by this program started again
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first Ctrl-C stops cleanly; a second one must not have to wait for that.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
