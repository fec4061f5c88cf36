package views

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"cinnabar/campaigns"
	"cinnabar/internal/money"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

const kolRowHeight = 56

// The widths of the columns of the directory, in pixels.
const (
	kolFace   = 36
	kolTier   = 80
	kolNumber = 56
	kolFee    = 74
	kolRecord = 90
)

// kolFees are the bounds that the filter of fees offers.
var kolFees = []money.Fen{1_000 * money.Yuan, 5_000 * money.Yuan, 20_000 * money.Yuan, 50_000 * money.Yuan, 200_000 * money.Yuan}

// kolHead is the line over the rows, in the same columns.
func kolHead(b *words.Book) fyne.CanvasObject {
	right := func(key string, w float32) fyne.CanvasObject {
		return kit.Fixed(w, 0, kit.NewText(b.T(key), kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignTrailing, Shrink: true}))
	}
	return kit.Fixed(0, 30, kit.Pad(0, look.S4, 0, look.S4, kit.Row(look.S2,
		kit.Fixed(kolFace, 0, nil), kit.Grow(kit.NewText(b.T("kols.col_kol"), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})),
		kit.Fixed(kolTier, 0, kit.NewText(b.T("kols.col_tier"), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})),
		right("kols.col_followers", kolNumber), right("kols.col_daily", kolNumber), right("kols.col_paid", kolNumber),
		right("kols.col_fee", kolFee), right("kols.col_authentic", kolNumber),
		kit.Fixed(kolRecord, 0, kit.NewText(b.T("kols.col_record"), kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true})))))
}

// kolRow is a line of the directory.
type kolRow struct {
	widget.BaseWidget
	k                                       *KOLs
	face                                    *portrait
	name, about, tier, field                *kit.Text
	followers, daily, paid, fee, kind, real *kit.Text
	record                                  *kit.Pill
	sign                                    *kit.Symbol
	box                                     *fyne.Container
}

func newKOLRow(k *KOLs) *kolRow {
	small := kit.Style{Size: look.Caption, Ink: look.SecondInk, Shrink: true}
	number := kit.Style{Align: fyne.TextAlignTrailing, Shrink: true}
	under := small
	under.Align = fyne.TextAlignTrailing
	r := &kolRow{k: k, face: newPortrait(k.cfg.Gallery, kolFace),
		name: kit.NewText("", kit.Style{Bold: true, Shrink: true}), about: kit.NewText("", small),
		tier: kit.NewText("", kit.Style{Shrink: true}), field: kit.NewText("", small),
		followers: kit.NewText("", number), daily: kit.NewText("", number), paid: kit.NewText("", number),
		fee: kit.NewText("", number), kind: kit.NewText("", under), real: kit.NewText("", number),
		record: kit.NewPill("", kit.Neutral), sign: kit.NewSymbol(look.IconCheck, look.IndigoInk, 14)}
	fixed := func(w float32, o fyne.CanvasObject) fyne.CanvasObject { return kit.Fixed(w, 0, o) }
	r.box = kit.Pad(0, look.S4, 0, look.S4, kit.Row(look.S2,
		kit.Fixed(kolFace, kolFace, r.face),
		kit.Grow(kit.Stack(1, kit.Row(look.S1, kit.Grow(r.name), r.sign), r.about)),
		fixed(kolTier, kit.Stack(1, r.tier, r.field)),
		fixed(kolNumber, r.followers), fixed(kolNumber, r.daily), fixed(kolNumber, r.paid),
		fixed(kolFee, kit.Stack(1, r.fee, r.kind)), fixed(kolNumber, r.real),
		fixed(kolRecord, kit.Row(0, r.record, kit.Gap()))))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *kolRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// Bind implements kit.RowView.
func (r *kolRow) Bind(it campaigns.KOL, _ bool) {
	b := r.k.book
	r.face.set(it.Handle, it.Picture)
	r.name.Set(oneLine(it.Handle))
	r.about.Set(oneLine(it.About))
	r.tier.Set(tierName(b, campaigns.TierOf(it.Followers)))
	r.field.Set(kolField(b, it.Category))
	r.followers.Set(b.Count(it.Followers))
	r.daily.Set(rateOf(b, it.Daily, it.Followers))
	r.paid.Set(rateOf(b, it.Paid, it.Followers))
	r.real.Set(shareOf(b, it.Authentic))
	q, ok := quoteShown(it, r.k.query.Formats)
	if ok {
		r.fee.Set(b.MoneyShort(q.Fee))
		r.kind.Set(formatName(b, q.Format))
	} else {
		r.fee.Set(b.T("common.none"))
		r.kind.Set("")
	}
	r.record.Set(recordPill(b, it))
	r.sign.Hidden = !r.k.isMarked(it.ID)
	r.box.Refresh()
}

// quoteShown is the quote that a line shows: the cheapest in the formats that are
// asked for, or of all.
func quoteShown(it campaigns.KOL, formats []campaigns.Format) (campaigns.Quote, bool) {
	var best campaigns.Quote
	found := false
	for _, q := range it.Quotes {
		if len(formats) > 0 && q.Format != formats[0] {
			continue
		}
		if !found || q.Fee < best.Fee {
			best, found = q, true
		}
	}
	return best, found
}

// rateOf writes how many of the followers answer to a note: "3.4 %", "—" where no
// note of the kind is known.
func rateOf(b *words.Book, e campaigns.Engagement, followers int) string {
	if e.Notes == 0 || followers == 0 {
		return b.T("common.none")
	}
	return fine(b, e.Rate(followers))
}

// fine writes a small share with a tenth of a per cent, since engagement lives there.
func fine(b *words.Book, share float64) string {
	text := b.T("kols.fine", share*100)
	text = strings.Replace(text, "-", "−", 1)
	if b.Chinese() {
		return text + "%"
	}
	return text + " %"
}

// shareOf writes a share that may not be known.
func shareOf(b *words.Book, share float64) string {
	if share < 0 {
		return b.T("common.none")
	}
	return b.Percent(share)
}

// recordPill says what the moderation record of a KOL comes to.
func recordPill(b *words.Book, it campaigns.KOL) (string, kit.Tone) {
	switch r := it.Record; {
	case r.Breaches == 1:
		return b.T("kols.breach"), kit.Cinnabar
	case r.Breaches > 1:
		return b.T("kols.breaches", r.Breaches), kit.Cinnabar
	case r.Open > 0:
		return b.T("kols.open", r.Open), kit.Amber
	case r.Paid == 0:
		return b.T("kols.no_paid"), kit.Neutral
	}
	return b.T("kols.clean"), kit.Jade
}

// codeName is the word for a code that files may bring anew: the code itself where
// nobody has named it.
func codeName(b *words.Book, family, code string) string {
	if key := family + "." + code; b.Has(key) {
		return b.T(key)
	}
	return code
}

func kolField(b *words.Book, code string) string { return codeName(b, "kol_field", code) }

func tierName(b *words.Book, code string) string { return codeName(b, "tier", code) }

func formatName(b *words.Book, f campaigns.Format) string {
	return codeName(b, "format", string(f))
}

// tierBounds says how many followers a tier has.
func tierBounds(b *words.Book, t campaigns.Tier) string {
	if t.To == 0 {
		return b.T("kols.tier_from", b.Count(t.From))
	}
	return b.T("kols.tier_between", b.Count(t.From), b.Count(t.To+1))
}

// bandKey makes a word's key out of a band: "-17" and "45-" begin or end in a dash.
func bandKey(band string) string { return strings.ReplaceAll(band, "-", "_") }

// mainShare names the largest part of an audience: "25–34 · 41 %".
func mainShare(b *words.Book, prefix string, shares map[string]float64) string {
	most := ""
	for key, share := range shares {
		if most == "" || share > shares[most] || share == shares[most] && key < most {
			most = key
		}
	}
	if most == "" {
		return b.T("common.none")
	}
	name := most
	if key := prefix + bandKey(most); b.Has(key) {
		name = b.T(key)
	}
	return joinDots(b, []string{name, b.Percent(shares[most])})
}
