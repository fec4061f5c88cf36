package sample

import (
	_ "embed"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

//go:embed kols.txt
var kolLines string

// creator is a KOL as it stands in kols.txt.
type creator struct {
	handle, field, region string
	languages             []string
	followers             int // 0: as in the posts
	women                 float64
	age                   string // of most readers
	authentic             float64
	growth                string // steady, rising, jump or flat
	about                 string
}

var creators = sync.OnceValue(func() []creator {
	var all []creator
	for _, line := range strings.Split(strings.TrimSpace(kolLines), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) != 10 {
			panic("sample: kols.txt: " + line)
		}
		number := func(s string) float64 {
			n, err := strconv.ParseFloat(s, 64)
			if err != nil {
				panic("sample: kols.txt: " + line)
			}
			return n
		}
		all = append(all, creator{
			handle: cells[0], field: cells[1], region: cells[2], languages: strings.Split(cells[3], ","), followers: int(number(cells[4])),
			women: number(cells[5]) / 100, age: cells[6], authentic: number(cells[7]) / 100, growth: cells[8], about: cells[9],
		})
	}
	return all
})

// Pool is the trial's directory of KOLs: they themselves with their quotes, their
// portraits, and who follows them.
type Pool struct {
	KOLs     []campaigns.KOL
	Pictures [][]byte
	Audience campaigns.Following
}

// Quotes yields what the KOLs ask for as the lines of a file.
func (p Pool) Quotes() iter.Seq[campaigns.KOLQuote] {
	return func(yield func(campaigns.KOLQuote) bool) {
		for _, k := range p.KOLs {
			for _, q := range k.Quotes {
				if !yield(campaigns.KOLQuote{KOL: k.ID, Quote: q}) {
					return
				}
			}
		}
	}
}

// Follows yields the audience as the lines of a file, KOL by KOL.
func (p Pool) Follows() iter.Seq[campaigns.Follow] {
	return func(yield func(campaigns.Follow) bool) {
		for i, kol := range p.Audience.KOLs {
			for _, person := range p.Audience.Of[i] {
				if !yield(campaigns.Follow{KOL: kol, Person: p.Audience.People[person]}) {
					return
				}
			}
		}
	}
}

// Directory makes the pool and paints its portraits, which takes about a second.
func Directory(now time.Time) Pool {
	kols, audience := KOLs(now)
	p := Pool{KOLs: kols, Audience: audience}
	painter := paint.New()
	for i, c := range creators() {
		data := painter.Portrait(c.portrait())
		p.KOLs[i].Picture = assets.IDOf(data)
		p.Pictures = append(p.Pictures, data)
	}
	return p
}

func (c creator) portrait() paint.Portrait {
	rnd := chance("portrait " + c.handle)
	hair := paint.Hair(rnd.IntN(int(paint.Hairs)))
	if c.women < .45 && rnd.IntN(4) != 0 {
		hair = []paint.Hair{paint.Short, paint.Cap, paint.Curls}[rnd.IntN(3)]
	}
	return paint.Portrait{Hair: hair, Palette: rnd.IntN(paint.Palettes), Glasses: rnd.IntN(4) == 0, Seed: rnd.Uint64()}
}

// KOLs makes the trial's KOLs without their portraits, and the people who follow them.
// Those who also wrote posts of the sample have the same id there, so that moderation
// knows them.
func KOLs(now time.Time) ([]campaigns.KOL, campaigns.Following) {
	everybody := crowd()
	all := make([]campaigns.KOL, len(creators()))
	who := campaigns.Following{People: make([]campaigns.Person, len(everybody))}
	for i, p := range everybody {
		who.People[i] = p.Person
	}
	for i, c := range creators() {
		k := c.kol(now)
		of := followings()[i]
		k.Audience = shares(who.People, of)
		all[i] = k
		who.KOLs, who.Of = append(who.KOLs, k.ID), append(who.Of, of)
	}
	return all, who
}

func (c creator) kol(now time.Time) campaigns.KOL {
	rnd := chance("kol " + c.handle)
	writes := author(c.handle, now)
	k := campaigns.KOL{
		ID: c.handle, Handle: c.handle, Category: c.field, Region: c.region, Languages: c.languages, About: c.about,
		Followers: c.followers, Joined: day(writes.Joined), Authentic: c.authentic, Updated: now.UTC().Truncate(time.Second),
	}
	if k.Followers == 0 {
		k.Followers = writes.Followers
	}
	k.Growth = c.weeks(k.Followers)
	size := float64(k.Followers) / 1000
	rate := .115 * math.Pow(max(size, .5), -.19) * math.Exp(rnd.NormFloat64()*.22)
	if c.authentic < .75 {
		rate *= .45 // bought followers answer nobody
	}
	seen := float64(k.Followers) * (.42 * math.Pow(max(size, .5), -.10)) * math.Exp(rnd.NormFloat64()*.2)
	k.Daily = engagement(12+rnd.IntN(36), seen, rate*float64(k.Followers))
	// Most keep to one paid note in five; two with an eye on money don't.
	k.Paid = engagement(rnd.IntN(2+k.Daily.Notes/7), seen*(.55+.3*rnd.Float64()), rate*float64(k.Followers)*(.45+.35*rnd.Float64()))
	if c.handle == "桃子汽水" || c.handle == "大胃王小北" {
		k.Paid.Notes = k.Daily.Notes / 2
	}
	if k.Paid.Notes == 0 {
		k.Paid = campaigns.Engagement{}
	}
	fee := float64(k.Followers) * (.055 + .05*rnd.Float64())
	from, to := day(now.AddDate(0, 0, -30)), day(now.AddDate(0, 6, 0))
	quote := func(f campaigns.Format, yuan float64) {
		step := 50.0
		if yuan > 5000 {
			step = 500
		}
		k.Quotes = append(k.Quotes, campaigns.Quote{Format: f, Fee: money.Fen(max(math.Round(yuan/step), 1)*step) * money.Yuan, From: from, To: to})
	}
	quote(campaigns.PictureNote, fee)
	if k.Followers > 3000 {
		quote(campaigns.VideoNote, fee*(1.3+.2*rnd.Float64())) // 30 to 50 per cent above picture notes
	}
	if k.Followers > 80_000 && rnd.IntN(3) > 0 {
		quote(campaigns.Live, fee*2.2)
	}
	return k
}

func engagement(notes int, views, answers float64) campaigns.Engagement {
	return campaigns.Engagement{
		Notes: notes, Views: int(views), Likes: int(answers * .70), Saves: int(answers * .21), Comments: int(answers * .09), Shares: int(answers * .05),
	}
}

// weeks is the following at the end of each of the last 26 weeks.
func (c creator) weeks(now int) []int {
	rnd := chance("growth " + c.handle)
	all := make([]int, 26)
	n := float64(now)
	for i := len(all) - 1; i >= 0; i-- {
		all[i] = int(n)
		step := map[string]float64{"steady": .004, "rising": .022, "jump": .001, "flat": -.001}[c.growth]
		step *= .7 + .6*rnd.Float64()
		if c.growth == "jump" && i == 22 {
			step = .34 // a week in which somebody bought followers
		}
		n /= 1 + step
	}
	return all
}

// reader is somebody of the trial's audience.
type reader struct {
	campaigns.Person
	likes   [2]string // fields, the dearest first
	english bool
}

// readers is how many people the trial's audience has.
const readers = 20_000

// crowd is the readers, the same at every making.
var crowd = sync.OnceValue(func() []reader {
	rnd := chance("readers")
	pick := func(of []string, weights []float64) string {
		x := rnd.Float64()
		for i, w := range weights {
			if x -= w; x < 0 {
				return of[i]
			}
		}
		return of[len(of)-1]
	}
	fields := campaigns.Fields()
	all := make([]reader, readers)
	for i := range all {
		r := &all[i]
		r.ID = "u" + strconv.Itoa(100_000+i)
		r.Weight = 1
		r.Age = pick(campaigns.AgeBands(), []float64{.07, .36, .35, .15, .07})
		r.Gender = pick(campaigns.Genders(), []float64{.68, .32})
		r.City = pick(campaigns.CityTiers(), []float64{.24, .26, .22, .16, .12})
		r.english = rnd.IntN(5) == 0
		if r.english && rnd.IntN(3) > 0 || !r.english && rnd.IntN(25) == 0 {
			r.Abroad, r.City = true, ""
		}
		r.likes = [2]string{fields[rnd.IntN(len(fields))], fields[rnd.IntN(len(fields))]}
	}
	return all
})

// followings are who follows each creator; no clock moves them, and the draw takes some
// tenths of a second.
var followings = sync.OnceValue(func() [][]uint32 {
	everybody := crowd()
	all := make([][]uint32, len(creators()))
	for i, c := range creators() {
		all[i] = c.followed(everybody, c.kol(time.Now()).Followers)
	}
	return all
})

// followed draws who follows a creator: mostly those who like what it writes about,
// are of its readers' age and read its language. How many grows slower than the
// following, as in any sample of a platform's readers.
func (c creator) followed(among []reader, followers int) []uint32 {
	rnd := chance("followed " + c.handle)
	n := min(int(1.4*math.Pow(float64(followers), .55)), readers/3)
	type drawn struct {
		key  float64
		whom uint32
	}
	keys := make([]drawn, len(among))
	for i := range among {
		r := &among[i]
		w := 1.0
		switch c.field {
		case r.likes[0]:
			w *= 14
		case r.likes[1]:
			w *= 6
		}
		switch {
		case r.Age != c.age:
		case r.Age == "-17":
			w *= 9 // few readers are so young, and most of them follow the same ones
		default:
			w *= 2.6
		}
		if r.Gender == "f" {
			w *= c.women / .68
		} else {
			w *= (1 - c.women) / .32
		}
		if slices.Contains(c.languages, "en") == r.english {
			w *= 5
		}
		// Weighted sampling without replacement: the smallest of exponential times.
		keys[i] = drawn{rnd.ExpFloat64() / max(w, .01), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b drawn) int {
		if a.key < b.key {
			return -1
		}
		return 1
	})
	of := make([]uint32, n)
	for i := range of {
		of[i] = keys[i].whom
	}
	slices.Sort(of)
	return of
}

// shares counts an audience up.
func shares(people []campaigns.Person, of []uint32) campaigns.Audience {
	a := campaigns.Audience{Measured: len(of), Age: map[string]float64{}, Gender: map[string]float64{}, City: map[string]float64{}}
	cities, abroad := 0, 0
	for _, i := range of {
		p := people[i]
		a.Age[p.Age]++
		a.Gender[p.Gender]++
		if p.City != "" {
			a.City[p.City]++
			cities++
		}
		if p.Abroad {
			abroad++
		}
	}
	part := func(of map[string]float64, all int) {
		for key, n := range of {
			of[key] = math.Round(n/float64(all)*1000) / 1000
		}
	}
	part(a.Age, len(of))
	part(a.Gender, len(of))
	part(a.City, cities)
	a.Abroad = math.Round(float64(abroad)/float64(max(len(of), 1))*1000) / 1000
	return a
}

// day is the platform's day of a moment.
func day(t time.Time) moderation.Date {
	return moderation.Date(t.In(zone).Format(time.DateOnly))
}
