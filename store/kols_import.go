package store

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// Import brings KOLs in, in one transaction: new ones came, those of whom the file says
// something else are changed, the rest stood. Quotes and Record are not among it: see
// ImportQuotes, and moderation. report, which may be nil, is told how many rows are done.
//
// Faults: FieldValue, FieldMissing, FieldTwice, each with the KOL's id. Then nothing
// came in. rows is read once more when the transaction has to run again.
func (k *KOLs) Import(ctx context.Context, request string, rows iter.Seq[campaigns.KOL], report func(done int)) (moderation.Tally, error) {
	again := reread{host: k.db.address.host}
	return k.db.importing(ctx, request, "kols", func(tx *sqlx.Tx) error {
		again.start()
		seen := map[string]bool{}
		send := sender[map[string]any]{call: `SELECT studio.kols_import($1, $2)`, request: request, tx: tx, report: report}
		for row := range rows {
			if seen[row.ID] {
				return fault.New(fault.FieldTwice, "field", "id", "value", excerpt(row.ID))
			}
			seen[row.ID] = true
			again.read(row.ID, 1)
			text, err := kolRow(row)
			if err != nil {
				return err
			}
			if err := send.add(ctx, text, again.rows); err != nil {
				return err
			}
		}
		return errors.Join(send.flush(ctx, again.rows), again.complete())
	})
}

// sender collects rows and sends them in batches, as JSON.
type sender[T any] struct {
	call    string
	request string
	tx      *sqlx.Tx
	report  func(done int)
	rows    []T
}

func (s *sender[T]) add(ctx context.Context, row T, done int) error {
	s.rows = append(s.rows, row)
	if len(s.rows) < planBatch {
		return nil
	}
	return s.flush(ctx, done)
}

func (s *sender[T]) flush(ctx context.Context, done int) error {
	if len(s.rows) == 0 {
		return nil
	}
	raw, err := json.Marshal(s.rows)
	if err != nil {
		return fault.Wrap(err, fault.Internal)
	}
	if _, err := s.tx.ExecContext(ctx, s.call, s.request, string(raw)); err != nil {
		return err
	}
	s.rows = s.rows[:0]
	if s.report != nil {
		s.report(done)
	}
	return nil
}

// kolRow is a row as studio.kols_import reads it.
func kolRow(k campaigns.KOL) (map[string]any, error) {
	c := &checked{row: excerpt(k.ID)}
	for name, value := range map[string]float64{"authentic": k.Authentic, "audience": k.Audience.Abroad} {
		if !finite(value) {
			c.refuse(c.value(name, "NaN"))
		}
	}
	traits := func(shares map[string]float64) map[string]float64 {
		for _, key := range slices.Sorted(maps.Keys(shares)) {
			if !finite(shares[key]) {
				c.refuse(c.value("audience", key))
			}
		}
		return shares
	}
	growth := []int{}
	for _, n := range k.Growth {
		growth = append(growth, c.number("growth", n))
	}
	for _, l := range k.Languages {
		c.clean("languages", l)
	}
	engagement := func(field string, e campaigns.Engagement) engagementJSON {
		for _, n := range []int{e.Notes, e.Views, e.Likes, e.Saves, e.Comments, e.Shares} {
			c.number(field, n)
		}
		return engagementJSON(e)
	}
	if k.Picture != "" && !k.Picture.Valid() {
		c.refuse(c.value("picture", string(k.Picture)))
	}
	c.any("extra", k.Extra)
	row := map[string]any{
		"id": c.id("id", k.ID, true), "handle": c.text("handle", k.Handle), "category": c.text("category", k.Category),
		"region": c.text("region", k.Region), "languages": k.Languages, "about": c.text("about", k.About),
		"followers": c.number("followers", k.Followers), "joined": c.date("joined_at", k.Joined), "growth": growth,
		"daily": engagement("daily", k.Daily), "paid": engagement("paid", k.Paid), "measured": c.number("audience.measured", k.Audience.Measured),
		"age": traits(k.Audience.Age), "gender": traits(k.Audience.Gender), "city": traits(k.Audience.City), "abroad": k.Audience.Abroad,
		"authentic": k.Authentic, "picture": k.Picture, "rising": campaigns.Rising(k), "extra": k.Extra,
	}
	return row, c.err
}

// ImportQuotes brings quotes in, in one transaction. A quote of the same KOL, format and
// first day takes the place of the one before; From "" is today. Faults as for Import,
// and NotFound for a KOL that isn't there.
func (k *KOLs) ImportQuotes(ctx context.Context, request string, rows iter.Seq[campaigns.KOLQuote], report func(done int)) (moderation.Tally, error) {
	again := reread{host: k.db.address.host}
	return k.db.importing(ctx, request, "quotes", func(tx *sqlx.Tx) error {
		again.start()
		send := sender[map[string]any]{call: `SELECT studio.quotes_import($1, $2)`, request: request, tx: tx, report: report}
		for row := range rows {
			c := &checked{row: excerpt(row.KOL)}
			again.read(row.KOL, 1)
			text := map[string]any{"kol": c.id("kol_id", row.KOL, true), "format": c.text("format", string(row.Format)), "fee": row.Fee,
				"from_day": c.date("from", row.From), "to_day": c.date("to", row.To)}
			if c.err != nil {
				return c.err
			}
			if err := send.add(ctx, text, again.rows); err != nil {
				return err
			}
		}
		return errors.Join(send.flush(ctx, again.rows), again.complete())
	})
}

// audienceBatch is how many people get their numbers in one call.
const audienceBatch = 20_000

// ImportAudience brings in who follows whom, in one transaction. A file has the whole
// audience of every KOL that it names, in rows in any order; the tally counts KOLs. Of a
// person's traits the first row that names them counts; Weight 0 and traits that are ""
// leave what was known of them.
// Faults: FieldMissing for a line for nobody, NotFound for a KOL that isn't there,
// FieldValue.
func (k *KOLs) ImportAudience(ctx context.Context, request string, rows iter.Seq[campaigns.Follow], report func(done int)) (moderation.Tally, error) {
	again := reread{host: k.db.address.host}
	return k.db.importing(ctx, request, "audience", func(tx *sqlx.Tx) error {
		again.start()
		of := map[string][]uint32{}
		numbers := map[string]uint32{} // of people, once they have one
		batch := make([]campaigns.Follow, 0, audienceBatch)
		flush := func() error {
			var strange []campaigns.Follow // whom this file names for the first time
			for _, f := range batch {
				if _, is := numbers[f.ID]; !is {
					numbers[f.ID] = 0
					strange = append(strange, f)
				}
			}
			some, err := followerNumbers(ctx, tx, request, strange)
			if err != nil {
				return err
			}
			for i, f := range strange {
				numbers[f.ID] = some[i]
			}
			for _, f := range batch {
				of[f.KOL] = append(of[f.KOL], numbers[f.ID])
			}
			batch = batch[:0]
			if report != nil {
				report(again.rows)
			}
			return nil
		}
		for row := range rows {
			c := &checked{row: excerpt(row.KOL)}
			c.id("kol_id", row.KOL, true)
			c.id("user_id", row.ID, true)
			for name, value := range map[string]string{"age": row.Age, "gender": row.Gender, "city": row.City} {
				c.clean(name, value)
			}
			if !finite(row.Weight) {
				c.refuse(c.value("weight", "NaN"))
			}
			if c.err != nil {
				return c.err
			}
			again.read(row.KOL, 1)
			if batch = append(batch, row); len(batch) == audienceBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		if err := flush(); err != nil {
			return err
		}
		if err := putAudiences(ctx, tx, request, of); err != nil {
			return err
		}
		return again.complete()
	})
}

// putAudiences sends who follows each KOL, many KOLs in a call.
func putAudiences(ctx context.Context, tx *sqlx.Tx, request string, of map[string][]uint32) error {
	var kols, counts, people column
	send := func() error {
		if kols.n == 0 {
			return nil
		}
		_, err := tx.ExecContext(ctx, `SELECT studio.audiences_put($1, $2, $3, $4)`, request, kols.array(oidText), counts.array(oidInt4), people.array(oidInt4))
		kols, counts, people = column{}, column{}, column{}
		return err
	}
	for _, kol := range slices.Sorted(maps.Keys(of)) {
		kols.text(kol)
		counts.int4(len(of[kol]))
		for _, n := range of[kol] {
			people.int4(int(n))
		}
		if kols.n >= planBatch || people.n >= 10*audienceBatch {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// followerNumbers gives each row the number of its person.
func followerNumbers(ctx context.Context, tx *sqlx.Tx, request string, rows []campaigns.Follow) ([]uint32, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var id, age, gender, city, abroad, weight column
	for _, f := range rows {
		id.text(f.ID)
		age.text(f.Age)
		gender.text(f.Gender)
		city.text(f.City)
		abroad.maybe(ifTrue(f.Abroad))
		if f.Weight == 0 {
			weight.unknown()
		} else {
			weight.float(f.Weight)
		}
	}
	var raw []byte
	err := tx.QueryRowxContext(ctx, `SELECT array_send(studio.audience_people($1, $2, $3, $4, $5, $6, $7))`, request, id.array(oidText), age.array(oidText),
		gender.array(oidText), city.array(oidText), abroad.array(oidBool), weight.array(oidFloat8)).Scan(&raw)
	if err != nil {
		return nil, err
	}
	numbers, err := int4s(raw)
	if err == nil && len(numbers) != len(rows) {
		err = fault.New(fault.Internal)
	}
	return numbers, err
}

// ifTrue is a trait that files only ever say when it is true.
func ifTrue(is bool) *bool {
	if !is {
		return nil
	}
	return &is
}

// int4s reads an int[] in the binary form of the wire.
func int4s(b []byte) ([]uint32, error) {
	if len(b) < 12 {
		return nil, fault.New(fault.Internal)
	}
	if binary.BigEndian.Uint32(b) == 0 {
		return nil, nil // no dimension: empty
	}
	if len(b) < arrayHeader {
		return nil, fault.New(fault.Internal)
	}
	n := int(binary.BigEndian.Uint32(b[12:]))
	b = b[arrayHeader:]
	if len(b) != 8*n {
		return nil, fault.New(fault.Internal) // a NULL among them, which no array of ours has
	}
	numbers := make([]uint32, n)
	for i := range numbers {
		numbers[i] = binary.BigEndian.Uint32(b[8*i+4:])
	}
	return numbers, nil
}
