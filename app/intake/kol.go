package intake

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/money"
	"cinnabar/moderation"
)

// KOLs reads a file of KOLs, like Posts. Quotes may stand in a list, or as one fee a
// format in columns of their own; those hold from the day they come in, From "".
func KOLs(ctx context.Context, src *Source) iter.Seq2[campaigns.KOL, *Refusal] {
	return read(ctx, src, kolShape)
}

// Quotes reads a file of quotes, like Posts. A KOL that is not there is the
// importer's to refuse.
func Quotes(ctx context.Context, src *Source) iter.Seq2[campaigns.KOLQuote, *Refusal] {
	return read(ctx, src, quoteShape)
}

// Follows reads a file of who follows whom, like Posts, with one difference: a line
// that stands twice is no mistake, and stands once.
func Follows(ctx context.Context, src *Source) iter.Seq2[campaigns.Follow, *Refusal] {
	return read(ctx, src, followShape)
}

var kolShape = shape[campaigns.KOL]{
	names: []string{
		"id", "handle", "category", "region", "languages", "about", "followers", "joined", "growth", "daily", "paid", "audience",
		"authentic", "picture", "quotes", "quote_picture_cny", "quote_video_cny", "quote_live_cny", "currency",
	},
	nested:   []string{"daily", "paid", "audience", "quotes", "languages"},
	groups:   []string{"audience"}, // whose tiers of cities are numbers and yet no list
	required: []string{"id", "handle"},
	build:    buildKOL,
	id:       func(k campaigns.KOL) string { return k.ID },
	attach: func(a *attacher, k *campaigns.KOL) {
		if name := pictureFile(*k); name != "" {
			k.Picture = a.picture("picture", name)
		}
	},
}

// pictureName is where the name of a portrait's file is kept, beside the picture itself
// when that came along.
const pictureName = "picture"

func buildKOL(f *fields, o object) campaigns.KOL {
	k := campaigns.KOL{
		ID: f.named(o, "id"), Handle: f.text(o, "handle"), Category: strings.ToLower(strings.TrimSpace(f.short(o, "category"))),
		Region: strings.ToUpper(strings.TrimSpace(f.short(o, "region"))), Languages: f.links(o, "languages", true), About: f.text(o, "about"),
		Followers: f.count(o, "followers"), Joined: f.calendarDay(o, "joined"), Growth: f.numbers(o, "growth", 0, maxCount),
		Daily: f.engagement(o, "daily"), Paid: f.engagement(o, "paid"), Audience: f.audience(o), Authentic: f.share(o, "authentic"),
	}
	if strings.TrimSpace(k.Handle) == "" {
		f.missing("handle")
	}
	picture := f.file(o, "picture")
	f.yuanOnly(o)
	for _, q := range f.objects(o, "quotes") {
		k.Quotes = append(k.Quotes, f.quote(q))
		f.rest(q)
	}
	for _, format := range campaigns.Formats() {
		name := "quote_" + string(format) + "_cny"
		if o.values[name] == nil {
			continue
		}
		if slices.ContainsFunc(k.Quotes, func(q campaigns.Quote) bool { return q.Format == format && q.From == "" }) && f.fault == nil {
			f.fault = fault.New(fault.FieldTwice, "field", name, "value", string(format))
		}
		k.Quotes = append(k.Quotes, campaigns.Quote{Format: format, Fee: f.fee(o, name)})
	}
	f.rest(o)
	if len(f.extra) > 0 {
		k.Extra = f.extra
	}
	f.sound(campaigns.ValidateKOL(k))
	if picture != "" && f.fault == nil {
		if k.Extra == nil {
			k.Extra = make(map[string]any)
		}
		k.Extra[pictureName] = picture
	}
	return k
}

// sound takes over what a rule has against a row.
func (f *fields) sound(err error) {
	if err != nil && f.fault == nil {
		f.fault = fault.Of(err)
	}
}

// named reads an id that a row must have.
func (f *fields) named(o object, name string) string {
	id := f.key(o, name)
	if strings.TrimSpace(id) == "" {
		f.missing(name)
	}
	return id
}

// calendarDay is day for what has no long-term.
func (f *fields) calendarDay(o object, name string) moderation.Date {
	d := f.day(o, name)
	if d == moderation.LongTerm {
		f.wrongValue(o.path+name, string(d))
	}
	return d
}

func (f *fields) engagement(o object, name string) campaigns.Engagement {
	g := f.group(o, name)
	e := campaigns.Engagement{
		Notes: f.count(g, "notes"), Views: f.count(g, "views"), Likes: f.count(g, "likes"), Saves: f.count(g, "saves"),
		Comments: f.count(g, "comments"), Shares: f.count(g, "shares"),
	}
	f.rest(g)
	return e
}

func (f *fields) audience(o object) campaigns.Audience {
	g := f.group(o, "audience")
	a := campaigns.Audience{Measured: f.count(g, "measured"), Abroad: f.share(g, "abroad")}
	a.Age = f.shares(g, "age", campaigns.AgeBands())
	a.Gender = f.shares(g, "gender", campaigns.Genders())
	a.City = f.shares(g, "city", campaigns.CityTiers())
	f.rest(g)
	return a
}

// shares reads shares by the keys that are known; another key refuses the row, since
// it would be a band that no filter asks for.
func (f *fields) shares(o object, name string, keys []string) map[string]float64 {
	g := f.group(o, name)
	all := make(map[string]float64)
	for _, key := range keys {
		if x := f.share(g, key); x >= 0 {
			all[key] = x
		}
	}
	for key := range g.values {
		f.wrongValue(g.path+key, key)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// share reads a share of 1, in a table also as "41 %"; absent is Unknown.
func (f *fields) share(o object, name string) float64 {
	v := o.values[name]
	if v == nil {
		f.take(o, name)
		return campaigns.Unknown
	}
	if c, table := v.(cell); table {
		if text, percent := strings.CutSuffix(strings.TrimSpace(string(c)), "%"); percent {
			x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if _, path := f.take(o, name); err != nil || !(x >= 0 && x <= 100) {
				f.wrongValue(path, string(c))
			}
			return x / 100
		}
	}
	x := f.rate(o, name)
	if x > 1 {
		f.wrongValue(o.path+name, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return x
}

// fee reads an amount in yuan. Another currency is none.
func (f *fields) fee(o object, name string) money.Fen {
	v, path := f.take(o, name)
	text := ""
	switch v := v.(type) {
	case nil:
		return 0
	case json.Number:
		text = string(v)
	case string:
		text = v
	case cell:
		text = string(v)
	default:
		f.wrongType(path, wantNumber)
		return 0
	}
	fee, err := money.Parse(path, text)
	switch {
	case err != nil:
		f.wrongValue(path, text)
	case fee < 0:
		f.wrongValue(path, text)
	}
	return fee
}

// yuanOnly refuses a row whose amounts are in another currency.
func (f *fields) yuanOnly(o object) {
	c := strings.ToUpper(strings.TrimSpace(f.short(o, "currency")))
	if c != "" && c != "CNY" && c != "RMB" {
		f.wrongValue(o.path+"currency", c)
	}
}

func (f *fields) quote(o object) campaigns.Quote {
	q := campaigns.Quote{
		Format: f.format(o), From: f.calendarDay(o, "from"), To: f.day(o, "to"),
	}
	if q.To == moderation.LongTerm {
		q.To = "" // no end
	}
	if q.Format == "" {
		f.missing(o.path + "format")
	}
	if o.values["fee_cny"] == nil {
		f.missing(o.path + "fee_cny")
	}
	q.Fee = f.fee(o, "fee_cny")
	// Without a first day a quote holds from today, which may be after its last.
	if today := moderation.Date(time.Now().In(f.zone).Format(time.DateOnly)); q.From == "" && q.To != "" && q.To < today {
		f.wrongValue(o.path+"to", string(q.To))
	}
	return q
}

// format reads a format by its code, or as price lists and plans' offers call it.
func (f *fields) format(o object) campaigns.Format {
	v, path := f.take(o, "format")
	text := strings.ToLower(strings.TrimSpace(f.asText(v, path)))
	switch text {
	case "image_note", "image", "note", "图文", "图文笔记":
		return campaigns.PictureNote
	case "视频", "视频笔记":
		return campaigns.VideoNote
	case "直播":
		return campaigns.Live
	}
	if text != "" && !slices.Contains(campaigns.Formats(), campaigns.Format(text)) {
		f.wrongValue(path, text)
	}
	return campaigns.Format(text)
}

var quoteShape = shape[campaigns.KOLQuote]{
	names:    []string{"kol_id", "format", "fee_cny", "from", "to", "currency"},
	required: []string{"kol_id", "format", "fee_cny"},
	key:      "kol_id",
	build: func(f *fields, o object) campaigns.KOLQuote {
		f.yuanOnly(o)
		q := campaigns.KOLQuote{KOL: f.named(o, "kol_id"), Quote: f.quote(o)}
		f.sound(campaigns.ValidateQuote(q.Quote))
		return q
	},
	id: func(q campaigns.KOLQuote) string { return q.KOL + "\x00" + string(q.Format) + "\x00" + string(q.From) },
}

var followShape = shape[campaigns.Follow]{
	names:    []string{"kol_id", "user_id", "weight", "age", "gender", "city", "abroad"},
	required: []string{"kol_id", "user_id"},
	key:      "kol_id",
	build:    buildFollow,
}

func buildFollow(f *fields, o object) campaigns.Follow {
	w := campaigns.Follow{KOL: f.named(o, "kol_id")}
	w.ID = f.named(o, "user_id")
	w.Weight = 1
	if o.values["weight"] != nil {
		w.Weight = f.rate(o, "weight")
		if w.Weight <= 0 || w.Weight > 1e6 {
			f.wrongValue("weight", strconv.FormatFloat(w.Weight, 'g', -1, 64))
		}
	}
	w.Age = f.ageBand(o)
	w.Gender = f.trait(o, "gender", campaigns.Genders(), map[string]string{"female": "f", "male": "m", "女": "f", "男": "m"})
	w.City = f.trait(o, "city", campaigns.CityTiers(), map[string]string{
		"一线": "1", "新一线": "new1", "二线": "2", "三线": "3", "四线": "4-", "4": "4-", "5": "4-",
	})
	if abroad := f.flag(o, "abroad"); abroad != nil {
		w.Abroad = *abroad
	}
	return w
}

// trait reads one of the keys that audiences are counted by, or another way to say it.
func (f *fields) trait(o object, name string, keys []string, also map[string]string) string {
	v, path := f.take(o, name)
	text := f.asText(v, path)
	if n, number := v.(json.Number); number {
		text = string(n) // a tier of cities as a number
		f.forgive(path)
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if key, known := also[text]; known {
		return key
	}
	if text != "" && !slices.Contains(keys, text) {
		f.wrongValue(path, text)
	}
	return text
}

// forgive takes back a fault of type that a reader just found in a field.
func (f *fields) forgive(path string) {
	if f.fault != nil && f.fault.Code == fault.FieldType && f.fault.Args["field"] == path {
		f.fault = nil
	}
}

// ageBand reads a band, or an age in years.
func (f *fields) ageBand(o object) string {
	v := o.values["age"]
	text, written := v.(cell)
	_, number := v.(json.Number)
	if written {
		_, err := strconv.Atoi(strings.TrimSpace(string(text)))
		// "-17" is a band, though it reads as a number.
		number = err == nil && !strings.HasPrefix(strings.TrimSpace(string(text)), "-")
	}
	if !number {
		return f.trait(o, "age", campaigns.AgeBands(), nil)
	}
	switch years := f.whole(o, "age", 0, 130); {
	case f.fault != nil:
		return ""
	case years < 18:
		return "-17"
	case years < 25:
		return "18-24"
	case years < 35:
		return "25-34"
	case years < 45:
		return "35-44"
	}
	return "45-"
}

// share of a row that is not there when it is not known.
type share float64

func sharesOf(m map[string]float64, keys []string) []field {
	all := make([]field, len(keys))
	for i, key := range keys {
		x, known := m[key]
		if !known {
			x = campaigns.Unknown
		}
		all[i] = field{key, share(x)}
	}
	return all
}

func engagementFields(e campaigns.Engagement) []field {
	return []field{{"notes", e.Notes}, {"views", e.Views}, {"likes", e.Likes}, {"saves", e.Saves}, {"comments", e.Comments}, {"shares", e.Shares}}
}

func kolFields(k campaigns.KOL) []field {
	quotes := make([][]field, len(k.Quotes))
	for i, q := range k.Quotes {
		quotes[i] = []field{{"format", string(q.Format)}, {"fee_cny", q.Fee}, {"from", string(q.From)}, {"to", string(q.To)}}
	}
	return []field{
		{"id", k.ID}, {"handle", k.Handle}, {"category", k.Category}, {"region", k.Region}, {"languages", links(k.Languages)},
		{"about", k.About}, {"followers", k.Followers}, {"joined", string(k.Joined)}, {"growth", k.Growth},
		{"daily", engagementFields(k.Daily)}, {"paid", engagementFields(k.Paid)},
		{"audience", []field{
			{"measured", k.Audience.Measured},
			{"age", sharesOf(k.Audience.Age, campaigns.AgeBands())},
			{"gender", sharesOf(k.Audience.Gender, campaigns.Genders())},
			{"city", sharesOf(k.Audience.City, campaigns.CityTiers())},
			{"abroad", share(k.Audience.Abroad)},
		}},
		{"authentic", share(k.Authentic)}, {"picture", pictureFile(k)}, {"quotes", quotes},
	}
}

// pictureFile is the name under which a portrait came, "" for none.
func pictureFile(k campaigns.KOL) string {
	if name, ok := k.Extra[pictureName].(string); ok {
		return name
	}
	return ""
}

func quoteFields(q campaigns.KOLQuote) []field {
	return []field{{"kol_id", q.KOL}, {"format", string(q.Format)}, {"fee_cny", q.Fee}, {"from", string(q.From)}, {"to", string(q.To)}}
}

func followFields(w campaigns.Follow) []field {
	return []field{
		{"kol_id", w.KOL}, {"user_id", w.ID}, {"weight", w.Weight}, {"age", w.Age}, {"gender", w.Gender}, {"city", w.City}, {"abroad", w.Abroad},
	}
}

func exampleKOL() campaigns.KOL {
	return campaigns.KOL{
		ID: "k3001", Handle: "小满不加班", Category: "beauty", Region: "CN", Languages: []string{"zh-Hans"}, About: "通勤护肤，只写空瓶。",
		Followers: 48200, Joined: "2021-06-18", Growth: []int{46100, 46800, 47300, 48200},
		Daily: campaigns.Engagement{Notes: 31, Views: 18400, Likes: 1260, Saves: 388, Comments: 57, Shares: 41},
		Paid:  campaigns.Engagement{Notes: 4, Views: 12100, Likes: 640, Saves: 210, Comments: 22, Shares: 9},
		Audience: campaigns.Audience{
			Measured: 1840, Age: map[string]float64{"18-24": .52, "25-34": .31}, Gender: map[string]float64{"f": .91, "m": .09},
			City: map[string]float64{"1": .28, "new1": .31, "2": .2}, Abroad: .04,
		},
		Authentic: .87, Extra: map[string]any{pictureName: "pictures/k3001.jpg"},
		Quotes: []campaigns.Quote{
			{Format: campaigns.PictureNote, Fee: 3800 * money.Yuan, From: "2026-03-01", To: "2026-12-31"},
			{Format: campaigns.VideoNote, Fee: 5200 * money.Yuan, From: "2026-03-01"},
		},
	}
}

func exampleQuote() campaigns.KOLQuote {
	return campaigns.KOLQuote{KOL: "k3001", Quote: campaigns.Quote{Format: campaigns.VideoNote, Fee: 5200 * money.Yuan, From: "2026-03-01", To: "2026-12-31"}}
}

func exampleFollow() campaigns.Follow {
	return campaigns.Follow{KOL: "k3001", Person: campaigns.Person{ID: "u93412", Age: "18-24", Gender: "f", City: "new1", Weight: 1}}
}
