package store_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math"
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/internal/fault"
)

// tagged is a small JPEG that says it was taken at 31.25° north, 121.5° east.
func tagged(t *testing.T) []byte {
	t.Helper()
	var plain bytes.Buffer
	must(t, jpeg.Encode(&plain, image.NewGray(image.Rect(0, 0, 24, 16)), nil))
	var tiff bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			must(t, binary.Write(&tiff, binary.BigEndian, v))
		}
	}
	entry := func(tag, kind uint16, count, value uint32) { put(tag, kind, count, value) }
	put([]byte("MM"), uint16(42), uint32(8))
	put(uint16(1)) // the first directory, of one entry: where the other one lies
	entry(0x8825, 4, 1, 26)
	put(uint32(0))
	put(uint16(4)) // at 26: the place
	entry(1, 2, 2, uint32('N')<<24)
	entry(2, 5, 3, 80)
	entry(3, 2, 2, uint32('E')<<24)
	entry(4, 5, 3, 104)
	put(uint32(0))
	put([]uint32{31, 1, 15, 1, 0, 1})  // at 80
	put([]uint32{121, 1, 30, 1, 0, 1}) // at 104
	body := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	file := []byte{0xFF, 0xD8, 0xFF, 0xE1, byte((len(body) + 2) >> 8), byte(len(body) + 2)}
	file = append(file, body...)
	return append(file, plain.Bytes()[2:]...)
}

func TestAPlaceIsToldOnlyAfterTheRecordSaysWhoAsked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := tagged(t)
	id := assets.IDOf(file)
	put, err := d.Open(t, "marketer1").Pictures().Put(t.Context(), uuid.NewString(), [][]byte{file, []byte("no picture")})
	must(t, err)
	rows := func() string {
		return d.one(`SELECT coalesce(string_agg(concat_ws(' ', actor, kind, target), ', ' ORDER BY at), '') FROM studio.audit WHERE action = 'picture.place'`)
	}

	// What else the file says needs no row.
	moderator := d.Open(t, "moderator1").Pictures()
	meta, err := moderator.Meta(t.Context(), id)
	if err != nil || meta.Width != 24 || !meta.HasPlace {
		t.Fatalf("%+v, %v", meta, err)
	}
	if got := rows(); got != "" {
		t.Fatalf("the record has %q before anybody asked", got)
	}
	request := uuid.NewString()
	for range 2 { // the second time because the answer got lost
		place, err := moderator.Place(t.Context(), request, id)
		if err != nil || math.Abs(place.Latitude-31.25) > 1e-6 || math.Abs(place.Longitude-121.5) > 1e-6 {
			t.Fatalf("%+v, %v", place, err)
		}
	}
	want := "moderator1 picture " + string(id)
	if got := rows(); got != want {
		t.Errorf("the record has %q, want %q", got, want)
	}

	// Leads, and a marketer whose picture it is.
	for _, login := range []string{"lead1", "marketer1"} {
		if _, err := d.Open(t, login).Pictures().Place(t.Context(), uuid.NewString(), id); err != nil {
			t.Errorf("%s: %v", login, err)
		}
		want += ", " + login + " picture " + string(id)
	}
	// Not somebody else's, not who doesn't decide, and not of a picture without a place.
	for login, code := range map[string]fault.Code{"auditor1": fault.NoRight, "worker1": fault.NoRight, "admin1": fault.NoRight} {
		_, err := d.Open(t, login).Pictures().Place(t.Context(), uuid.NewString(), id)
		refused(t, err, code)
	}
	// Of what a marketer may see and didn't send, neither.
	foreign := append(slices.Clone(file), 0)
	_, err = d.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), [][]byte{foreign})
	must(t, err)
	d.exec(`INSERT INTO studio.campaign (brand, name, created_by) VALUES ('Luma Skin', 'Spring', 'marketer1')`)
	d.exec(`INSERT INTO studio.creative (campaign, brand, picture, name, regions, crops, version, created_by, created_at, edited_by, updated_at)
		SELECT c.id, c.brand, $1, 'a.jpg', '[]', '{}', 1, 'marketer1', now(), 'marketer1', now() FROM studio.campaign c`, string(assets.IDOf(foreign)))
	marketer := d.Open(t, "marketer1").Pictures()
	if _, err := marketer.Meta(t.Context(), assets.IDOf(foreign)); err != nil {
		t.Errorf("a creative of one's own brand: %v", err)
	}
	_, err = marketer.Place(t.Context(), uuid.NewString(), assets.IDOf(foreign))
	refused(t, err, fault.NotFound)
	_, err = moderator.Place(t.Context(), uuid.NewString(), put[1])
	refused(t, err, fault.NotFound)
	_, err = moderator.Place(t.Context(), uuid.NewString(), picture("nobody's"))
	refused(t, err, fault.NotFound)
	if got := rows(); got != want {
		t.Errorf("the record has %q, want %q", got, want)
	}
}

// Naming a picture is not having it: who was shown another's picture, or knows its
// digest, asks the function by hand and leaves no row and learns nothing.
func TestNobodyRecordsALookAtWhatIsNotForThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	file := tagged(t)
	id := assets.IDOf(file)
	_, err := d.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), [][]byte{file})
	must(t, err)
	// A paper of an applicant abroad, and a moderator who has another region.
	d.imported("worker1", "applications", func(request string) string {
		return `SELECT studio.applications_import(` + request + `, jsonb_build_array(` + handed("abroad", `"brand_name": "Kappa", "category": "cosmetics", "submitted_by": "kappa", "region": "US"`) +
			` || '{"documents": [{"kind": "licence", "picture": "` + string(id) + `", "name": "", "number": "", "issuer": "", "fields": []}]}'))`
	})
	d.exec(`UPDATE studio.person SET regions = '{CN}' WHERE login = 'moderator1'`)
	for login, want := range map[string]string{"moderator1": "no", "marketer1": "no", "moderator2": "yes"} {
		db := d.plain(login)
		must(t, exec(db, `SET cinnabar.client = 1`))
		_, err := db.ExecContext(t.Context(), `SELECT studio.picture_place($1, $2)`, uuid.NewString(), string(id))
		if (err == nil) != (want == "yes") {
			t.Errorf("%s: %v", login, err)
		}
	}
	if got := d.one(`SELECT string_agg(actor, ' ') FROM studio.audit WHERE action = 'picture.place'`); got != "moderator2" {
		t.Errorf("the record names %q", got)
	}
}
