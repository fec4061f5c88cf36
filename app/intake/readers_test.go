package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cinnabar/internal/fault"
)

// endless gives the same text for ever, and then what ends it.
type endless struct {
	text string
	left int
	end  string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.left > 0 {
		e.left--
		return copy(b, e.text), nil
	}
	n := copy(b, e.end)
	e.end = e.end[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestAnEndlessRowIsRefusedInLittleMemoryAndTheNextOneComes(t *testing.T) {
	t.Parallel()
	const limit = 10_000
	filler := strings.Repeat("x", 1000)

	lines := newJSONRows(io.MultiReader(strings.NewReader(`{"id":"p1","body":"`), &endless{filler, 5000, "\"}\n{\"id\":\"p2\"}"}), limit, false)
	first, err := lines.next()
	if err != nil || first.fault == nil || first.fault.Code != fault.RowTooLong || first.fault.Args["limit"] == "" {
		t.Fatalf("first row: %v, %v", first.fault, err)
	}
	if second, err := lines.next(); err != nil || second.fault != nil || second.line != 2 || second.values["id"] != "p2" {
		t.Errorf("second row: %+v, %v", second, err)
	}
	if n := cap(lines.buffer); n > 4*maxRaw {
		t.Errorf("%d bytes held for a row of 5 MB", n)
	}

	table := newCSVReader(io.MultiReader(strings.NewReader("p1,\""), &endless{filler + "\n", 5000, "\"\"\"\np2,b\n"}), limit)
	record, err := table.next()
	if err != nil || record.fault == nil || record.fault.Code != fault.RowTooLong {
		t.Fatalf("first record: %v, %v", record.fault, err)
	}
	if record, err = table.next(); err != nil || record.line != 5002 || !slices.Equal(record.cells, []string{"p2", "b"}) {
		t.Errorf("second record: %+v, %v", record, err)
	}
	if n := cap(table.text) + cap(table.raw); n > 4*maxRaw {
		t.Errorf("%d bytes held for a record of 5 MB", n)
	}
	if _, err := table.next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestALineEndsWithOrWithoutACarriageReturn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][][]string{
		"a,b\r\nc,d\r\n":          {{"a", "b"}, {"c", "d"}},
		"a,b\n\n\r\nc,d":          {{"a", "b"}, {"c", "d"}},
		"\"a\r\nb\",\"\"\"\"\r\n": {{"a\r\nb", `"`}},
		"a,\"\"\r\n":              {{"a", ""}},
		"\"\"\n":                  {{""}},
		",\n":                     {{"", ""}},
		"a\rb,c":                  {{"a\rb", "c"}},
		"\"a\"\r":                 {{"a"}},
	} {
		var got [][]string
		r := newCSVReader(strings.NewReader(text), maxRow)
		for {
			record, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil || record.fault != nil {
				t.Fatalf("%q: %v %v", text, err, record.fault)
			}
			got = append(got, record.cells)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

func TestALateReadErrorIsNotAnEnd(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	lines := newJSONRows(io.MultiReader(strings.NewReader("{\"id\":\"p1\"}\n{\"id\":"), failing{broken}), maxRow, false)
	if _, err := lines.next(); err != nil {
		t.Fatal(err)
	}
	if _, err := lines.next(); !errors.Is(err, broken) {
		t.Errorf("JSON Lines: %v", err)
	}
	table := newCSVReader(io.MultiReader(strings.NewReader("id,body\np1,"), failing{broken}), maxRow)
	if _, err := table.next(); err != nil {
		t.Fatal(err)
	}
	if _, err := table.next(); !errors.Is(err, broken) {
		t.Errorf("CSV: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// peerCSV reads with encoding/csv.
func peerCSV(text []byte, comma rune) (rows [][]string, clean bool) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	rows, err := r.ReadAll()
	return rows, err == nil
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,body\np1,\"a \"\"b\"\"\nc\"\n\n,,\n"))
	f.Add([]byte("a,\"b"))
	f.Add([]byte("\"a\"b,c\n\"\xff\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := newCSVReader(bytes.NewReader(text), 1<<16)
		var rows [][]string
		clean, last := true, 0
		for {
			record, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if record.line <= last {
				t.Fatalf("line %d after line %d", record.line, last)
			}
			last = record.line
			if record.fault != nil {
				clean = false
				continue
			}
			for _, c := range record.cells {
				if !utf8.ValidString(c) {
					t.Fatalf("cell %q", c)
				}
			}
			rows = append(rows, record.cells)
		}
		// encoding/csv turns \r\n inside quotes into \n and takes no invalid UTF-8
		// amiss; for everything else both must agree.
		if bytes.ContainsRune(text, '\r') || !utf8.Valid(text) || len(text) > 1<<15 {
			return
		}
		want, ok := peerCSV(text, ',')
		if ok != clean {
			t.Fatalf("we read it without a fault: %v, encoding/csv: %v", clean, ok)
		}
		if ok {
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestWhatEncodingCSVWritesReadsBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.SliceOfN(rapid.StringMatching("[a-z\",;\t\r\n |长é]{0,12}"), 2, 5), 1, 6).Draw(t, "cells")
		comma := rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "comma")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = comma
		if err := w.WriteAll(cells); err != nil {
			t.Fatal(err)
		}
		r := newCSVReader(&b, maxRow)
		r.comma = byte(comma)
		for _, want := range cells {
			record, err := r.next()
			if err != nil || record.fault != nil {
				t.Fatal(err, record.fault)
			}
			if diff := cmp.Diff(want, record.cells); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func FuzzJSONLines(f *testing.F) {
	f.Add([]byte(`{"id":"p1","body":"b","author":{"id":"a","posts_per_day":1.5},"links":["x"],"comment_texts":[{"text":"c"}]}`))
	f.Add([]byte("{\"id\":\"\\ud800\",\"body\":\"\\u0000\"}\n\n[1]\n{"))
	f.Add([]byte(`{"id":"b1","subject":"company","brand_name":"b","documents":[{"kind":"logo","fields":[{"box":{"x":1}}]}],"mark":{"classes":[3]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, kind := range []Kind{PostRows, ApplicationRows} {
			rows := newJSONRows(bytes.NewReader(text), 1<<12, false)
			seen := make(map[[16]byte]struct{})
			s := &Source{}
			for {
				r, err := rows.next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				var id string
				var refusal *Refusal
				if kind == PostRows {
					p, ref := understand(s, postShape, r, seen)
					id, refusal = p.ID, ref
				} else {
					a, ref := understand(s, applicationShape, r, seen)
					id, refusal = a.ID, ref
				}
				if (refusal == nil) == (id == "") {
					t.Fatalf("%s: id %q, refusal %v", kind, id, refusal)
				}
				if refusal != nil && (refusal.Line == 0 || refusal.Fault.Code == fault.Internal) {
					t.Fatalf("refusal %+v", refusal)
				}
			}
		}
	})
}

func FuzzGB18030(f *testing.F) {
	f.Add([]byte("id,body\np1,\xc4\xe3\xba\xc3\n"))
	f.Fuzz(func(t *testing.T, sample []byte) {
		if likeGB18030(sample) && !bytes.ContainsFunc(sample, func(r rune) bool { return r > 0x7F }) {
			t.Fatal("ASCII was taken for GB18030")
		}
	})
}
