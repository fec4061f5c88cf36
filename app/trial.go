package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"cinnabar/app/sample"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/store"
	"cinnabar/store/local"
)

// prepareTrial brings the private server's database up to date and makes sure
// that its sample people are there. Both cost a query or two when nothing is
// to be done, so every command may call it.
func (p *program) prepareTrial(ctx context.Context, server *local.Server) error {
	if _, _, err := store.Migrate(ctx, server.SuperURL()); err != nil {
		return err
	}
	_, err := store.AddFounders(ctx, server.SuperURL(), sample.People())
	return err
}

// planting brings the sample in, once. Every wish in it carries a request id
// made from the moment the sample counts from and the wish's own name: a
// planting that was cut off goes on where it stopped, and one that is complete
// does nothing.
type planting struct {
	place   *place
	stamp   stamp
	model   *disclosure.Model
	painted <-chan painting // the first batch, on its way
}

// painting is a batch, or why there is none.
type painting struct {
	batch sample.Batch
	err   error
}

// stamp is what must be remembered between two halves of a planting: the moment
// that the sample's times count from. It lies beside the settings, not in the
// database, because no function of the referee should know of samples.
type stamp struct {
	Data string    `json:"data"` // the server's data folder that it speaks of
	Now  time.Time `json:"now"`
	Acts int       `json:"acts"` // how many of the sample's acts were carried out
	Done bool      `json:"done"`
	// Planned: KOLs and campaigns are in, too. A trial from before there were any has
	// only the rest.
	Planned bool `json:"planned"`
}

func stampFile() string {
	return filepath.Join(xdg("XDG_DATA_HOME", ".local/share"), "cinnabar", "sample.json")
}

// paintAhead begins to paint what a newcomer sees first. Called before the
// server is up, it uses the second or two that a first start takes. Where the
// sample is in already it does nothing but read the stamp.
func paintAhead() *planting {
	g := &planting{model: disclosure.Default(), stamp: readStamp()}
	if g.stamp.Done {
		return g
	}
	if g.stamp.Now.IsZero() {
		g.stamp.Now = time.Now().UTC().Truncate(time.Second)
	}
	g.paint()
	return g
}

func (g *planting) paint() {
	painted := make(chan painting, 1)
	g.painted = painted
	go func(now time.Time) {
		var first painting
		first.err = caught(func() { first.batch = sample.First(now) })
		painted <- first
	}(g.stamp.Now)
}

// readStamp returns the zero stamp where there is none. A damaged one is as good
// as none: the sample is then compared with what is there.
func readStamp() stamp {
	var s stamp
	data, err := os.ReadFile(stampFile())
	if err != nil || json.Unmarshal(data, &s) != nil {
		return stamp{}
	}
	return s
}

// begin finds out how far the sample is in. A stamp without the sample's first
// application belongs to a database that is gone, and is made anew.
func (g *planting) begin(ctx context.Context, where *place) error {
	g.place = where
	worker, err := where.open(ctx, trialWorker)
	if err != nil {
		return err
	}
	defer worker.Close()
	_, err = worker.Applications().Get(ctx, sample.FirstApplication)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return err
	}
	if err == nil {
		// A sample that another stamp speaks of is left as it is: bringing it in once
		// more would change every date in it.
		if g.stamp.Data != where.server.Dir {
			g.stamp.Done, g.stamp.Planned = true, true
		}
		return nil
	}
	if g.stamp.Done {
		g.stamp = stamp{Now: time.Now().UTC().Truncate(time.Second)}
		g.paint()
	}
	g.stamp.Data, g.stamp.Acts = where.server.Dir, 0
	return g.write()
}

func (g *planting) done() bool { return g.stamp.Done && g.stamp.Planned }

func (g *planting) write() error {
	if err := os.MkdirAll(filepath.Dir(stampFile()), 0o700); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", stampFile())
	}
	data, err := json.Marshal(g.stamp)
	if err != nil {
		return err
	}
	if err := os.WriteFile(stampFile(), data, 0o600); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", stampFile())
	}
	return nil
}

// request names a wish of this planting.
func (g *planting) request(wish string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("cinnabar sample "+g.stamp.Now.Format(time.RFC3339)+" "+wish)).String()
}

// first brings in the handful of cases that a person sees at once.
func (g *planting) first(ctx context.Context) error {
	if g.stamp.Done {
		return nil
	}
	select {
	case first := <-g.painted:
		if first.err != nil {
			return first.err
		}
		return g.bring(ctx, "first", first.batch)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rest brings in everything else, then lets the sample people act and plan.
func (g *planting) rest(ctx context.Context, report func(done, total int64)) error {
	total := int64(sample.Batches() + 3)
	if g.stamp.Done {
		if err := g.directory(ctx); err != nil {
			return err
		}
		return g.planned(ctx)
	}
	for i, batch := range sample.Rest(g.stamp.Now) {
		if err := g.bring(ctx, batch.Name, batch); err != nil {
			return err
		}
		report(int64(i+1), total)
		if i > 0 {
			continue
		}
		// Early, so that a marketer need not wait until all posts are painted.
		if err := g.directory(ctx); err != nil {
			return err
		}
	}
	report(total-2, total)
	if err := g.act(ctx, sample.History(g.stamp.Now)); err != nil {
		return err
	}
	g.stamp.Done = true
	report(total-1, total)
	if err := g.planned(ctx); err != nil {
		return err
	}
	report(total, total)
	return nil
}

func (g *planting) planned(ctx context.Context) error {
	if err := g.plans(ctx); err != nil {
		return err
	}
	g.stamp.Planned = true
	return g.write()
}

func (g *planting) bring(ctx context.Context, wish string, batch sample.Batch) error {
	worker, err := g.place.open(ctx, trialWorker)
	if err != nil {
		return err
	}
	defer worker.Close()
	if _, err := worker.Pictures().Put(ctx, g.request(wish+" pictures"), batch.Pictures); err != nil {
		return err
	}
	ignore := func(int) {}
	if _, err := worker.Applications().Import(ctx, g.request(wish+" applications"), slices.Values(batch.Applications), ignore); err != nil {
		return err
	}
	if _, err := worker.Posts().Import(ctx, g.request(wish+" posts"), slices.Values(batch.Posts), ignore); err != nil {
		return err
	}
	_, err = scanAll(ctx, worker.Scans(), &scanModels{base: g.model, rules: worker.Rulebooks()}, func(int, int) {})
	return err
}

// directory brings in the KOLs, what they ask for and who follows them.
func (g *planting) directory(ctx context.Context) error {
	var pool sample.Pool
	if err := caught(func() { pool = sample.Directory(g.stamp.Now) }); err != nil {
		return err
	}
	worker, err := g.place.open(ctx, trialWorker)
	if err != nil {
		return err
	}
	defer worker.Close()
	if _, err := worker.Pictures().Put(ctx, g.request("kol pictures"), pool.Pictures); err != nil {
		return err
	}
	kols := worker.KOLs()
	if _, err := kols.Import(ctx, g.request("kols"), slices.Values(pool.KOLs), nil); err != nil {
		return err
	}
	if _, err := kols.ImportQuotes(ctx, g.request("quotes"), pool.Quotes(), nil); err != nil {
		return err
	}
	_, err = kols.ImportAudience(ctx, g.request("audience"), pool.Follows(), nil)
	return err
}

// settling is how long a second opinion waits for the first one to take effect,
// which is when the case returns to the queue. The undo window is ten seconds.
const settling = 20 * time.Second

// act lets the sample people decide what the desk shows as decided, each under
// their own login and through the same functions as everybody else.
func (g *planting) act(ctx context.Context, acts []sample.Act) error {
	desks := &trialDesks{connect: g.place.open}
	defer desks.close()
	for i, a := range acts {
		if i < g.stamp.Acts {
			continue
		}
		db, err := desks.of(ctx, a.Login)
		if err != nil {
			return err
		}
		deed := g.carryOut
		if a.Appeal != "" {
			deed = g.appeal
		}
		if err := deed(ctx, db.Cases(), a); err != nil {
			return err
		}
		g.stamp.Acts = i + 1
		if err := g.write(); err != nil {
			return err
		}
	}
	return nil
}

func (g *planting) carryOut(ctx context.Context, cases *store.Cases, a sample.Act) error {
	c, err := g.await(ctx, cases, a)
	if err != nil || c.ID == "" {
		return err
	}
	lease, err := cases.Claim(ctx, uuid.NewString(), c.ID)
	if fault.CodeOf(err) == fault.HeldByOther {
		// Whoever sits at the window has it open; the past must not take it away.
		return nil
	}
	if err != nil {
		return err
	}
	_, err = cases.Decide(ctx, moderation.Decision{
		Request: uuid.NewString(), Case: c.ID, Fence: lease.Fence, Version: lease.Version,
		Verdict: a.Verdict, Policy: a.Policy, Reason: a.Reason, Note: a.Note,
	})
	return err
}

// appeal takes in what is said against a decision, as soon as that is in effect.
// What cannot be appealed after all, because the scan opened no case or somebody at
// the window was quicker, is left out.
func (g *planting) appeal(ctx context.Context, cases *store.Cases, a sample.Act) error {
	ref, err := cases.Ref(ctx, a.Kind, a.Target)
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	id, err := cases.OfRef(ctx, ref)
	if err != nil {
		return err
	}
	deadline := time.Now().Add(settling)
	for {
		err := cases.Appeal(ctx, g.request("appeal "+a.Target), id, "", a.Appeal)
		if fault.CodeOf(err) != fault.NotAllowedNow {
			return err
		}
		if time.Now().After(deadline) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// await finds the case that an act decides. An act on a post is left out when
// the scan opened no case on it; any other waits for the case to come back.
func (g *planting) await(ctx context.Context, cases *store.Cases, a sample.Act) (moderation.Case, error) {
	deadline := time.Now().Add(settling)
	for {
		c, err := find(ctx, cases, a.Kind, a.Target)
		if err != nil || c.ID != "" || a.Maybe {
			return c, err
		}
		if time.Now().After(deadline) {
			// Somebody at the window was quicker, which is what a trial is for.
			return moderation.Case{}, nil
		}
		select {
		case <-ctx.Done():
			return moderation.Case{}, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// find goes through a queue for the case of a target; the zero case means none.
func find(ctx context.Context, cases *store.Cases, kind moderation.Kind, target string) (moderation.Case, error) {
	q := moderation.QueueQuery{Kind: kind, Limit: 200}
	for {
		page, err := cases.Page(ctx, q)
		if err != nil {
			return moderation.Case{}, err
		}
		for _, c := range page.Cases {
			if c.Target == target {
				return c, nil
			}
		}
		if page.Next == "" {
			return moderation.Case{}, nil
		}
		q.After = page.Next
	}
}
