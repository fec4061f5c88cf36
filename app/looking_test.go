package main

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"
	"github.com/google/uuid"

	"cinnabar/app/sample"
	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// painted is one of the sample's pictures, and a copy of it that a platform might show:
// cut to a square and saved anew.
func painted(t *testing.T) (original, copied []byte) {
	t.Helper()
	original = sample.Artwork()[0]
	p, err := decode.Decode(t.Context(), original)
	if err != nil {
		t.Fatal(err)
	}
	side := min(p.Width, p.Height)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, imaging.CropCenter(p.Image, side, side), &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	return original, b.Bytes()
}

func TestAScanLooksAtPicturesAndFindsThemAgain(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	original, copied := painted(t)
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 90, 90))); err != nil {
		t.Fatal(err)
	}
	files := [][]byte{original, copied, []byte("no picture"), blank.Bytes()}
	if _, err := s.Open(t, "moderator1").Pictures().Put(t.Context(), uuid.NewString(), files); err != nil {
		t.Fatal(err)
	}
	// A moderator may scan; looking is left to processes.
	if got := s.as("moderator1", "scan", "--json").want(t, exitFine).lines(t); got[0]["looked"] != 0.0 {
		t.Errorf("a moderator's scan: %v", got)
	}
	got := s.as("worker1", "scan", "--json").want(t, exitFine).lines(t)
	if len(got) != 1 || got[0]["looked"] != 4.0 || got[0]["look_failed"] != 1.0 {
		t.Errorf("a worker's scan: %v", got)
	}
	if got := s.as("worker1", "scan").want(t, exitFine); strings.Contains(got.out, "looked at") {
		t.Errorf("there was nothing left to look at: %s", got.out)
	}
	pictures := s.Open(t, "moderator1").Pictures()
	for i, want := range []string{"", "", string(fault.PictureKind), ""} {
		look, err := pictures.Look(t.Context(), assets.IDOf(files[i]))
		if err != nil || look.Failed != want || look.At.IsZero() || (look.Quality >= 50) != (i < 2) {
			t.Errorf("file %d: %+v, %v", i, look, err)
		}
	}
	var near string
	if err := s.Super(t).QueryRow(`SELECT string_agg(l.picture || ' ' || n.cut, ',') FROM studio.prints_of($1) AS p, studio.looks_near(p.part, p.mirrored, p.hash) AS n
		JOIN studio.picture_look l ON l.n = n.look WHERE l.picture <> $1`, string(assets.IDOf(copied))).Scan(&near); err != nil || near != string(assets.IDOf(original))+" true" {
		t.Errorf("near the copy: %s, %v", near, err)
	}
	s.as("auditor1", "verify").want(t, exitFine, "Everything holds")
}

// dying opens one picture and then is gone, as a process is that was killed.
type dying struct {
	left int
	stop context.CancelFunc
}

func (d *dying) Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error) {
	if d.left--; d.left < 0 {
		d.stop()
		return nil, ctx.Err()
	}
	return decode.Here{}.Open(ctx, data, w)
}

func TestWhatAKilledProcessHadInHandIsLookedAtByTheNext(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	original, copied := painted(t)
	if _, err := s.Open(t, "worker1").Pictures().Put(t.Context(), uuid.NewString(), [][]byte{original, copied, []byte("no picture")}); err != nil {
		t.Fatal(err)
	}
	worker := s.Open(t, "worker1").Pictures()
	ctx, stop := context.WithCancel(t.Context())
	if did, err := lookAll(ctx, worker, &dying{left: 0, stop: stop}, func(int, int) {}); err == nil || did.Looked != 0 {
		t.Fatalf("%+v, %v", did, err)
	}
	if did, err := lookAll(t.Context(), worker, decode.Here{}, func(int, int) {}); err != nil || did.Looked != 0 {
		t.Errorf("taken from its hands too early: %+v, %v", did, err)
	}
	if _, err := s.Super(t).Exec(`UPDATE studio.picture_look SET until = now()`); err != nil {
		t.Fatal(err)
	}
	told := 0
	if did, err := lookAll(t.Context(), worker, decode.Here{}, func(done, total int) { told = done * 100 / total }); err != nil || did != (looked{3, 1}) || told != 100 {
		t.Errorf("%+v, %d %%, %v", did, told, err)
	}
}

// killing has the processes of one picture ended by somebody else, over and over.
type killing struct{ victim []byte }

func (k killing) Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error) {
	if bytes.Equal(data, k.victim) {
		return nil, fault.New(fault.PictureEnded)
	}
	return decode.Here{}.Open(ctx, data, w)
}

func TestAPictureWhoseProcessesWereKilledIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	original, copied := painted(t)
	worker := s.Open(t, "worker1").Pictures()
	if _, err := worker.Put(t.Context(), uuid.NewString(), [][]byte{original, copied}); err != nil {
		t.Fatal(err)
	}
	if did, err := lookAll(t.Context(), worker, killing{original}, func(int, int) {}); err != nil || did != (looked{1, 0}) {
		t.Errorf("%+v, %v", did, err)
	}
	if _, err := s.Super(t).Exec(`UPDATE studio.picture_look SET until = now() WHERE until IS NOT NULL`); err != nil {
		t.Fatal(err)
	}
	if did, err := lookAll(t.Context(), worker, decode.Here{}, func(int, int) {}); err != nil || did != (looked{1, 0}) {
		t.Errorf("the next: %+v, %v", did, err)
	}
}

func TestTheFingerprintCommandPrintsAndCompares(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	original, copied := painted(t)
	var blank bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 90, 90))); err != nil {
		t.Fatal(err)
	}
	path := func(name string, data []byte) string { return lay(t, dir, name, data) }
	a, b, none, thin := path("a.jpg", original), path("b.jpg", copied), path("none.jpg", []byte("<svg/>")), path("thin.png", blank.Bytes())

	lines := typed(t.Context(), "", "picture", "fingerprint", "--json", "--all", a, thin).want(t, exitFine).lines(t)
	if len(lines) != 2 || lines[0]["usable"] != true || len(lines[0]["hash"].(string)) != 64 || len(lines[0]["prints"].([]any)) < 15 || lines[1]["usable"] != false {
		t.Errorf("%v", lines)
	}
	typed(t.Context(), "", "picture", "fingerprint", a, thin).want(t, exitFine, lines[0]["hash"].(string), "a.jpg", "too little")
	got := typed(t.Context(), "", "picture", "fingerprint", a, none, filepath.Join(dir, "absent.jpg")).want(t, exitFault, "a.jpg")
	if strings.Count(strings.TrimSpace(got.errs), "\n") != 1 || !strings.Contains(got.errs, "none.jpg") || !strings.Contains(got.errs, "absent.jpg") {
		t.Errorf("errors: %q", got.errs)
	}
	lines = typed(t.Context(), "", "picture", "fingerprint", "--json", "--compare", a, b, thin).want(t, exitFine).lines(t)
	if len(lines) != 3 || lines[0]["near"] != true || lines[0]["cut"] != true || lines[0]["mirrored"] != false || lines[1]["comparable"] != false {
		t.Errorf("%v", lines)
	}
	typed(t.Context(), "", "picture", "fingerprint", "--compare", a, b).want(t, exitFine, "part of the other")
	typed(t.Context(), "", "--lang", "zh", "picture", "fingerprint", "--compare", a, b).want(t, exitFine, "的一部分")
	typed(t.Context(), "", "picture", "fingerprint", "--compare", a).want(t, exitUsage)
}
