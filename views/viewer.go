package views

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/assets"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// PictureMeta is what a picture's file says of itself. Anybody can write anything
// there, so no decision rests on it.
type PictureMeta struct {
	Format        string // e.g. "JPEG"
	Bytes         int
	Width, Height int       // pixels, upright
	Orientation   int       // EXIF, 1 to 8; 0 and 1 are upright as stored
	Notes         []string  // codes of what was not shown as it is
	Camera, Lens  string    // "" where the file does not say
	Software      string    // what wrote or edited it
	Taken         time.Time // zero where unknown
	Profile       string    // name of the colour profile, "" for none
	HasPlace      bool      // it says where it was taken
	Made          string    // IPTC's word for how it came to be; "" where it is not said
	Credentials   bool      // a signed account of its making is in it, which nobody has checked
}

// PicturePlace is where a picture says it was taken, in degrees, north and east positive.
type PicturePlace struct{ Latitude, Longitude float64 }

// What the viewer asks about a picture. All of it may take long and is called off the
// UI thread.
type (
	// PictureFiles reads what files say of themselves.
	PictureFiles interface {
		Meta(ctx context.Context, id assets.ID) (PictureMeta, error)
		// Place tells where a picture says it was taken, after the record says who asked.
		Place(ctx context.Context, request string, id assets.ID) (PicturePlace, error)
	}
	// PictureCodes finds QR codes.
	PictureCodes interface {
		Codes(ctx context.Context, id assets.ID) ([]assets.Code, error)
	}
	// PictureSightings tells where a picture, or one like it, was seen, earliest first, and
	// in how many places in all, those that this person is not told of included.
	PictureSightings interface {
		Seen(ctx context.Context, id assets.ID) (list []assets.Sighting, total int, err error)
		// Compared reports whether the picture's looks were compared with others, and not
		// its bytes alone.
		Compared(ctx context.Context, id assets.ID) (bool, error)
		// Searched is among how many pictures Seen looks.
		Searched(ctx context.Context) (int, error)
	}
)

// PictureFacts is what can be asked; what is nil is not shown.
type PictureFacts struct {
	Files     PictureFiles
	Codes     PictureCodes
	Sightings PictureSightings
	Slots     SlotList // whose cuts can be laid over a picture
}

// viewed is one of the pictures that the viewer goes through.
type viewed struct {
	ID       assets.ID
	Name     string        // as its owner or its kind of paper calls it; "" for none
	Overlays []kit.Overlay // what the page marks in it
}

// viewerConfig is what the viewer is made of.
type viewerConfig struct {
	Loop    kit.Loop
	Book    *words.Book
	Me      people.Person
	Gallery *kit.Gallery
	Facts   PictureFacts
	Notify  Notifier
	Hiding  kit.Hiding
	Here    string         // what the page is about: a sighting there is not elsewhere
	Videos  int            // of the post, without a frame among the pictures
	Go      func(f func()) // a goroutine by default
	NewID   func() string
	Close   func()
}

// viewer shows the pictures of a page one by one, in place of the page.
type viewer struct {
	cfg  viewerConfig
	book *words.Book
	list []viewed
	at   int
	mark assets.ID // compared with from now on; "" for the neighbour
	// guest is a picture that was seen elsewhere and is looked at in place of the one at
	// at, nil as a rule.
	guest *guest

	box     fyne.CanvasObject
	picture *kit.Viewer
	title   *kit.Text
	name    *kit.Text
	ways    *kit.Chips
	lays    *kit.Chips
	strip   []*kit.Press
	panel   *viewerPanel
	side    fyne.CanvasObject
	boxes   bool // what the page marks is shown
	cuts    bool // the platform's cuts are
	slots   []assets.Slot
	reads   latest[[]assets.Slot]
	other   assets.ID
	turned  bool // the other one is shown mirrored
}

// guest is a picture that was seen elsewhere.
type guest struct {
	viewed
	where string // what has it: the post, the application or the campaign by its id
}

// newViewer opens on one of some pictures.
func newViewer(cfg viewerConfig, list []viewed, at int) *viewer {
	v := &viewer{cfg: cfg, book: cfg.Book, list: list, at: -1, boxes: true, reads: latest[[]assets.Slot]{loop: cfg.Loop, run: cfg.Go}}
	v.picture = kit.NewViewer(cfg.Gallery)
	v.picture.Shield(cfg.Hiding)
	v.title, v.name = kit.NewText("", kit.Strong), kit.NewText("", kit.Style{Ink: look.SecondInk, Shrink: true})
	v.ways = kit.NewChips(v.compare)
	v.lays = kit.NewToggles(nil, nil, func(string, bool) {})
	v.panel = newViewerPanel(v)
	v.picture.OnView = v.say
	v.picture.OnLoaded = func(int, int) { v.lay() }
	v.picture.OnFailed = func(error) { v.say() }
	v.build()
	v.show(at)
	return v
}

// Ways of comparing, as their chips are called.
var compareWays = []struct {
	id  string
	way kit.Compared
}{{"one", kit.Alone}, {"beside", kit.Beside}, {"difference", kit.Difference}, {"flicker", kit.Flicker}}

func (v *viewer) build() {
	b := v.book
	back := kit.NewButton(kit.ButtonConfig{Text: b.T("viewer.back"), Key: "Esc", Press: v.back})
	var lays []kit.Chip
	on := map[string]bool{"boxes": true}
	if v.hasBoxes() {
		lays = append(lays, kit.Chip{ID: "boxes", Text: b.T("viewer.boxes")})
	}
	if v.cfg.Facts.Slots != nil {
		lays = append(lays, kit.Chip{ID: "cuts", Text: b.T("viewer.cuts")})
	}
	v.lays = kit.NewToggles(lays, on, func(id string, on bool) {
		if id == "cuts" {
			v.cuts = on
			v.readSlots()
		} else {
			v.boxes = on
		}
		v.lay()
	})
	head := kit.Row(look.S3, back, v.title, kit.Grow(v.name))
	tools := kit.Row(look.S4, kit.Grow(v.ways), kit.Fixed(chipsWidth(lays), 0, v.lays))
	rows := []fyne.CanvasObject{head, tools, kit.Grow(v.picture)}
	if len(v.list) > 1 {
		rows = append(rows, v.thumbs())
	}
	v.side = kit.NewGround(look.Surface, 0, kit.Row(0, tall{kit.NewRule()}.box(), kit.Grow(tall{v.panel.scroll}.box())))
	v.box = kit.NewGround(look.Paper, 0, kit.Columns(0, viewerPanelWidth, nil, kit.Pad(look.S4, look.S4, look.S3, look.S5, kit.Stack(look.S3, rows...)), v.side))
}

// chipsWidth is the room that chips need to be seen whole.
func chipsWidth(chips []kit.Chip) float32 {
	w := float32(0)
	for _, c := range chips {
		w += fyne.MeasureText(c.Text, look.Caption, fyne.TextStyle{}).Width + 2*(look.S2+1) + look.S2
	}
	return max(0, w-look.S2+1)
}

// viewerPanelWidth is the room of what is known of a picture.
const viewerPanelWidth = 272

func (v *viewer) hasBoxes() bool {
	for _, p := range v.list {
		if len(p.Overlays) > 0 {
			return true
		}
	}
	return v.cfg.Facts.Codes != nil
}

// thumbs is the strip of all pictures.
func (v *viewer) thumbs() fyne.CanvasObject {
	const side = 48
	var row []fyne.CanvasObject
	for i, p := range v.list {
		small := kit.NewPicture(v.cfg.Gallery, true, look.SmallRadius)
		small.Shield(v.cfg.Hiding)
		small.Set(p.ID)
		press := kit.NewPress(kit.PadAll(3, kit.Fixed(side, side, small)), 0, func() { v.show(i) })
		v.strip = append(v.strip, press)
		row = append(row, press)
	}
	return kit.Row(look.S1, append(row, kit.Gap())...)
}

// current is the picture that is looked at.
func (v *viewer) current() viewed {
	if v.guest != nil {
		return v.guest.viewed
	}
	return v.list[v.at]
}

// here is what the picture that is looked at belongs to: a sighting there is not elsewhere.
func (v *viewer) here() string {
	if v.guest != nil {
		return v.guest.where
	}
	return v.cfg.Here
}

// show goes to a picture. What is compared with it goes on being compared.
func (v *viewer) show(i int) {
	if i < 0 || i >= len(v.list) || i == v.at && v.guest == nil {
		return
	}
	v.at, v.guest = i, nil
	v.other, v.turned = "", false
	for n, press := range v.strip {
		press.Choose(n == i)
	}
	v.draw()
}

// visit looks at a picture that was seen elsewhere, which is compared with the one that
// it was found for. Going back leads there.
func (v *viewer) visit(s assets.Sighting) {
	b := v.book
	v.guest = &guest{viewed{ID: s.Picture, Name: joinDots(b, []string{placeName(b, s.Place), oneLine(s.Ref), oneLine(s.By)})}, s.ID}
	v.other, v.turned = "", s.Mirrored
	v.draw()
}

// back returns from a picture that was seen elsewhere, else to the page.
func (v *viewer) back() {
	if v.guest != nil {
		v.show(v.at)
		return
	}
	v.cfg.Close()
}

// draw shows the picture that is looked at and asks what is known of it.
func (v *viewer) draw() {
	b, p := v.book, v.current()
	title, name := b.T("viewer.title", v.at+1, len(v.list)), clip(oneLine(p.Name), 80)
	switch {
	case v.guest != nil:
		title = b.T("viewer.seen")
	case len(v.list) == 1 && name != "":
		title, name = name, ""
	}
	v.title.Set(title)
	v.name.Set(name)
	v.picture.Set(kit.PictureRef{ID: p.ID})
	v.against()
	v.panel.show(p.ID)
	v.lay()
	v.say()
}

// step goes to the next picture or the one before.
func (v *viewer) step(by int) { v.show(v.at + by) }

// against chooses what the picture is compared with: what was chosen among the
// sightings, what was marked, or its neighbour.
func (v *viewer) against() {
	id := v.other
	if v.guest != nil {
		id = v.list[v.at].ID
	}
	if id == "" && v.mark != v.current().ID {
		id = v.mark
	}
	for _, i := range []int{v.at + 1, v.at - 1} {
		if id == "" && i >= 0 && i < len(v.list) && v.list[i].ID != "" && v.list[i].ID != v.current().ID {
			id = v.list[i].ID
		}
	}
	if id == "" {
		v.picture.Compare(kit.Alone)
	}
	v.picture.Against(kit.PictureRef{ID: id, Mirrored: v.turned})
	v.chips()
}

// chips offers the ways of comparing once there is something to compare with.
func (v *viewer) chips() {
	b := v.book
	var chips []kit.Chip
	if v.picture.Other().ID == "" {
		v.ways.Set(nil, "")
		return
	}
	chosen := ""
	for _, w := range compareWays {
		chips = append(chips, kit.Chip{ID: w.id, Text: b.T("viewer." + w.id)})
		if w.way == v.picture.Comparing() {
			chosen = w.id
		}
	}
	v.ways.Set(chips, chosen)
}

func (v *viewer) compare(id string) {
	for _, w := range compareWays {
		if w.id == id {
			v.compareBy(w.way)
		}
	}
}

func (v *viewer) compareBy(way kit.Compared) {
	if way != kit.Alone && v.picture.Other().ID == "" {
		v.cfg.Notify.Note(kit.Neutral, v.book.T("viewer.nothing_to_compare"), v.book.T("viewer.nothing_next"))
		way = kit.Alone
	}
	v.picture.Compare(way)
	v.chips()
	v.say()
}

// cycle goes through the ways to compare.
func (v *viewer) cycle() {
	if v.picture.Comparing() == kit.Flicker && v.picture.Still() {
		v.picture.Flip() // where nothing may flicker by itself, the key does it
		return
	}
	v.compareBy((v.picture.Comparing() + 1) % kit.Compared(len(compareWays)))
}

// compareWith sets a picture that was seen elsewhere against this one.
func (v *viewer) compareWith(s assets.Sighting) {
	v.other, v.turned = s.Picture, s.Mirrored
	v.against()
	if v.picture.Comparing() == kit.Alone {
		v.compareBy(kit.Beside)
	}
	v.say()
}

// setMark compares with this picture from now on.
func (v *viewer) setMark() {
	v.mark, v.other = v.current().ID, ""
	v.against()
	v.cfg.Notify.Note(kit.Neutral, v.book.T("viewer.marked"), "")
}

// cutsShown are the slots that are laid over a picture: those that readers of a post meet.
var cutsShown = []assets.SlotID{"feed-3x4", "feed-1x1", "feed-4x3", "avatar"}

// lay puts the boxes over the picture that are asked for.
func (v *viewer) lay() {
	var list []kit.Overlay
	w, h := v.picture.Pixels()
	if v.cuts && w > 0 {
		for _, s := range v.slots {
			if slices.Contains(cutsShown, s.ID) {
				list = append(list, kit.Overlay{Box: s.Crop(w, h), Dashed: true, Round: s.Round, Caption: v.book.SlotName(s)})
			}
		}
	}
	if v.boxes {
		list = append(list, v.current().Overlays...)
		for _, c := range v.panel.codes {
			list = append(list, kit.Overlay{Box: c.Box, Tone: kit.Amber})
		}
	}
	v.picture.SetOverlays(list)
}

// readSlots reads what leads say of the platform's slots, when cuts are first asked for.
func (v *viewer) readSlots() {
	if !v.cuts || v.slots != nil || v.reads.out {
		return
	}
	v.reads.ask(v.cfg.Facts.Slots.List, func(list []assets.Slot, err error) {
		if err != nil {
			what, next := v.book.Error(err)
			v.cfg.Notify.Note(kit.Amber, what, next)
			v.lays.Choose("cuts") // off, so that the next press asks again
			return
		}
		v.slots = list
		v.lay()
	})
}

// say writes the line below the picture: zoom, what is compared, how fine it is.
func (v *viewer) say() {
	b := v.book
	if err := v.picture.Failed(); err != nil {
		_, next := b.Error(err) // what happened stands where the picture would
		v.picture.Say(joinDots(b, []string{next, b.T("viewer.retry")}))
		return
	}
	w, _ := v.picture.Pixels()
	if w == 0 {
		v.picture.Say(b.T("common.loading"))
		return
	}
	percent := v.picture.Zoom() * 100
	parts := []string{b.T("viewer.zoom", trimmed(percent))}
	if other := v.picture.Other().ID; other != "" && v.picture.Comparing() != kit.Alone {
		switch {
		case v.other != "" && v.guest == nil:
			parts = append(parts, b.T("viewer.against_seen"))
		default:
			for i, p := range v.list {
				if p.ID == other {
					parts = append(parts, b.T("viewer.against_n", i+1))
					break
				}
			}
		}
		switch {
		case v.picture.Comparing() == kit.Difference:
			parts = append(parts, b.T("viewer.amplified", kit.Amplified))
		case v.picture.Comparing() == kit.Flicker && v.picture.Still():
			parts = append(parts, b.T("viewer.flicker_by_hand"))
		}
	}
	if !v.picture.Sharp() {
		if v.picture.Coming() {
			parts = append(parts, b.T("viewer.coming"))
		} else {
			parts = append(parts, b.T("viewer.coarse", kit.FullPixels))
		}
	}
	v.picture.Say(joinDots(b, parts))
}

// Keys are the viewer's bindings.
func (v *viewer) Keys() []kit.Key {
	b := v.book
	keys := v.picture.Keys(b.T)
	next, before := func() { v.step(1) }, func() { v.step(-1) }
	if v.picture.Fitted() {
		keys = append(keys, kit.Key{Name: "Right", Label: b.T("viewer.key_next"), Do: next}, kit.Key{Name: "Down", Label: b.T("viewer.key_next"), Do: next},
			kit.Key{Name: "Left", Label: b.T("viewer.key_previous"), Do: before}, kit.Key{Name: "Up", Label: b.T("viewer.key_previous"), Do: before})
	}
	keys = append(keys,
		kit.Key{Name: "J", Label: b.T("viewer.key_next"), Do: next},
		kit.Key{Name: "K", Label: b.T("viewer.key_previous"), Do: before},
		kit.Key{Name: "C", Label: b.T("viewer.key_compare"), Do: v.cycle},
		kit.Key{Name: "M", Label: b.T("viewer.key_mark"), Do: v.setMark},
		kit.Key{Name: "Escape", Label: b.T("viewer.key_close"), Do: v.back},
		kit.Key{Name: "V", Do: v.cfg.Close})
	if v.hasBoxes() {
		keys = append(keys, kit.Key{Name: "B", Label: b.T("viewer.key_overlays"), Do: func() { v.turn("boxes") }})
	}
	if v.cfg.Facts.Slots != nil {
		keys = append(keys, kit.Key{Name: "O", Label: b.T("viewer.key_cuts"), Do: func() { v.turn("cuts") }})
	}
	if v.panel.shows != nil {
		keys = append(keys, kit.Key{Name: "L", Label: b.T("viewer.key_place"), Do: v.panel.askPlace})
	}
	if len(v.panel.codes) > 0 {
		keys = append(keys, kit.Key{Name: "Y", Label: b.T("viewer.key_copy"), Do: func() { v.panel.copy(v.panel.codes[0].Text) }})
	}
	if v.picture.Failed() != nil {
		keys = append(keys, kit.Key{Name: "T", Label: b.T("viewer.key_retry"), Do: v.retry})
	}
	return keys
}

func (v *viewer) turn(id string) { v.lays.Choose(id) }

// retry asks again for what could not be had.
func (v *viewer) retry() {
	v.picture.Retry()
	v.say()
	v.panel.show(v.current().ID)
}

// busy reports whether the picture, or what is known of it, is on its way.
func (v *viewer) busy() bool { return v.picture.Busy() || v.panel.busy() || v.reads.out }

// close stops what is under way.
func (v *viewer) close() {
	v.reads.drop()
	v.picture.Close()
	v.panel.close()
}
