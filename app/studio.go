package main

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar"
	"cinnabar/assets/decode"
	"cinnabar/assets/preview"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
	"cinnabar/views"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// studio is the open window: one person at one database, and the shell that
// shows it. Its fields belong to the UI thread once open has returned.
type studio struct {
	program *program
	window  fyne.Window
	loop    kit.Loop
	jobs    *job.Runner

	place  *place
	desk   *desk // nil until connected
	speech speech
	works  sync.WaitGroup     // what runs behind the window
	stop   context.CancelFunc // ends all of that
}

// desk is what belongs to one person's login: it goes when another takes over.
type desk struct {
	db       *store.DB
	me       people.Person
	shell    *views.Shell
	opener   *decode.Children
	pictures *preview.Loader
	previews previews
	gallery  *kit.Gallery
	changed  func() // asks for another look at the database; from any goroutine
	stop     context.CancelFunc
}

// newStudio prepares a window; open connects and fills it.
func newStudio(p *program, window fyne.Window, loop kit.Loop) *studio {
	s := &studio{program: p, window: window, jobs: job.NewRunner(2)}
	s.loop = carefulLoop{loop, func(err error) {
		p.log.Error("panic in the window", "error", err)
		s.tell(err)
	}}
	s.speech.book.Store(p.words)
	return s
}

// open finds the place, connects and shows the shell. It is called off the UI
// thread, because a first start makes a database cluster.
func (s *studio) open(ctx context.Context) error {
	a, err := s.program.arrive(ctx)
	if err != nil {
		return err
	}
	return s.settleIn(ctx, a)
}

// doorstep finds what to show when the database could not be opened: the screen that
// asks for the password if that is all there is to it, else what happened and what
// to do. It may have to wait for the keyring, so it is called off the UI thread; what
// it returns puts the screen into the window and belongs to that thread. again tries
// once more.
func (s *studio) doorstep(err error, again func()) (show func()) {
	p := s.program
	url, _ := p.sharedURL()
	q, asks := p.secrets.asks(url, err)
	if !asks {
		return func() { s.window.SetContent(views.NewTrouble(p.words, err, again)) }
	}
	return func() {
		screen := views.NewPassword(views.PasswordConfig{
			Book: p.words, Login: q.at.Login, Host: q.at.Host, Database: q.at.Database, Wrong: q.wrong,
			Keep: q.keep, Passfile: q.at.Passfile,
			Submit: func(password string, keep views.Keep) {
				p.secrets.say(q.at, answer{password: password, keep: func() views.Keep { return keep }})
				again()
			},
		})
		s.window.SetContent(screen.Content())
		screen.Bind(s.window)
	}
}

// settleIn shows the shell of whoever has arrived.
func (s *studio) settleIn(ctx context.Context, a *arrival) (err error) {
	defer fault.Catch(&err)
	s.place = a.place
	background, stop := context.WithCancel(ctx)
	if err := s.seat(background, a.db, a.me); err != nil {
		// Nothing may stay of a try: the next one begins by finding the place anew.
		stop()
		s.place = nil
		a.place.close()
		return err
	}
	s.stop = stop
	if a.sample != nil {
		s.behind("trial", func() { s.runTrial(background, a.sample) })
	}
	return nil
}

// sit connects as a person and shows that person's shell.
func (s *studio) sit(ctx context.Context, login string) error {
	db, me, err := s.place.enter(ctx, login)
	if err != nil {
		return err
	}
	return s.seat(ctx, db, me)
}

// seat shows the shell of a person. The connection is the desk's from here on,
// and closed when there is no desk.
func (s *studio) seat(ctx context.Context, db *store.DB, me people.Person) error {
	ctx, stop := context.WithCancel(ctx)
	d := &desk{db: db, me: me, stop: stop, opener: decode.NewChildren(decode.ChildConfig{Idle: openerIdle})}
	d.pictures = preview.New(preview.Config{Source: db.Pictures(), Opener: d.opener})
	d.previews.loader = d.pictures
	d.previews.wholes = newWholes(&wholes{source: db.Pictures(), opener: d.opener})
	s.behind("pictures", func() { d.pictures.Warm(ctx) })
	shown := make(chan struct{})
	s.loop.Do(func() {
		defer close(shown)
		d.shell = s.newShell(ctx, d)
		s.desk = d
		s.window.SetContent(d.shell.Content())
		d.shell.Bind(s.window)
		d.shell.Home()
		if s.program.damaged != nil {
			s.tell(s.program.damaged)
			s.program.damaged = nil // once is enough, and saving mends it
		}
		if unkept := s.program.secrets.complaint(); unkept != nil {
			s.program.log.Warn("password not kept", "error", unkept)
			s.tell(unkept)
		}
	})
	select {
	case <-shown:
	case <-ctx.Done():
		stop()
		d.pictures.Close()
		d.opener.Close()
		_ = db.Close()
		return ctx.Err()
	}
	if d.shell == nil {
		stop()
		d.pictures.Close()
		d.opener.Close()
		_ = db.Close()
		return fault.New(fault.Internal) // making the shell panicked, and the log says where
	}
	s.program.log.Info("window shows the desk", "since_start", time.Since(started))
	s.follow(ctx, d)
	return nil
}

// follow keeps the shell up to date with the link and with what others do.
func (s *studio) follow(ctx context.Context, d *desk) {
	context.AfterFunc(ctx, d.db.WatchLink(func(l store.Link) {
		s.loop.Do(func() {
			d.shell.SetLink(linkState(l))
		})
	}))
	again := make(chan struct{}, 1)
	d.changed = func() {
		select {
		case again <- struct{}{}:
		default: // a look is due already
		}
	}
	d.changed()
	s.behind("reading", func() { s.keepReading(ctx, d, again) })
	d.db.Changes().Watch(ctx, d.changed)
	context.AfterFunc(ctx, s.jobs.Watch(func() { s.loop.Do(d.shell.ShowJobs) }))
}

// rereading is how often the screen is read anew without anybody having told of
// a change: what depends on time alone, such as a case that returns when nobody
// can undo its decision any more, changes without a word.
const rereading = 15 * time.Second

// keepReading redraws what is on screen whenever something may have changed.
func (s *studio) keepReading(ctx context.Context, d *desk, again <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-time.After(rereading):
		}
		brands, posts := s.waiting(ctx, d)
		s.loop.Do(func() {
			d.shell.Refresh()
			d.shell.SetCount("brands", brands.Waiting, brands.More)
			d.shell.SetCount("posts", posts.Waiting, posts.More)
		})
	}
}

// waiting counts what the rail shows. What cannot be counted, because the link
// is down or the role sees no queue, is shown as nothing.
func (s *studio) waiting(ctx context.Context, d *desk) (brands, posts moderation.QueueCounts) {
	if !d.me.Decides() {
		return brands, posts
	}
	if n, err := d.db.Cases().Counts(ctx, moderation.KindBrand); err == nil {
		brands = n
	}
	if n, err := d.db.Cases().Counts(ctx, moderation.KindPost); err == nil {
		posts = n
	}
	return brands, posts
}

// down is why the link is down, nil while one can read.
func down(l store.Link) *fault.Error {
	if l.Up {
		return nil
	}
	return l.Fault
}

func linkState(l store.Link) views.LinkState {
	return views.LinkState{Up: l.Up, Since: l.Since, Why: l.Fault, Trial: l.Private}
}

func (s *studio) newShell(ctx context.Context, d *desk) *views.Shell {
	book := s.program.words
	d.gallery = &kit.Gallery{Previews: &d.previews, Loop: s.loop, Reason: func(err error) string {
		what, _ := s.program.words.Error(err)
		return what
	}}
	s.caption(d)
	var shell *views.Shell
	open := func(k moderation.Kind, caseID string) {
		id := "brands"
		if k == moderation.KindPost {
			id = "posts"
		}
		shell.Go(id)
		if o, ok := shell.Screen(id).(interface{ Open(string) }); ok && caseID != "" {
			o.Open(caseID)
		}
	}
	review := func(book *words.Book) views.DeskConfig {
		return views.DeskConfig{
			Loop: s.loop, Book: book, Me: d.me, Queue: d.db.Cases(), Cases: d.db.Cases(), Policies: d.db.Policies(),
			People: d.db.People(), Queues: d.db.Routing(),
			Changes: d.db.Changes(), Gallery: d.gallery, Pictures: s.factsOf(d), Notify: shell, Go: s.asideOf("review"), Retitle: func() { shell.Retitle() }, Down: down(d.db.Link()),
		}
	}
	// Screens that a role has no rows for are not offered.
	var items []views.RailItem
	if d.me.Role != people.Marketer {
		items = append(items, views.RailItem{ID: "today", Icon: look.IconToday, New: func(b *words.Book) views.Screen {
			var detector views.DetectorAudit // a lead's and an auditor's to watch
			if d.me.Role == people.Lead || d.me.Role == people.Auditor {
				detector = d.db.Rulebooks()
			}
			return views.NewToday(s.loop, b, d.db.Today(), detector, open)
		}})
	}
	decides, plans := d.me.Decides() || d.me.Role == people.Auditor, d.me.Plans() || d.me.Role == people.Auditor
	if decides {
		items = append(items,
			views.RailItem{ID: "brands", Icon: look.IconBrands, New: func(b *words.Book) views.Screen {
				return views.NewBrands(review(b), d.db.Applications())
			}},
			views.RailItem{ID: "posts", Icon: look.IconPosts, New: func(b *words.Book) views.Screen {
				posts := views.NewPosts(review(b), d.db.Posts())
				posts.Rings(d.db.Rings())
				posts.Shield(kit.Hiding(s.program.settings.Hide))
				return posts
			}},
		)
	}
	if plans {
		items = append(items,
			views.RailItem{ID: "campaigns", Icon: look.IconCampaigns, New: func(b *words.Book) views.Screen {
				return views.NewCampaigns(views.CampaignsConfig{Loop: s.loop, Book: b, Me: d.me, Campaigns: d.db.Campaigns(), Contracts: d.db.Contracts(), Pool: d.db.KOLs(), Creatives: d.db.Creatives(),
					Jobs: s.jobs, Gallery: d.gallery, Print: printContract, Notify: shell, Ask: func(held []views.Held, do func()) { shell.Ask(held, do) }, Retitle: func() { shell.Retitle() }, Down: down(d.db.Link()), Go: s.asideOf("campaigns")})
			}},
			views.RailItem{ID: "kols", Icon: look.IconKOLs, New: func(b *words.Book) views.Screen {
				return views.NewKOLs(views.KOLsConfig{Loop: s.loop, Book: b, Me: d.me, Directory: d.db.KOLs(), Gallery: d.gallery, Pictures: s.factsOf(d),
					Notify: shell, Retitle: func() { shell.Retitle() }, Down: down(d.db.Link()), Go: s.asideOf("kols")})
			}},
		)
	}
	if decides || plans {
		items = append(items, views.RailItem{ID: "pictures", Icon: look.IconPictures, New: func(b *words.Book) views.Screen {
			c := views.PicturesConfig{Loop: s.loop, Book: b, Me: d.me, Creatives: d.db.Creatives(), Slots: d.db.Slots(), Desk: pictureDesk{d.db.Pictures(), d.opener},
				Gallery: d.gallery, Jobs: s.jobs, Notify: shell, Retitle: func() { shell.Retitle() }, Down: down(d.db.Link()), Go: s.asideOf("pictures")}
			if d.me.Plans() {
				c.Campaigns = d.db.Campaigns()
			}
			return views.NewPictures(c)
		}})
	}
	if decides {
		if d.me.Role != people.Moderator {
			items = append(items, views.RailItem{ID: "rules", Icon: look.IconRules, New: func(b *words.Book) views.Screen {
				return views.NewRules(views.RulesConfig{Loop: s.loop, Book: b, Me: d.me, Policies: d.db.Policies(), Routing: d.db.Routing(),
					Rulebooks: d.db.Rulebooks(), Replayer: replayer{books: d.db.Rulebooks(), base: disclosure.Default()}, Check: disclosure.CheckRules, Slots: d.db.Slots(), Jobs: s.jobs,
					Notify: shell, Retitle: func() { shell.Retitle() }, Down: down(d.db.Link()), Go: s.asideOf("rules")})
			}})
		}
		items = append(items, views.RailItem{ID: "audit", Icon: look.IconAudit, New: func(b *words.Book) views.Screen {
			return views.NewAudit(views.AuditConfig{Loop: s.loop, Book: b, Me: d.me, Record: d.db.Audit(), Jobs: s.jobs})
		}})
	}
	items = append(items, views.RailItem{ID: "settings", Icon: look.IconSettings, New: func(b *words.Book) views.Screen {
		return views.NewSettings(views.SettingsConfig{
			Loop: s.loop, Book: b, Now: s.preferences(d), Place: s.where(d), People: d.db.People(),
			Change: func(p views.Preferences) { s.change(ctx, d, p) },
		})
	}})
	shell = views.NewShell(views.ShellConfig{
		Loop: s.loop, Book: book, Me: d.me, Link: linkState(d.db.Link()), Items: items,
		Search: func(query string) (hits []kit.Command) {
			s.careful("search", func() { hits = s.search(ctx, d, query, open) })
			return hits
		},
		Commands: func(b *words.Book) []kit.Command { return s.commands(ctx, d, b) },
		Dropped:  func(paths []string) { s.drop(ctx, d, paths) },
		Jobs:     runningJobs{s.jobs},
	})
	return shell
}

// caption sets what pictures say of themselves in the person's language.
func (s *studio) caption(d *desk) {
	d.gallery.Missing, d.gallery.Hold = s.program.words.T("kit.picture_none"), s.program.words.T("kit.picture_hold")
}

func (s *studio) preferences(d *desk) views.Preferences {
	theme := look.Light
	if s.program.settings.Theme == string(look.Dark) {
		theme = look.Dark
	}
	return views.Preferences{
		Language: s.program.words.Language(), Theme: theme,
		Person: d.me.Login, Hide: kit.Hiding(s.program.settings.Hide),
	}
}

func (s *studio) where(d *desk) views.Place {
	w := views.Place{Trial: s.place.trial(), Address: d.db.Link().Host, Login: d.me.Login, Version: cinnabar.About().Version}
	if w.Trial {
		w.Address = s.place.server.Dir
	}
	if s.program.logFile != nil {
		w.Log = s.program.logFile.Name()
	}
	return w
}

// change saves what a person set and applies the part that is different.
func (s *studio) change(ctx context.Context, d *desk, p views.Preferences) {
	now := s.preferences(d)
	own := &s.program.settings
	save := func() {
		if err := own.save(); err != nil {
			s.program.log.Error("settings not saved", "error", err)
			s.tell(err)
		}
	}
	if p.Person != now.Person {
		d.shell.Depart(func() {
			own.Person = p.Person
			save()
			s.rise(ctx, d, p.Person)
		})
		return
	}
	own.Language, own.Theme, own.Person, own.Hide = string(p.Language), string(p.Theme), p.Person, string(p.Hide)
	save()
	if p.Theme != now.Theme {
		fyne.CurrentApp().Settings().SetTheme(look.New(p.Theme))
		d.shell.Restyle()
	}
	if p.Language != now.Language {
		s.program.words = words.For(p.Language)
		s.speech.book.Store(s.program.words)
		s.caption(d)
		d.shell.SetBook(s.program.words)
	}
	if posts, ok := d.shell.Screen("posts").(*views.Posts); ok && p.Hide != now.Hide {
		posts.Shield(p.Hide)
	}
}

// rise gives the window to another sample person.
func (s *studio) rise(ctx context.Context, d *desk, login string) {
	s.behind("change of person", func() {
		// The desk's own context ends with it; the next one outlives it.
		err := s.sit(context.WithoutCancel(ctx), login)
		s.loop.Do(func() {
			if err != nil {
				s.tell(err)
				return
			}
			d.close()
		})
	})
}

// close gives the desk up. What was decided a moment ago may still be on its
// way, so the database goes last, in the background.
func (d *desk) close() (closed <-chan struct{}) {
	wait := d.shell.Leave()
	done := make(chan struct{})
	go func() {
		defer close(done)
		wait()
		d.stop()
		d.pictures.Close()
		d.opener.Close()
		_ = d.db.Close()
	}()
	return done
}

// commands are the palette's entries beside going to a screen.
func (s *studio) commands(ctx context.Context, d *desk, b *words.Book) []kit.Command {
	set := func(change func(*views.Preferences)) func() {
		return func() {
			p := s.preferences(d)
			change(&p)
			s.change(ctx, d, p)
		}
	}
	return []kit.Command{
		{ID: "theme.light", Text: b.T("shell.theme_light"), Icon: look.IconSun, Do: set(func(p *views.Preferences) { p.Theme = look.Light })},
		{ID: "theme.dark", Text: b.T("shell.theme_dark"), Icon: look.IconMoon, Do: set(func(p *views.Preferences) { p.Theme = look.Dark })},
		{ID: "language.en", Text: b.T("shell.language_en"), Also: "English", Icon: look.IconLanguage, Do: set(func(p *views.Preferences) { p.Language = words.EN })},
		{ID: "language.zh", Text: b.T("shell.language_zh"), Also: "中文", Icon: look.IconLanguage, Do: set(func(p *views.Preferences) { p.Language = words.ZH })},
	}
}

// found is how many cases of each kind the palette shows.
const found = 6

// search finds cases by brand, title, author or number.
func (s *studio) search(ctx context.Context, d *desk, query string, open func(moderation.Kind, string)) []kit.Command {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var hits []kit.Command
	for _, k := range []moderation.Kind{moderation.KindBrand, moderation.KindPost} {
		page, err := d.db.Cases().Page(ctx, moderation.QueueQuery{Kind: k, Search: query, Limit: found})
		if err != nil {
			// The palette finds commands without a database, too.
			s.program.log.Warn("search", "error", err)
			continue
		}
		icon := look.IconBrands
		if k == moderation.KindPost {
			icon = look.IconPosts
		}
		for _, c := range page.Cases {
			hits = append(hits, kit.Command{ID: "case." + c.ID, Text: c.Title, Hint: c.Ref, Icon: icon, Do: func() { open(c.Kind, c.ID) }})
		}
	}
	if d.me.Plans() || d.me.Role == people.Auditor {
		hits = append(hits, s.searchPlans(ctx, d, query)...)
	}
	return hits
}

// searchPlans finds campaigns by name and KOLs by handle, id or profile.
func (s *studio) searchPlans(ctx context.Context, d *desk, query string) []kit.Command {
	var hits []kit.Command
	plans, err := d.db.Campaigns().List(ctx, campaigns.CampaignQuery{Search: query})
	if err != nil {
		s.program.log.Warn("search", "error", err)
	}
	for _, c := range plans[:min(found, len(plans))] {
		hits = append(hits, kit.Command{ID: "campaign." + c.ID, Text: c.Name, Hint: c.Brand, Icon: look.IconCampaigns, Do: func() {
			d.shell.Go("campaigns")
			if screen, ok := d.shell.Screen("campaigns").(*views.Campaigns); ok {
				screen.Open(c.ID)
			}
		}})
	}
	page, err := d.db.KOLs().Page(ctx, campaigns.KOLQuery{Search: query, Limit: found})
	if err != nil {
		s.program.log.Warn("search", "error", err)
	}
	for _, k := range page.KOLs {
		hits = append(hits, kit.Command{ID: "kol." + k.ID, Text: k.Handle, Hint: k.ID, Icon: look.IconKOLs, Do: func() {
			d.shell.Go("kols")
			if screen, ok := d.shell.Screen("kols").(*views.KOLs); ok {
				screen.Find(k.Handle)
			}
		}})
	}
	return hits
}

// drop imports files that were dropped on the window, one job each.
func (s *studio) drop(ctx context.Context, d *desk, paths []string) {
	book := s.program.words
	for _, path := range paths {
		var result imported
		work := s.jobs.Start(ctx, book.T("command.importing", shortName(path)), func(ctx context.Context, p *job.Progress) error {
			db, leave, err := s.carrier(ctx, d)
			if err != nil {
				return err
			}
			defer leave()
			films := decode.NewChildren(decode.ChildConfig{Workers: 1})
			defer films.Close()
			m := importer{db: db, words: book, films: films}
			kind, err := m.guess(ctx, path)
			if err != nil {
				return err
			}
			result, err = m.file(ctx, kind, path, p.Set)
			return err
		})
		s.behind("import", func() {
			err := work.Wait()
			s.loop.Do(func() { s.dropped(d, result, err) })
		})
	}
}

// carrier is the login that brings a dropped file in. Nobody decides on what they
// brought in themselves; in a trial, where one person is everybody, the worker
// does it, so that whoever dropped the file can go on and review it.
func (s *studio) carrier(ctx context.Context, d *desk) (db *store.DB, leave func(), err error) {
	if !s.place.trial() {
		return d.db, func() {}, nil
	}
	worker, err := s.place.open(ctx, trialWorker)
	if err != nil {
		return nil, nil, err
	}
	return worker, func() { _ = worker.Close() }, nil
}

func (s *studio) dropped(d *desk, r imported, err error) {
	t, n := s.program.words.T, s.program.words.Number
	if err != nil {
		s.program.log.Error("import", "file", r.File, "error", err)
		what, next := s.program.words.Error(err)
		d.shell.Note(kit.Amber, what, next)
		return
	}
	next := ""
	if r.Refusals != "" {
		next = t("command.refused_in", r.Refusals)
	}
	d.shell.Note(kit.Jade, t("command.imported", shortName(r.File), n(r.Came), n(r.Changed), n(r.Stood), n(r.Refused)), next)
}

// close takes the screens down, on the UI thread, and returns what waits, off it
// or after its end, until all that runs behind the window has ended and the
// database is left.
func (s *studio) close() (wait func()) {
	var left <-chan struct{}
	if s.desk != nil {
		left = s.desk.close()
	}
	return func() {
		if left != nil {
			<-left
		}
		if s.stop != nil {
			s.stop()
		}
		s.jobs.Close()
		s.works.Wait()
		if s.place != nil {
			s.place.close()
		}
	}
}
