// Package look holds how Cinnabar looks: colours by token, sizes, the line icons
// and the fonts, in a light and a dark setting.
//
// Widgets ask for a token (look.Color(look.Ink)) whenever they refresh and never
// keep a colour, so that the whole window can change from light to dark while it
// is open. What does not live here: any widget, and any word.
package look
