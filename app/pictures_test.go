package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
	"cinnabar/views"
)

func TestThePictureDeskOpensStoredPicturesAndFilesAndWritesCuts(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	ctx := t.Context()
	db := s.Open(t, "marketer1")
	opener := decode.NewChildren(decode.ChildConfig{})
	t.Cleanup(opener.Close)
	desk := pictureDesk{db.Pictures(), opener}

	img := image.NewRGBA(image.Rect(0, 0, 600, 800))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{210, 180, 160, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := lay(t, dir, "spring.jpg", b.Bytes())
	lay(t, dir, "broken.png", []byte("\x89PNG\r\n\x1a\nno"))
	lay(t, dir, "words.txt", []byte("no picture"))
	if err := os.Mkdir(filepath.Join(dir, "shoot"), 0o755); err != nil {
		t.Fatal(err)
	}

	folder, err := desk.Folder(dir)
	if err != nil || len(folder.Entries) != 3 || !folder.Entries[0].Folder || folder.Entries[1].Name != "broken.png" {
		t.Errorf("folder %+v, %v", folder, err)
	}
	if _, err := desk.Folder(filepath.Join(dir, "gone")); fault.CodeOf(err) != fault.FileMissing {
		t.Errorf("a folder that isn't there: %v", err)
	}
	file, err := desk.File(ctx, path)
	if err != nil || file.Width != 600 || file.Height != 800 || file.Path != path || file.ID != "" {
		t.Fatalf("file %d × %d, %v", file.Width, file.Height, err)
	}
	if _, err := desk.File(ctx, filepath.Join(dir, "broken.png")); fault.CodeOf(err) != fault.PictureBroken {
		t.Errorf("a broken one: %v", err)
	}
	if known, err := db.Pictures().Has(ctx, []assets.ID{assets.IDOf(b.Bytes())}); err != nil || len(known) > 0 {
		t.Errorf("looking at a file handed it in: %v, %v", known, err)
	}

	ids, err := desk.Bring(ctx, uuid.NewString(), []string{path})
	if err != nil || len(ids) != 1 || ids[0] != assets.IDOf(b.Bytes()) {
		t.Fatalf("brought %v, %v", ids, err)
	}
	stored, err := desk.Look(ctx, ids[0])
	if err != nil || stored.ID != ids[0] || stored.Width != 600 || stored.Image == nil || stored.Bytes != int64(b.Len()) {
		t.Errorf("stored %+v, %v", stored, err)
	}
	if list, _, err := desk.Seen(ctx, ids[0]); err != nil || len(list) > 0 {
		t.Errorf("seen %v, %v", list, err)
	}

	slot, _ := assets.SlotByID("feed-1x1")
	cuts := []views.Cut{{Slot: slot, Box: assets.Box{Y: 100, W: 600, H: 600}, Name: "spring"}}
	out := t.TempDir()
	for _, want := range []int{1, 0} { // what is there already stays
		written, err := desk.Export(ctx, stored, cuts, out)
		if err != nil || len(written) != want {
			t.Fatalf("written %v, %v", written, err)
		}
	}
	if cut, err := desk.File(ctx, filepath.Join(out, "spring.feed-1x1.jpg")); err != nil || cut.Width != 600 || cut.Height != 600 {
		t.Errorf("the cut is %d × %d, %v", cut.Width, cut.Height, err)
	}
}
