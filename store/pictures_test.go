package store_test

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

func TestPicturesAreKeptOnceByTheirBytes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte{1, 0, 255, '\\'}, 2<<20)
	files := [][]byte{drawn.Bytes(), []byte("no picture"), large, drawn.Bytes(), large[1:]}
	request := uuid.NewString()
	for _, login := range []string{"worker1", "moderator1", "marketer1"} {
		got, err := d.Open(t, login).Pictures().Put(t.Context(), request, files)
		if err != nil {
			t.Fatal(err)
		}
		for i, data := range files {
			if got[i] != assets.IDOf(data) {
				t.Errorf("%s: file %d is %s", login, i, got[i])
			}
		}
		request = uuid.NewString()
	}
	if n := d.one(`SELECT count(*) || ' by ' || min(first_by) FROM studio.picture`); n != "4 by worker1" {
		t.Errorf("%s", n)
	}
	if got := d.one(`SELECT string_agg(concat_ws(' ', media, width, height), ', ' ORDER BY media, id) FROM studio.picture WHERE size < 1000`); got != "application/octet-stream 0 0, image/png 30 20" {
		t.Errorf("the headers say %s", got)
	}
	db := d.Open(t, "auditor1")
	for _, data := range files {
		got, err := db.Pictures().Bytes(t.Context(), assets.IDOf(data))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes came back of %d, %v", len(got), len(data), err)
		}
	}
	has, err := db.Pictures().Has(t.Context(), []assets.ID{picture("no picture"), picture("nobody's"), "not an id"})
	if err != nil || len(has) != 1 || !has[picture("no picture")] {
		t.Errorf("there are %v, %v", has, err)
	}
	_, err = db.Pictures().Bytes(t.Context(), picture("nobody's"))
	refused(t, err, fault.NotFound)
	d.inOrder()
}

func TestAPictureTooLargeOrEmptyIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "worker1")
	for code, file := range map[fault.Code][]byte{fault.PictureLarge: make([]byte, 20<<20+1), fault.PictureEmpty: {}} {
		_, err := db.Pictures().Put(t.Context(), uuid.NewString(), [][]byte{[]byte("fine"), file})
		if f := refused(t, err, code); f.Args["row"] != "2" {
			t.Errorf("%s: %v", code, f.Args)
		}
	}
	// The database says so itself, to whoever doesn't ask us.
	conn := d.raw("worker1")
	for _, data := range [][]byte{make([]byte, 20<<20+1), {}} {
		request := uuid.NewString()
		tx, err := conn.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT studio.import_begin($1, 'pictures')`, request); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `SELECT studio.pictures_import($1, ARRAY[$2::bytea], '{x}', '{0}', '{0}')`, request, data); err == nil {
			t.Errorf("%d bytes went in", len(data))
		}
		tx.Rollback()
	}
	if n := d.one(`SELECT count(*) FROM studio.picture`); n != "0" {
		t.Errorf("%s pictures stand", n)
	}
}

func TestAuditorsHandInNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	db := d.Open(t, "auditor1")
	_, err := db.Pictures().Put(t.Context(), uuid.NewString(), [][]byte{{1}})
	refused(t, err, fault.NoRight)
	_, err = db.Applications().Import(t.Context(), uuid.NewString(), slices.Values([]moderation.Application{}), nil)
	refused(t, err, fault.NoRight)
	_, err = db.Scans().Take(t.Context(), uuid.NewString(), "m", 1)
	refused(t, err, fault.NoRight)
}
