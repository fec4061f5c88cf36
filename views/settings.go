package views

import (
	"context"

	"fyne.io/fyne/v2"

	"cinnabar/internal/people"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Preferences are what a person sets for this machine.
type Preferences struct {
	Language words.Language
	Theme    look.Mode
	Person   string     // who to act as in the trial; no meaning elsewhere
	Hide     kit.Hiding // how pictures of posts are hidden until they are held open
}

// Colleagues lists the people of the database.
type Colleagues interface {
	List(ctx context.Context) ([]people.Person, error)
}

// Place says where the rows live.
type Place struct {
	Trial   bool
	Address string // host or data folder; never a URL, which may hold a password
	Login   string
	Log     string // file with details, "" for none
	Version string // of the program
}

// SettingsConfig is what the settings screen is made of.
type SettingsConfig struct {
	Loop   kit.Loop
	Book   *words.Book
	Now    Preferences
	Place  Place
	People Colleagues
	// Change saves and applies. It may replace every screen, this one included.
	Change func(Preferences)
}

// Settings lets a person choose language and theme and, in the trial, who to be.
type Settings struct {
	SettingsConfig
	answer latest[[]people.Person]
	known  []people.Person
	people *fyne.Container
	page   *kit.Scroll
}

// NewSettings makes the screen.
func NewSettings(c SettingsConfig) *Settings {
	s := &Settings{SettingsConfig: c, answer: latest[[]people.Person]{loop: c.Loop}}
	s.people = kit.Stack(0, kit.NewText(c.Book.T("common.loading"), kit.Second))
	return s
}

// ID names the screen.
func (s *Settings) ID() string { return "settings" }

// Title is the name of the screen.
func (s *Settings) Title() (title, subtitle string) {
	return s.Book.T("shell.settings"), s.Book.T("settings.subtitle")
}

// Keys are none of its own.
func (s *Settings) Keys() []kit.Key { return nil }

// Shown reads who there is to be.
func (s *Settings) Shown() {
	s.answer.ask(s.People.List, func(all []people.Person, err error) {
		if err != nil {
			if s.known == nil {
				s.show(kit.NewParagraph(s.Book.Sentence(err), kit.Style{Ink: look.AmberInk}))
			}
			return
		}
		s.known = all
		s.show(s.roster(all))
	})
}

// Hidden gives up on people who are still on their way.
func (s *Settings) Hidden() { s.answer.drop() }

func (s *Settings) show(o fyne.CanvasObject) {
	s.people.Objects = []fyne.CanvasObject{o}
	if s.page != nil {
		s.page.Refresh() // the card is as tall as the people in it
	}
}

// Content is the whole page, of a width that reads well.
func (s *Settings) Content() fyne.CanvasObject {
	left := kit.Stack(look.S4, s.lookCard(), s.databaseCard())
	right := kit.NewCard(s.Book.T("settings.who"), s.people)
	s.page = kit.NewScroll(kit.PadAll(look.S5, kit.TopRow(look.S4, kit.Grow(kit.Stack(0, left)), kit.Fixed(464, 0, kit.Stack(0, right)))))
	return s.page
}

func (s *Settings) lookCard() fyne.CanvasObject {
	t := s.Book.T
	language := kit.NewChips(func(id string) {
		s.change(func(p *Preferences) { p.Language = words.Language(id) })
	})
	language.Set([]kit.Chip{{ID: string(words.EN), Text: "English"}, {ID: string(words.ZH), Text: "中文"}}, string(s.Now.Language))
	theme := kit.NewChips(func(id string) {
		s.change(func(p *Preferences) { p.Theme = look.Mode(id) })
	})
	theme.Set([]kit.Chip{{ID: string(look.Light), Text: t("shell.light")}, {ID: string(look.Dark), Text: t("shell.dark")}}, string(s.Now.Theme))
	pictures := kit.NewChips(func(id string) {
		s.change(func(p *Preferences) { p.Hide = kit.Hiding(id) })
	})
	pictures.Set([]kit.Chip{{ID: string(kit.Unhidden), Text: t("settings.pictures_show")}, {ID: string(kit.Blurred), Text: t("settings.pictures_blur")},
		{ID: string(kit.Greyed), Text: t("settings.pictures_grey")}}, string(s.Now.Hide))
	return kit.NewCard(t("settings.look"), kit.Stack(look.S4,
		s.line("settings.language", "", language),
		s.line("settings.theme", "", theme),
		s.line("settings.pictures", "settings.pictures_note", pictures)))
}

func (s *Settings) databaseCard() fyne.CanvasObject {
	t := s.Book.T
	where, note := t("settings.shared"), t("settings.shared_note")
	if s.Place.Trial {
		where, note = t("settings.trial"), t("settings.trial_note")
	}
	value := func(text string) fyne.CanvasObject { return kit.NewParagraph(orDash(s.Book, text), kit.Plain) }
	return kit.NewCard(t("settings.database"), kit.Stack(look.S4,
		s.line("settings.where", "", value(where)),
		s.line("settings.address", "", value(s.Place.Address)),
		s.line("settings.login", "", value(s.Place.Login)),
		s.line("settings.log", "", value(s.Place.Log)),
		s.line("settings.version", "", value(s.Place.Version)),
		kit.NewParagraph(note, kit.Second)))
}

// line is a label at the left and what it says or lets choose at the right.
func (s *Settings) line(label, note string, value fyne.CanvasObject) fyne.CanvasObject {
	right := value
	if note != "" {
		right = kit.Stack(look.S1, value, kit.NewParagraph(s.Book.T(note), kit.Small))
	}
	return kit.TopRow(look.S4, kit.Fixed(120, 0, kit.Stack(0, kit.Pad(2, 0, 0, 0, kit.NewText(s.Book.T(label), kit.Second)))), kit.Grow(right))
}

func (s *Settings) roster(all []people.Person) fyne.CanvasObject {
	lines := []fyne.CanvasObject{}
	note := "settings.who_shared"
	if s.Place.Trial {
		note = "settings.who_trial"
	}
	lines = append(lines, kit.Pad(0, 0, look.S2, 0, kit.NewParagraph(s.Book.T(note), kit.Second)))
	for i, p := range all {
		if i > 0 {
			lines = append(lines, kit.NewRule())
		}
		lines = append(lines, s.person(p))
	}
	return kit.Stack(0, lines...)
}

func (s *Settings) person(p people.Person) fyne.CanvasObject {
	mine := p.Login == s.Place.Login
	mark := fyne.CanvasObject(kit.Fixed(16, 16, nil))
	if mine {
		mark = kit.NewSymbol(look.IconCheck, look.JadeInk, 16)
	}
	about := s.Book.Role(p.Role)
	for _, brand := range p.Brands {
		about += s.Book.T("common.dot") + brand
	}
	line := kit.Pad(look.S2, 0, look.S2, 0, kit.Row(look.S3, mark,
		kit.Grow(kit.Stack(0,
			kit.NewText(p.Name, kit.Style{Bold: mine, Shrink: true}),
			kit.NewText(about, kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}))),
		kit.NewText(p.Login, kit.Second)))
	// A worker's login is for processes; on a shared server nobody can become another.
	if !s.Place.Trial || p.Role == people.Worker || mine {
		return line
	}
	return kit.NewPress(line, look.S2, func() {
		// The screen goes with the person; whoever is asked first and stays is still who they were.
		next := s.Now
		next.Person = p.Login
		s.Change(next)
	})
}

func (s *Settings) change(set func(*Preferences)) {
	next := s.Now
	set(&next)
	if next != s.Now {
		s.Now = next
		s.Change(next)
	}
}
