package intake

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"math"
	"slices"
	"strconv"

	"cinnabar/internal/fault"
)

// PlanAudience is who sees whom, people as numbers in the order in which they came.
type PlanAudience struct {
	Of      [][]uint32 // by KOL, in the order they were asked for; twice is possible
	People  int
	Weights []float64 // by person; nil when the file has none
}

// PlanAudienceOf reads a CSV file of kol_id, user_id and perhaps weight, what reaching
// that person is worth (1 when nobody says). kols are those who have an offer: a row
// of somebody else reaches nobody, and is refused. Like PlanOffers it is all or
// nothing. progress is told how many bytes of how many are read; it may be nil.
//
// It is made for tens of millions of rows: rows without quotation marks are parted
// where they stand in the buffer, and only a person who is new costs memory of their own.
func PlanAudienceOf(ctx context.Context, path string, kols []string, progress func(done, total int64)) (*PlanAudience, []*Refusal, error) {
	s, cells, header, err := openPlan(path)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	columns, err := planColumns(header, "kol_id", "user_id")
	if err != nil {
		return nil, nil, err
	}
	r := &audienceReader{
		columns: len(header), kolAt: columns[0], userAt: columns[1], weightAt: slices.Index(header, "weight"),
		kols: make(map[string]int, len(kols)), lastKOL: -1,
		people: newPeople(),
		all:    &PlanAudience{Of: make([][]uint32, len(kols))},
	}
	for i, kol := range kols {
		r.kols[kol] = i
	}
	refused, err := r.read(ctx, s, cells, progress)
	if err != nil {
		return nil, nil, err
	}
	if len(refused) == 0 && r.people.count == 0 {
		return nil, nil, s.fail(nil, fault.FileEmpty)
	}
	r.all.People = int(r.people.count)
	if r.all.Weights != nil {
		for u, w := range r.all.Weights {
			if math.IsNaN(w) {
				r.all.Weights[u] = 1
			}
		}
	}
	return r.all, refused, nil
}

type audienceReader struct {
	columns                 int
	kolAt, userAt, weightAt int

	kols    map[string]int
	lastKOL int
	last    []byte // the name behind lastKOL
	people  *personNumbers
	all     *PlanAudience
	cells   [][]byte
}

func (r *audienceReader) read(ctx context.Context, s *Source, c *csvReader, progress func(done, total int64)) ([]*Refusal, error) {
	var refused []*Refusal
	refuse := func(line int, raw []byte, wrong *fault.Error) {
		refused = append(refused, &Refusal{Line: line, Fault: wrong, Raw: clipRaw(bytes.TrimRight(raw, "\r\n"))})
	}
	// The header's reader is at the beginning of a line; a larger buffer goes on from there.
	in := bufio.NewReaderSize(c.r, 1<<20)
	line := c.line
	for n := 0; len(refused) < manyRefusals; n++ {
		if n&0xffff == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if progress != nil {
				progress(s.Progress())
			}
		}
		row, err := in.ReadSlice('\n')
		if err == io.EOF && len(row) == 0 {
			return refused, nil
		}
		if err == bufio.ErrBufferFull || bytes.IndexByte(row, '"') >= 0 {
			// From here on by the book: quotation marks may hold delimiters and line ends.
			slow := newCSVReader(io.MultiReader(bytes.NewReader(bytes.Clone(row)), in), maxRow)
			slow.comma, slow.line = c.comma, line
			more, err := r.readQuoted(ctx, s, slow, progress, manyRefusals-len(refused))
			return append(refused, more...), err
		}
		if err != nil && err != io.EOF {
			return nil, s.readFault(err)
		}
		line++
		text := bytes.TrimRight(row, "\r\n")
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		r.cells = r.cells[:0]
		for rest := text; ; {
			at := bytes.IndexByte(rest, c.comma)
			if at < 0 {
				r.cells = append(r.cells, rest)
				break
			}
			r.cells = append(r.cells, rest[:at])
			rest = rest[at+1:]
		}
		if wrong := r.take(); wrong != nil {
			refuse(line, row, wrong)
		}
	}
	return refused, nil
}

func (r *audienceReader) readQuoted(ctx context.Context, s *Source, c *csvReader, progress func(done, total int64), most int) ([]*Refusal, error) {
	var refused []*Refusal
	for n := 0; len(refused) < most; n++ {
		if n&0xffff == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if progress != nil {
				progress(s.Progress())
			}
		}
		rec, err := c.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, s.readFault(err)
		}
		wrong := rec.fault
		if wrong == nil {
			if blank(rec.cells) {
				continue
			}
			r.cells = r.cells[:0]
			for _, cell := range rec.cells {
				r.cells = append(r.cells, []byte(cell))
			}
			wrong = r.take()
		}
		if wrong != nil {
			refused = append(refused, &Refusal{Line: rec.line, Fault: wrong, Raw: clipRaw(rec.raw)})
		}
	}
	return refused, nil
}

// take adds the row in cells.
func (r *audienceReader) take() *fault.Error {
	if len(r.cells) > r.columns {
		return unreadable(tooManyCells, nil)
	}
	at := func(i int) []byte {
		if i < 0 || i >= len(r.cells) {
			return nil
		}
		return bytes.TrimSpace(r.cells[i])
	}
	kol, user := at(r.kolAt), at(r.userAt)
	if r.lastKOL < 0 || !bytes.Equal(kol, r.last) {
		i, known := r.kols[string(kol)]
		if !known {
			if _, wrong := planID("kol_id", string(kol)); wrong != nil {
				return wrong
			}
			return fault.New(fault.FieldValue, "field", "kol_id", "value", clip(string(kol)))
		}
		r.lastKOL, r.last = i, append(r.last[:0], kol...)
	}
	u, known := r.people.find(user)
	if !known {
		if _, wrong := planID("user_id", string(user)); wrong != nil {
			return wrong
		}
		u = r.people.add(user)
		if r.all.Weights != nil {
			r.all.Weights = append(r.all.Weights, math.NaN())
		}
	}
	if text := at(r.weightAt); len(text) > 0 {
		w, err := strconv.ParseFloat(string(text), 64)
		if err != nil || !(w >= 0) || math.IsInf(w, 1) {
			return fault.Wrap(err, fault.FieldValue, "field", "weight", "value", clip(string(text)))
		}
		if r.all.Weights == nil {
			r.all.Weights = make([]float64, r.people.count)
			for i := range r.all.Weights {
				r.all.Weights[i] = math.NaN()
			}
		}
		// One person is worth one thing.
		if had := r.all.Weights[u]; !math.IsNaN(had) && had != w {
			return fault.New(fault.FieldTwice, "field", "weight", "value", clip(string(user)))
		}
		r.all.Weights[u] = w
	}
	r.all.Of[r.lastKOL] = append(r.all.Of[r.lastKOL], u)
	return nil
}

// personNumbers gives each user id a number. Most platforms' ids are a number behind
// some letters; those are found in a list by that number, which is many times quicker
// and smaller than a map of texts. All others, and numbers far beyond how many there
// are, are in the map.
type personNumbers struct {
	count  uint32
	others map[string]uint32
	prefix []byte
	begun  bool     // prefix is settled, by the first id
	listed []uint32 // by number: one more than the person's
}

func newPeople() *personNumbers { return &personNumbers{others: make(map[string]uint32)} }

// number is the place of an id in the list, −1 for one that can't be there.
func (p *personNumbers) number(id []byte) int {
	if len(id) <= len(p.prefix) || !bytes.Equal(id[:len(p.prefix)], p.prefix) {
		return -1
	}
	digits := id[len(p.prefix):]
	// 007 is not 7.
	if len(digits) > 9 || digits[0] == '0' && len(digits) > 1 {
		return -1
	}
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return -1
		}
		n = 10*n + int(d-'0')
	}
	return n
}

func (p *personNumbers) find(id []byte) (uint32, bool) {
	if n := p.number(id); n >= 0 && n < len(p.listed) && p.listed[n] > 0 {
		return p.listed[n] - 1, true
	}
	if len(p.others) == 0 {
		return 0, false
	}
	u, known := p.others[string(id)]
	return u, known
}

func (p *personNumbers) add(id []byte) uint32 {
	if !p.begun {
		p.begun = true
		p.prefix = bytes.Clone(bytes.TrimRight(id, "0123456789"))
	}
	u := p.count
	p.count++
	n := p.number(id)
	if n < 0 || n > 8*int(p.count)+1<<20 {
		p.others[string(id)] = u
		return u
	}
	for n >= len(p.listed) {
		p.listed = append(p.listed, make([]uint32, max(1024, len(p.listed)/2, n+1-len(p.listed)))...)
	}
	p.listed[n] = u + 1
	return u
}
