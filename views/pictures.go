package views

import (
	"context"
	"image"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/words"
)

// CreativeBook is what the pictures screen asks of creatives.
type CreativeBook interface {
	List(ctx context.Context, q campaigns.CreativeQuery) ([]campaigns.Creative, error)
	Add(ctx context.Context, request, campaign string, pictures []campaigns.NewCreative) ([]string, error)
	Put(ctx context.Context, request string, c campaigns.Creative) (campaigns.Creative, error)
}

// SlotList reads the slots that pictures are checked for.
type SlotList interface {
	List(ctx context.Context) ([]assets.Slot, error)
}

// CampaignList reads the campaigns that a picture can be added to.
type CampaignList interface {
	List(ctx context.Context, q campaigns.CampaignQuery) ([]campaigns.Campaign, error)
}

// PictureDesk opens pictures, from the studio or from disk. All of it may take long and is
// called off the UI thread.
type PictureDesk interface {
	// Look opens a stored picture. Its Regions are for Find.
	Look(ctx context.Context, id assets.ID) (Looked, error)
	// File opens a picture on disk, which is sent nowhere, and says what its pixels show.
	File(ctx context.Context, path string) (Looked, error)
	// Find says what the pixels of a picture show that was looked at. It is only found:
	// nobody has confirmed it.
	Find(ctx context.Context, of Looked) []assets.Region
	// Measure says how well the writing of regions stands out and how sharp they are, of
	// a picture that was looked at before.
	Measure(ctx context.Context, of Looked, regions []assets.Region) map[string]assets.Measured
	// Bring hands files in and returns what they are, in the same order.
	Bring(ctx context.Context, request string, paths []string) ([]assets.ID, error)
	// Export writes the cuts of a picture into a folder as files, and returns their paths.
	Export(ctx context.Context, of Looked, cuts []Cut, dir string) ([]string, error)
	// Folder lists folders and pictures in a folder; "" is where the person began.
	Folder(dir string) (Folder, error)
	// Under lists the pictures in a folder and in all folders below it, each by its path
	// from there, at most so many; more says that there are others.
	Under(ctx context.Context, dir string, most int) (list []FolderEntry, more bool, err error)
	// Seen tells where else the picture, or one like it, was seen, and how many were searched.
	Seen(ctx context.Context, id assets.ID) ([]assets.Sighting, int, error)
}

// Looked is a picture that was opened, and what its pixels show.
type Looked struct {
	ID   assets.ID // "" for a file that is only on disk
	Path string    // of such a file
	// Image is the upright picture, its longest side 1280 px at most; it must not change.
	Image         *image.RGBA
	Width, Height int // of the whole upright picture
	Bytes         int64
	Regions       []assets.Region // found
	Codes         int             // QR codes found
	Profile       string          // of its colours, "" for sRGB
	Turned        bool            // the file lay on its side
}

// Cut is a part of a picture on its way to a file.
type Cut struct {
	Slot assets.Slot
	Box  assets.Box // pixels of the upright picture
	Name string     // of the picture, without its ending
}

// Folder is a folder on disk as it is chosen from.
type Folder struct {
	Path    string
	Parent  string // "" at the top
	Entries []FolderEntry
}

// FolderEntry is something in a folder: another folder, or a picture.
type FolderEntry struct {
	Name, Path string
	Folder     bool
	Bytes      int64
}

// PicturesConfig is what the pictures screen is made of.
type PicturesConfig struct {
	Loop      kit.Loop
	Book      *words.Book
	Me        people.Person // a marketer draws and chooses, everybody else reads
	Creatives CreativeBook
	Slots     SlotList
	Campaigns CampaignList // nil for whoever reads no plans
	Desk      PictureDesk
	Gallery   *kit.Gallery
	Jobs      Jobs // for folders; nil runs them without telling the window
	Notify    Notifier
	Retitle   func()
	Down      *fault.Error
	Go        func(f func())
	NewID     func() string
}

// Pictures shows a creative in every slot of the platforms: what survives each cut, which
// crop would keep more, and where the picture was seen before. Crops are suggested and
// never made without a person's word.
type Pictures struct {
	cfg   PicturesConfig
	book  *words.Book
	up    bool
	shown bool

	shelf
	work *creativeWork // what is on the desk, nil for nothing
	page picturePage
	asks pictureAsks

	saving sync.WaitGroup
	out    int // writes and long work on their way

	room   *fyne.Container
	viewer *kit.Viewer
	legend *fyne.Container
	about  *kit.Paragraph
	sheet  *sheet
	side   *pictureSide
	strip  *creativeStrip
	browse *browser
	table  *folderCheck
	menu   *kit.Menu
}

// NewPictures makes the screen. Nothing is read before it is shown.
func NewPictures(c PicturesConfig) *Pictures {
	if c.Go == nil {
		c.Go = func(f func()) { go f() }
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	p := &Pictures{cfg: c, book: c.Book, up: c.Down == nil, room: container.NewStack(), menu: kit.NewMenu(), asks: newPictureAsks(c.Loop, c.Go)}
	p.viewer = kit.NewViewer(c.Gallery)
	p.viewer.Bare(true)
	p.viewer.OnDrawn = p.drew
	p.viewer.OnMoved = p.moved
	p.viewer.OnSelected = p.chooseRegion
	p.build()
	return p
}

// ID names the screen.
func (p *Pictures) ID() string { return "pictures" }

// Title is the name of the screen and of the picture on the desk.
func (p *Pictures) Title() (title, subtitle string) {
	b := p.book
	switch {
	case p.page == folderPage && p.table != nil:
		return b.T("shell.pictures"), b.T("pictures.in_folder", p.table.dir)
	case p.work != nil:
		return b.T("shell.pictures"), b.T("pictures.in_every_slot", p.work.now.Name)
	}
	return b.T("shell.pictures"), ""
}

// Content is the whole screen.
func (p *Pictures) Content() fyne.CanvasObject { return p.room }

// draws reports whether this person may change the creative on the desk now. A file that
// is only on disk is anybody's to draw in: nothing is kept of it.
func (p *Pictures) draws() bool {
	if p.work == nil {
		return false
	}
	if p.work.loose() {
		return true
	}
	return p.up && p.cfg.Me.Plans() && p.work.now.State != campaigns.Closed
}

// adds reports whether this person brings pictures into campaigns.
func (p *Pictures) adds() bool { return p.cfg.Me.Plans() && p.cfg.Campaigns != nil }

// Keys move between creatives and slots, and do what the buttons do.
func (p *Pictures) Keys() []kit.Key {
	b := p.book
	switch p.page {
	case browsePage:
		return p.browse.keys()
	case folderPage:
		return p.table.keys()
	}
	keys := []kit.Key{
		{Name: "J", Label: b.T("pictures.key_move"), Do: func() { p.step(1) }},
		{Name: "K", Label: b.T("pictures.key_move"), Do: func() { p.step(-1) }},
		{Name: "Left", Label: b.T("pictures.key_slots"), Do: func() { p.arrow(-1, 0) }},
		{Name: "Right", Label: b.T("pictures.key_slots"), Do: func() { p.arrow(1, 0) }},
		{Name: "Up", Label: b.T("pictures.key_slots"), Do: func() { p.arrow(0, -1) }},
		{Name: "Down", Label: b.T("pictures.key_slots"), Do: func() { p.arrow(0, 1) }},
		{Name: "Enter", Label: b.T("pictures.key_large"), Do: p.enlarge},
		{Name: "F", Label: b.T("pictures.key_folder"), Do: p.askFolder},
		{Name: "/", Label: b.T("pictures.key_search"), Do: func() { p.strip.search.Focus() }},
		{Name: "Escape", Do: p.escape},
	}
	if p.adds() {
		keys = append(keys, kit.Key{Name: "N", Label: b.T("pictures.key_add"), Do: p.askFiles})
	}
	if p.work == nil {
		return keys
	}
	keys = append(keys, kit.Key{Name: "R", Label: b.T("pictures.key_region"), Do: func() { p.nextRegion(1) }},
		kit.Key{Name: "E", Label: b.T("pictures.key_export"), Do: p.askExport},
		kit.Key{Name: "+", Label: b.T("pictures.key_zoom"), Do: p.viewer.Larger}, kit.Key{Name: "-", Label: b.T("pictures.key_zoom"), Do: p.viewer.Smaller},
		kit.Key{Name: "0", Label: b.T("pictures.key_zoom"), Do: p.viewer.Fit})
	if p.draws() {
		keys = append(keys, kit.Key{Name: "A", Label: b.T("pictures.key_suggested"), Do: p.useSuggested},
			kit.Key{Name: "D", Label: b.T("pictures.key_draw"), Do: p.draw},
			kit.Key{Name: "C", Label: b.T("pictures.key_confirm"), Do: p.confirm},
			kit.Key{Name: "Delete", Label: b.T("pictures.key_remove"), Do: p.remove},
			kit.Key{Name: "Z", Label: b.T("pictures.key_undo"), Do: p.undo})
		if !p.work.loose() {
			keys = append(keys, kit.Key{Name: "X", Label: b.T("pictures.drop"), Do: p.drop})
		}
		for i, k := range regionKinds {
			keys = append(keys, kit.Key{Name: string(rune('1' + i)), Label: b.T("pictures.key_kind"), Do: func() { p.setKind(k) }})
		}
	}
	return keys
}

// Shown reads the creatives.
func (p *Pictures) Shown() {
	p.shown = true
	p.Refresh()
}

// Hidden gives up on what is still on its way. What is being saved is seen through.
func (p *Pictures) Hidden() {
	p.shown = false
	p.asks.lists.drop()
	p.menu.Close()
	p.viewer.Draw(false)
}

// Close gives back what the screen holds.
func (p *Pictures) Close() {
	p.asks.drop()
	if p.table != nil {
		p.table.stop()
	}
	p.viewer.Close()
}

// Busy reports whether something is on its way that will change what is shown.
func (p *Pictures) Busy() bool {
	return p.asks.out() || p.out > 0 || p.viewer.Busy()
}

// Wait blocks until every save has been answered; not for the screen's thread.
func (p *Pictures) Wait() { p.saving.Wait() }

// SetLink tells the screen where the connection stands.
func (p *Pictures) SetLink(up bool, _ *fault.Error) {
	p.up = up
	if p.page == sheetPage && p.known != nil {
		p.redraw()
	}
	if up {
		p.save()
	}
}

// SetBook changes the language; what is on the desk stays there.
func (p *Pictures) SetBook(b *words.Book) {
	p.book = b
	if p.table != nil {
		p.table.stop()
		p.table = nil
	}
	p.page = sheetPage
	p.build()
}

// Holds is what was drawn and could not be saved yet.
func (p *Pictures) Holds(window bool) []Held {
	if p.work == nil || p.work.loose() || !p.work.dirty() || p.work.sending && !window {
		return nil
	}
	h := Held{What: p.book.T("pictures.held", p.work.now.Name), Next: p.book.T("pictures.held_next"), Drop: func() { p.work.now = p.work.saved }}
	return []Held{h}
}

// escape takes back the nearest thing: drawing, the region, the enlarged slot, the file.
func (p *Pictures) escape() {
	switch {
	case p.viewer.Drawing():
		p.viewer.Draw(false)
		p.redraw()
	case p.work != nil && p.work.region != "":
		p.chooseRegion("")
	case p.sheet != nil && p.sheet.large:
		p.enlarge()
	case p.work != nil && p.work.loose() && p.table != nil:
		p.show(folderPage)
	}
}
