package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// drawn is a picture with a red left half and a blue right half.
func drawn(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func drawnJPEG(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// measures reads what a picture file is.
func measures(t *testing.T, path string) (format string, w, h int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, format, err := image.DecodeConfig(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return format, c.Width, c.Height
}

func TestThumbnailsKeepTheirNamesAndFit(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	var asPNG, asGIF bytes.Buffer
	if err := png.Encode(&asPNG, drawn(300, 900)); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&asGIF, drawn(50, 40), nil); err != nil {
		t.Fatal(err)
	}
	files := []string{
		lay(t, dir, "beach.JPG", drawnJPEG(t, 1600, 1200)), lay(t, dir, "form.png", asPNG.Bytes()),
		lay(t, dir, "dot.gif", asGIF.Bytes()), lay(t, dir, "wrong.png", drawnJPEG(t, 500, 500)),
	}
	got := typed(t.Context(), "", append([]string{"picture", "thumb", "--px", "200", "--out", out, "--json"}, files...)...).want(t, exitFine).lines(t)
	for i, want := range []struct {
		name, format string
		w, h, fw, fh int
	}{{"beach.JPG", "jpeg", 200, 150, 1600, 1200}, {"form.png", "png", 67, 200, 300, 900}, {"dot.png", "png", 50, 40, 50, 40}, {"wrong.jpg", "jpeg", 200, 200, 500, 500}} {
		path := filepath.Join(out, want.name)
		if format, w, h := measures(t, path); format != want.format || w != want.w || h != want.h {
			t.Errorf("%s is a %s of %d × %d", want.name, format, w, h)
		}
		if g := got[i]; g["file"] != files[i] || g["thumb"] != path || g["width"] != float64(want.w) || g["full_height"] != float64(want.fh) {
			t.Errorf("%s: it says %v", want.name, g)
		}
	}
	// Without --out they stand beside the pictures, and a second time they stay.
	typed(t.Context(), "", "picture", "thumb", files[0]).want(t, exitFine, "beach-400.JPG: 400 × 300, from 1600 × 1200.")
	typed(t.Context(), "", "picture", "thumb", "--lang", "zh", files[0]).want(t, exitFault).oneSentence(t)
	typed(t.Context(), "", "picture", "thumb", "--force", "--fast", files[0]).want(t, exitFine)
}

func TestWhatGivesNoThumbnailIsToldAndTheRestIsMade(t *testing.T) {
	t.Parallel()
	dir, empty, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "not", "there")
	huge := lay(t, dir, "huge.jpg", drawnJPEG(t, 20, 20))
	if err := os.Truncate(huge, 2<<30); err != nil {
		t.Fatal(err)
	}
	good := drawnJPEG(t, 800, 600)
	files := []string{
		empty, filepath.Join(dir, "none.jpg"), huge, os.DevNull, lay(t, dir, "paper.jpg", []byte("%PDF-1.7 and so on")),
		lay(t, dir, "empty.png", nil), lay(t, dir, "cut.jpg", good[:len(good)/3]), lay(t, dir, "good.jpg", good),
	}
	if pipe := filepath.Join(dir, "pipe.jpg"); exec.Command("mkfifo", pipe).Run() == nil {
		files = append(files, pipe)
	}
	began := time.Now()
	got := typed(t.Context(), "", append([]string{"picture", "thumb", "--json", "--out", out}, files...)...).want(t, exitFault)
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	want := map[string]string{
		empty: "picture_kind", "none.jpg": "file_missing", "huge.jpg": "picture_large", os.DevNull: "picture_kind",
		"paper.jpg": "picture_kind", "empty.png": "picture_empty", "cut.jpg": "picture_broken", "pipe.jpg": "picture_kind",
	}
	for i, line := range got.lines(t) {
		code, refused := want[files[i]]
		if !refused {
			code, refused = want[filepath.Base(files[i])]
		}
		if refused && (line["refused"] != code || line["reason"] == "" || line["thumb"] != nil) || !refused && line["thumb"] == nil {
			t.Errorf("%s: %v", files[i], line)
		}
	}
	if n := strings.Count(got.errs, "\n"); n != len(files)-1 {
		t.Errorf("%d sentences for %d files:\n%s", n, len(files)-1, got.errs)
	}
	if made, err := os.ReadDir(out); err != nil || len(made) != 1 {
		t.Errorf("%d files were made, %v", len(made), err)
	}
}

func TestAThumbnailReplacesNeitherPictureNorThumbnail(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	first, second := drawnJPEG(t, 600, 300), drawnJPEG(t, 300, 600)
	a, b := lay(t, dir, "same.jpg", first), lay(t, other, "same.jpg", second)
	out := t.TempDir()
	typed(t.Context(), "", "picture", "thumb", "--force", "--px", "100", "--out", out, a, b).want(t, exitFault, "1 small version is written, 1 file was refused")
	if _, w, _ := measures(t, filepath.Join(out, "same.jpg")); w != 100 {
		t.Errorf("the first is %d px wide: the second stands in its place", w)
	}
	typed(t.Context(), "", "picture", "thumb", "--force", "--px", "100", "--out", dir, a).want(t, exitFault)
	if got, err := os.ReadFile(a); err != nil || !bytes.Equal(got, first) {
		t.Error("the picture itself was replaced")
	}
	typed(t.Context(), "", "picture", "thumb", "--px", "5", a).want(t, exitUsage).oneSentence(t)
	typed(t.Context(), "", "picture", "thumb", "--out", filepath.Join(a, "none"), a).want(t, exitFault).oneSentence(t)
}

func TestAFolderStandsForItsPicturesWhateverTheyAreCalled(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	good := drawnJPEG(t, 60, 40)
	for _, name := range []string{"a.jpg", "b.txt", "c", "e.png", ".hidden.jpg"} {
		lay(t, dir, name, good)
	}
	lay(t, dir, "notes.md", []byte("# no picture"))
	lay(t, dir, "d.heic", []byte("no picture, but named like one"))
	if err := os.Mkdir(filepath.Join(dir, "f.jpg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("g.jpg", filepath.Join(dir, "g.jpg")); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"thumb", "--out", out}, {"fingerprint"}} {
		got := typed(t.Context(), "", append(append([]string{"picture", "--json"}, args...), dir)...).want(t, exitFault).lines(t)
		var said []string
		for _, line := range got {
			said = append(said, fmt.Sprint(strings.TrimPrefix(line["file"].(string), dir+"/"), " ", line["refused"]))
		}
		if want := "a.jpg <nil>, b.txt <nil>, c <nil>, d.heic picture_kind, e.png <nil>, g.jpg file_unreadable"; strings.Join(said, ", ") != want {
			t.Errorf("%s: %s", args[0], said)
		}
	}
	typed(t.Context(), "", "picture", "thumb", dir).want(t, exitUsage).oneSentence(t)
}

func TestNamesOfFilesLeaveTheTerminalAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := "a\n\x1b[31m\u202egpj.\u2066\xff\u2028.jpg"
	good := lay(t, dir, name, drawnJPEG(t, 600, 40))
	bad := lay(t, dir, "bad"+name, []byte("no picture"))
	for _, args := range [][]string{{"thumb", "--px", "100", good, bad}, {"fingerprint", good, bad}, {"check", good, bad}, {"thumb", good, bad, good}} {
		got := typed(t.Context(), "", append([]string{"picture"}, args...)...).want(t, exitFault)
		if said := got.out + got.errs; strings.ContainsAny(said, "\x1b\u202e\u2066\u2028") || !utf8.ValidString(said) || strings.Contains(said, "a\n") {
			t.Errorf("%s: %q", args[0], said)
		}
	}
}
