// Package kit holds the widgets that several screens use: text that wraps,
// buttons with their keys, paged rows, text with evidence marked in it, pictures
// that arrive later, toasts, the palette.
//
// Each file is one widget. Colours and sizes come from look and are read anew at
// every refresh. What does not live here: any word on a screen (callers hand in
// the text), anything of moderation, and any goroutine that touches a widget
// without going through Loop.
//
// Heights follow widths here: a paragraph is as tall as its text needs at the
// width it gets. Layouts of this package ask HeightFor before they place
// anything, so that one pass from the top settles a whole screen; after changing
// a text, refresh the container that holds it.
package kit
