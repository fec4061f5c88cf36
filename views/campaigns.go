package views

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"cinnabar/campaigns"
	"cinnabar/campaigns/reach"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// CampaignBook is what the screens of planning ask of campaigns. Put and Move name
// the version that was seen; a fault of code RuleChanged says that it stands no more.
type CampaignBook interface {
	List(ctx context.Context, q campaigns.CampaignQuery) ([]campaigns.Campaign, error)
	Get(ctx context.Context, id string) (campaigns.Campaign, error)
	Put(ctx context.Context, request string, c campaigns.Campaign) (campaigns.Campaign, error)
	Move(ctx context.Context, request, id string, version int, m campaigns.Move, words string) (campaigns.Campaign, error)
	Brands(ctx context.Context) ([]campaigns.BrandStanding, error)
	Ledger(ctx context.Context, campaign string) ([]campaigns.Entry, error)
	Enter(ctx context.Context, request, campaign string, e campaigns.Entry) error
	Items(ctx context.Context, from, to moderation.Date, brand, kol string) ([]campaigns.Item, error)
	Booked(ctx context.Context, kols []string, from, to moderation.Date) ([]campaigns.Item, error)
	MoveItem(ctx context.Context, request string, i campaigns.Item, to moderation.Date) error
}

// ContractBook is what they ask of contracts.
type ContractBook interface {
	List(ctx context.Context, campaign string) ([]campaigns.Contract, error)
	Versions(ctx context.Context, id string) ([]campaigns.Contract, error)
	Put(ctx context.Context, request string, c campaigns.Contract) (campaigns.Contract, error)
	Move(ctx context.Context, request, id string, version int, m campaigns.ContractMove, fee money.Fen, words string) (campaigns.Contract, error)
}

// Pool is whom a plan can choose from, and who follows them.
type Pool interface {
	Page(ctx context.Context, q campaigns.KOLQuery) (campaigns.KOLPage, error)
	Many(ctx context.Context, ids []string) ([]campaigns.KOL, error)
	Following(ctx context.Context, kols []string) (campaigns.Following, error)
	Shortlists(ctx context.Context) ([]campaigns.Shortlist, error)
}

// Chooser looks for the offers with the most reach; see reach.Choose and reach.Curve.
type Chooser interface {
	Choose(ctx context.Context, p reach.Problem, o reach.Options) (reach.Answer, error)
	Curve(ctx context.Context, p reach.Problem, budgets []money.Fen, each time.Duration) ([]reach.Answer, error)
}

// CampaignsConfig is what the screens of planning are made of.
type CampaignsConfig struct {
	Loop      kit.Loop
	Book      *words.Book
	Me        people.Person // a marketer plans for their brands, everybody else reads
	Campaigns CampaignBook
	Contracts ContractBook
	Pool      Pool
	Creatives CreativeList // nil where there are none to choose from
	Chooser   Chooser      // the house's own by default
	Jobs      Jobs
	Gallery   *kit.Gallery
	Notify    Notifier
	// Ask is called before a page is left on which something was written and not
	// saved, and calls do when it may be; nil goes without asking. See Shell.Ask.
	Ask func(held []Held, do func())
	// Print writes a contract for signing into a file and returns its path; nil offers none.
	Print   func(c campaigns.Contract, p campaigns.Campaign, b *words.Book) (path string, err error)
	Retitle func()         // called when Title says something else; may be nil
	Down    *fault.Error   // why the link is down at the start, nil when it is up
	Go      func(f func()) // a goroutine by default
	NewID   func() string  // a random UUID by default
	Now     func() time.Time
}

// houseChooser is campaigns/reach.
type houseChooser struct{}

func (houseChooser) Choose(ctx context.Context, p reach.Problem, o reach.Options) (reach.Answer, error) {
	return reach.Choose(ctx, p, o)
}

func (houseChooser) Curve(ctx context.Context, p reach.Problem, budgets []money.Fen, each time.Duration) ([]reach.Answer, error) {
	return reach.Curve(ctx, p, budgets, each)
}

// Campaigns is the screen of planning: the campaigns of one's brands, and each one's
// plan, contracts, calendar and budget.
type Campaigns struct {
	cfg    CampaignsConfig
	book   *words.Book
	up     bool
	shown  bool
	room   *fyne.Container
	page   campaignPage
	list   *campaignList
	plans  map[string]*plan // by campaign: what was changed and not saved is kept here
	saving sync.WaitGroup
}

// campaignPage is what the screen shows at the moment. Its methods belong to the
// screen's thread.
type campaignPage interface {
	// about is the second part of the title.
	about() string
	// waits reports whether an answer is on its way.
	waits() bool
	content() fyne.CanvasObject
	keys() []kit.Key
	// read asks for everything anew; what was typed and not saved stays.
	read()
	// relink redraws what depends on the link, reword what depends on the language.
	relink()
	reword()
	commit()
	// held is what would be lost with the page, nil for nothing.
	held() *Held
	// leave gives up on what is still on its way to be shown.
	leave()
}

// NewCampaigns makes the screen. Nothing is read before it is shown.
func NewCampaigns(c CampaignsConfig) *Campaigns {
	if c.Go == nil {
		c.Go = func(f func()) { go f() }
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if c.Chooser == nil {
		c.Chooser = houseChooser{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Campaigns{cfg: c, book: c.Book, up: c.Down == nil, room: container.NewStack(), plans: map[string]*plan{}}
	s.list = newCampaignList(s)
	s.show(s.list)
	return s
}

// ID names the screen.
func (s *Campaigns) ID() string { return "campaigns" }

// Title is the name of the screen and which campaign is looked at.
func (s *Campaigns) Title() (title, subtitle string) {
	return s.book.T("shell.campaigns"), s.page.about()
}

// Content is the page that is shown.
func (s *Campaigns) Content() fyne.CanvasObject { return s.room }

// Keys are the page's.
func (s *Campaigns) Keys() []kit.Key { return s.page.keys() }

// Commit is Ctrl+Enter.
func (s *Campaigns) Commit() { s.page.commit() }

// Shown reads what the page shows.
func (s *Campaigns) Shown() {
	s.shown = true
	s.page.read()
}

// Hidden gives up on what is still on its way.
func (s *Campaigns) Hidden() {
	s.shown = false
	s.page.leave()
}

// Refresh reads anew; what was typed stays.
func (s *Campaigns) Refresh() { s.page.read() }

// Wait blocks until every save has been answered; not for the screen's thread.
func (s *Campaigns) Wait() { s.saving.Wait() }

// SetLink tells the screen where the connection stands.
func (s *Campaigns) SetLink(up bool, _ *fault.Error) {
	s.up = up
	s.page.relink()
}

// SetBook changes the language; what was typed stays.
func (s *Campaigns) SetBook(b *words.Book) {
	s.book = b
	if s.page != campaignPage(s.list) {
		s.list.reword()
	}
	s.page.reword()
	s.fill()
}

// show goes to a page, once whatever would be lost by it has been saved or given up.
func (s *Campaigns) show(p campaignPage) {
	if s.page != nil && s.page != p && s.cfg.Ask != nil {
		if h := s.page.held(); h != nil {
			s.cfg.Ask([]Held{*h}, func() { s.put(p) })
			return
		}
	}
	s.put(p)
}

// Holds is what was written and not saved: on the page, or anywhere on the screen.
func (s *Campaigns) Holds(window bool) []Held {
	var held []Held
	if h := s.page.held(); h != nil {
		held = append(held, *h)
	}
	if !window {
		return held
	}
	for _, id := range slices.Sorted(maps.Keys(s.plans)) {
		p := s.plans[id]
		if campaignPage(p) == s.page {
			continue
		}
		if h := p.held(); h != nil {
			h.Show = func() { s.put(p) }
			held = append(held, *h)
		}
	}
	return held
}

// put puts a page in place of the one before.
func (s *Campaigns) put(p campaignPage) {
	if s.page != nil && s.page != p {
		s.page.leave()
	}
	s.page = p
	s.fill()
	if s.shown {
		p.read()
	}
}

func (s *Campaigns) fill() {
	s.room.Objects = []fyne.CanvasObject{s.page.content()}
	s.room.Refresh()
	s.retitle()
}

func (s *Campaigns) retitle() {
	if s.cfg.Retitle != nil && s.shown {
		s.cfg.Retitle()
	}
}

// Open shows the plan of a campaign, with whatever was changed there and not saved.
func (s *Campaigns) Open(id string) {
	p, ok := s.plans[id]
	if ok && s.page == campaignPage(p) {
		if p.panel != nil && !p.panel.touched {
			p.closePanel()
		}
		p.read()
		return
	}
	if !ok || !p.dirty() && p.looking == nil {
		p = newPlan(s, id)
		s.plans[id] = p
	} else {
		p.reword()
	}
	s.show(p)
}

// unsaved reports whether something of a campaign's plan waits to be saved.
func (s *Campaigns) unsaved(id string) bool {
	p, ok := s.plans[id]
	return ok && p.dirty()
}

// Busy reports whether something is on its way that will change what is shown.
func (s *Campaigns) Busy() bool { return s.page.waits() }

// Commands are the palette's entries while the screen is shown.
func (s *Campaigns) Commands() []kit.Command {
	b := s.book
	list := []kit.Command{{ID: "campaigns.calendar", Text: b.T("calendar.all") + b.T("common.dot") + b.T("plan.all_calendar"), Also: "calendar", Icon: look.IconCampaigns, Do: s.list.calendar}}
	if s.cfg.Me.Plans() {
		list = append(list, kit.Command{ID: "campaigns.new", Text: b.T("plan.new"), Also: "new campaign", Icon: look.IconPlus, Do: func() {
			s.back()
			s.list.begin()
		}})
	}
	return list
}

// back shows the list again.
func (s *Campaigns) back() { s.show(s.list) }

// plansFor reports whether this person plans for a brand now.
func (s *Campaigns) plansFor(brand string) bool {
	return s.cfg.Me.Plans() && s.cfg.Me.TiedTo(brand)
}

// today is the day of the platform's zone.
func (s *Campaigns) today() moderation.Date {
	return moderation.Date(s.cfg.Now().In(s.book.Zone()).Format(time.DateOnly))
}

// send carries a wish out and says what came of it on the screen's thread.
func (s *Campaigns) send(wish func(context.Context) error, done func(error)) {
	s.saving.Add(1)
	s.cfg.Go(func() {
		defer s.saving.Done()
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_, err := answered(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, wish(ctx) })
		s.cfg.Loop.Do(func() { done(err) })
	})
}

// complain tells of a fault in a toast.
func (s *Campaigns) complain(err error) {
	what, next := s.book.Error(err)
	s.cfg.Notify.Note(kit.Amber, what, next)
}

// The pages of one campaign, in the order of their tabs.
const (
	planTab     = "plan"
	contractTab = "contracts"
	calendarTab = "calendar"
	budgetTab   = "budget"
)

// tabs leads from one page of a campaign to the others.
func (s *Campaigns) tabs(c campaigns.Campaign, now string) *kit.Chips {
	chips := kit.NewChips(func(id string) { s.tab(c.ID, id) })
	var list []kit.Chip
	for _, id := range []string{planTab, contractTab, calendarTab, budgetTab} {
		list = append(list, kit.Chip{ID: id, Text: s.book.T("plan.tab_" + id)})
	}
	chips.Set(list, now)
	return chips
}

// tab shows a page of a campaign.
func (s *Campaigns) tab(campaign, id string) {
	switch id {
	case planTab:
		s.Open(campaign)
	case contractTab:
		s.show(newContracts(s, campaign))
	case calendarTab:
		s.show(newCalendar(s, campaign))
	case budgetTab:
		s.show(newBudget(s, campaign))
	}
}

// tabKeys are the digits behind the tabs, and the way back.
func (s *Campaigns) tabKeys(campaign string) []kit.Key {
	b := s.book
	keys := []kit.Key{{Name: "Escape", Do: s.back}}
	for i, id := range []string{planTab, contractTab, calendarTab, budgetTab} {
		keys = append(keys, kit.Key{Name: string(rune('1' + i)), Label: b.T("plan.key_tabs"), Do: func() { s.tab(campaign, id) }})
	}
	return keys
}

// stateTone colours where a campaign stands.
func stateTone(st campaigns.State) kit.Tone {
	switch st {
	case campaigns.Proposed:
		return kit.Indigo
	case campaigns.Approved, campaigns.Running:
		return kit.Jade
	}
	return kit.Neutral
}
