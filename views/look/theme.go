package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode is which of the two settings is shown.
type Mode string

// The modes.
const (
	Light  Mode = "light"
	Dark   Mode = "dark"
	System Mode = "system" // as the desktop says
)

// Theme is Cinnabar's look for the toolkit.
type Theme struct{ mode Mode }

// New returns the theme for a mode; an unknown mode follows the system.
func New(m Mode) *Theme { return &Theme{mode: m} }

// Mode is what the theme was made for.
func (t *Theme) Mode() Mode { return t.mode }

func (t *Theme) dark(v fyne.ThemeVariant) bool {
	switch t.mode {
	case Light:
		return false
	case Dark:
		return true
	}
	return v == theme.VariantDark
}

// IsDark reports whether the window is dark now.
func IsDark() bool {
	app := fyne.CurrentApp()
	if app == nil {
		return false
	}
	if t, ok := app.Settings().Theme().(*Theme); ok {
		return t.dark(app.Settings().ThemeVariant())
	}
	return false
}

// Color returns a token's colour in the setting that is shown now. Ask again at
// every refresh.
func Color(t Token) color.Color { return Value(t, IsDark()) }

// Value returns a token's colour in one of the settings. A name that is no
// token comes out as a loud magenta, which a picture of the screen betrays.
func Value(t Token, dark bool) color.NRGBA {
	p, ok := tokens[t]
	switch {
	case !ok:
		return color.NRGBA{R: 0xFF, B: 0xFF, A: 0xFF}
	case dark:
		return p.dark
	}
	return p.light
}

// toolkit says which token stands for each of the toolkit's own colours, so
// that none of its greys and blues is left.
var toolkit = map[fyne.ThemeColorName]Token{
	theme.ColorNameBackground:                Paper,
	theme.ColorNameButton:                    Surface,
	theme.ColorNameDisabledButton:            Paper,
	theme.ColorNameDisabled:                  SecondInk,
	theme.ColorNameError:                     CinnabarInk,
	theme.ColorNameFocus:                     IndigoTint,
	theme.ColorNameForeground:                Ink,
	theme.ColorNameForegroundOnError:         Surface,
	theme.ColorNameForegroundOnPrimary:       OnSeal,
	theme.ColorNameForegroundOnSuccess:       Surface,
	theme.ColorNameForegroundOnWarning:       Surface,
	theme.ColorNameHeaderBackground:          Paper,
	theme.ColorNameHover:                     Hover,
	theme.ColorNameHyperlink:                 IndigoInk,
	theme.ColorNameInnerWindowBorder:         Line,
	theme.ColorNameInnerWindowBorderInactive: Line,
	theme.ColorNameInputBackground:           Clear,
	theme.ColorNameInputBorder:               Clear,
	theme.ColorNameMenuBackground:            Surface,
	theme.ColorNameOverlayBackground:         Surface,
	theme.ColorNamePlaceHolder:               SecondInk,
	theme.ColorNamePressed:                   Selected,
	theme.ColorNamePrimary:                   Seal,
	theme.ColorNameScrollBar:                 Line,
	theme.ColorNameScrollBarBackground:       Clear,
	theme.ColorNameSelection:                 IndigoTint,
	theme.ColorNameSeparator:                 Line,
	theme.ColorNameShadow:                    Clear, // scrolled edges cast none; what floats here has Shade
	theme.ColorNameSuccess:                   JadeInk,
	theme.ColorNameWarning:                   AmberInk,
}

// Color answers for our tokens and for the toolkit's names.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if own, ok := toolkit[name]; ok {
		name = own
	}
	return Value(name, t.dark(v))
}

// Icon leaves the toolkit's icons alone; ours come from Icon, and no widget of
// the toolkit that draws an icon is used.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

// Size answers with our rhythm of sizes, spacing and radii.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return Body
	case theme.SizeNameCaptionText:
		return Caption
	case theme.SizeNameSubHeadingText:
		return Title
	case theme.SizeNameHeadingText:
		return Page
	case theme.SizeNamePadding, theme.SizeNameLineSpacing:
		return S1
	case theme.SizeNameInnerPadding:
		return S2
	case theme.SizeNameInlineIcon:
		return S4
	case theme.SizeNameScrollBar:
		return 8
	case theme.SizeNameScrollBarSmall:
		return 4
	case theme.SizeNameScrollBarRadius:
		return 2
	case theme.SizeNameSeparatorThickness, theme.SizeNameSplitThickness:
		return 1
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameCardRadius,
		theme.SizeNameDialogRadius, theme.SizeNamePopupRadius, theme.SizeNameMenuRadius:
		return Radius
	case theme.SizeNameSelectionRadius:
		return SmallRadius
	case theme.SizeNameModalBlurRadius:
		return 0
	}
	return theme.DefaultTheme().Size(name)
}

// Font puts a Chinese face before the toolkit's Latin one, which the toolkit
// asks next for every character that the first does not have: letters look the
// same everywhere, Chinese is simplified Chinese, and bold is bold.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if !style.Monospace && !style.Italic && !style.Symbol {
		han := hanRegular
		if style.Bold {
			han = hanBold
		}
		if face := han(); face != nil {
			return face
		}
	}
	return theme.DefaultTheme().Font(style)
}
