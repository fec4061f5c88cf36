package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/store"
)

// exported returns the record as a file.
func (d *desk) exported(headsOnly bool) []byte {
	d.t.Helper()
	var b bytes.Buffer
	file, err := d.Open(d.t, "auditor1").Audit().Export(d.t.Context(), &b, "1.2.3", headsOnly, nil)
	must(d.t, err)
	if sum := sha256.Sum256(b.Bytes()); hex.EncodeToString(sum[:]) != file.SHA256 {
		d.t.Errorf("the file's digest is %x, said to be %s", sum, file.SHA256)
	}
	return b.Bytes()
}

// against holds the database to a file and returns the problems.
func (d *desk) against(file []byte) []moderation.Problem {
	d.t.Helper()
	_, problems, err := d.Open(d.t, "auditor1").Audit().VerifyAgainst(d.t.Context(), "file", bytes.NewReader(file), nil)
	must(d.t, err)
	return problems
}

// noted is a desk with a few notes of moderator1 on one case, which are the last rows
// of a chain, from first on.
func noted(t *testing.T, notes int) (d *desk, chain string, first int) {
	t.Helper()
	d = newDesk(t)
	p, id := d.sit("moderator1"), d.post("p1", 0.5)
	for n := range notes {
		must(t, p.db.Cases().AddNote(t.Context(), uuid.NewString(), id, fmt.Sprint("thought ", n)))
	}
	_, err := fmt.Sscan(d.one(`SELECT min(chain) || ' ' || min(seq) FROM studio.audit WHERE action = 'case.note'`), &chain, &first)
	must(t, err)
	return d, chain, first
}

// rewritten makes a superuser alter rows of a chain from one on and compute every hash
// behind it anew, the head's too, so that the chain holds together again.
func (d *desk) rewritten(chain string, from int, alter string) {
	d.t.Helper()
	d.exec(fmt.Sprintf(`SET session_replication_role = replica;
		UPDATE studio.audit SET %[3]s WHERE chain = %[1]s AND seq = %[2]d;
		DO $$
		DECLARE r studio.audit; last bytea := decode(repeat('00', 32), 'hex');
		BEGIN
		  FOR r IN SELECT * FROM studio.audit WHERE chain = %[1]s ORDER BY seq LOOP
		    last := sha256(studio.audit_canonical(last, r.chain, r.seq, r.at, r.actor, r.action, r.kind, r.target, r.request, r.detail));
		    UPDATE studio.audit SET hash = last WHERE chain = r.chain AND seq = r.seq;
		  END LOOP;
		  UPDATE studio.audit_head SET hash = last WHERE chain = %[1]s;
		END $$;
		SET session_replication_role = origin`, chain, from, alter))
}

func TestTheRecordIsHeldToWhatWasExported(t *testing.T) {
	t.Parallel()
	d := worked(t)
	for _, headsOnly := range []bool{false, true} {
		file := d.exported(headsOnly)
		must(t, d.sit("moderator1").db.Cases().AddNote(t.Context(), uuid.NewString(), d.one(`SELECT id FROM studio.cases WHERE target = 'p5'`), "Later."))
		var last, total int64
		about, problems, err := d.Open(t, "auditor1").Audit().VerifyAgainst(t.Context(), "file", iotest.OneByteReader(bytes.NewReader(file)), func(done, all int64) { last, total = done, all })
		must(t, err)
		if len(problems) > 0 {
			t.Errorf("heads only %t: %+v", headsOnly, problems)
		}
		lines := bytes.Count(file, []byte("\n"))
		want := about.Covered + 1
		if headsOnly {
			want = 1
		}
		sum := sha256.Sum256(file)
		if int64(lines) != want || about.Rows != want-1 || about.Program != "1.2.3" || time.Since(about.At).Abs() > time.Hour || about.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%d lines of %+v", lines, about)
		}
		if last != about.Rows || total != about.Rows {
			t.Errorf("told of %d rows of %d", last, total)
		}
		if headsOnly && len(file) > 8<<10 {
			t.Errorf("the heads are %d bytes", len(file))
		}
	}
}

// A file says what the hash covers, so that somebody else can check it by what
// docs/formats.md says alone.
func TestAnExportedRowGivesItsHashByItself(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 3)
	rows, last := 0, map[int]string{}
	heads := map[int]string{}
	for line := range bytes.Lines(d.exported(false)) {
		var row struct {
			Chain, Seq                                       int
			At, Actor, Action, Kind, Target, Request, Detail string
			Hash                                             string
			Format, Program                                  string
			Version                                          int
			Heads                                            []struct {
				Chain, Seq int
				Hash       string
			}
		}
		must(t, json.Unmarshal(line, &row))
		if row.Format != "" {
			if row.Format != "cinnabar.audit" || row.Version != 1 || len(row.Heads) != 64 {
				t.Errorf("the header is %s", line)
			}
			for _, h := range row.Heads {
				heads[h.Chain] = h.Hash
			}
			continue
		}
		rows++
		before, err := hex.DecodeString(last[row.Chain])
		must(t, err)
		if len(before) == 0 {
			before = make([]byte, 32)
		}
		sum := sha256.New()
		for _, field := range []string{"cinnabar.audit.1", string(before), fmt.Sprint(row.Chain), fmt.Sprint(row.Seq), row.At, row.Actor,
			row.Action, row.Kind, row.Target, row.Request, row.Detail} {
			fmt.Fprintf(sum, "%d:%s", len(field), field)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != row.Hash {
			t.Errorf("row %d of chain %d hashes to %s, the file says %s", row.Seq, row.Chain, got, row.Hash)
		}
		last[row.Chain] = row.Hash
	}
	for chain, hash := range last {
		if heads[chain] != hash {
			t.Errorf("the head of chain %d is %s, its last row's hash %s", chain, heads[chain], hash)
		}
	}
	if rows < 10 {
		t.Errorf("%d rows", rows)
	}
}

func TestAnAlteredRecordDiffersFromTheFile(t *testing.T) {
	t.Parallel()
	type spot struct {
		d     *desk
		chain string
		first int // of five notes
	}
	altered := func(query string) func(spot) {
		return func(s spot) {
			s.d.exec(`SET session_replication_role = replica; ` + strings.NewReplacer("{chain}", s.chain, "{third}", fmt.Sprint(s.first+2)).Replace(query))
		}
	}
	for _, c := range []struct {
		name  string
		alter func(spot)
		// The first note that differs by a file with rows, and the last, which heads
		// alone show; -1 where they don't.
		row, head  int
		seen, want string
	}{
		{"a cut tail", altered(`DELETE FROM studio.audit WHERE chain = {chain} AND seq >= {third};
			UPDATE studio.audit_head h SET (seq, hash) = (SELECT seq, hash FROM studio.audit WHERE chain = h.chain ORDER BY seq DESC LIMIT 1) WHERE chain = {chain}`),
			2, 4, "the chain ends at row ", ""},
		{"a rewritten prefix", func(s spot) { s.d.rewritten(s.chain, s.first, `actor = 'moderator2'`) }, 0, 4, "actor moderator2", "actor moderator1"},
		{"a rewritten last row", func(s spot) { s.d.rewritten(s.chain, s.first+4, `detail = '{}'`) }, 4, 4, "detail {}", `detail {"note_sha256"`},
		{"an altered byte", altered(`UPDATE studio.audit SET target = target || ' ' WHERE chain = {chain} AND seq = {third}`), 2, -1, "target ", "target "},
		{"an altered hash", altered(`UPDATE studio.audit SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE chain = {chain} AND seq = {third}`), 2, -1, "", ""},
		{"a missing row", altered(`DELETE FROM studio.audit WHERE chain = {chain} AND seq = {third}`), 2, -1, "missing", ""},
		{"an emptied chain", altered(`DELETE FROM studio.audit WHERE chain = {chain};
			UPDATE studio.audit_head SET seq = 0, hash = decode(repeat('00', 32), 'hex') WHERE chain = {chain}`), -9, 4, "the chain ends at row 0", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, chain, first := noted(t, 5)
			d.t = t
			rows, heads := d.exported(false), d.exported(true)
			c.alter(spot{d, chain, first})
			where := fmt.Sprint("chain ", chain, " row ", max(1, first+c.row))
			found := d.against(rows)
			if len(found) != 1 || found[0].Check != "against.row" || found[0].Where != where || !strings.Contains(found[0].Seen, c.seen) || !strings.Contains(found[0].Want, c.want) {
				t.Errorf("by its rows: %+v, want %s", found, where)
			}
			found = d.against(heads)
			where = fmt.Sprint("chain ", chain, " row ", first+c.head)
			if c.head < 0 && len(found) > 0 || c.head >= 0 && (len(found) != 1 || found[0].Check != "against.head" || found[0].Where != where) {
				t.Errorf("by its heads: %+v, want %s", found, where)
			}
		})
	}
}

func TestAnotherDatabaseDiffersInEveryChain(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 1)
	rows, heads := d.exported(false), d.exported(true)
	chains := strings.Fields(d.one(`SELECT string_agg(CAST(chain AS text), ' ') FROM studio.audit_head WHERE seq > 0`))
	for _, chain := range chains {
		d.rewritten(chain, 1, `target = target || ', another'`)
	}
	for _, p := range d.verify() {
		if strings.HasPrefix(p.Check, "chain") {
			t.Errorf("the other database does not hold together: %+v", p)
		}
	}
	for name, file := range map[string][]byte{"rows": rows, "heads": heads} {
		named := map[string]bool{}
		for _, p := range d.against(file) {
			chain, _, _ := strings.Cut(p.Where, " row")
			named[chain] = true
		}
		if len(named) != len(chains) || len(chains) < 10 {
			t.Errorf("%s of %d chains differ, want %d", name, len(named), len(chains))
		}
	}
}

func TestAFileThatDoesNotHoldTogetherIsRefused(t *testing.T) {
	t.Parallel()
	d, chain, _ := noted(t, 5)
	file, heads := string(d.exported(false)), string(d.exported(true))
	lines := strings.SplitAfter(file, "\n")
	lines = lines[:len(lines)-1]
	note := slices.IndexFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, `{"chain":`+chain+`,`) && strings.Contains(l, "case.note")
	})
	joined := func(lines ...string) string { return strings.Join(lines, "") }
	without := func(i int) string { return joined(slices.Delete(slices.Clone(lines), i, i+1)...) }
	with := func(i int, line string) string {
		all := slices.Clone(lines)
		all[i] = line
		return joined(all...)
	}
	swap := func(i, j int) string {
		all := slices.Clone(lines)
		all[i], all[j] = all[j], all[i]
		return joined(all...)
	}
	for name, c := range map[string]struct{ file, detail string }{
		"empty":                     {"", "audit_kind"},
		"spaces":                    {strings.Repeat(" \n", 100), "audit_kind"},
		"another file":              {`{"id":"p1","body":"one"}` + "\n", "audit_kind"},
		"a table":                   {"id,body\np1,one\n", "audit_kind"},
		"bytes":                     {"\x89PNG\r\n\x1a\n" + strings.Repeat("\x00", 1000), "audit_kind"},
		"an endless line":           {strings.Repeat("[", 10<<20), "audit_kind"},
		"an endless text":           {`{"format":"` + strings.Repeat("x", 10<<20), "audit_kind"},
		"a newer program's":         {strings.Replace(heads, `"version":1`, `"version":2`, 1), "audit_newer"},
		"no version":                {strings.Replace(heads, `"version":1,`, ``, 1), "audit_heads"},
		"a field too many":          {strings.Replace(heads, `"version":1`, `"version":1,"x":1`, 1), "audit_heads"},
		"a head too few":            {heads[:strings.LastIndex(heads, `,{"chain":63`)] + "]}\n", "audit_heads"},
		"heads twice":               {strings.Replace(heads, `"chain":1,`, `"chain":0,`, 1), "audit_heads"},
		"a negative head":           {strings.ReplaceAll(heads, `"seq":`, `"seq":-`), "audit_heads"},
		"rows without number":       {strings.Replace(file, `"rows":`, `"rows":1`, 1), "audit_heads"},
		"half a header":             {heads[:len(heads)/2], "audit_short"},
		"heads and something":       {heads + "{}", "audit_long"},
		"heads and rows":            {heads + joined(lines[1:]...), "audit_long"},
		"no rows":                   {lines[0], "audit_short"},
		"the last row is missing":   {without(len(lines) - 1), "audit_short"},
		"a row is missing":          {without(note), "audit_order"},
		"a row twice":               {with(note, lines[note]+lines[note]), "audit_order"},
		"rows change places":        {swap(note, note+1), "audit_order"},
		"a row too many":            {file + lines[len(lines)-1], "audit_long"},
		"half a row":                {file[:len(file)-20], "audit_short"},
		"an altered row":            {with(note, strings.Replace(lines[note], `"moderator1"`, `"moderator2"`, 1)), "audit_altered"},
		"an altered head":           {with(0, strings.Replace(lines[0], `"hash":"`+hashOf(lines[len(lines)-1]), `"hash":"`+strings.Repeat("1", 64), 1)), "audit_altered"},
		"no hash":                   {with(note, strings.Replace(lines[note], `"hash":"`, `"hash":"x`, 1)), "audit_row"},
		"a row of another kind":     {with(note, "[]\n"), "audit_row"},
		"two rows on a line":        {with(note, strings.TrimSuffix(lines[note], "\n")+lines[note]), "audit_row"},
		"a row with bytes":          {with(note, strings.Replace(lines[note], "moderator1", "moderator\xff", 1)), "audit_row"},
		"a row without end":         {lines[0] + `{"chain":` + strings.Repeat("1", 17<<20), "audit_row"},
		"a row that nests for ever": {lines[0] + strings.Repeat("[", 15<<20) + "\n", "audit_row"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := d.Open(t, "auditor1").Audit().VerifyAgainst(t.Context(), "heads.jsonl", strings.NewReader(c.file), nil)
			if f := refused(t, err, fault.AuditFile); f.Args["detail"] != c.detail || f.Args["path"] != "heads.jsonl" || f.Args["line"] == "" {
				t.Errorf("%v, want %s", f.Args, c.detail)
			}
		})
	}
	_, err := store.ReadAuditFile(strings.NewReader(with(note, "[]\n")))
	if f := refused(t, err, fault.AuditFile); f.Args["line"] != fmt.Sprint(note+1) {
		t.Errorf("line %d is called %s", note+1, f.Args["line"])
	}
	_, _, err = d.Open(t, "auditor1").Audit().VerifyAgainst(t.Context(), "f", io.MultiReader(strings.NewReader(lines[0]), iotest.ErrReader(io.ErrClosedPipe)), nil)
	refused(t, err, fault.FileUnreadable)
}

func hashOf(line string) string {
	_, hash, _ := strings.Cut(line, `"hash":"`)
	return hash[:64]
}

// Heads go by mail and by hand: set out over lines, with a mark at the beginning, with
// the line ends of another system.
func TestHeadsMayBeSetOut(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 2)
	heads, file := d.exported(true), d.exported(false)
	var pretty bytes.Buffer
	must(t, json.Indent(&pretty, heads, "> ", "    "))
	for name, text := range map[string]string{
		"over lines":        strings.ReplaceAll(pretty.String(), "> ", "  "),
		"with a mark":       "\ufeff" + string(heads),
		"line ends":         strings.ReplaceAll(string(file), "\n", "\r\n"),
		"empty lines":       strings.ReplaceAll(string(file), "\n", "\n\n \n"),
		"without an end":    strings.TrimSuffix(string(file), "\n"),
		"space before":      "\n\n  " + string(heads),
		"heads, no end":     strings.TrimSuffix(string(heads), "\n"),
		"rows, set-out top": strings.Replace(string(file), `"heads":[`, "\n\t\"heads\" : [\n", 1),
	} {
		if _, err := store.ReadAuditFile(strings.NewReader(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if found := d.against([]byte(text)); len(found) > 0 {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

// Cut anywhere, the file is refused; with any bit turned, it is refused or says of the
// record what it said before.
func TestADamagedFileIsNeverTakenForAnother(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 3)
	file := d.exported(false)
	whole, err := store.ReadAuditFile(bytes.NewReader(file))
	must(t, err)
	// Where a file ends late is where it passes for whole most easily.
	for cut := range len(file) - 1 {
		if cut < len(file)-200 && rand.N(sized(75, 1)) > 0 {
			continue
		}
		if _, err := store.ReadAuditFile(bytes.NewReader(file[:cut])); err == nil {
			t.Fatalf("%d of %d bytes are taken for the whole", cut, len(file))
		}
	}
	header := bytes.IndexByte(file, '\n')
	for range sized(300, 5000) {
		bent := bytes.Clone(file)
		at := header + rand.N(len(file)-header)
		bent[at] ^= 1 << rand.N(8)
		rows, err := store.ReadAuditFile(bytes.NewReader(bent))
		if err == nil && (rows != whole || !bytes.Equal(bytes.ToLower(bent), bytes.ToLower(file)) && !isSpace(bent[at])) {
			t.Fatalf("with byte %d turned from %q to %q the file is taken: %s", at, file[at], bent[at], excerptAt(bent, at))
		}
	}
}

func isSpace(c byte) bool { return strings.ContainsRune(" \t\r\n", rune(c)) }

func excerptAt(text []byte, at int) []byte { return text[max(0, at-40):min(len(text), at+40)] }

func TestOnlyAuditorsExportAndCompare(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	heads := d.exported(true)
	for _, login := range []string{"moderator1", "lead1", "marketer1", "admin1", "worker1"} {
		audit := d.Open(t, login).Audit()
		var b bytes.Buffer
		_, err := audit.Export(t.Context(), &b, "", false, nil)
		refused(t, err, fault.NoRight)
		if b.Len() > 0 {
			t.Errorf("%s got %d bytes", login, b.Len())
		}
		_, _, err = audit.VerifyAgainst(t.Context(), "f", bytes.NewReader(heads), nil)
		refused(t, err, fault.NoRight)
	}
}

// A record that doesn't hold together can't be held to later.
func TestABrokenRecordIsNotExported(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]string{
		"altered": `UPDATE studio.audit SET actor = 'x' WHERE chain = `,
		"missing": `DELETE FROM studio.audit WHERE chain = `,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, chain, first := noted(t, 5)
			d.exec(`SET session_replication_role = replica; ` + alter + chain + ` AND seq = ` + fmt.Sprint(first+2))
			_, err := d.Open(t, "auditor1").Audit().Export(t.Context(), io.Discard, "", false, nil)
			want := first + map[string]int{"altered": 2, "missing": 3}[name]
			if f := refused(t, err, fault.AuditBroken); f.Args["chain"] != chain || f.Args["row"] != fmt.Sprint(want) {
				t.Errorf("%v", f.Args)
			}
		})
	}
}

// The file is one state of the record although people go on working.
func TestAnExportIsOneStateWhilePeopleWork(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 3)
	id := d.one(`SELECT id FROM studio.cases`)
	ctx, stop := context.WithCancel(t.Context())
	busy := make(chan error, 3)
	for n := range 3 {
		p := d.sit(fmt.Sprint("moderator", n+1))
		go func() {
			for ctx.Err() == nil {
				if err := p.db.Cases().AddNote(ctx, uuid.NewString(), id, "busy"); err != nil && ctx.Err() == nil {
					busy <- err
					return
				}
			}
			busy <- nil
		}()
	}
	for range 5 {
		file := d.exported(false)
		if _, err := store.ReadAuditFile(bytes.NewReader(file)); err != nil {
			t.Error(err)
		}
		if found := d.against(file); len(found) > 0 {
			t.Errorf("%+v", found)
		}
	}
	stop()
	for range 3 {
		must(t, <-busy)
	}
}

func TestStoppingAnExportEndsItSoon(t *testing.T) {
	t.Parallel()
	d, _, _ := noted(t, 3)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := d.Open(t, "auditor1").Audit().Export(ctx, io.Discard, "", false, nil)
	refused(t, err, fault.Cancelled)
	// In the middle of the rows.
	ctx, stop = context.WithCancel(t.Context())
	_, err = d.Open(t, "auditor1").Audit().Export(ctx, io.Discard, "", false, func(done, _ int64) {
		if done > 0 {
			stop()
		}
	})
	refused(t, err, fault.Cancelled)
	_, _, err = d.Open(t, "auditor1").Audit().VerifyAgainst(ctx, "f", bytes.NewReader(d.exported(false)), nil)
	refused(t, err, fault.Cancelled)
}

// Long work has limits of its own, whatever the login's are, and ends with its caller
// or with the program all the same.
func TestLongWorkIsPatientAndCanBeStopped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.exec(`ALTER DATABASE ` + d.Database + ` SET statement_timeout = 100; ALTER DATABASE ` + d.Database + ` SET search_path = public`)
	db := d.Open(t, "auditor1")
	var settings string
	must(t, db.Patiently(t.Context(), func(ctx context.Context, q sqlx.QueryerContext) error {
		return sqlx.GetContext(ctx, q, &settings, `SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('search_path'), current_setting('transaction_read_only')) FROM pg_sleep(0.3)`)
	}))
	if settings != "0 pg_catalog on" {
		t.Errorf("the settings are %s", settings)
	}
	for name, stop := range map[string]func(cancel func()){
		"its caller":  func(cancel func()) { cancel() },
		"the program": func(func()) { db.Close() },
	} {
		ctx, cancel := context.WithCancel(t.Context())
		begun := time.Now()
		time.AfterFunc(200*time.Millisecond, func() { stop(cancel) })
		err := db.Patiently(ctx, func(ctx context.Context, q sqlx.QueryerContext) error {
			var nothing string
			return sqlx.GetContext(ctx, q, &nothing, `SELECT pg_sleep(60)`)
		})
		refused(t, err, fault.Cancelled)
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("%s had to wait for %v", name, took)
		}
		cancel()
		if name == "the program" {
			break
		}
	}
}

// Whatever a file holds, reading it ends, without a panic, and what is taken holds
// together.
func FuzzAuditFile(f *testing.F) {
	row := `{"chain":0,"seq":1,"at":"2026-03-01T09:00:00.000000Z","actor":"a","action":"b","kind":"c","target":"d","request":"","detail":"{}","hash":"` + strings.Repeat("0", 64) + `"}`
	var heads []string
	for n := range 64 {
		heads = append(heads, fmt.Sprintf(`{"chain":%d,"seq":0,"hash":"%s"}`, n, strings.Repeat("0", 64)))
	}
	header := `{"format":"cinnabar.audit","version":1,"at":"2026-03-01T09:00:00.000000Z","program":"1","rows":0,"heads":[` + strings.Join(heads, ",") + `]}`
	f.Add([]byte(header))
	f.Add([]byte(strings.Replace(strings.Replace(header, `"seq":0`, `"seq":1`, 1), `"rows":0`, `"rows":1`, 1) + "\n" + row + "\n"))
	f.Add([]byte("\ufeff" + header + "\r\n\r\n"))
	f.Add([]byte(`{"format":"cinnabar.audit","version":2}`))
	f.Add([]byte(`{"format":"\"}{[" }`))
	f.Fuzz(func(t *testing.T, file []byte) {
		rows, err := store.ReadAuditFile(bytes.NewReader(file))
		if err == nil && rows > 0 && !bytes.Contains(file, []byte(`"hash"`)) {
			t.Errorf("%d rows of %q", rows, file)
		}
		if code := fault.CodeOf(err); err != nil && code != fault.AuditFile {
			t.Errorf("%v of %q", err, file)
		}
	})
}
