package look

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*part(c.R) + .7152*part(c.G) + .0722*part(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// TestEveryTextIsReadable holds all pairs of ink and ground that screens set to
// WCAG AA: 4.5 to 1 for text, 3 to 1 for what merely has to be seen.
func TestEveryTextIsReadable(t *testing.T) {
	t.Parallel()
	grounds := []Token{Paper, Surface, Selected}
	var pairs [][2]Token
	for _, ink := range []Token{Ink, SecondInk, CinnabarInk, JadeInk, AmberInk, IndigoInk} {
		for _, ground := range grounds {
			pairs = append(pairs, [2]Token{ink, ground})
		}
	}
	pairs = append(pairs, [][2]Token{
		{CinnabarInk, CinnabarTint}, {JadeInk, JadeTint}, {AmberInk, AmberTint}, {IndigoInk, IndigoTint},
		{Ink, CinnabarTint}, {Ink, JadeTint}, {Ink, AmberTint}, {Ink, IndigoTint}, // evidence in running text
		{OnSeal, Seal}, {OnSeal, SealHover}, {OnInk, Ink},
	}...)
	for _, dark := range []bool{false, true} {
		for _, p := range pairs {
			if c := contrast(Value(p[0], dark), Value(p[1], dark)); c < 4.5 {
				t.Errorf("%s on %s, dark %v: %.2f to 1", p[0], p[1], dark, c)
			}
		}
		for _, p := range [][2]Token{{Seal, Paper}, {Seal, Surface}, {JadeFill, Surface}} {
			if c := contrast(Value(p[0], dark), Value(p[1], dark)); c < 3 {
				t.Errorf("%s beside %s, dark %v: %.2f to 1", p[0], p[1], dark, c)
			}
		}
	}
}

func TestATokenFollowsTheThemeThatIsShown(t *testing.T) {
	app := test.NewTempApp(t)
	for _, m := range []Mode{Light, Dark} {
		app.Settings().SetTheme(New(m))
		if got, want := Color(Paper), Value(Paper, m == Dark); got != want {
			t.Errorf("%s: paper is %v, want %v", m, got, want)
		}
		if got, want := theme.Color(theme.ColorNameBackground), Value(Paper, m == Dark); got != want {
			t.Errorf("%s: the window's ground is %v, want paper %v", m, got, want)
		}
	}
}

// TestNoneOfTheToolkitsColoursIsLeft fails for a colour name that New does not
// answer from the tokens, as a later toolkit may bring.
func TestNoneOfTheToolkitsColoursIsLeft(t *testing.T) {
	t.Parallel()
	names := []fyne.ThemeColorName{
		theme.ColorNameBackground, theme.ColorNameButton, theme.ColorNameDisabledButton, theme.ColorNameDisabled,
		theme.ColorNameError, theme.ColorNameFocus, theme.ColorNameForeground, theme.ColorNameForegroundOnError,
		theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning,
		theme.ColorNameHeaderBackground, theme.ColorNameHover, theme.ColorNameHyperlink, theme.ColorNameInnerWindowBorder,
		theme.ColorNameInnerWindowBorderInactive, theme.ColorNameInputBackground, theme.ColorNameInputBorder,
		theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNamePlaceHolder, theme.ColorNamePressed,
		theme.ColorNamePrimary, theme.ColorNameScrollBar, theme.ColorNameScrollBarBackground, theme.ColorNameSelection,
		theme.ColorNameSeparator, theme.ColorNameShadow, theme.ColorNameSuccess, theme.ColorNameWarning,
	}
	loud := color.NRGBA{R: 0xFF, B: 0xFF, A: 0xFF}
	for _, name := range names {
		if New(Light).Color(name, theme.VariantLight) == color.Color(loud) {
			t.Errorf("%s has no token", name)
		}
	}
}
