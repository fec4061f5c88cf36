package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

// WriteContract prints a contract for two people to sign, as PDF on A4 in the book's
// language; campaign is the one it belongs to. Whatever is not agreed or signed, or waits
// for a second person, says on every page that it is a draft.
//
// Letters are printed as outlines: what stands on the paper is what was seen, on any
// machine, without a font in the file (a Chinese one has 16 MB). The text can't be
// searched for that; the record has it in words. Faults: FontMissing, and what w says.
func WriteContract(w io.Writer, b *words.Book, c campaigns.Contract, campaign campaigns.Campaign) error {
	l, err := newLetters()
	if err != nil {
		return err
	}
	s := &sheet{letters: l, book: b, foot: b.Fill("print.version", map[string]string{"ref": c.Ref, "version": strconv.Itoa(c.Version)})}
	if !ready(c) {
		s.band = b.T("print.draft")
	}
	s.contract(c, campaign)
	return s.write(w, b.T("print.contract")+" "+c.Ref)
}

// ready reports whether a contract may be signed, or was.
func ready(c campaigns.Contract) bool {
	endorsed := c.EndorsedBy != "" || !campaigns.NeedsEndorsement(c.Terms)
	return c.State == campaigns.Signed || c.State == campaigns.Agreed && endorsed
}

func (s *sheet) contract(c campaigns.Contract, campaign campaigns.Campaign) {
	t := s.book.T
	s.page()
	s.line(bold, 20, t("print.contract"))
	s.line(regular, 10, s.foot)
	s.gap(4)

	s.heading(t("print.between"))
	s.pair(t("print.brand"), c.Brand)
	s.pair(t("print.kol"), c.Handle+" · "+c.KOL)
	s.pair(t("print.campaign"), campaign.Name+" · "+s.book.Window(campaign.Wish.From, campaign.Wish.To))

	s.heading(t("print.owed"))
	for _, d := range c.Terms.Deliverables {
		what := s.book.Fill("print.count", map[string]string{"count": s.book.Number(d.Count), "format": t("format." + string(d.Format))})
		s.pair(what, s.book.Fill("print.published", map[string]string{"window": s.book.Window(d.From, d.To)}))
		if d.Link != "" {
			s.pair(t("print.link"), d.Link)
		}
		if d.Code != "" {
			s.pair(t("print.code"), d.Code)
		}
	}

	s.heading(t("print.fee"))
	service := c.Terms.ServiceFee.Of(c.Terms.Fee)
	rate := s.book.Percent(float64(c.Terms.ServiceFee) / 10_000)
	s.pair(t("print.fee_kol"), s.book.Money(c.Terms.Fee))
	s.pair(s.book.Fill("print.fee_service", map[string]string{"rate": rate}), s.book.Money(service))
	s.pair(t("print.fee_whole"), s.book.Money(c.Terms.Fee+service))

	s.heading(t("print.brief"))
	s.pair(t("print.product"), c.Brief.Product)
	s.pair(t("print.must"), strings.Join(c.Brief.MustSay, "\n"))
	s.pair(t("print.must_not"), strings.Join(c.Brief.MustNot, "\n"))
	s.pair(t("print.label"), s.book.Fill("print.label_text", map[string]string{"wording": c.Brief.Disclosure, "jurisdiction": s.jurisdiction(c.Brief.Jurisdiction)}))
	usage := t("print.usage_none")
	if c.Terms.UsageDays > 0 {
		where := c.Terms.UsageWhere
		if where == "" {
			where = t("print.usage_anywhere")
		}
		usage = s.book.Fill("print.usage_text", map[string]string{"days": s.book.Number(c.Terms.UsageDays), "where": where})
	}
	s.pair(t("print.usage"), usage)
	s.pair(t("print.words"), c.Brief.Words)

	s.signatures(t("print.sign_brand")+" · "+c.Brand, t("print.sign_kol")+" · "+c.Handle)
	if c.EndorsedBy != "" {
		s.gap(8)
		s.line(regular, 9, s.book.Fill("print.approved", map[string]string{"approver": c.EndorsedBy, "version": strconv.Itoa(c.Version)}))
	}
}

func (s *sheet) jurisdiction(code string) string {
	d := campaigns.DisclosureOf(code)
	if title := d.Title[string(s.book.Language())]; title != "" {
		return title
	}
	return d.Code
}

// A4 in points, and where things stand on it.
const (
	sheetWidth, sheetHeight = 595.28, 841.89
	marginX, marginY        = 62.0, 54.0
	labelWidth              = 126.0
	textSize                = 10.0
	leading                 = 1.5 // of the size, room for Chinese
)

// sheet is a document in the making: pages of operators, and where the next line goes.
type sheet struct {
	letters *letters
	book    *words.Book
	foot    string
	band    string // over every page; "" for none
	pages   []*strings.Builder
	y       float64 // of the next line's top, from the page's lower edge
}

func (s *sheet) page() {
	s.pages = append(s.pages, &strings.Builder{})
	s.y = sheetHeight - marginY
}

// room begins a new page when so many points don't fit on this one.
func (s *sheet) room(points float64) {
	if s.y-points < marginY {
		s.page()
	}
}

func (s *sheet) gap(points float64) { s.y -= points }

func (s *sheet) put(w weight, size, x, y float64, text string) {
	s.pages[len(s.pages)-1].WriteString(s.letters.path(w, size, x, y, text))
}

func (s *sheet) line(w weight, size float64, text string) {
	for _, part := range s.letters.wrap(w, size, sheetWidth-2*marginX, text) {
		s.room(size * leading)
		s.y -= size * leading
		s.put(w, size, marginX, s.y, part)
	}
}

func (s *sheet) rule(x, y, width float64) {
	fmt.Fprintf(s.pages[len(s.pages)-1], "0.6 w 0.75 G %.2f %.2f m %.2f %.2f l S\n", x, y, x+width, y)
}

// heading keeps at least two lines of what follows on its page.
func (s *sheet) heading(text string) {
	s.room(14 + 3*textSize*leading)
	s.gap(14)
	s.line(bold, 12, text)
	s.gap(5)
	s.rule(marginX, s.y, sheetWidth-2*marginX)
	s.gap(4)
}

// pair is a label with its text beside it; nothing at all without a text.
func (s *sheet) pair(label, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	left := s.letters.wrap(regular, textSize, labelWidth-8, label)
	right := s.letters.wrap(regular, textSize, sheetWidth-2*marginX-labelWidth, text)
	for i := range max(len(left), len(right)) {
		s.room(textSize * leading)
		s.y -= textSize * leading
		if i < len(left) {
			page := s.pages[len(s.pages)-1]
			page.WriteString("0.42 g\n")
			s.put(regular, textSize, marginX, s.y, left[i])
			page.WriteString("0 g\n")
		}
		if i < len(right) {
			s.put(regular, textSize, marginX+labelWidth, s.y, right[i])
		}
	}
	s.gap(3)
}

// signatures are two lines side by side, never torn from each other.
func (s *sheet) signatures(left, right string) {
	const width = (sheetWidth - 2*marginX - 32) / 2
	s.room(100)
	s.gap(64)
	for i, who := range []string{left, right} {
		x := marginX + float64(i)*(width+32)
		s.rule(x, s.y, width)
		s.put(regular, textSize, x, s.y-16, s.fitted(regular, textSize, width, who))
		s.put(regular, 9, x, s.y-30, s.book.T("print.sign_line"))
	}
	s.gap(36)
}

// fitted cuts a text that is wider than its place.
func (s *sheet) fitted(w weight, size, width float64, text string) string {
	if s.letters.width(w, size, text) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && s.letters.width(w, size, string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (s *sheet) write(w io.Writer, title string) error {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(title, true)
	pdf.SetProducer("Cinnabar", true)
	for i, page := range s.pages {
		foot := s.book.Fill("print.page", map[string]string{"page": strconv.Itoa(i + 1), "pages": strconv.Itoa(len(s.pages))})
		pdf.AddPage()
		pdf.RawWriteStr("0 g\n" + page.String() + "0.42 g\n" +
			s.letters.path(regular, 8.5, marginX, marginY-24, s.foot) +
			s.letters.path(regular, 8.5, sheetWidth-marginX-s.letters.width(regular, 8.5, foot), marginY-24, foot))
		if s.band != "" {
			pdf.RawWriteStr("0.66 0.2 0.14 rg\n" + s.letters.path(bold, 10, sheetWidth-marginX-s.letters.width(bold, 10, s.band), sheetHeight-40, s.band))
		}
	}
	if err := pdf.Output(w); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", title)
	}
	return nil
}
