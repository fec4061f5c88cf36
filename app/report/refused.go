package report

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
)

// maxCell is how many characters a cell of a spreadsheet may have (Excel takes
// 32,767). Of a longer row the beginning is shown: its line says where the rest is.
const maxCell = 32_000

// Refused writes what an import refused as NAME.refused.csv beside NAME.csv,
// NAME.jsonl or NAME.xlsx: line, id, reason and the row itself, for people to
// open in a spreadsheet.
type Refused struct {
	path     string
	head     []string
	sentence func(error) string

	file *File // nil until something is refused
	out  *bufio.Writer
	csv  *csv.Writer
	rows int
}

// RefusedPath is where the refusals of a file go. Those of standard input go to
// stdin.refused.csv in the working folder.
func RefusedPath(imported string) string {
	if imported == "-" {
		return "stdin.refused.csv"
	}
	return strings.TrimSuffix(imported, filepath.Ext(imported)) + ".refused.csv"
}

// NewRefused prepares the refusals of a file. head names the four columns and
// sentence says a fault, both in the person's language. Nothing is written before
// something is refused.
func NewRefused(imported string, head [4]string, sentence func(error) string) *Refused {
	return &Refused{path: RefusedPath(imported), head: head[:], sentence: sentence}
}

// Add writes one refusal. Its error is FileWrite (Args: path).
func (r *Refused) Add(x *intake.Refusal) error {
	if r.file == nil {
		if err := r.begin(); err != nil {
			return err
		}
	}
	r.rows++
	return r.write(strconv.Itoa(x.Line), x.ID, r.sentence(x.Fault), x.Raw)
}

func (r *Refused) begin() error {
	file, err := Create(r.path)
	if err != nil {
		return err
	}
	r.file = file
	r.out = bufio.NewWriterSize(file, 64<<10)
	// Without the mark Excel takes UTF-8 for the machine's own code page.
	if _, err := r.out.WriteString("\ufeff"); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", r.path)
	}
	r.csv = csv.NewWriter(r.out)
	r.csv.UseCRLF = true
	return r.write(r.head...)
}

func (r *Refused) write(cells ...string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = Inert(c)
	}
	if err := r.csv.Write(safe); err != nil {
		return fault.Wrap(err, fault.FileWrite, "path", r.path)
	}
	return nil
}

// Close puts the file in its place and returns where that is and how many rows
// it has. Where nothing was refused it removes the refusals of an earlier import
// of the same file, which no longer hold, and returns "".
func (r *Refused) Close() (path string, rows int, err error) {
	if r.file == nil {
		if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", 0, fault.Wrap(err, fault.FileWrite, "path", r.path)
		}
		return "", 0, nil
	}
	r.csv.Flush()
	err = r.csv.Error()
	if err == nil {
		err = r.out.Flush()
	}
	if err != nil {
		r.file.Discard()
		return "", 0, fault.Wrap(err, fault.FileWrite, "path", r.path)
	}
	if err := r.file.Commit(); err != nil {
		return "", 0, err
	}
	return r.path, r.rows, nil
}

// Discard gives up what was written, for an import that did not happen.
func (r *Refused) Discard() {
	if r.file != nil {
		r.file.Discard()
		r.file = nil
	}
}

// Inert makes a cell of a CSV file harmless in a spreadsheet. Cells that begin
// with one of = + - @ or with a tab or return are run as formulas there, with
// words that strangers wrote (OWASP, CSV injection); a leading apostrophe makes
// them text. Characters that are no text are replaced, and long cells are cut.
func Inert(cell string) string {
	cell = strings.ToValidUTF8(strings.ReplaceAll(cell, "\x00", "\ufffd"), "\ufffd")
	if utf8.RuneCountInString(cell) > maxCell {
		cell = string([]rune(cell)[:maxCell]) + "…"
	}
	// Spreadsheets in Chinese take the full-width signs as well.
	first, _ := utf8.DecodeRuneInString(cell)
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
