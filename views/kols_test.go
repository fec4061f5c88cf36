package views

import (
	"image"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

func TestTheDirectoryDrawsInEveryLanguageAndLight(t *testing.T) {
	eachDress(t, func(l words.Language, mode look.Mode, dir string) {
		m := newMarket(t, dir != "")
		m.remarks = []campaigns.KOLNote{{Brand: "初岚", KOL: "k1", By: "marketer2", Text: "Answers within a day; wants the sample first.", At: m.now}}
		shell, win := m.studio(t, l, "kols", func(s *Shell, b *words.Book) Screen {
			c := m.kolsConfig(b.Language())
			c.Notify, c.Retitle = s, s.Retitle
			return NewKOLs(c)
		})
		m.press(win, "J")
		m.settle()
		m.press(win, "M", "J", "M", "J", "M", "K")
		m.settle()
		m.quiet()
		wellSaid(t, shell.Current().Content())
		shot(t, win, dir, "kols-"+string(mode)+"-"+string(l))
		m.press(win, "C")
		m.quiet()
		wellSaid(t, shell.Current().Content())
		shot(t, win, dir, "kol-compare-"+string(mode)+"-"+string(l))
		shell.Close()
		m.settle()
	})
}

func TestTheDirectoryNarrowsBySearchAndFilters(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	k, win := kolsWindow(t, m, words.EN)
	if k.rows.Len() != 40 {
		t.Fatalf("%d creators, want all 40", k.rows.Len())
	}
	m.press(win, "/")
	k.search.Input().(interface{ SetText(string) }).SetText("northbound")
	m.settle()
	if k.rows.Len() != 1 || !says(k.Content(), "northbound") {
		t.Fatalf("%d creators for a handle", k.rows.Len())
	}
	k.clear()
	m.settle()
	k.selects[0].Choose("beauty")
	m.settle()
	if q := m.queries[len(m.queries)-1]; len(q.Categories) != 1 || q.Categories[0] != "beauty" {
		t.Fatalf("asked for %+v", q)
	}
	k.selects[1].Choose("top")
	m.settle()
	if k.rows.Len() != 0 || !says(k.Content(), "No KOL fits these filters") {
		t.Fatal("filters that fit nobody say nothing")
	}
	button(t, k.Content(), "Clear the filters").Press()
	m.settle()
	if k.rows.Len() != 40 {
		t.Fatalf("%d creators after clearing", k.rows.Len())
	}
	win.Canvas().Unfocus()
	m.press(win, "R")
	m.settle()
	if q := m.queries[len(m.queries)-1]; !q.Rising {
		t.Fatal("R does not ask for rising creators")
	}
}

func TestAProfileShowsWhatTheKOLPublished(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	published := assets.IDOf([]byte("published"))
	m.pictures[published] = image.NewRGBA(image.Rect(0, 0, 40, 40))
	m.posted = []assets.ID{"", published}
	k, win := kolsWindow(t, m, words.EN)
	m.press(win, "J")
	m.settle()
	// A picture comes on a goroutine of its own, after what settles at once.
	var shown []assets.ID
	for end := time.Now().Add(10 * time.Second); !slices.Contains(shown, published) && time.Now().Before(end); time.Sleep(time.Millisecond) {
		m.settle()
		shown = nil
		each(k.Content(), func(o fyne.CanvasObject) {
			if p, ok := o.(*kit.Picture); ok && p.Shows() {
				shown = append(shown, p.ID())
			}
		})
	}
	if !slices.Contains(shown, published) {
		t.Errorf("pictures on screen: %q", shown)
	}
}

func TestAPortraitAndTheNotesOfAKOLOpenInTheViewer(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	id := assets.IDOf([]byte("face"))
	m.posted = []assets.ID{"", id}
	k, win := kolsWindow(t, m, words.EN)
	m.press(win, "J")
	m.settle()
	it := k.profile.kol
	it.Picture = id
	k.show(it)
	m.settle()
	var opens []*kit.Press
	each(k.side, func(o fyne.CanvasObject) {
		if p, ok := o.(*kit.Press); ok {
			opens = append(opens, p)
		}
	})
	if len(opens) < 2 {
		t.Fatalf("%d pictures can be pressed", len(opens))
	}
	for _, p := range opens[:2] {
		test.Tap(p)
		m.settle()
		if k.viewing == nil || k.viewing.current().ID != id || says(k.Content(), it.Category) {
			t.Fatal("it does not open in place of the directory")
		}
		m.press(win, "Esc")
		m.settle()
		if k.viewing != nil || k.rows.Len() == 0 {
			t.Fatal("Escape does not lead back")
		}
	}
}

func TestAKOLGoesOnAShortlistAndComesOff(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	k, win := kolsWindow(t, m, words.EN)
	m.press(win, "J")
	m.settle()
	m.press(win, "L")
	if !k.menu.IsOpen() {
		t.Fatal("L opens no lists")
	}
	k.menu.Close()
	it, _ := k.rows.Selected()
	k.putOnList(it, "new:初岚", "Spring")
	m.settle()
	if len(m.lists) != 1 || m.lists[0].KOLs[0] != it.ID || m.lists[0].Brand != "初岚" {
		t.Fatalf("lists = %+v", m.lists)
	}
	k.putOnList(it, "list:"+m.lists[0].ID, "")
	m.settle()
	if len(m.lists[0].KOLs) != 0 {
		t.Fatalf("still on the list: %+v", m.lists[0])
	}
}

func TestANoteIsKeptForColleaguesAndSurvivesARefusal(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	k, win := kolsWindow(t, m, words.EN)
	m.press(win, "J")
	m.settle()
	k.profile.note.Input().(interface{ SetText(string) }).SetText("  asks for the sample first ")
	m.refuse = fault.New(fault.NoRight, "login", "marketer1", "action", "kol.note")
	m.commit()
	m.settle()
	if len(m.remarks) != 0 || k.typed == "" {
		t.Fatalf("a refused note is gone: %v %q", m.remarks, k.typed)
	}
	m.commit()
	m.settle()
	if len(m.remarks) != 1 || m.remarks[0].Text != "asks for the sample first" || k.typed != "" {
		t.Fatalf("notes = %+v, typed %q", m.remarks, k.typed)
	}
}

func TestWithoutTheDatabaseTheDirectorySaysSoAndKeepsWhatIsKnown(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	m.down = true
	k, _ := kolsWindow(t, m, words.EN)
	if !says(k.Content(), "Try again") {
		t.Fatal("no way to try again")
	}
	m.down = false
	button(t, k.Content(), "Try again").Press()
	m.settle()
	m.down = true
	k.Refresh()
	m.settle()
	if k.rows.Len() != 40 {
		t.Fatal("what was known went away with the link")
	}
	k.rows.Step(1)
	m.settle()
	k.SetLink(false, fault.New(fault.Offline))
	if !k.profile.listed.Disabled() {
		t.Fatal("a shortlist can be changed without a link")
	}
}

func TestAnAuditorReadsTheDirectoryOnly(t *testing.T) {
	themed(t, look.Light)
	m := newMarket(t, false)
	m.me = people.Person{Login: "auditor1", Role: people.Auditor, Active: true}
	k, win := kolsWindow(t, m, words.EN)
	m.press(win, "J", "L")
	m.settle()
	if k.menu.IsOpen() || k.profile.listed != nil || k.profile.note != nil {
		t.Fatal("an auditor is offered lists or notes")
	}
}
