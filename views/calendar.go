package views

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"cinnabar/campaigns"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
)

// calendar is the page of everything that has days: of one campaign, or of all that
// one may see, a lane each, with what gets in each other's way.
type calendar struct {
	reading[calendarFile]
	s        *Campaigns
	campaign string // "" for all

	span  string // "week", "month", "quarter"
	group string // what has a lane: "campaign", "kol", "brand"
	from  int    // first day in view, counted from the day the page opened on
	brand string
	kol   string
	what  string // why the last move failed
	next  string

	lanes *kit.Lanes
	side  *fyne.Container
	room  *fyne.Container
	title *kit.Text
	head  *fyne.Container
	items map[string]campaigns.Item // by the id of their bar
}

type calendarFile struct {
	Campaign campaigns.Campaign // zero for all
	Items    []campaigns.Item
	Booked   []campaigns.Item // by brands that are not to be named; they have no bars
	KOLs     map[string]campaigns.KOL
	Clashes  []campaigns.Clash
}

// How far around today is read. A screen shows at most a quarter of a year.
const (
	calendarBack = 180
	calendarOn   = 400
)

func newCalendar(s *Campaigns, campaign string) *calendar {
	c := &calendar{s: s, campaign: campaign, reading: newReading[calendarFile](s.cfg.Loop, s.cfg.Go), span: "month", group: "campaign"}
	if campaign != "" {
		c.group = "kol"
	}
	c.build()
	return c
}

func (c *calendar) about() string {
	b := c.s.book
	if c.campaign == "" {
		return b.T("calendar.all")
	}
	if c.known == nil {
		return ""
	}
	return joinDots(b, []string{c.known.Campaign.Brand, c.known.Campaign.Name, b.T("plan.tab_calendar")})
}

// day counts days from today.
func (c *calendar) day(d moderation.Date) int { return dayAt(c.s.today(), d) }

func (c *calendar) date(day int) moderation.Date { return shifted(c.s.today(), day) }

// days is how many the span shows, and how many lie between ticks.
func (c *calendar) days() (days, step int) {
	switch c.span {
	case "week":
		return 14, 1
	case "quarter":
		return 91, 7
	}
	return 35, 4
}

func barID(i campaigns.Item) string { return i.Campaign + "/" + i.Line + "/" + i.Deliverable }

func (c *calendar) read() {
	book, pool := c.s.cfg.Campaigns, c.s.cfg.Pool
	from, to := c.date(-calendarBack), c.date(calendarOn)
	c.ask(func(ctx context.Context) (f calendarFile, err error) {
		if c.campaign != "" {
			if f.Campaign, err = book.Get(ctx, c.campaign); err != nil {
				return f, err
			}
			// Of its brand and of its KOLs everything, since clashes are with others.
			from, to = min(from, shifted(f.Campaign.Wish.From, -30)), max(to, shifted(f.Campaign.Wish.To, 30))
		}
		if f.Items, err = book.Items(ctx, from, to, "", ""); err != nil {
			return f, err
		}
		var ids []string
		for _, i := range f.Items {
			if i.KOL != "" {
				ids = append(ids, i.KOL)
			}
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		f.KOLs = make(map[string]campaigns.KOL, len(ids))
		if len(ids) > 0 {
			kols, err := pool.Many(ctx, ids)
			if err != nil {
				return f, err
			}
			for _, k := range kols {
				f.KOLs[k.ID] = k
			}
		}
		if f.Booked, err = book.Booked(ctx, ids, shifted(from, -campaigns.RivalDays), shifted(to, campaigns.RivalDays)); err != nil {
			return f, err
		}
		f.Clashes = campaigns.Clashes(slices.Concat(f.Items, f.Booked), f.KOLs, 0)
		return f, nil
	}, c.build, c.draw)
}

func (c *calendar) build() {
	if c.unfilled(c.s.book, c.read) {
		return
	}
	if c.lanes == nil { // the first days in view
		c.from = -7
		if c.campaign != "" {
			c.from = c.day(c.known.Campaign.Wish.From) - 2
		}
	}
	c.lanes = kit.NewLanes(kit.LanesConfig{Label: 132, Scrolls: true, Tick: c.tick,
		Selected: func(string) { c.drawSide() }, Opened: func(string) { c.open() }, Moved: c.moved})
	c.title = kit.NewText("", kit.Heading)
	c.side = container.NewStack()
	c.room = container.NewStack()
	c.head = kit.Stack(look.S3)
	c.draw()
	c.fill(kit.Columns(0, planSide, nil, kit.Stack(0, kit.Pad(look.S3, look.S4, look.S3, look.S4, c.head), kit.NewRule(), kit.Grow(c.room)), sideColumn(c.side)))
}

func (c *calendar) tick(day int) string {
	d := c.date(day)
	t, ok := d.Time()
	if !ok {
		return ""
	}
	if c.span == "week" && !c.s.book.Chinese() && t.Day() != 1 && day != c.from {
		return t.Format("Mon 2")
	}
	return c.s.book.DateOf(d)
}

// draw shows what was read, in the lanes and the span of the moment.
func (c *calendar) draw() {
	if c.lanes == nil || c.known == nil {
		return
	}
	b := c.s.book
	days, step := c.days()
	c.title.Set(b.Window(c.date(c.from), c.date(c.from+days-1)))
	c.drawHead()
	clashing := map[string]bool{}
	for _, cl := range c.known.Clashes {
		clashing[barID(cl.A)], clashing[barID(cl.B)] = true, true
	}
	c.items = map[string]campaigns.Item{}
	var lanes []kit.Lane
	var bars []kit.LaneBar
	seen := map[string]bool{}
	for _, i := range c.known.Items {
		if !c.fits(i) {
			continue
		}
		lane, text := i.Campaign, i.Name
		switch {
		case c.group == "brand":
			lane, text = i.Brand, i.Brand
		case c.group == "kol" && i.KOL != "":
			lane, text = i.KOL, c.handle(i.KOL)
		case c.group == "kol":
			lane, text = "kind "+string(i.Kind), b.T("plan.lane_"+string(i.Kind))
		}
		if !seen[lane] {
			seen[lane] = true
			lanes = append(lanes, kit.Lane{ID: lane, Text: text})
		}
		id := barID(i)
		c.items[id] = i
		say := i.Title
		if c.group != "kol" && i.KOL != "" {
			say = c.handle(i.KOL)
		} else if c.group == "kol" && c.campaign == "" {
			say = joinDots(b, []string{i.Name, i.Title})
		}
		early, late := i.Earliest, i.Latest
		if early == "" {
			early = i.From
		}
		if late == "" {
			late = i.To
		}
		bars = append(bars, kit.LaneBar{ID: id, Lane: lane, From: c.day(i.From), To: c.day(i.To), Earliest: c.day(early), Latest: c.day(late),
			Fixed: i.Fixed || !c.s.up || !c.s.plansFor(i.Brand), Text: oneLine(say), Tone: laneTone(i.Kind), Warn: clashing[id]})
	}
	slices.SortStableFunc(lanes, func(x, y kit.Lane) int { return strings.Compare(x.ID, y.ID) })
	c.lanes.Set(lanes, bars, c.bands())
	c.lanes.View(c.from, days, step)
	if len(bars) == 0 {
		c.show(kit.NewState(kit.State{Icon: look.IconCampaigns, What: b.T("calendar.none"), Next: b.T("calendar.none_next")}))
	} else {
		c.show(c.lanes)
	}
	c.drawSide()
	c.s.retitle()
}

func (c *calendar) show(o fyne.CanvasObject) {
	if len(c.room.Objects) == 1 && c.room.Objects[0] == o {
		return
	}
	c.room.Objects = []fyne.CanvasObject{o}
	c.room.Refresh()
}

// fits reports whether an item is asked for.
func (c *calendar) fits(i campaigns.Item) bool {
	return (c.campaign == "" || i.Campaign == c.campaign) && (c.brand == "" || i.Brand == c.brand) && (c.kol == "" || i.KOL == c.kol)
}

func (c *calendar) handle(id string) string {
	if k, ok := c.known.KOLs[id]; ok {
		return oneLine(k.Handle)
	}
	return id
}

// bands are the holidays of the trade year, wherever the view goes.
func (c *calendar) bands() []kit.LaneBand {
	from := c.s.today()
	var bands []kit.LaneBand
	for _, h := range holidayBands(c.s.book, shifted(from, -calendarBack), shifted(from, calendarOn)) {
		h.From, h.To = h.From-calendarBack, h.To-calendarBack
		bands = append(bands, h)
	}
	return bands
}

func (c *calendar) drawHead() {
	b := c.s.book
	var lead fyne.CanvasObject = kit.NewText(b.T("calendar.all"), kit.Heading)
	if c.campaign != "" {
		lead = kit.Fixed(300, 0, c.s.tabs(c.known.Campaign, calendarTab))
	} else {
		lead = kit.NewButton(kit.ButtonConfig{Text: b.T("calendar.back"), Key: "Esc", Weight: kit.Quiet, Press: c.s.back})
	}
	spans := kit.NewChips(func(id string) { c.zoom(id) })
	spans.Set([]kit.Chip{{ID: "week", Text: b.T("calendar.week")}, {ID: "month", Text: b.T("calendar.month")}, {ID: "quarter", Text: b.T("calendar.quarter")}}, c.span)
	groups := kit.NewChips(func(id string) { c.group = id; c.draw() })
	groups.Set([]kit.Chip{{ID: "campaign", Text: b.T("calendar.by_campaign")}, {ID: "kol", Text: b.T("calendar.by_kol")}, {ID: "brand", Text: b.T("calendar.by_brand")}}, c.group)
	brands, kols := []kit.Option{{ID: "", Text: b.T("calendar.any_brand")}}, []kit.Option{{ID: "", Text: b.T("calendar.any_kol")}}
	seen := map[string]bool{}
	for _, i := range c.known.Items {
		if c.campaign != "" && i.Campaign != c.campaign {
			continue
		}
		if !seen["b "+i.Brand] {
			seen["b "+i.Brand] = true
			brands = append(brands, kit.Option{ID: i.Brand, Text: i.Brand})
		}
		if i.KOL != "" && !seen["k "+i.KOL] {
			seen["k "+i.KOL] = true
			kols = append(kols, kit.Option{ID: i.KOL, Text: c.handle(i.KOL)})
		}
	}
	byBrand, byKOL := kit.NewQuietSelect(b.T("calendar.any_brand")), kit.NewQuietSelect(b.T("calendar.any_kol"))
	byBrand.Set(brands, c.brand)
	byBrand.Picked = func(id string) { c.brand = id; c.draw() }
	byKOL.Set(kols, c.kol)
	byKOL.Picked = func(id string) { c.kol = id; c.draw() }
	quiet := func(i look.Icon, text, key string, press func()) fyne.CanvasObject {
		return kit.NewButton(kit.ButtonConfig{Text: text, Icon: i, Key: key, Weight: kit.Quiet, Press: press})
	}
	c.head.Objects = []fyne.CanvasObject{
		kit.Row(look.S3, lead, kit.Gap(), kit.Fixed(210, 0, spans)),
		kit.Row(look.S2, kit.Grow(c.title), quiet("", "‹", "", func() { c.page(-1) }), quiet("", b.T("calendar.today"), "D", c.today), quiet("", "›", "", func() { c.page(1) })),
		kit.Row(look.S3, kit.Fixed(250, 0, groups), kit.Gap(), kit.Fixed(150, 0, byBrand), kit.Fixed(150, 0, byKOL)),
	}
	c.head.Refresh()
}

func (c *calendar) keys() []kit.Key {
	b := c.s.book
	keys := []kit.Key{{Name: "Escape", Do: c.s.back}}
	if c.campaign != "" {
		keys = c.s.tabKeys(c.campaign)
	}
	if c.known == nil {
		return keys
	}
	move := b.T("calendar.key_move")
	return append(keys,
		kit.Key{Name: "J", Label: b.T("calendar.key_step"), Do: func() { c.step(1) }},
		kit.Key{Name: "K", Label: b.T("calendar.key_step"), Do: func() { c.step(-1) }},
		kit.Key{Name: "Left", Label: move, Do: func() { c.shift(-1) }},
		kit.Key{Name: "Right", Label: move, Do: func() { c.shift(1) }},
		kit.Key{Name: "PageUp", Label: b.T("calendar.key_page"), Do: func() { c.page(-1) }},
		kit.Key{Name: "PageDown", Label: b.T("calendar.key_page"), Do: func() { c.page(1) }},
		kit.Key{Name: "D", Label: b.T("calendar.today"), Do: c.today},
		kit.Key{Name: "W", Label: b.T("calendar.week"), Do: func() { c.zoom("week") }},
		kit.Key{Name: "M", Label: b.T("calendar.month"), Do: func() { c.zoom("month") }},
		kit.Key{Name: "Q", Label: b.T("calendar.quarter"), Do: func() { c.zoom("quarter") }},
		kit.Key{Name: "Enter", Label: b.T("plan.key_open"), Do: c.open},
	)
}

func (c *calendar) relink() {
	if c.known != nil {
		c.draw()
	}
}

func (c *calendar) reword() { c.build() }

func (c *calendar) commit() {}

// held is nothing: what is moved is moved at once.
func (c *calendar) held() *Held { return nil }
