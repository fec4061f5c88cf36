package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// KOLs are the directory of creators, what they ask for and who follows them.
// Marketers and auditors read it; fees are not the desk's.
type KOLs struct{ db *DB }

// KOLs returns the directory.
func (db *DB) KOLs() *KOLs { return &KOLs{db} }

// kolJSON is a KOL as studio.kol_texts writes it. Shares of the audience are in the
// order of studio.kol_trait.
type kolJSON struct {
	ID        string          `json:"id"`
	Handle    string          `json:"handle"`
	Category  string          `json:"category"`
	Region    string          `json:"region"`
	Languages []string        `json:"languages"`
	About     string          `json:"about"`
	Followers int             `json:"followers"`
	Joined    *string         `json:"joined"`
	Growth    []int           `json:"growth"`
	Daily     engagementJSON  `json:"daily"`
	Paid      engagementJSON  `json:"paid"`
	Measured  int             `json:"measured"`
	Audience  []float32       `json:"audience"`
	Authentic float32         `json:"authentic"`
	Picture   assets.ID       `json:"picture"`
	Extra     map[string]any  `json:"extra"`
	Quotes    []quoteTextJSON `json:"quotes"`
	Posts     int             `json:"posts"`
	Declared  int             `json:"declared"`
	PaidPosts int             `json:"paid_posts"`
	Breaches  int             `json:"breaches"`
	Open      int             `json:"open"`
	Updated   time.Time       `json:"updated_at"`
}

type engagementJSON struct {
	Notes    int `json:"notes"`
	Views    int `json:"views"`
	Likes    int `json:"likes"`
	Saves    int `json:"saves"`
	Comments int `json:"comments"`
	Shares   int `json:"shares"`
}

type quoteTextJSON struct {
	Format campaigns.Format `json:"format"`
	Fee    money.Fen        `json:"fee"`
	From   *string          `json:"from"`
	To     *string          `json:"to"`
}

// traits are the places of the known traits in kolJSON.Audience, by studio.kol_trait.
const (
	traitAge    = 0
	traitGender = 5
	traitCity   = 7
	traitAbroad = 12
	traits      = 13
)

// share turns a single-precision share into the number that a file had: .35, not .3499999940395355.
func share(f float32) float64 {
	var d float64
	text, _ := json.Marshal(f)
	_ = json.Unmarshal(text, &d)
	return d
}

func sharesOf(keys []string, from []float32) map[string]float64 {
	var found map[string]float64
	for i, key := range keys {
		if from[i] >= 0 {
			if found == nil {
				found = map[string]float64{}
			}
			found[key] = share(from[i])
		}
	}
	return found
}

func (j kolJSON) kol() campaigns.KOL {
	k := campaigns.KOL{
		ID: j.ID, Handle: j.Handle, Category: j.Category, Region: j.Region, About: j.About, Followers: j.Followers,
		Joined: dayOf(j.Joined), Daily: campaigns.Engagement(j.Daily), Paid: campaigns.Engagement(j.Paid),
		Audience: campaigns.Audience{Measured: j.Measured, Abroad: campaigns.Unknown}, Authentic: share(j.Authentic), Picture: j.Picture,
		Record:  campaigns.Record{Posts: j.Posts, Declared: j.Declared, Paid: j.PaidPosts, Breaches: j.Breaches, Open: j.Open},
		Updated: j.Updated.UTC(),
	}
	if len(j.Audience) == traits {
		k.Audience.Age = sharesOf(campaigns.AgeBands(), j.Audience[traitAge:])
		k.Audience.Gender = sharesOf(campaigns.Genders(), j.Audience[traitGender:])
		k.Audience.City = sharesOf(campaigns.CityTiers(), j.Audience[traitCity:])
		k.Audience.Abroad = share(j.Audience[traitAbroad])
	}
	for _, q := range j.Quotes {
		k.Quotes = append(k.Quotes, campaigns.Quote{Format: q.Format, Fee: q.Fee, From: dayOf(q.From), To: dayOf(q.To)})
	}
	// What came in empty goes out as it came.
	if len(j.Languages) > 0 {
		k.Languages = j.Languages
	}
	if len(j.Growth) > 0 {
		k.Growth = j.Growth
	}
	if len(j.Extra) > 0 {
		k.Extra = j.Extra
	}
	return k
}

func readKOLs(raw []byte) ([]campaigns.KOL, error) {
	var rows []kolJSON
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	kols := make([]campaigns.KOL, len(rows))
	for i, row := range rows {
		kols[i] = row.kol()
	}
	return kols, nil
}

// kolCursor is where a page of the directory ended.
type kolCursor struct {
	Breaches int         `json:"breaches"`
	Key      json.Number `json:"key"`
	ID       string      `json:"id"`
}

// Page returns a page of the directory. Faults: NoRight for whoever plans nothing,
// FieldValue for an order that there is none of, BadUsage for a cursor of nobody's.
//
// ByFee lists those only who have a quote in the first format asked for; ByRisk those
// without a breach first, by how real their followers are.
func (k *KOLs) Page(ctx context.Context, query campaigns.KOLQuery) (campaigns.KOLPage, error) {
	var after *kolCursor
	var cursor kolCursor
	if is, err := decodeCursor(query.After, &cursor); err != nil {
		return campaigns.KOLPage{}, err
	} else if is {
		after = &cursor
	}
	if query.Shortlist != "" {
		if err := known("shortlist", query.Shortlist); err != nil {
			return campaigns.KOLPage{}, err
		}
	}
	asked, err := json.Marshal(map[string]any{
		"search": clipped(query.Search), "categories": query.Categories, "ranges": ranges(query), "regions": query.Regions, "formats": query.Formats,
		"fee_to": query.FeeTo, "engaged_from": query.EngagedFrom, "authentic_from": query.AuthenticFrom, "age": query.Age,
		"gender": query.Gender, "city": query.City, "share": query.Share, "abroad_from": query.AbroadFrom, "clean": query.Clean,
		"rising": query.Rising, "shortlist": nilIfEmpty(query.Shortlist), "sort": query.Sort, "after": after, "limit": pageSize(query.Limit),
	})
	if err != nil {
		return campaigns.KOLPage{}, fault.Wrap(err, fault.BadUsage, "detail", "query")
	}
	var raw []byte
	if err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.kols_page($1)`, string(asked))
	}); err != nil {
		return campaigns.KOLPage{}, err
	}
	var answer struct {
		KOLs  json.RawMessage `json:"kols"`
		Total int             `json:"total"`
		More  bool            `json:"more"`
		Next  *kolCursor      `json:"next"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return campaigns.KOLPage{}, fault.Wrap(err, fault.Internal)
	}
	page := campaigns.KOLPage{Total: answer.Total, More: answer.More}
	if answer.Next != nil {
		page.Next = encodeCursor(answer.Next)
	}
	page.KOLs, err = readKOLs(answer.KOLs)
	return page, err
}

// clipped is what of a search anybody means. A NUL finds nothing and breaks JSON.
func clipped(search string) string {
	runes := []rune(strings.ReplaceAll(strings.ToValidUTF8(search, ""), "\x00", ""))
	return string(runes[:min(len(runes), 200)])
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// ranges are the bands of followers that a query allows, any of which will do; 0 is no end.
func ranges(q campaigns.KOLQuery) [][2]int {
	const most = 1<<31 - 1
	from, to := min(max(q.FollowersFrom, 0), most), min(max(q.FollowersTo, 0), most)
	var all [][2]int
	for _, t := range campaigns.Tiers() {
		if !slices.Contains(q.Tiers, t.Code) {
			continue
		}
		low, high := max(from, t.From), to
		if high == 0 || t.To > 0 && t.To < high {
			high = t.To
		}
		if high == 0 || low <= high {
			all = append(all, [2]int{low, high})
		}
	}
	switch {
	case len(q.Tiers) > 0 && len(all) == 0:
		return [][2]int{{most, 1}} // no such band
	case len(q.Tiers) == 0 && (from > 0 || to > 0):
		return [][2]int{{from, to}}
	}
	return all
}

// Get returns a KOL. Fault: NotFound.
func (k *KOLs) Get(ctx context.Context, id string) (campaigns.KOL, error) {
	some, err := k.Many(ctx, []string{id})
	if err != nil {
		return campaigns.KOL{}, err
	}
	if len(some) == 0 {
		return campaigns.KOL{}, fault.New(fault.NotFound, "what", "kol", "id", id)
	}
	return some[0], nil
}

// Many returns KOLs in the order of the ids; those who aren't there are left out.
func (k *KOLs) Many(ctx context.Context, ids []string) ([]campaigns.KOL, error) {
	var raw []byte
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.kols_of($1)`, textArray(ids))
	})
	if err != nil {
		return nil, err
	}
	return readKOLs(raw)
}

// There tells which KOLs of some ids there are. Fault: NoRight for whoever brings none in.
func (k *KOLs) There(ctx context.Context, ids []string) (map[string]bool, error) {
	var there pq.StringArray
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &there, `SELECT studio.kols_there($1)`, textArray(ids))
	})
	if err != nil {
		return nil, err
	}
	found := make(map[string]bool, len(there))
	for _, id := range there {
		found[id] = true
	}
	return found, nil
}

// textArray is a text[] argument. Texts that Postgres can't hold are in no row either.
func textArray(texts []string) pq.StringArray {
	clean := make(pq.StringArray, 0, len(texts))
	for _, s := range texts {
		if look(s) != unheld {
			clean = append(clean, s)
		}
	}
	return clean
}

// Posts returns the newest posts of a KOL, at most limit, without what readers wrote
// under them.
func (k *KOLs) Posts(ctx context.Context, kol string, limit int) ([]moderation.Post, error) {
	var raw []byte
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &raw, `SELECT studio.kol_posts($1, $2)`, kol, pageSize(limit))
	})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		ID           string        `json:"id"`
		Lang         string        `json:"lang"`
		Title        string        `json:"title"`
		Body         string        `json:"body"`
		Posted       *time.Time    `json:"posted_at"`
		Declared     bool          `json:"declared"`
		Links        []string      `json:"links"`
		Pictures     []pictureJSON `json:"pictures"`
		PictureCount int           `json:"picture_count"`
		VideoCount   int           `json:"video_count"`
		Likes        int           `json:"likes"`
		Saves        int           `json:"saves"`
		Shares       int           `json:"shares"`
		Comments     int           `json:"comments"`
		Brand        string        `json:"brand"`
	}
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	posts := make([]moderation.Post, len(rows))
	for i, r := range rows {
		posts[i] = moderation.Post{ID: r.ID, Lang: r.Lang, Title: r.Title, Body: r.Body, Declared: r.Declared, Links: r.Links,
			PictureCount: r.PictureCount, VideoCount: r.VideoCount, Likes: r.Likes, Saves: r.Saves, Shares: r.Shares, Comments: r.Comments,
			Author: moderation.Author{ID: kol}, Brand: r.Brand}
		if r.Posted != nil {
			posts[i].Posted = r.Posted.UTC()
		}
		posts[i].Pictures, posts[i].Videos = pictured(r.Pictures)
	}
	return posts, nil
}

// Notes returns what was written about a KOL for the brands of whoever asks, oldest first.
func (k *KOLs) Notes(ctx context.Context, kol string) ([]campaigns.KOLNote, error) {
	var notes []campaigns.KOLNote
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		notes = notes[:0]
		return sqlx.SelectContext(ctx, q, &notes, `SELECT brand, kol, by, text, at FROM studio.kol_note WHERE kol = $1 ORDER BY at, id`, kol)
	})
	for i := range notes {
		notes[i].At = notes[i].At.UTC()
	}
	return notes, err
}

// AddNote writes a note for the colleagues of a brand. By and At are the database's to
// say. Faults: NoRight, NotFound, FieldMissing, FieldValue.
func (k *KOLs) AddNote(ctx context.Context, request string, n campaigns.KOLNote) error {
	return k.db.call(ctx, nil, `SELECT studio.kol_note_add($1, $2, $3, $4)`, request, n.Brand, n.KOL, n.Text)
}

// Shortlists returns those of the brands of whoever asks, by brand and name.
func (k *KOLs) Shortlists(ctx context.Context) ([]campaigns.Shortlist, error) {
	var rows []struct {
		ID      string         `db:"id"`
		Brand   string         `db:"brand"`
		Name    string         `db:"name"`
		KOLs    pq.StringArray `db:"kols"`
		By      string         `db:"by"`
		Version int            `db:"version"`
		Updated time.Time      `db:"updated_at"`
	}
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		rows = rows[:0]
		return sqlx.SelectContext(ctx, q, &rows, `SELECT id, brand, name, kols, by, version, updated_at FROM studio.shortlist ORDER BY brand, name, id`)
	})
	if err != nil {
		return nil, err
	}
	lists := make([]campaigns.Shortlist, len(rows))
	for i, r := range rows {
		lists[i] = campaigns.Shortlist{ID: r.ID, Brand: r.Brand, Name: r.Name, KOLs: r.KOLs, By: r.By, Version: r.Version, Updated: r.Updated.UTC()}
	}
	return lists, nil
}

// PutShortlist makes a list (ID "") or changes one whose Version was seen, and returns
// it as it stands then. Faults: NoRight for a brand that is not the person's,
// RuleChanged when somebody else was faster, NotFound, FieldMissing, FieldValue.
func (k *KOLs) PutShortlist(ctx context.Context, request string, l campaigns.Shortlist) (campaigns.Shortlist, error) {
	if l.ID != "" {
		if err := known("shortlist", l.ID); err != nil {
			return campaigns.Shortlist{}, err
		}
	}
	var made struct {
		ID      string    `json:"id"`
		Brand   string    `json:"brand"`
		Name    string    `json:"name"`
		KOLs    []string  `json:"kols"`
		By      string    `json:"by"`
		Version int       `json:"version"`
		Updated time.Time `json:"updated_at"`
	}
	err := k.db.call(ctx, &made, `SELECT studio.shortlist_put($1, $2, $3, $4, $5, $6)`,
		request, sql.NullString{String: l.ID, Valid: l.ID != ""}, l.Version, l.Brand, l.Name, textArray(l.KOLs))
	return campaigns.Shortlist{ID: made.ID, Brand: made.Brand, Name: made.Name, KOLs: made.KOLs, By: made.By, Version: made.Version, Updated: made.Updated.UTC()}, err
}

// planBatch is how many KOLs or quotes go in one call.
const planBatch = 500

// Following returns who follows the KOLs, as far as that is known. One whose audience
// nobody brought in is in KOLs with nobody.
func (k *KOLs) Following(ctx context.Context, kols []string) (campaigns.Following, error) {
	f := campaigns.Following{KOLs: slices.Clone(kols), Of: make([][]uint32, len(kols))}
	at := make(map[string][]int, len(kols))
	for i, id := range kols {
		at[id] = append(at[id], i)
	}
	var sets []struct {
		KOL    string `db:"kol"`
		People []byte `db:"people"`
	}
	var people []struct {
		N      uint32  `db:"n"`
		ID     string  `db:"id"`
		Age    string  `db:"age"`
		Gender string  `db:"gender"`
		City   string  `db:"city"`
		Abroad bool    `db:"abroad"`
		Weight float64 `db:"weight"`
	}
	err := k.db.read(ctx, func(q sqlx.QueryerContext) error {
		sets, people = sets[:0], people[:0]
		if err := sqlx.SelectContext(ctx, q, &sets, `SELECT kol, array_send(people) AS people FROM studio.kol_audience WHERE kol = ANY ($1)`, textArray(kols)); err != nil {
			return err
		}
		return sqlx.SelectContext(ctx, q, &people, `
			SELECT n, id, age, gender, city, abroad, CAST(weight AS double precision) AS weight FROM studio.audience_person
			 WHERE n IN (SELECT DISTINCT unnest(people) FROM studio.kol_audience WHERE kol = ANY ($1)) ORDER BY n`, textArray(kols))
	})
	if err != nil {
		return campaigns.Following{}, err
	}
	var most uint32
	if len(people) > 0 {
		most = people[len(people)-1].N
	}
	place := make([]uint32, most+1) // in People, plus one
	f.People = make([]campaigns.Person, len(people))
	for i, p := range people {
		place[p.N] = uint32(i + 1)
		f.People[i] = campaigns.Person{ID: p.ID, Age: p.Age, Gender: p.Gender, City: p.City, Abroad: p.Abroad, Weight: p.Weight}
	}
	for _, set := range sets {
		numbers, err := int4s(set.People)
		if err != nil {
			return campaigns.Following{}, err
		}
		of := make([]uint32, 0, len(numbers))
		for _, n := range numbers {
			// An audience that came in between the two questions has people we did not ask for.
			if n <= most && place[n] > 0 {
				of = append(of, place[n]-1)
			}
		}
		for _, i := range at[set.KOL] {
			f.Of[i] = of
		}
	}
	return f, nil
}

// RenewFees brings up to limit KOLs up to date whose quotes began or ended, and says
// how many there were; it is for processes. Fault: NoRight.
func (k *KOLs) RenewFees(ctx context.Context, limit int) (int, error) {
	var answer struct {
		Renewed int `json:"renewed"`
	}
	err := k.db.call(ctx, &answer, `SELECT studio.kol_fees_renew($1, $2)`, uuid.NewString(), limit)
	return answer.Renewed, err
}
