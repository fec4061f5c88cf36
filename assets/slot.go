package assets

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"cinnabar/internal/fault"
)

// SlotID names a place where the platform shows a picture, e.g. "feed-3x4".
type SlotID string

// Slot is a place where a platform shows pictures, and how it cuts them for it.
// Slots are data with a source and a date, because platforms change them without a
// word; a lead edits them.
type Slot struct {
	ID       SlotID `json:"id"`
	Platform string `json:"platform"` // "red", "meta", "tiktok", "pinterest", or a lead's own
	Name     Name   `json:"name"`
	// Width and Height are the size in pixels at which the platform shows the slot
	// at its best. Their ratio is the ratio of the cut, in whole numbers and so exact.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Round slots show the ellipse inside the cut and nothing else of it.
	Round bool `json:"round,omitempty"`
	// Safe is how much of each edge of the slot the platform covers with its own buttons
	// and words, in pixels at Width × Height.
	Safe Edges `json:"safe,omitzero"`
	// Asks are the kinds of region that have to survive here; none means every kind. A
	// portrait does not have to carry the label that the post carries.
	Asks     []RegionKind `json:"asks,omitempty"`
	MaxBytes int64        `json:"max_bytes,omitempty"` // of the file; 0 where none is known
	NoCodes  bool         `json:"no_codes,omitempty"`  // QR codes and contacts are forbidden here
	Source   string       `json:"source"`              // where the figures were read
	Read     string       `json:"read"`                // when, as 2006-01-02
}

// Name is a name in the languages of the studio.
type Name struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Edges are margins in pixels.
type Edges struct {
	Top    int `json:"top,omitempty"`
	Bottom int `json:"bottom,omitempty"`
	Left   int `json:"left,omitempty"`
	Right  int `json:"right,omitempty"`
}

// AsksFor reports whether a kind of region has to survive in the slot.
func (s Slot) AsksFor(k RegionKind) bool { return len(s.Asks) == 0 || slices.Contains(s.Asks, k) }

//go:embed slots.json
var ownSlots []byte

var slotTable = sync.OnceValue(func() []Slot {
	slots, err := ReadSlots(bytes.NewReader(ownSlots))
	if err != nil {
		// The file is compiled in; a broken one fails the first test that runs.
		panic(err)
	}
	return slots
})

// Slots are the slots that the studio knows by itself, in the order in which a person
// looks at them. The slice is the caller's.
func Slots() []Slot {
	slots := slices.Clone(slotTable())
	for i := range slots {
		slots[i].Asks = slices.Clone(slots[i].Asks)
	}
	return slots
}

// SlotByID finds one of Slots.
func SlotByID(id SlotID) (Slot, bool) {
	for _, s := range slotTable() {
		if s.ID == id {
			s.Asks = slices.Clone(s.Asks)
			return s, true
		}
	}
	return Slot{}, false
}

// ReadSlots reads a JSON list of slots. It is strict, because a misspelt "safe" would
// say that nothing is covered: an unknown field, an unsound slot, one id twice or
// anything behind the list is a fault (RowSyntax, FieldTwice, or as Validate).
func ReadSlots(r io.Reader) ([]Slot, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var slots []Slot
	if err := d.Decode(&slots); err != nil {
		return nil, fault.Wrap(err, fault.RowSyntax, "detail", err.Error())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.Wrap(err, fault.RowSyntax, "detail", "more than one list")
	}
	seen := make(map[SlotID]bool, len(slots))
	for _, s := range slots {
		if err := s.Validate(); err != nil {
			return nil, err
		}
		if seen[s.ID] {
			return nil, fault.New(fault.FieldTwice, "field", "id", "value", string(s.ID))
		}
		seen[s.ID] = true
	}
	return slots, nil
}

// Bounds of a slot. The smallest side keeps the geometry meaningful, the largest is that
// of the largest picture that is opened, and no platform shows anything longer than
// ten times its width.
const (
	slotSideMin  = 16
	slotSideMax  = 16_384
	slotRatioMax = 10
	slotBytesMax = 1 << 30
)

// Validate says what is wrong with a slot as a person typed it: FieldMissing (Args:
// field) or FieldValue (Args: field, value), nil where it can be used.
func (s Slot) Validate() error {
	if s.ID == "" {
		return fault.New(fault.FieldMissing, "field", "id")
	}
	if !soundID(string(s.ID)) {
		return fault.New(fault.FieldValue, "field", "id", "value", string(s.ID))
	}
	for _, t := range []struct {
		field, text string
		most        int // characters
	}{{"platform", s.Platform, 40}, {"name.en", s.Name.EN, 60}, {"name.zh", s.Name.ZH, 60}, {"source", s.Source, 500}, {"read", s.Read, 10}} {
		if strings.TrimSpace(t.text) == "" {
			return fault.New(fault.FieldMissing, "field", t.field)
		}
		if utf8.RuneCountInString(t.text) > t.most || !utf8.ValidString(t.text) || strings.ContainsFunc(t.text, func(r rune) bool { return r < ' ' }) {
			return fault.New(fault.FieldValue, "field", t.field, "value", t.text)
		}
	}
	if day, err := time.Parse(time.DateOnly, s.Read); err != nil || day.Year() < 2000 {
		return fault.New(fault.FieldValue, "field", "read", "value", s.Read)
	}
	for _, n := range []struct {
		field       string
		value       int64
		least, most int64
	}{
		{"width", int64(s.Width), slotSideMin, slotSideMax},
		{"height", int64(s.Height), slotSideMin, slotSideMax},
		// A slot that is covered whole shows nothing of any picture.
		{"safe.top", int64(s.Safe.Top), 0, int64(s.Height - 1)},
		{"safe.bottom", int64(s.Safe.Bottom), 0, int64(s.Height - 1 - s.Safe.Top)},
		{"safe.left", int64(s.Safe.Left), 0, int64(s.Width - 1)},
		{"safe.right", int64(s.Safe.Right), 0, int64(s.Width - 1 - s.Safe.Left)},
		{"max_bytes", s.MaxBytes, 0, slotBytesMax},
	} {
		if n.value < n.least || n.value > n.most {
			return fault.New(fault.FieldValue, "field", n.field, "value", strconv.FormatInt(n.value, 10))
		}
	}
	if s.Width > slotRatioMax*s.Height || s.Height > slotRatioMax*s.Width {
		return fault.New(fault.FieldValue, "field", "height", "value", strconv.Itoa(s.Height))
	}
	for i, k := range s.Asks {
		if !slices.Contains(Kinds(), k) || slices.Contains(s.Asks[:i], k) {
			return fault.New(fault.FieldValue, "field", "asks", "value", string(k))
		}
	}
	return nil
}

// soundID keeps ids such that they can stand in a file's name and in a list parted by
// commas.
func soundID(id string) bool {
	if len(id) > 40 || strings.HasPrefix(id, "-") || strings.HasSuffix(id, "-") {
		return false
	}
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
