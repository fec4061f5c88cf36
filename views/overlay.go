package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// CloseLayer takes away what floats above the screen.
func (s *Shell) CloseLayer() {
	if len(s.layer.Objects) == 0 {
		return
	}
	s.layer.Objects, s.layerKeys = nil, nil
	s.canvas.Overlays().Remove(s.layer)
}

// float lays a sheet above the screen; a tap beside it takes it away. It is an
// overlay of the canvas, so that Tab stays inside. A shell that is bound to no
// window has nothing to float above.
func (s *Shell) float(sheet fyne.CanvasObject, width, top float32) {
	if s.canvas == nil {
		return
	}
	s.CloseLayer()
	s.layer.Objects = []fyne.CanvasObject{
		kit.NewVeil(s.CloseLayer),
		container.New(floatLayout{width, top}, sheet),
	}
	s.canvas.Overlays().Add(s.layer)
	s.layer.Resize(s.canvas.Size())
	s.layer.Refresh()
}

// OpenPalette opens the search over screens, commands and things.
func (s *Shell) OpenPalette() {
	palette := kit.NewPalette(kit.PaletteConfig{
		Placeholder: s.book.T("shell.palette"),
		None:        func(q string) string { return s.book.T("shell.palette_none", q) },
		Commands:    s.commands,
		Search:      s.cfg.Search,
		Async:       func(f func()) { go f() },
		Loop:        s.cfg.Loop,
		Close:       s.CloseLayer,
	})
	s.float(palette, palette.MinSize().Width, 96)
	if s.canvas != nil {
		s.canvas.Focus(palette.Input())
	}
}

func (s *Shell) commands() []kit.Command {
	var out []kit.Command
	for i, item := range s.cfg.Items {
		hint := s.book.T("shell.palette_go")
		if i < s.numbered() {
			hint = "Ctrl+" + string(digits[i])
		}
		out = append(out, kit.Command{ID: "go." + item.ID, Text: s.book.T("shell." + item.ID), Also: item.ID,
			Hint: hint, Icon: item.Icon, Do: func() { s.Go(item.ID) }})
	}
	if o, ok := s.current.(offering); ok {
		out = append(out, o.Commands()...)
	}
	if s.cfg.Commands != nil {
		out = append(out, s.cfg.Commands(s.book)...)
	}
	if s.cfg.Dropped != nil {
		out = append(out, kit.Command{ID: "import", Text: s.book.T("shell.import"), Also: "import", Icon: look.IconDropFile, Do: s.openDrop})
	}
	return append(out, kit.Command{ID: "keys", Text: s.book.T("shell.keys_all"), Also: "keys", Hint: "?",
		Icon: look.IconKeyboard, Do: s.OpenKeys})
}

// OpenKeys opens the sheet of all keys.
func (s *Shell) OpenKeys() {
	var keys []kit.Key
	if s.current != nil {
		keys = s.current.Keys()
	}
	if n := s.numbered(); n > 1 {
		keys = append(keys, kit.Key{Name: "Ctrl+1–" + string(digits[n-1]), Label: s.book.T("shell.keys_go")})
	}
	keys = append(keys,
		kit.Key{Name: "Ctrl+K", Label: s.book.T("shell.keys_palette")},
		kit.Key{Name: "?", Label: s.book.T("shell.keys_help")},
		kit.Key{Name: "Escape", Label: s.book.T("shell.keys_leave")})
	s.float(kit.NewSheet(kit.KeyHelp(s.book.T("shell.keys"), keys)), 640, 120)
}

// openDrop says how files come in. The toolkit tells of a file only when it has
// been dropped, so this cannot show by itself while one is dragged.
func (s *Shell) openDrop() {
	s.float(kit.NewSheet(kit.NewState(kit.State{Icon: look.IconDropFile,
		What: s.book.T("shell.drop"), Next: s.book.T("shell.drop_kinds")})), 420, 240)
}

type floatLayout struct{ width, top float32 }

func (l floatLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

func (l floatLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(l.width, size.Width-2*look.S5)
	for _, o := range objects {
		h := min(kit.HeightFor(o, w), size.Height-l.top-look.S5)
		o.Resize(fyne.NewSize(max(0, w), max(0, h)))
		o.Move(fyne.NewPos((size.Width-w)/2, l.top))
	}
}
