package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// The file of an exported record: JSON Lines, the first line a header with the heads
// of all chains, then every row in the order of chains and rows, or none. Written
// down in docs/formats.md; change both, and the version when an older program would
// misread a newer file.
const (
	auditFormat        = "cinnabar.audit"
	auditFormatVersion = 1
	// Files come from strangers. A header has six kilobytes, a row some hundred bytes.
	auditHeaderAtMost = 64 << 10
	auditRowAtMost    = 16 << 20
)

type auditFileHeader struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	At      string          `json:"at"`
	Program string          `json:"program"`
	Rows    int64           `json:"rows"`
	Heads   []auditFileHead `json:"heads"`
}

type auditFileHead struct {
	Chain int    `json:"chain"`
	Seq   int64  `json:"seq"`
	Hash  string `json:"hash"`
}

type auditFileRow struct {
	Chain   int    `json:"chain"`
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Actor   string `json:"actor"`
	Action  string `json:"action"`
	Kind    string `json:"kind"`
	Target  string `json:"target"`
	Request string `json:"request"`
	Detail  string `json:"detail"`
	Hash    string `json:"hash"`
}

// Export writes the record as it stands: a header with the heads of all chains, and
// unless headsOnly every row up to them, exactly as its hash covers it. The heads are
// read first, so the file is one state of the record although people go on working.
// program is the version that the file says it was written by. report is told the
// rows done and in all; nil is allowed. What was written is good for nothing unless
// the error is nil.
//
// Faults: NoRight for everybody but auditors; AuditBroken, with chain and row, where
// the record doesn't hold together, since the file could then prove nothing later.
func (a *Audit) Export(ctx context.Context, out io.Writer, program string, headsOnly bool, report func(done, total int64)) (moderation.AuditFile, error) {
	if err := a.forAuditors(ctx, "export_audit"); err != nil {
		return moderation.AuditFile{}, err
	}
	var file moderation.AuditFile
	err := a.db.patiently(ctx, func(ctx context.Context, patient *DB) (err error) {
		file, err = patient.export(ctx, out, program, headsOnly, report)
		return err
	})
	return file, err
}

func (db *DB) export(ctx context.Context, out io.Writer, program string, headsOnly bool, report func(done, total int64)) (moderation.AuditFile, error) {
	none := moderation.AuditFile{}
	var at string
	var heads []auditHead
	err := db.read(ctx, func(q sqlx.QueryerContext) error {
		heads = heads[:0]
		if err := sqlx.SelectContext(ctx, q, &heads, `SELECT chain, seq, hash FROM studio.audit_head ORDER BY chain`); err != nil {
			return err
		}
		return sqlx.GetContext(ctx, q, &at, `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`)
	})
	if err != nil {
		return none, err
	}
	header := auditFileHeader{Format: auditFormat, Version: auditFormatVersion, At: at, Program: program}
	file := moderation.AuditFile{Program: program}
	if file.At, err = time.Parse(auditTime, at); err != nil {
		return none, fault.Wrap(err, fault.Internal)
	}
	for i, h := range heads {
		if h.Chain != i || len(heads) != chainCount {
			return none, fault.New(fault.AuditBroken, "chain", itoa(i), "row", "0")
		}
		header.Heads = append(header.Heads, auditFileHead{h.Chain, h.Seq, hex.EncodeToString(h.Hash)})
		file.Covered += h.Seq
	}
	if !headsOnly {
		header.Rows = file.Covered
	}
	file.Rows = header.Rows

	sum := sha256.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(out, sum), 64<<10)
	lines := json.NewEncoder(buffered)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(header); err != nil {
		return none, err
	}
	m := meter{total: file.Rows, report: report}
	m.add(0)
	for _, h := range heads {
		if headsOnly {
			break
		}
		if err := db.exportChain(ctx, lines, h, m.add); err != nil {
			return none, err
		}
	}
	if err := buffered.Flush(); err != nil {
		return none, err
	}
	file.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return file, nil
}

func (db *DB) exportChain(ctx context.Context, lines *json.Encoder, head auditHead, tell func(n int64)) error {
	rows := db.chainRows(ctx, head.Chain, head.Seq)
	defer rows.stop()
	w := newWalk()
	for {
		batch, more, err := rows.next(ctx)
		if err != nil {
			return db.explain(ctx, err)
		}
		if !more {
			break
		}
		for i := range batch {
			r := &batch[i]
			if _, _, ok := w.step(r); !ok {
				return fault.New(fault.AuditBroken, "chain", itoa(r.Chain), "row", strconv.FormatInt(r.Seq, 10))
			}
			if err := lines.Encode(auditFileRow{r.Chain, r.Seq, r.At, r.Actor, r.Action, r.Kind, r.Target, r.Request, r.Detail, hex.EncodeToString(r.Hash)}); err != nil {
				return err
			}
		}
		tell(int64(len(batch)))
	}
	if w.seq != head.Seq || !bytes.Equal(w.hash, head.Hash) {
		return fault.New(fault.AuditBroken, "chain", itoa(head.Chain), "row", strconv.FormatInt(min(w.seq+1, head.Seq), 10))
	}
	return nil
}

// auditFile reads an exported record and holds it to itself: its rows must give the
// hashes that its header names. It keeps one row at a time.
type auditFile struct {
	name   string
	in     *bufio.Reader
	sum    hash.Hash
	header auditFileHeader
	heads  [chainCount][]byte
	line   int
	chain  int // that is being read
	walk   walk
	done   int64
	buffer []byte
}

// openAuditFile reads the header. name is what the file is called in faults, which
// are AuditFile, and FileUnreadable where the bytes themselves can't be had.
func openAuditFile(name string, in io.Reader) (*auditFile, error) {
	f := &auditFile{name: name, sum: sha256.New(), line: 1, walk: newWalk()}
	f.in = bufio.NewReaderSize(io.TeeReader(in, f.sum), 64<<10)
	text, err := f.headerText()
	if err != nil {
		return nil, err
	}
	var kind struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	switch err := json.Unmarshal(text, &kind); {
	case err != nil, kind.Format != auditFormat:
		return nil, f.refuse("audit_kind")
	case kind.Version > auditFormatVersion:
		return nil, f.refuse("audit_newer")
	}
	if err := strict(text, &f.header); err != nil || kind.Version != auditFormatVersion {
		return nil, f.refuse("audit_heads")
	}
	var covered int64
	for i, h := range f.header.Heads {
		hash, err := hex.DecodeString(h.Hash)
		if err != nil || len(hash) != sha256.Size || h.Chain != i || i >= chainCount || h.Seq < 0 || h.Seq > 1<<53 ||
			(h.Seq == 0) != bytes.Equal(hash, make([]byte, sha256.Size)) {
			return nil, f.refuse("audit_heads")
		}
		f.heads[i] = hash
		covered += h.Seq
	}
	if _, err := time.Parse(auditTime, f.header.At); err != nil || len(f.header.Heads) != chainCount || len(f.header.Program) > 200 ||
		f.header.Rows != 0 && f.header.Rows != covered {
		return nil, f.refuse("audit_heads")
	}
	return f, nil
}

// headerText returns the header, which may stand on several lines: heads travel by
// mail, and people set them out to read them.
func (f *auditFile) headerText() ([]byte, error) {
	var text []byte
	depth, quoted, escaped := 0, false, false
	for {
		c, err := f.in.ReadByte()
		if errors.Is(err, io.EOF) {
			if len(bytes.TrimSpace(text)) == 0 {
				return nil, f.refuse("audit_kind")
			}
			return nil, f.refuse("audit_short")
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.FileUnreadable, "path", f.name)
		}
		if text = append(text, c); len(text) > auditHeaderAtMost {
			return nil, f.refuse("audit_kind")
		}
		switch {
		case c == '\n':
			f.line++
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return bytes.TrimPrefix(text, []byte("\ufeff")), nil
			}
		}
		if depth == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) > 3 {
			return nil, f.refuse("audit_kind") // three bytes may be the beginning of a mark
		}
	}
}

// next returns the next row, and io.EOF when all is read that the header promises and
// holds together.
func (f *auditFile) next() (auditRow, error) {
	if f.done == f.header.Rows {
		return auditRow{}, f.end()
	}
	for f.walk.seq == f.header.Heads[f.chain].Seq {
		f.chain++
		f.walk = newWalk()
	}
	text, last, err := f.lineText()
	if err != nil {
		return auditRow{}, err
	}
	var line auditFileRow
	if err := strict(text, &line); err != nil {
		if last {
			return auditRow{}, f.refuse("audit_short")
		}
		return auditRow{}, f.refuse("audit_row")
	}
	r := auditRow{Chain: line.Chain, Seq: line.Seq, At: line.At, Actor: line.Actor, Action: line.Action, Kind: line.Kind,
		Target: line.Target, Request: line.Request, Detail: line.Detail}
	if r.Hash, err = hex.DecodeString(line.Hash); err != nil || len(r.Hash) != sha256.Size {
		return auditRow{}, f.refuse("audit_row")
	}
	if r.Chain != f.chain || r.Seq != f.walk.seq+1 {
		return auditRow{}, f.refuse("audit_order")
	}
	if _, _, ok := f.walk.step(&r); !ok {
		return auditRow{}, f.refuse("audit_altered")
	}
	if r.Seq == f.header.Heads[f.chain].Seq && !bytes.Equal(r.Hash, f.heads[f.chain]) {
		return auditRow{}, f.refuse("audit_altered")
	}
	f.done++
	f.line++
	return r, nil
}

// lineText returns the next line that has anything on it, and whether the file ends
// with it, without a line end.
func (f *auditFile) lineText() (text []byte, last bool, err error) {
	f.buffer = f.buffer[:0]
	for {
		piece, err := f.in.ReadSlice('\n')
		f.buffer = append(f.buffer, piece...)
		if len(f.buffer) > auditRowAtMost {
			return nil, false, f.refuse("audit_row")
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, false, fault.Wrap(err, fault.FileUnreadable, "path", f.name)
		}
		if text := bytes.TrimSpace(f.buffer); len(text) > 0 {
			return text, err != nil, nil
		}
		if err != nil {
			return nil, false, f.refuse("audit_short")
		}
		f.line++
		f.buffer = f.buffer[:0]
	}
}

// end makes sure that nothing follows.
func (f *auditFile) end() error {
	for {
		c, err := f.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return io.EOF
		case err != nil:
			return fault.Wrap(err, fault.FileUnreadable, "path", f.name)
		case c == '\n':
			f.line++
		case c != ' ' && c != '\t' && c != '\r':
			return f.refuse("audit_long")
		}
	}
}

func (f *auditFile) refuse(detail string) error {
	return fault.New(fault.AuditFile, "path", f.name, "line", itoa(f.line), "detail", detail)
}

// about is what the file says of itself, once all of it is read.
func (f *auditFile) about() moderation.AuditFile {
	a := moderation.AuditFile{Program: f.header.Program, Rows: f.header.Rows, SHA256: hex.EncodeToString(f.sum.Sum(nil))}
	a.At, _ = time.Parse(auditTime, f.header.At) // openAuditFile has looked
	for _, h := range f.header.Heads {
		a.Covered += h.Seq
	}
	return a
}

// strict decodes one JSON object that has the fields of v and no others. Text that is
// no UTF-8 would be mended in silence by the decoder.
func strict(text []byte, v any) error {
	if !utf8.Valid(text) {
		return errors.New("not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.InputOffset() != int64(len(text)) {
		return errors.New("something follows")
	}
	return nil
}

// VerifyAgainst holds the database to a record that was exported earlier: every chain
// must still have the hash that the file names at that row, and where the file has
// rows, those rows. Of each chain the first rows that differ are returned. name is
// what the file is called in faults. report is told the rows done and in all; nil is
// allowed.
//
// Faults: NoRight for everybody but auditors; AuditFile where the file is no export or
// does not hold together itself, with path, line and what is wrong; FileUnreadable.
func (a *Audit) VerifyAgainst(ctx context.Context, name string, in io.Reader, report func(done, total int64)) (moderation.AuditFile, []moderation.Problem, error) {
	if err := a.forAuditors(ctx, "verify"); err != nil {
		return moderation.AuditFile{}, nil, err
	}
	file, err := openAuditFile(name, in)
	if err != nil {
		return moderation.AuditFile{}, nil, err
	}
	var problems []moderation.Problem
	err = a.db.patiently(ctx, func(ctx context.Context, patient *DB) error {
		c := comparison{db: patient, file: file, meter: meter{total: file.header.Rows, report: report}}
		c.meter.add(0)
		if err := c.run(ctx); err != nil {
			return err
		}
		problems = c.problems
		return nil
	})
	if err != nil {
		return moderation.AuditFile{}, nil, err
	}
	return file.about(), problems, nil
}

// differencesAtMost is how many rows of one chain are named. A chain that was written
// anew differs from its first altered row on; a different database in every row.
const differencesAtMost = 5

// comparison holds a database to a file.
type comparison struct {
	db       *DB
	file     *auditFile
	meter    meter
	problems []moderation.Problem
	named    int // of the chain at hand
}

func (c *comparison) run(ctx context.Context) error {
	if c.file.header.Rows == 0 {
		if _, err := c.file.next(); !errors.Is(err, io.EOF) {
			return err
		}
		return c.headsOnly(ctx)
	}
	row, err := c.file.next()
	for err == nil {
		row, err = c.chain(ctx, row)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// headsOnly looks for the row of each head.
func (c *comparison) headsOnly(ctx context.Context) error {
	for i, head := range c.file.header.Heads {
		if head.Seq == 0 {
			continue
		}
		var there []struct {
			Seq  int64  `db:"seq"`
			Hash []byte `db:"hash"`
		}
		err := c.db.read(ctx, func(q sqlx.QueryerContext) error {
			there = there[:0]
			return sqlx.SelectContext(ctx, q, &there, `SELECT seq, hash FROM studio.audit WHERE chain = $1 AND seq <= $2 ORDER BY seq DESC, at LIMIT 2`, i, head.Seq)
		})
		if err != nil {
			return err
		}
		seen := "no row"
		for _, r := range there {
			if r.Seq == head.Seq && bytes.Equal(r.Hash, c.file.heads[i]) {
				seen = ""
				break
			}
			if r.Seq == head.Seq {
				seen = hex.EncodeToString(r.Hash)
			} else if seen == "no row" {
				seen = "the chain ends at row " + strconv.FormatInt(r.Seq, 10)
			}
		}
		if seen != "" {
			c.problems = append(c.problems, moderation.Problem{Check: "against.head", Where: auditPlace(i, head.Seq), Seen: seen, Want: head.Hash})
		}
	}
	return nil
}

// chain compares the chain that begins with a row of the file, and returns the row
// that the next one begins with.
func (c *comparison) chain(ctx context.Context, row auditRow) (auditRow, error) {
	chain := row.Chain
	head := c.file.header.Heads[chain]
	rows := c.db.chainRows(ctx, chain, head.Seq)
	defer rows.stop()
	c.named = 0
	var (
		batch []auditRow
		last  int64 // row of the database that was looked at
		over  bool  // the database has no more of this chain
		err   error
		more  = true
	)
	for row.Chain == chain {
		for more && (len(batch) == 0 || batch[0].Seq < row.Seq) {
			if len(batch) > 0 {
				last, batch = batch[0].Seq, batch[1:]
				continue
			}
			if batch, more, err = rows.next(ctx); err != nil {
				return row, c.db.explain(ctx, err)
			}
		}
		switch {
		case len(batch) == 0:
			if !over {
				over = true
				c.add("against.row", row.place(), "the chain ends at row "+strconv.FormatInt(last, 10), hex.EncodeToString(row.Hash))
			}
		case batch[0].Seq > row.Seq:
			c.add("against.row", row.place(), "missing", hex.EncodeToString(row.Hash))
		default:
			c.compare(&batch[0], &row)
		}
		c.meter.add(1)
		if row, err = c.file.next(); err != nil {
			return row, err
		}
	}
	return row, nil
}

// compare names what differs between a row of the database and the file's. A hash
// that differs alone is the consequence of a row before it, unless there is none.
func (c *comparison) compare(mine, theirs *auditRow) {
	var seen, want []string
	for _, field := range []struct{ name, mine, theirs string }{
		{"time", mine.At, theirs.At}, {"actor", mine.Actor, theirs.Actor}, {"action", mine.Action, theirs.Action},
		{"kind", mine.Kind, theirs.Kind}, {"target", mine.Target, theirs.Target}, {"request", mine.Request, theirs.Request},
		{"detail", mine.Detail, theirs.Detail},
	} {
		if field.mine != field.theirs {
			seen, want = append(seen, field.name+" "+shown(field.mine)), append(want, field.name+" "+shown(field.theirs))
		}
	}
	if len(seen) == 0 && c.named == 0 && !bytes.Equal(mine.Hash, theirs.Hash) {
		seen, want = []string{hex.EncodeToString(mine.Hash)}, []string{hex.EncodeToString(theirs.Hash)}
	}
	if len(seen) > 0 {
		c.add("against.row", theirs.place(), strings.Join(seen, ", "), strings.Join(want, ", "))
	}
}

func (c *comparison) add(check, where, seen, want string) {
	if c.named++; c.named <= differencesAtMost {
		c.problems = append(c.problems, moderation.Problem{Check: check, Where: where, Seen: seen, Want: want})
	}
}

// shown is a field as a difference shows it: two details mostly differ somewhere in
// the middle, so much of them is shown.
func shown(field string) string {
	const most = 400
	if field == "" {
		return "-"
	}
	runes := []rune(field)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return field
}
