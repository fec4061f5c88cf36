package views

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	xdraw "golang.org/x/image/draw"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

// platform is a small platform in memory: cases with what they are about, a
// referee that knows leases, and a log of what was asked of it. Work that a desk
// starts runs when the test says so, in order, on the test's own goroutine.
type platform struct {
	t     testing.TB
	now   time.Time
	tasks []func()
	mu    sync.Mutex
	loop  []func()

	cases    []moderation.Case
	apps     map[string]moderation.Application
	posts    map[string]moderation.Post
	past     map[string]moderation.AuthorHistory
	evidence map[string][]moderation.Evidence
	made     map[string][]moderation.Made
	hidden   map[string]int
	policies []moderation.Policy
	pictures map[assets.ID]*image.RGBA
	facts    PictureFacts // what the viewer learns of them

	me        people.Person // who sits at the desk; moderator1 unless the test says otherwise
	notes     map[string][]moderation.Note
	appeals   map[string][]moderation.Appeal
	skipped   map[string]moderation.SkipReason
	queues    []moderation.NamedQueue
	more      bool // the queue is longer than what was counted
	down      bool
	fence     int64
	decisions []moderation.Decision
	log       []string
	fail      error // the next decision's answer
	said      []string
	undoable  string
	undo      func()
	screen    Screen // in the window
}

func newPlatform(t testing.TB) *platform {
	return &platform{t: t, now: time.Date(2026, 11, 19, 14, 7, 0, 0, shanghaiTime()),
		apps: map[string]moderation.Application{}, posts: map[string]moderation.Post{}, past: map[string]moderation.AuthorHistory{},
		evidence: map[string][]moderation.Evidence{}, made: map[string][]moderation.Made{}, hidden: map[string]int{},
		notes: map[string][]moderation.Note{}, appeals: map[string][]moderation.Appeal{}, skipped: map[string]moderation.SkipReason{},
		me:       people.Person{Login: "moderator1", Name: "moderator1", Role: people.Moderator, Active: true},
		pictures: map[assets.ID]*image.RGBA{}}
}

func shanghaiTime() *time.Location { return time.FixedZone("CST", 8*3600) }

// Do may be called from any goroutine: pictures load on their own.
func (p *platform) Do(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loop = append(p.loop, f)
}

func (p *platform) Now() time.Time                         { return p.now }
func (p *platform) AfterFunc(time.Duration, func()) func() { return func() {} }
func (p *platform) Go(f func())                            { p.tasks = append(p.tasks, f) }

func (p *platform) drain() {
	for {
		p.mu.Lock()
		if len(p.loop) == 0 {
			p.mu.Unlock()
			return
		}
		f := p.loop[0]
		p.loop = p.loop[1:]
		p.mu.Unlock()
		f()
	}
}

// settle runs all that is under way.
func (p *platform) settle() {
	p.drain()
	for len(p.tasks) > 0 {
		f := p.tasks[0]
		p.tasks = p.tasks[1:]
		f()
		p.drain()
	}
}

func (p *platform) offline() error { return fault.New(fault.Offline, "host", "db.example") }

func (p *platform) find(id string) *moderation.Case {
	for i := range p.cases {
		if p.cases[i].ID == id {
			return &p.cases[i]
		}
	}
	return nil
}

func (p *platform) Page(_ context.Context, q moderation.QueueQuery) (moderation.QueuePage, error) {
	if p.down {
		return moderation.QueuePage{}, p.offline()
	}
	page := moderation.QueuePage{Now: p.now}
	for _, c := range p.cases {
		if c.Kind == q.Kind && c.Stage != moderation.StageClosed && (q.Stage == "" || c.Stage == q.Stage) &&
			(q.Tag == "" || c.Tag == q.Tag) && (q.Named == "" || c.Queue == q.Named) && (!q.Mine || c.For == p.me.Login) && p.skipped[c.ID] == "" &&
			(c.Stage != moderation.StageAppeal || p.me.Role != people.Moderator) && (q.Search == "" || strings.Contains(c.Title, q.Search)) {
			page.Cases = append(page.Cases, c)
		}
	}
	return page, nil
}

func (p *platform) Counts(_ context.Context, k moderation.Kind) (moderation.QueueCounts, error) {
	n := moderation.QueueCounts{Stages: map[moderation.Stage]int{}, Tags: map[string]int{}, Named: map[string]int{}, More: p.more}
	for _, c := range p.cases {
		if c.Kind == k && c.Stage != moderation.StageClosed && p.skipped[c.ID] == "" {
			n.Waiting++
			if c.Queue != "" {
				n.Named[c.Queue]++
			}
			if c.For == p.me.Login {
				n.Mine++
			}
			n.Stages[c.Stage]++
			n.Tags[c.Tag]++
			if c.Due.Before(p.now.Add(time.Hour)) {
				n.DueSoon++
			}
		}
	}
	return n, nil
}

func (p *platform) List(context.Context) ([]moderation.Policy, error) { return p.policies, nil }

func (p *platform) File(_ context.Context, id string) (moderation.File, error) {
	if p.down {
		return moderation.File{}, p.offline()
	}
	return moderation.File{Case: *p.find(id), Evidence: p.evidence[id], Made: slices.Clone(p.made[id]), Hidden: p.hidden[id],
		Notes: slices.Clone(p.notes[id]), Appeals: p.appeals[id]}, nil
}

func (p *platform) Claim(_ context.Context, _, id string) (moderation.Lease, error) {
	c := p.find(id)
	switch {
	case p.down:
		return moderation.Lease{}, p.offline()
	case c.HeldAt(p.now) && c.Holder != p.me.Login:
		return moderation.Lease{}, fault.New(fault.HeldByOther, "who", c.Holder, "until", c.Held.Format(time.RFC3339))
	}
	p.fence++
	delete(p.skipped, id)
	c.Holder, c.Held = p.me.Login, p.now.Add(5*time.Minute)
	p.log = append(p.log, "claim "+id)
	return moderation.Lease{Case: id, Fence: p.fence, Until: c.Held, Version: c.Version}, nil
}

func (p *platform) Renew(_ context.Context, l moderation.Lease) (moderation.Lease, error) {
	return l, nil
}

func (p *platform) Release(_ context.Context, _ string, l moderation.Lease) error {
	c := p.find(l.Case)
	c.Holder, c.Held = "", time.Time{}
	p.log = append(p.log, "release "+l.Case)
	return nil
}

func (p *platform) Decide(_ context.Context, d moderation.Decision) (moderation.Receipt, error) {
	if p.down {
		return moderation.Receipt{}, p.offline()
	}
	p.decisions = append(p.decisions, d)
	p.log = append(p.log, fmt.Sprintf("decide %s %s", d.Case, d.Verdict))
	if err := p.fail; err != nil {
		p.fail = nil
		return moderation.Receipt{}, err
	}
	c := p.find(d.Case)
	step, ok := moderation.Next(c.Kind, c.Stage, d.Verdict, c.Approved)
	if !ok {
		return moderation.Receipt{}, fault.New(fault.NotAllowedNow, "verdict", string(d.Verdict), "stage", string(c.Stage))
	}
	p.made[d.Case] = append(p.made[d.Case], moderation.Made{ID: "d-" + d.Request, Verdict: d.Verdict, Stage: c.Stage, By: p.me.Login, At: p.now})
	c.Stage, c.Holder, c.Version = step.To, "", c.Version+1
	return moderation.Receipt{Decision: "d-" + d.Request, Case: d.Case, Stage: step.To, At: p.now, Effective: p.now.Add(10 * time.Second)}, nil
}

func (p *platform) Undo(_ context.Context, _, decision string) (moderation.Lease, error) {
	for id, list := range p.made {
		for i, m := range list {
			if m.ID == decision {
				list[i].Undone = true
				c := p.find(id)
				p.fence++
				c.Stage, c.Holder, c.Held, c.Version = m.Stage, p.me.Login, p.now.Add(5*time.Minute), c.Version+1
				p.log = append(p.log, "undo "+id)
				return moderation.Lease{Case: id, Fence: p.fence, Until: c.Held, Version: c.Version}, nil
			}
		}
	}
	return moderation.Lease{}, fault.New(fault.NotFound, "what", "decision", "id", decision)
}

func (p *platform) AddNote(_ context.Context, _, id, text string) error {
	p.log = append(p.log, "note "+id+" "+text)
	return nil
}

func (p *platform) Skip(_ context.Context, _, id string, why moderation.SkipReason, words string) error {
	if p.down {
		return p.offline()
	}
	p.log = append(p.log, fmt.Sprintf("skip %s %s %s", id, why, words))
	p.skipped[id] = why
	c := p.find(id)
	c.Holder, c.Held = "", time.Time{}
	return nil
}

func (p *platform) Hand(_ context.Context, _ string, l moderation.Lease, to, words string) error {
	if err := p.fail; err != nil {
		p.fail = nil
		return err
	}
	c := p.find(l.Case)
	c.Holder, c.Held, c.For, c.ForUntil = "", time.Time{}, to, p.now.Add(4*time.Hour)
	p.log = append(p.log, fmt.Sprintf("hand %s to %s: %s", l.Case, to, words))
	return nil
}

func (p *platform) Hands(context.Context, string) ([]string, error) {
	if p.down {
		return nil, p.offline()
	}
	return []string{"lead2", "moderator2", "moderator3"}, nil
}

func (p *platform) Queues(context.Context) ([]moderation.NamedQueue, error) { return p.queues, nil }

// staff is who works there.
type staff struct{ *platform }

func (staff) List(context.Context) ([]people.Person, error) {
	return []people.Person{
		{Login: "moderator2", Name: "李娜", Role: people.Moderator, Regions: []string{"CN"}, Languages: []string{"zh-Hans", "en"}, Active: true},
		{Login: "lead2", Name: "Tom Becker", Role: people.Lead, Active: true},
		{Login: "moderator3", Name: "Aisha Rahman", Role: people.Moderator, Regions: []string{"FR", "DE"}, Languages: []string{"en", "fr"}, Active: true},
	}, nil
}

// applications and posts read what cases are about.
type (
	applications struct{ *platform }
	postsOf      struct{ *platform }
)

func (a applications) Others(context.Context, moderation.Application) (moderation.Others, error) {
	return moderation.Others{}, nil
}

func (a applications) Get(_ context.Context, id string) (moderation.Application, error) {
	app, ok := a.apps[id]
	if !ok {
		return app, fault.New(fault.NotFound, "what", "application", "id", id)
	}
	return app, nil
}

func (r postsOf) Get(_ context.Context, id string) (moderation.Post, error) {
	post, ok := r.posts[id]
	if !ok {
		return post, fault.New(fault.NotFound, "what", "post", "id", id)
	}
	return post, nil
}

func (r postsOf) History(_ context.Context, author string) (moderation.AuthorHistory, error) {
	return r.past[author], nil
}

// Preview scales a painted picture as the loader does.
func (p *platform) Preview(_ context.Context, id assets.ID, px int) (*image.RGBA, error) {
	p.mu.Lock()
	src := p.pictures[id]
	p.mu.Unlock()
	if src == nil {
		return nil, fault.New(fault.PictureAbsent, "name", string(id))
	}
	b := src.Bounds()
	f := min(1, float64(px)/float64(max(b.Dx(), b.Dy())))
	if f == 1 {
		return src, nil
	}
	dst := image.NewRGBA(image.Rect(0, 0, int(float64(b.Dx())*f), int(float64(b.Dy())*f)))
	xdraw.CatmullRom.Scale(dst, dst.Bounds(), src, b, xdraw.Src, nil)
	return dst, nil
}

// paintings are painted and opened once, whatever number of platforms shows them.
var (
	paintings = map[string][]byte{}
	opened    = map[assets.ID]*image.RGBA{}
)

func painted(key string, paint func() []byte) []byte {
	if paintings[key] == nil {
		paintings[key] = paint()
	}
	return paintings[key]
}

// picture keeps a painted file and returns its id.
func (p *platform) picture(data []byte) assets.ID {
	id := assets.IDOf(data)
	if opened[id] != nil {
		p.pictures[id] = opened[id]
		return id
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	rgba := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	xdraw.Copy(rgba, image.Point{}, img, img.Bounds(), xdraw.Src, nil)
	p.pictures[id], opened[id] = rgba, rgba
	return id
}

// Undoable, Dismiss and Note make the platform its own notifier.
func (p *platform) Undoable(key, text string, _ time.Time, undo func()) {
	p.undoable, p.undo = key, undo
	p.said = append(p.said, text)
}

func (p *platform) Dismiss(key string) {
	if key == p.undoable {
		p.undoable, p.undo = "", nil
	}
}

func (p *platform) Note(_ kit.Tone, what, next string) { p.said = append(p.said, what+" "+next) }

// appeal puts a case under appeal, and a lead at the desk.
func (p *platform) appeal(id string, verdict moderation.Verdict, policy, reason, words, from string) {
	p.me = people.Person{Login: "lead1", Name: "lead1", Role: people.Lead, Active: true}
	c := p.find(id)
	c.Stage, c.Tag, c.Due = moderation.StageAppeal, "appeal", p.now.Add(5*24*time.Hour)
	p.made[id] = []moderation.Made{{ID: "m-" + id, Verdict: verdict, Stage: moderation.StageFirst, By: "wang.lei", At: p.now.Add(-26 * time.Hour),
		Policy: policy, Reason: reason, Note: "Same code as in three older posts."}}
	p.appeals[id] = []moderation.Appeal{{Decision: "m-" + id, SubmittedBy: from, EnteredBy: "worker1", At: p.now.Add(-2 * time.Hour), Words: words}}
}

func (p *platform) config(l words.Language) DeskConfig {
	b := words.For(l).In(shanghaiTime())
	return DeskConfig{
		Loop: p, Book: b, Me: p.me, Queue: p, Cases: p, Policies: p, People: staff{p}, Queues: p, Notify: p, Clock: p, Go: p.Go, Pictures: p.facts,
		Gallery: &kit.Gallery{Previews: p, Loop: p, Missing: b.T("kit.picture_none"), Hold: b.T("kit.picture_hold"),
			Reason: func(err error) string { what, _ := b.Error(err); return what }},
	}
}

// window shows a screen in a window of the software driver with its keys bound.
func (p *platform) window(s Screen, w, h float32) fyne.Window {
	win := test.NewTempWindow(p.t, container.NewStack(s.Content()))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	kit.BindKeys(win.Canvas(), p, s.Keys)
	p.screen = s
	s.Shown()
	p.settle()
	return win
}

// press types a key as a person does: the key, then its character if it has one.
func (p *platform) press(win fyne.Window, keys ...string) {
	for _, k := range keys {
		c := win.Canvas()
		name := map[string]fyne.KeyName{"Enter": fyne.KeyReturn, "Space": fyne.KeySpace, "Esc": fyne.KeyEscape, "Left": fyne.KeyLeft, "Right": fyne.KeyRight, "Up": fyne.KeyUp, "Down": fyne.KeyDown, "Delete": fyne.KeyDelete}[k]
		if name == "" {
			name = fyne.KeyName(strings.ToUpper(k))
		}
		if f := c.Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: name})
			if len(k) == 1 {
				f.TypedRune(rune(k[0]))
			}
		} else {
			if f := c.OnTypedKey(); f != nil {
				f(&fyne.KeyEvent{Name: name})
			}
			if f := c.OnTypedRune(); f != nil && len(k) == 1 {
				f(rune(k[0]))
			}
		}
		p.drain()
	}
}

// commit is Ctrl+Enter.
func (p *platform) commit() {
	p.screen.(committing).Commit()
	p.drain()
}

func themed(t testing.TB, m look.Mode) {
	looktest.Dress(t, m)
}

func newBareWindow(t *testing.T, o fyne.CanvasObject, w, h float32) fyne.Window {
	win := test.NewTempWindow(t, o)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win
}
