package intake

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cinnabar/internal/fault"
	"cinnabar/internal/money"
)

// PlanOffer is a row of a plan's offers.
type PlanOffer struct {
	Line   int
	ID     string
	KOL    string
	Format string
	Fee    money.Fen // without the service fee
}

// manyRefusals is how many refusals a plan's file is read for: nobody mends more at once.
const manyRefusals = 20

// PlanOffers reads a CSV file of offers: offer_id, kol_id, format, fee_cny. A plan on
// half of its offers would be another plan, so that any refusal means that the file
// can't be used; reading ends after the twentieth.
//
// Errors are those of Open, FieldMissing for a column that is not there, FieldTwice for
// one that is there twice, and FieldValue for a fee in another currency.
func PlanOffers(ctx context.Context, path string) ([]PlanOffer, []*Refusal, error) {
	s, cells, header, err := openPlan(path)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	for _, name := range header {
		// Two currencies never meet in one sum.
		if strings.HasPrefix(name, "fee_") && name != "fee_cny" {
			return nil, nil, fault.New(fault.FieldValue, "field", "fee_cny", "value", clip(name))
		}
	}
	columns, err := planColumns(header, "offer_id", "kol_id", "fee_cny")
	if err != nil {
		return nil, nil, err
	}
	format, currency := slices.Index(header, "format"), slices.Index(header, "currency")
	var offers []PlanOffer
	var refused []*Refusal
	seen := make(map[string]bool)
	for len(refused) < manyRefusals {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		rec, err := cells.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, s.readFault(err)
		}
		if rec.fault == nil && blank(rec.cells) {
			continue
		}
		o := PlanOffer{Line: rec.line}
		wrong := rec.fault
		at := func(i int) string {
			if i < 0 || i >= len(rec.cells) {
				return ""
			}
			return rec.cells[i]
		}
		if wrong == nil && len(rec.cells) > len(header) {
			wrong = unreadable(tooManyCells, nil)
		}
		if wrong == nil {
			o.ID, wrong = planID("offer_id", at(columns[0]))
		}
		if wrong == nil {
			o.KOL, wrong = planID("kol_id", at(columns[1]))
		}
		if wrong == nil && strings.TrimSpace(at(columns[2])) == "" {
			wrong = fault.New(fault.FieldMissing, "field", "fee_cny")
		}
		if wrong == nil {
			o.Fee, err = money.Parse("fee_cny", at(columns[2]))
			if err == nil && o.Fee < 0 {
				err = fault.New(fault.FieldValue, "field", "fee_cny", "value", clip(at(columns[2])))
			}
			if err != nil {
				wrong = fault.Of(err)
			}
		}
		if c := strings.ToUpper(strings.TrimSpace(at(currency))); wrong == nil && c != "" && c != "CNY" && c != "RMB" {
			wrong = fault.New(fault.FieldValue, "field", "currency", "value", clip(c))
		}
		if wrong == nil && seen[o.ID] {
			wrong = fault.New(fault.FieldTwice, "field", "offer_id", "value", clip(o.ID))
		}
		if wrong != nil {
			refused = append(refused, &Refusal{Line: rec.line, ID: clip(o.ID), Fault: wrong, Raw: clipRaw(rec.raw)})
			continue
		}
		seen[o.ID] = true
		o.Format = strings.TrimSpace(at(format))
		offers = append(offers, o)
	}
	if len(offers) == 0 && len(refused) == 0 {
		return nil, nil, s.fail(nil, fault.FileEmpty)
	}
	return offers, refused, nil
}

// openPlan opens a CSV file that has no column id, and returns its header in small
// letters.
func openPlan(path string) (*Source, *csvReader, []string, error) {
	s := &Source{path: path}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv", ".tsv":
	default:
		return nil, nil, nil, s.fail(nil, fault.FileKind)
	}
	cells, header, err := func() (*csvReader, []string, error) {
		if err := s.openFile(); err != nil {
			return nil, nil, err
		}
		if err := s.openText(); err != nil {
			return nil, nil, err
		}
		cells := newCSVReader(s.text, maxRow)
		header, err := planHeader(cells)
		if err != nil {
			return nil, nil, s.readFault(err)
		}
		return cells, header, nil
	}()
	if err != nil {
		_ = s.Close()
		return nil, nil, nil, err
	}
	return s, cells, header, nil
}

// planHeader settles the delimiter by the first line and returns the columns' names.
func planHeader(c *csvReader) ([]string, error) {
	peeked, err := c.r.Peek(c.r.Size())
	if err != nil && err != io.EOF {
		return nil, err
	}
	line, _, _ := strings.Cut(strings.TrimLeft(string(peeked), "\r\n"), "\n")
	for _, comma := range []byte{';', '\t'} {
		if strings.Count(line, string(rune(comma))) > strings.Count(line, string(rune(c.comma))) {
			c.comma = comma
		}
	}
	first, err := c.next()
	switch {
	case err == io.EOF:
		return nil, fault.New(fault.FileEmpty)
	case err != nil:
		return nil, err
	case first.fault != nil:
		return nil, first.fault
	}
	header := make([]string, len(first.cells))
	for i, name := range first.cells {
		header[i] = columnName(name)
		if header[i] != "" && slices.Contains(header[:i], header[i]) {
			return nil, fault.New(fault.FieldTwice, "field", clip(header[i]), "value", columnLetter(i))
		}
	}
	return header, nil
}

func planColumns(header []string, names ...string) ([]int, error) {
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return nil, fault.New(fault.FieldMissing, "field", name)
		}
	}
	return at, nil
}

func planID(field, text string) (string, *fault.Error) {
	id := strings.TrimSpace(text)
	switch {
	case id == "":
		return "", fault.New(fault.FieldMissing, "field", field)
	case len(id) > 200 || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl):
		return "", fault.New(fault.FieldValue, "field", field, "value", clip(id))
	}
	return id, nil
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}
