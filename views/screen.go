package views

import (
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Screen is what stands beside the rail. The shell makes it when it is first
// shown, and anew when the language changes.
type Screen interface {
	ID() string
	Title() (title, subtitle string)
	Content() fyne.CanvasObject
	// Keys are the bindings while the screen is shown and no field has the focus.
	Keys() []kit.Key
	// Shown and Hidden follow each other in turn; both belong to the UI thread.
	Shown()
	Hidden()
}

// What a screen may be besides; the shell asks for each by type.
type (
	// rebookable changes its language in place, so that what was typed stays.
	rebookable interface{ SetBook(*words.Book) }
	// linked wants to know where the connection stands.
	linked interface {
		SetLink(up bool, why *fault.Error)
	}
	// closable gives back what it holds when it is thrown away.
	closable interface{ Close() }
	// refreshable reads anew when anything may have changed.
	refreshable interface{ Refresh() }
	// offering has commands for the palette while it is shown.
	offering interface{ Commands() []kit.Command }
	// committing has something that Ctrl+Enter gives or saves, inside a field too.
	committing interface{ Commit() }
)

// RailItem is one entry of the rail. Its name is the word shell.ID.
type RailItem struct {
	ID   string
	Icon look.Icon
	// New makes the screen in the language of the book.
	New func(*words.Book) Screen
}

// LinkState is where the connection to the database stands, as the shell shows it.
type LinkState struct {
	Up    bool
	Since time.Time
	Why   *fault.Error // why it is down, or up for reading only; else nil
	Trial bool         // a private server on this machine
}
