package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"cinnabar/internal/fault"
)

// Format is how a file is laid out.
type Format string

// The formats.
const (
	JSONLines Format = "jsonl"
	CSV       Format = "csv"
	XLSX      Format = "xlsx"
)

// maxRow is how many bytes of a row are read into memory at most. Longer rows
// are refused and skipped.
const maxRow = 16 << 20

// maxWorkbook bounds an XLSX file packed, maxUnpacked all of it unpacked: unlike
// the other two formats, a part of it must be held in memory.
const (
	maxWorkbook = 512 << 20
	maxUnpacked = 1 << 30
)

// Options say how a file is read. The zero value reads rows only.
type Options struct {
	// Pictures takes the picture files that rows name. With nil, pictures stay
	// names and nothing but the file itself is opened.
	Pictures PictureSink
	// Videos opens the video files that rows name; their frames go to Pictures. With nil,
	// videos stay names.
	Videos VideoOpener
	// OnNote is told of what a person should know of a row that was not refused,
	// such as a picture file that is not there. It is called while rows are read.
	OnNote func(Note)
	// Verbatim leaves text as it stands in the file. Without it text is brought to
	// Unicode's form NFC, as the database holds it, which can move offsets.
	Verbatim bool
	// Follow keeps reading a growing JSON Lines file until the context ends.
	Follow bool
	// Zone is where times without a zone are at home, which CSV and XLSX may have.
	// nil is Asia/Shanghai.
	Zone *time.Location
	// Stdin is read for the path "-". nil is the process's own.
	Stdin io.Reader
}

// Source is a file that is being read. It is read once, by one goroutine;
// Progress may be asked from any.
type Source struct {
	path   string
	format Format
	opts   Options

	file  *os.File // nil for standard input
	text  io.Reader
	book  *workbook
	table *table // CSV and XLSX
	count *counter
	total int64
	begun bool
	rows  int
	last  row
	err   error
}

// Open prepares a file for reading, by the ending of its name: .jsonl, .ndjson
// and .json are JSON Lines, .csv and .tsv are CSV, .xlsx is XLSX, and "-" is JSON
// Lines from standard input.
//
// It returns FileMissing, FileUnreadable, FileKind, FileEmpty or TextEncoding
// (Args: path), FieldMissing for a table without an id column, FieldTwice for a
// column that stands twice, and BadUsage for following what is not JSON Lines.
func Open(path string, o Options) (*Source, error) {
	if o.Zone == nil {
		// No summer time since 1991, so that no zone file is needed.
		o.Zone = time.FixedZone("Asia/Shanghai", 8*60*60)
	}
	if o.OnNote == nil {
		o.OnNote = func(Note) {}
	}
	s := &Source{path: path, opts: o}
	if err := s.open(); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Source) open() error {
	if s.path == "-" {
		s.format = JSONLines
		in := s.opts.Stdin
		if in == nil {
			in = os.Stdin
		}
		s.count = &counter{r: in}
		s.text = s.count
		return nil
	}
	switch strings.ToLower(filepath.Ext(s.path)) {
	case ".jsonl", ".ndjson", ".json":
		s.format = JSONLines
	case ".csv", ".tsv":
		s.format = CSV
	case ".xlsx":
		s.format = XLSX
	default:
		return s.fail(nil, fault.FileKind)
	}
	if s.opts.Follow && s.format != JSONLines {
		return fault.New(fault.BadUsage, "detail", "--follow: JSON Lines")
	}
	if err := s.openFile(); err != nil {
		return err
	}
	switch s.format {
	case XLSX:
		return s.openWorkbook()
	case CSV:
		return s.openTable()
	default:
		return s.openLines()
	}
}

// openFile opens the file itself and makes sure that it is one: opening a pipe
// without a writer would wait for ever.
func (s *Source) openFile() error {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.fail(err, fault.FileMissing)
	case err != nil:
		return s.fail(err, fault.FileUnreadable)
	case !info.Mode().IsRegular():
		return s.fail(nil, fault.FileKind)
	case info.Size() == 0 && !s.opts.Follow:
		return s.fail(nil, fault.FileEmpty)
	}
	s.file, err = os.Open(s.path)
	if err != nil {
		return s.fail(err, fault.FileUnreadable)
	}
	s.total = info.Size()
	s.count = &counter{r: s.file}
	return nil
}

func (s *Source) openLines() error {
	if s.opts.Follow {
		// A growing file has no end to look ahead to, so it must be UTF-8.
		s.text = s.count
		return nil
	}
	return s.openText()
}

func (s *Source) openTable() error {
	if err := s.openText(); err != nil {
		return err
	}
	cells := newCSVReader(s.text, maxRow)
	header, err := cells.header()
	if err != nil {
		return s.readFault(err)
	}
	s.table, err = newTable(header, cells)
	return err
}

// openText finds out the encoding and makes s.text UTF-8 without a byte order mark.
func (s *Source) openText() error {
	enc, err := sniffEncoding(s.file, s.format == JSONLines)
	if err != nil {
		return s.readFault(err)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return s.fail(err, fault.FileUnreadable)
	}
	s.text = enc.reader(s.count)
	return nil
}

func (s *Source) openWorkbook() error {
	if s.total > maxWorkbook {
		return fault.New(fault.RowTooLong, "limit", "512 MB")
	}
	magic := make([]byte, 4)
	if _, err := s.file.ReadAt(magic, 0); err != nil || !bytes.Equal(magic, []byte("PK\x03\x04")) {
		return s.fail(err, fault.FileKind)
	}
	var err error
	if s.book, err = openWorkbook(s.file); err != nil {
		return s.readFault(err)
	}
	header, err := s.book.header()
	if err != nil {
		return s.readFault(err)
	}
	s.table, err = newTable(header, s.book)
	if err == nil {
		s.table.serial = s.book.serial
	}
	return err
}

// Name is the path as it was given; "-" for standard input.
func (s *Source) Name() string { return s.path }

// Format is what the file was taken for.
func (s *Source) Format() Format { return s.format }

// Progress returns how many bytes of the file have been read and how many there
// are; the total is 0 where nobody knows.
func (s *Source) Progress() (done, total int64) {
	switch {
	case s.opts.Follow, s.file == nil:
		return s.count.n.Load(), 0
	case s.book != nil:
		// A workbook is unpacked, not read from front to end.
		return 0, 0
	}
	return min(s.count.n.Load(), s.total), s.total
}

// Row returns the line of the row that was just read and how it stands in the file, for
// whoever refuses it after all. It is for the reader's own goroutine, within the loop.
func (s *Source) Row() (line int, raw string) { return s.last.line, clipRaw(s.last.raw) }

// Err returns why reading ended before the end of the file: Cancelled,
// FileUnreadable, or FileEmpty for a file without a row. It is nil at a proper
// end, and when a followed file's context ended. An import must ask before it
// commits: rows that were never read are not rows that were refused.
func (s *Source) Err() error { return s.err }

// Close ends reading.
func (s *Source) Close() error {
	if s.book != nil {
		s.book.close()
	}
	if s.file != nil {
		return s.file.Close()
	}
	return nil
}

func (s *Source) fail(cause error, code fault.Code) error {
	return fault.Wrap(cause, code, "path", s.path)
}

// readFault gives an error of a reader its path; what is a fault already keeps
// its code.
func (s *Source) readFault(err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Args["path"] == "" {
			return fault.Wrap(f.Cause, f.Code, append(pairs(f), "path", s.path)...)
		}
		return f
	}
	return s.fail(err, fault.FileUnreadable)
}

func pairs(f *fault.Error) []string {
	var all []string
	for name, value := range f.Args {
		all = append(all, name, value)
	}
	return all
}

// lines returns the rows of a JSON Lines source.
func (s *Source) lines(ctx context.Context) *jsonRows {
	text := s.text
	switch {
	case s.file == nil:
		text = interruptible(ctx, text)
	case s.opts.Follow:
		text = &tail{ctx: ctx, source: s}
	}
	return newJSONRows(text, maxRow, s.opts.Follow)
}

// counter counts what passes, for the progress.
type counter struct {
	r io.Reader
	n atomic.Int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}
