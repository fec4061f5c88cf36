package views

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// market is the planning half of the platform in memory: KOLs with who follows them,
// campaigns, contracts, a ledger and a calendar.
type market struct {
	*platform
	kols      []campaigns.KOL
	following campaigns.Following
	lists     []campaigns.Shortlist
	remarks   []campaigns.KOLNote
	brands    []campaigns.BrandStanding
	plans     []campaigns.Campaign
	deals     []campaigns.Contract
	entries   map[string][]campaigns.Entry
	items     []campaigns.Item
	booked    []campaigns.Item // by other brands
	posted    []assets.ID      // pictures of each KOL's latest post; "" for one that was only named
	queries   []campaigns.KOLQuery
	requests  []string
	seen      map[string]bool // requests that were answered
	refuse    error           // the next write's answer
	next      int
}

func newMarket(t testing.TB, painted bool) *market {
	p := newPlatform(t)
	p.now = time.Date(2026, 3, 5, 10, 0, 0, 0, shanghaiTime())
	p.me = people.Person{Login: "marketer1", Name: "marketer1", Role: people.Marketer, Regions: []string{"CN"}, Brands: []string{"初岚", "拾野"}, Active: true}
	m := &market{platform: p, entries: map[string][]campaigns.Entry{}, seen: map[string]bool{}}
	m.brands = []campaigns.BrandStanding{{Name: "初岚", Verified: true, Until: "2027-05-01", Account: "初岚官方", Breaches: 1, Trade: "cosmetics"},
		{Name: "拾野", Why: "expired", Until: "2026-01-31", Account: "拾野", Trade: "outdoor"}}
	m.people(painted)
	return m
}

// people fills the directory: six KOLs that tests know by name, and others.
func (m *market) people(pictures bool) {
	painter := paint.New()
	named := []struct {
		id, handle, field, about string
		followers                int
		fees                     [3]money.Fen
		breaches                 int
	}{
		{"k1", "溪溪", "beauty", "敏感肌的日常护肤和防晒", 124_000, [3]money.Fen{1_800_000, 2_500_000, 0}, 2},
		{"k2", "northbound", "travel", "slow trips in the north, one bag", 41_000, [3]money.Fen{1_900_000, 2_650_000, 0}, 0},
		{"k3", "阿泽", "abroad", "在大阪上学的第三年", 6_402, [3]money.Fen{120_000, 0, 0}, 0},
		{"k4", "山行", "outdoor", "周末徒步，只写走过的路", 33_100, [3]money.Fen{480_000, 700_000, 0}, 0},
		{"k5", "lune", "beauty", "quiet make-up for quiet people", 15_200, [3]money.Fen{600_000, 900_000, 0}, 0},
		{"k6", "小满", "home", "三十平的家怎么住得舒服", 21_300, [3]money.Fen{360_000, 0, 800_000}, 0},
	}
	rng := rand.New(rand.NewPCG(7, 7))
	fields := []string{"beauty", "travel", "outdoor", "home", "food", "fashion"}
	for i := len(named); i < 40; i++ {
		followers := 1_500 + i*i*37
		named = append(named, struct {
			id, handle, field, about string
			followers                int
			fees                     [3]money.Fen
			breaches                 int
		}{fmt.Sprintf("k%d", i+1), fmt.Sprintf("creator %d", i+1), fields[i%len(fields)], "notes of every day", followers,
			[3]money.Fen{money.Fen(followers * 12), money.Fen(followers * 17), 0}, i % 13 / 12})
	}
	for i, n := range named {
		k := campaigns.KOL{ID: n.id, Handle: n.handle, Category: n.field, Region: "CN", About: n.about, Followers: n.followers, Authentic: .93 - float64(i%7)*.04,
			Daily: campaigns.Engagement{Notes: 40, Views: n.followers / 3, Likes: n.followers / 40, Saves: n.followers / 90, Comments: n.followers / 200},
			Paid:  campaigns.Engagement{Notes: 6, Views: n.followers / 4, Likes: n.followers / 70, Saves: n.followers / 160, Comments: n.followers / 400},
			Audience: campaigns.Audience{Measured: 1200 + i, Age: map[string]float64{"-17": .06, "18-24": .31, "25-34": .41, "35-44": .15, "45-": .07},
				Gender: map[string]float64{"f": .74, "m": .26}, City: map[string]float64{"1": .34, "new1": .27, "2": .2, "3": .12, "4-": .07}, Abroad: .04},
			Record: campaigns.Record{Posts: 120, Declared: 6, Paid: 6 + n.breaches, Breaches: n.breaches}}
		for w := range 20 {
			k.Growth = append(k.Growth, int(float64(n.followers)*(.8+.2*float64(w)/19)))
		}
		for j, f := range campaigns.Formats() {
			if n.fees[j] > 0 {
				k.Quotes = append(k.Quotes, campaigns.Quote{Format: f, Fee: n.fees[j], From: "2026-01-01", To: "2026-12-31"})
			}
		}
		if pictures && i < 12 {
			k.Picture = m.picture(painted(fmt.Sprint("kol", i), func() []byte {
				return painter.Logo(paint.Emblem{Letter: string([]rune(strings.ToUpper(n.handle))[0]), Motif: paint.Motif(i % int(paint.Motifs)), Palette: i * 3})
			}))
		}
		m.kols = append(m.kols, k)
	}
	const crowd = 12_000
	bands, genders := campaigns.AgeBands(), campaigns.Genders()
	for i := range crowd {
		m.following.People = append(m.following.People, campaigns.Person{ID: fmt.Sprint(i), Age: bands[rng.IntN(5)], Gender: genders[min(1, rng.IntN(4)/3)], Weight: 25})
	}
	for i, k := range m.kols {
		m.following.KOLs = append(m.following.KOLs, k.ID)
		var of []uint32
		for range min(crowd/3, k.Followers/20) {
			of = append(of, uint32((rng.IntN(crowd/2)+i%6*crowd/9)%crowd))
		}
		m.following.Of = append(m.following.Of, of)
	}
}

func (m *market) wrote(request string) error {
	m.requests = append(m.requests, request)
	if m.down {
		return m.offline()
	}
	if err := m.refuse; err != nil {
		m.refuse = nil
		return err
	}
	m.seen[request] = true
	return nil
}

func (m *market) id(prefix string) string {
	m.next++
	return fmt.Sprint(prefix, m.next)
}

// directory reads KOLs.
type directory struct{ *market }

func (d directory) Page(_ context.Context, q campaigns.KOLQuery) (campaigns.KOLPage, error) {
	d.market.queries = append(d.market.queries, q)
	if d.down {
		return campaigns.KOLPage{}, d.offline()
	}
	var fit []campaigns.KOL
	for _, k := range d.kols {
		if q.Search != "" && !strings.Contains(k.Handle+k.ID+k.About, q.Search) ||
			len(q.Categories) > 0 && !slices.Contains(q.Categories, k.Category) ||
			len(q.Tiers) > 0 && !slices.Contains(q.Tiers, campaigns.TierOf(k.Followers)) ||
			q.Rising && !campaigns.Rising(k) || q.Clean && k.Record.Breaches > 0 {
			continue
		}
		if q.Shortlist != "" {
			at := slices.IndexFunc(d.lists, func(l campaigns.Shortlist) bool { return l.ID == q.Shortlist })
			if at < 0 || !slices.Contains(d.lists[at].KOLs, k.ID) {
				continue
			}
		}
		fit = append(fit, k)
	}
	slices.SortStableFunc(fit, func(a, b campaigns.KOL) int { return cmp.Compare(b.Followers, a.Followers) })
	limit := q.Limit
	if limit == 0 {
		limit = 50
	}
	from := 0
	_, _ = fmt.Sscan(q.After, &from)
	page := campaigns.KOLPage{KOLs: fit[from:min(len(fit), from+limit)], Total: len(fit)}
	if from+limit < len(fit) {
		page.Next = fmt.Sprint(from + limit)
	}
	return page, nil
}

func (d directory) Many(_ context.Context, ids []string) ([]campaigns.KOL, error) {
	if d.down {
		return nil, d.offline()
	}
	var out []campaigns.KOL
	for _, k := range d.kols {
		if slices.Contains(ids, k.ID) {
			out = append(out, k)
		}
	}
	return out, nil
}

func (d directory) Posts(_ context.Context, kol string, limit int) ([]moderation.Post, error) {
	var out []moderation.Post
	for i := range min(limit, 3) {
		out = append(out, moderation.Post{ID: fmt.Sprint(kol, "-", i), Title: []string{"三秒成膜的防晒，用空了两支", "What I pack for three days", "周末的早餐"}[i], Declared: i == 0,
			Posted: d.now.Add(-time.Duration(i+1) * 60 * time.Hour), Likes: 1200 - 300*i, Saves: 240, Comments: 60})
	}
	for i, p := range d.posted {
		out[0].Pictures = append(out[0].Pictures, moderation.PostPicture{Name: fmt.Sprint(i, ".jpg"), ID: p})
	}
	return out, nil
}

func (d directory) Notes(_ context.Context, kol string) ([]campaigns.KOLNote, error) {
	return slices.DeleteFunc(slices.Clone(d.remarks), func(n campaigns.KOLNote) bool { return n.KOL != kol }), nil
}

func (d directory) AddNote(_ context.Context, request string, n campaigns.KOLNote) error {
	if err := d.wrote(request); err != nil {
		return err
	}
	n.At = d.now
	d.market.remarks = append(d.market.remarks, n)
	return nil
}

func (d directory) Shortlists(context.Context) ([]campaigns.Shortlist, error) {
	if d.down {
		return nil, d.offline()
	}
	return slices.Clone(d.lists), nil
}

func (d directory) PutShortlist(_ context.Context, request string, l campaigns.Shortlist) (campaigns.Shortlist, error) {
	if err := d.wrote(request); err != nil {
		return l, err
	}
	l.Version++
	if l.ID == "" {
		l.ID = d.id("list")
		d.market.lists = append(d.market.lists, l)
		return l, nil
	}
	for i := range d.lists {
		if d.lists[i].ID == l.ID {
			d.market.lists[i] = l
		}
	}
	return l, nil
}

func (d directory) Following(_ context.Context, ids []string) (campaigns.Following, error) {
	f := campaigns.Following{People: d.following.People}
	for i, id := range d.following.KOLs {
		if slices.Contains(ids, id) {
			f.KOLs = append(f.KOLs, id)
			f.Of = append(f.Of, d.following.Of[i])
		}
	}
	return f, nil
}

// kolsWindow shows the directory alone.
func kolsWindow(t *testing.T, m *market, l words.Language) (*KOLs, fyne.Window) {
	t.Helper()
	k := NewKOLs(m.kolsConfig(l))
	return k, m.window(k, 1440-look.RailWidth, 900-look.TitleHeight)
}

func (m *market) kolsConfig(l words.Language) KOLsConfig {
	cfg := m.config(l)
	return KOLsConfig{Loop: m, Book: cfg.Book, Me: m.me, Directory: directory{m}, Gallery: cfg.Gallery, Notify: m, Go: m.Go, NewID: func() string { return m.id("request") }}
}

// studio shows screens inside the shell, as the program does.
func (m *market) studio(t *testing.T, l words.Language, id string, screen func(*Shell, *words.Book) Screen) (*Shell, fyne.Window) {
	t.Helper()
	var shell *Shell
	other := func(*words.Book) Screen { return nil }
	items := []RailItem{{ID: "today", Icon: look.IconToday, New: other}, {ID: "campaigns", Icon: look.IconCampaigns, New: other},
		{ID: "kols", Icon: look.IconKOLs, New: other}, {ID: "pictures", Icon: look.IconPictures, New: other}, {ID: "settings", Icon: look.IconSettings, New: other}}
	for i := range items {
		if items[i].ID == id {
			items[i].New = func(b *words.Book) Screen { return screen(shell, b) }
		}
	}
	shell = NewShell(ShellConfig{Loop: m, Book: words.For(l).In(shanghaiTime()), Link: LinkState{Up: true, Since: m.now, Trial: true}, Me: m.me, Items: items,
		Now: func() time.Time { return m.now }})
	win := newBareWindow(t, shell.Content(), 1440, 900)
	shell.Bind(win)
	shell.Go(id)
	m.settle()
	m.quiet()
	return shell, win
}

// eachDress runs a drawing of a screen in both languages and both themes when
// pictures are wanted, and once when they are not.
func eachDress(t *testing.T, draw func(l words.Language, mode look.Mode, dir string)) {
	t.Helper()
	dir := os.Getenv("CINNABAR_SHOTS")
	for _, l := range words.Languages() {
		for _, mode := range []look.Mode{look.Light, look.Dark} {
			if dir == "" && (l == words.ZH) == (mode == look.Light) {
				continue
			}
			themed(t, mode)
			draw(l, mode, dir)
		}
	}
}

// button finds a button by its text.
func button(t *testing.T, o fyne.CanvasObject, text string) *kit.Button {
	t.Helper()
	var found *kit.Button
	each(o, func(o fyne.CanvasObject) {
		if b, ok := o.(*kit.Button); ok && b.Text() == text && found == nil {
			found = b
		}
	})
	if found == nil {
		t.Fatalf("no button %q", text)
	}
	return found
}

// fieldOf finds the field under a label, or with a hint, in an object.
func fieldOf(t *testing.T, o fyne.CanvasObject, name string) *kit.Field {
	t.Helper()
	var found *kit.Field
	each(o, func(o fyne.CanvasObject) {
		if f, ok := o.(*kit.Field); ok && found == nil && (says(f, name) || hints(f, name)) {
			found = f
		}
	})
	if found == nil {
		t.Fatalf("no field %q", name)
	}
	return found
}

// enter types into the field under a label.
func enter(t *testing.T, o fyne.CanvasObject, name, text string) {
	t.Helper()
	fieldOf(t, o, name).Input().(interface{ SetText(string) }).SetText(text)
}

// hints reports whether a field shows a text while nothing is written.
func hints(f *kit.Field, text string) bool {
	return strings.Contains(reflect.ValueOf(f.Input()).Elem().FieldByName("PlaceHolder").String(), text)
}
