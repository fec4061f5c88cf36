package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cinnabar/assets"
	"cinnabar/assets/decode"
)

// poster paints a picture with a dark label that has light bars for writing, so that
// where it went can be seen again in what comes out.
func poster(w, h int, label image.Rectangle) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.NRGBA{230, 190, 170, 255}), image.Point{}, draw.Src)
	draw.Draw(img, label, image.NewUniform(color.NRGBA{30, 25, 20, 255}), image.Point{}, draw.Src)
	in := label.Inset(label.Dy() / 4)
	for x := in.Min.X; x < in.Max.X; x += max(2, in.Dy()/2) {
		bar := image.Rect(x, in.Min.Y, x+max(1, in.Dy()/5), in.Max.Y).Intersect(in)
		draw.Draw(img, bar, image.White, image.Point{}, draw.Src)
	}
	return img
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oriented puts an EXIF block behind the first marker of a JPEG: an orientation, and a
// maker's name that must never come out again.
func oriented(data []byte, orientation byte) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2,
		0x01, 0x0F, 0, 2, 0, 0, 0, 8, 0, 0, 0, 38, // Make, text
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
		0, 0, 0, 0}
	tiff = append(tiff, "Camera7\x00"...)
	block := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xFF, 0xE1, byte((len(block) + 2) >> 8), byte(len(block) + 2)}
	return slices.Concat(data[:2], head, block, data[2:])
}

// unturned stores an upright picture as a camera would that then says how to turn it.
func unturned(img *image.NRGBA, orientation int) *image.NRGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	sw, sh := w, h
	if orientation >= 5 {
		sw, sh = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, sw, sh))
	for y := range sh {
		for x := range sw {
			// Where the stored pixel is seen, by the eight meanings of EXIF.
			seen := [...]image.Point{{x, y}, {sw - 1 - x, y}, {sw - 1 - x, sh - 1 - y}, {x, sh - 1 - y}, {y, x}, {sh - 1 - y, x}, {sh - 1 - y, sw - 1 - x}, {y, sw - 1 - x}}[orientation-1]
			out.SetNRGBA(x, y, img.NRGBAAt(seen.X, seen.Y))
		}
	}
	return out
}

func TestACheckAnswersPerFileAndSlot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := lay(t, dir, "spring.jpg", asJPEG(t, poster(1080, 1440, image.Rect(50, 132, 395, 239))))
	rows := typed(t.Context(), "", "picture", "check", "--json", "--slot", "feed-3x4,feed-1x1", "--region", "label:50,132,345,107", path).want(t, exitFault).lines(t)
	if len(rows) != 2 {
		t.Fatal(rows)
	}
	if got := fmt.Sprintln(rows[0]["file"], rows[0]["slot"], rows[0]["crop"], rows[0]["regions"], rows[0]["verdict"], rows[0]["findings"]); got !=
		path+" feed-3x4 map[h:1440 w:1080 x:0 y:0] [map[kept:1 name:label]] ok []\n" {
		t.Errorf("got %s", got)
	}
	// 180 px fall off above: 48 of the label's 107.
	kept := rows[1]["regions"].([]any)[0].(map[string]any)["kept"].(float64)
	if kept != 59.0/107 || rows[1]["verdict"] != "lost" || fmt.Sprint(rows[1]["findings"], rows[1]["codes"]) != "[label cut by 45 %] [region_cut]" {
		t.Errorf("got %v", rows[1])
	}
	if got := fmt.Sprint(rows[1]["suggested"]); got != "map[complete:true crop:map[h:1080 w:1080 x:0 y:132]]" {
		t.Errorf("got %s", got)
	}
	if rows[0]["suggested"] != nil {
		t.Errorf("got %v", rows[0])
	}
	// In words, and in Chinese.
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--slot", "feed-1x1", "--region", "label:50,132,345,107", path).
		want(t, exitFault, "1080 × 1440", "Square 1:1", "lost", "label cut by 45 %", "0,132,1080,1080, moved up by 48 px", "1 checked: 1 lost, 0 cannot tell, 0 ok.")
	typed(t.Context(), "", "picture", "check", "--lang", "zh", "--slot", "feed-1x1", "--region", "label:50,132,345,107", path).
		want(t, exitFault, "有丢失", "广告标识被裁去 45%", "上移 48 像素")
	// With the suggested crop nothing is lost.
	rows = typed(t.Context(), "", "picture", "check", "--json", "--suggested", "--slot", "feed-1x1", "--region", "label:50,132,345,107", path).want(t, exitFine).lines(t)
	if got := fmt.Sprintln(rows[0]["crop"], rows[0]["verdict"]); got != "map[h:1080 w:1080 x:0 y:132] ok\n" {
		t.Errorf("got %s", got)
	}
}

func TestEverySlotIsCheckedWhereNobodyNamesAny(t *testing.T) {
	t.Parallel()
	path := lay(t, t.TempDir(), "plain.png", asPNG(t, poster(1080, 1440, image.Rectangle{})))
	rows := typed(t.Context(), "", "picture", "check", "--json", path).want(t, exitFine).lines(t)
	if len(rows) != len(assets.Slots()) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, s := range assets.Slots() {
		if rows[i]["slot"] != string(s.ID) || rows[i]["verdict"] != "cannot_tell" || rows[i]["regions"] == nil {
			t.Errorf("got %v", rows[i])
		}
	}
}

// The avatar does not ask for a label by itself; whoever names both asks for it.
func TestWhoNamesRegionAndSlotAsksForTheOneInTheOther(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := lay(t, dir, "a.jpg", asJPEG(t, poster(600, 600, image.Rect(10, 10, 210, 60))))
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--slot", "avatar", "--region", "label:10,10,200,50", path).want(t, exitFault, "outside the circle")
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--region", "label:10,10,200,50", path).want(t, exitFault, "Avatar             cannot tell  no region asked for")
	lay(t, dir, "a.regions.json", []byte(`{"regions":[{"name":"label","box":{"x":10,"y":10,"w":200,"h":50}}]}`))
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--slot", "avatar", path).want(t, exitFine, "cannot tell", "no region asked for")
}

func TestAPictureIsCheckedAndExportedUpright(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "new", "folder")
	label := image.Rect(16, 40, 96, 72)
	upright := poster(240, 320, label)
	var files []string
	for o := 1; o <= 8; o++ {
		files = append(files, lay(t, dir, fmt.Sprintf("o%d.jpg", o), oriented(asJPEG(t, unturned(upright, o)), byte(o))))
	}
	slots := lay(t, dir, "slots.json", []byte(`[{"id":"small","platform":"red","name":{"en":"Small","zh":"小"},"width":120,"height":120,"source":"a test","read":"2026-11-22"}]`))
	args := append([]string{"picture", "check", "--json", "--slots", slots, "--suggested", "--region", "subject:16,40,80,32", "--export", out}, files...)
	rows := typed(t.Context(), "", args...).want(t, exitFine).lines(t)
	if len(rows) != 8 {
		t.Fatal(rows)
	}
	for i, row := range rows {
		if fmt.Sprint(row["crop"]) != "map[h:240 w:240 x:0 y:40]" {
			t.Errorf("orientation %d is cut at %v", i+1, row["crop"])
		}
		data, err := os.ReadFile(filepath.Join(out, fmt.Sprintf("o%d.small.jpg", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("Camera7")) || bytes.Contains(data, []byte("Exif")) {
			t.Errorf("orientation %d: what the camera wrote is still there", i+1)
		}
		picture, err := decode.Decode(t.Context(), data)
		if err != nil || picture.Width != 120 || picture.Height != 120 {
			t.Fatal(picture, err)
		}
		// The label, half as large, in the upper left corner; paper everywhere else.
		if got := picture.Image.RGBAAt(10, 1); got.R > 80 {
			t.Errorf("orientation %d: %v where the label is", i+1, got)
		}
		for _, at := range []image.Point{{110, 1}, {10, 110}, {110, 110}} {
			if got := picture.Image.RGBAAt(at.X, at.Y); got.R < 200 {
				t.Errorf("orientation %d: %v at %v", i+1, got, at)
			}
		}
	}
	// A second time nothing is written over, unless one says so.
	first := filepath.Join(out, "o1.small.jpg")
	lay(t, out, "o1.small.jpg", []byte("mine"))
	typed(t.Context(), "", append(args, "--lang", "en")...).want(t, exitFault).tells(t, first+" is there already", "--force")
	if data, _ := os.ReadFile(first); string(data) != "mine" {
		t.Error("written over")
	}
	typed(t.Context(), "", append(args, "--force")...).want(t, exitFine)
	if data, _ := os.ReadFile(first); string(data) == "mine" {
		t.Error("not written over")
	}
	// Not even --force writes over a picture that is being checked.
	before, _ := os.ReadFile(first)
	plain := lay(t, out, "o1.jpg", asJPEG(t, poster(300, 300, image.Rectangle{})))
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--slots", slots, "--export", out, "--force", plain, first).want(t, exitFault).tells(t, first+" is there already")
	if after, _ := os.ReadFile(first); !bytes.Equal(before, after) {
		t.Error("a picture that was named is written over")
	}
	if left, _ := filepath.Glob(filepath.Join(out, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnExportIsEnlargedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := lay(t, dir, "small.jpg", asJPEG(t, poster(300, 400, image.Rect(20, 20, 120, 60))))
	for _, c := range []struct {
		more []string
		w, h int
	}{{nil, 300, 400}, {[]string{"--force", "--enlarge"}, 1080, 1440}} {
		typed(t.Context(), "", append([]string{"picture", "check", "--slot", "feed-3x4", "--export", dir, path}, c.more...)...)
		data, err := os.ReadFile(filepath.Join(dir, "small.feed-3x4.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err := decode.Config(data); err != nil || p.Width != c.w || p.Height != c.h {
			t.Errorf("%+v %v", p, err)
		}
	}
}

func TestATransparentPictureStaysOneWhereItFits(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 60, 60))
	draw.Draw(img, image.Rect(0, 0, 30, 60), image.NewUniform(color.RGBA{200, 0, 0, 255}), image.Point{}, draw.Src)
	picture := &decode.Picture{Image: img, Width: 60, Height: 60, Format: decode.WebP}
	slot := assets.Slot{ID: "s", Width: 30, Height: 30}
	data, ending, err := cropped(picture, assets.Box{W: 60, H: 60}, slot, false)
	if err != nil || ending != ".png" {
		t.Fatal(ending, err)
	}
	if p, err := decode.Decode(t.Context(), data); err != nil || p.Image.RGBAAt(25, 10).A != 0 || p.Image.RGBAAt(2, 10).R < 190 {
		t.Error(p, err)
	}
	// A slot that takes no file as large gets a JPEG, on white.
	slot.MaxBytes = int64(len(data)) - 1
	data, ending, err = cropped(picture, assets.Box{W: 60, H: 60}, slot, false)
	if err != nil || ending != ".jpg" {
		t.Fatal(ending, err)
	}
	if p, err := decode.Decode(t.Context(), data); err != nil || p.Image.RGBAAt(25, 10).G < 245 {
		t.Error(p, err)
	}
}

func TestAnExportKeepsToTheSlotsSize(t *testing.T) {
	t.Parallel()
	// Noise is what JPEG can do least about.
	img := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i>>3 ^ i*7919>>5)
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	picture := &decode.Picture{Image: img, Width: 300, Height: 300, Format: decode.JPEG}
	slot := assets.Slot{ID: "s", Width: 300, Height: 300}
	whole, _, err := cropped(picture, assets.Box{W: 300, H: 300}, slot, false)
	if err != nil {
		t.Fatal(err)
	}
	slot.MaxBytes = int64(len(whole)) * 3 / 4
	if small, _, err := cropped(picture, assets.Box{W: 300, H: 300}, slot, false); err != nil || int64(len(small)) > slot.MaxBytes {
		t.Errorf("%d bytes of %d, %v", len(small), slot.MaxBytes, err)
	}
}

func TestAFolderIsCheckedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := asJPEG(t, poster(1080, 1440, image.Rect(50, 132, 395, 239)))
	for _, name := range []string{"b.jpg", "a.JPG", "c.jpeg"} {
		lay(t, dir, name, data)
	}
	lay(t, dir, "broken.png", []byte("\x89PNG\r\n\x1a\nand nothing more"))
	lay(t, dir, "phone.heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"))
	lay(t, dir, "notes.txt", []byte("no picture"))
	lay(t, dir, ".hidden.jpg", data)
	lay(t, dir, "a.regions.json", []byte(`{"regions":[{"name":"label","box":{"x":50,"y":132,"w":345,"h":107}}]}`))
	lay(t, dir, "b.regions.json", []byte(`{"regions":[{"name":"bottle","kind":"logo","box":{"x":400,"y":500,"w":300,"h":500},"confirmed":true}]}`))
	got := typed(t.Context(), "", "picture", "check", "--json", "--lang", "en", "--slot", "feed-1x1", dir).want(t, exitFault)
	rows := got.lines(t)
	if len(rows) != 5 {
		t.Fatal(got.out, got.errs)
	}
	for i, want := range []string{"a.JPG lost", "b.jpg ok", "broken.png picture_broken", "c.jpeg cannot_tell", "phone.heic picture_kind"} {
		became := rows[i]["verdict"]
		if became == nil {
			became = rows[i]["refused"]
		}
		if text := fmt.Sprint(filepath.Base(rows[i]["file"].(string)), " ", became); text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	if lines := strings.Split(strings.TrimSpace(got.errs), "\n"); len(lines) != 2 || !strings.Contains(lines[0], "broken.png: ") || !strings.Contains(lines[1], "phone.heic: ") {
		t.Errorf("got %s", got.errs)
	}
	typed(t.Context(), "", "picture", "check", "--lang", "en", "--slot", "feed-1x1", dir).want(t, exitFault, "3 checked: 1 lost, 1 cannot tell, 1 ok.", "Not checked: 2.")
	// A file of regions with a slip in it is told, not passed over.
	for _, slip := range []string{`{"regions":[{"name":"label","bx":{"x":1}}]}`, `{"regions":[{"name":"label","box":{"x":1,"y":1,"w":0,"h":5}}]}`, `{"regions":[{"name":"label","kind":"hat","box":{"x":1,"y":1,"w":5,"h":5}}]}`, `[`} {
		lay(t, dir, "b.regions.json", []byte(slip))
		typed(t.Context(), "", "picture", "check", "--slot", "feed-1x1", filepath.Join(dir, "b.jpg")).want(t, exitFault).tells(t, "b.regions.json")
	}
}

func TestACheckIsRefusedWhereItIsMisspelt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := lay(t, dir, "a.jpg", asJPEG(t, poster(100, 100, image.Rectangle{})))
	lay(t, dir, "a.png", asPNG(t, poster(100, 100, image.Rectangle{})))
	check := func(args ...string) said {
		return typed(t.Context(), "", append([]string{"picture", "check"}, args...)...)
	}
	for _, region := range []string{"label", "label:1,2,3", "label:1,2,3,4,5", "label:1,2,3.5,4", "label:1,2,0,4", "label:-1,2,3,4", ":1,2,3,4", "label:a,b,c,d", "label:1,2,99999999999,4"} {
		check("--region", region, path).want(t, exitUsage).oneSentence(t)
	}
	check("--region", "a:1,2,3,4", "--region", "a:1,2,3,5", path).want(t, exitUsage).oneSentence(t)
	check("--slot", "feed-5x7", path).want(t, exitUsage).oneSentence(t).tells(t, "feed-5x7", "feed-3x4")
	check("--force", path).want(t, exitUsage).oneSentence(t)
	check("--export", filepath.Join(dir, "out"), dir).want(t, exitUsage).oneSentence(t).tells(t, "a.jpg", "a.png")
	check(t.TempDir()).want(t, exitUsage).oneSentence(t)
	check().want(t, exitUsage)
	check("--lang", "en", filepath.Join(dir, "none.jpg")).want(t, exitFault).tells(t, "none.jpg")
	// A region of another picture is not this one's.
	check("--json", "--lang", "en", "--slot", "feed-1x1", "--region", "label:90,90,20,20", path).want(t, exitFault, "label does not lie in this picture")
}

func TestACodeIsForbiddenWhereTheSlotSaysSo(t *testing.T) {
	t.Parallel()
	matrix, err := qrcode.NewQRCodeWriter().Encode("https://shop.example/sun", gozxing.BarcodeFormat_QR_CODE, 300, 300, nil)
	if err != nil {
		t.Fatal(err)
	}
	img := poster(1200, 1600, image.Rectangle{})
	for y := range matrix.GetHeight() {
		for x := range matrix.GetWidth() {
			at := color.NRGBA{255, 255, 255, 255}
			if matrix.Get(x, y) {
				at = color.NRGBA{0, 0, 0, 255}
			}
			img.SetNRGBA(800+x, 1200+y, at)
		}
	}
	path := lay(t, t.TempDir(), "coded.jpg", asJPEG(t, img))
	rows := typed(t.Context(), "", "picture", "check", "--json", "--slot", "shop-main,feed-3x4", "--region", "subject:200,200,300,300", path).want(t, exitFault).lines(t)
	if got := fmt.Sprintln(rows[0]["verdict"], rows[0]["codes"], rows[1]["verdict"]); got != "lost [code_forbidden] ok\n" {
		t.Errorf("got %s", got)
	}
}

func TestACheckStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := asJPEG(t, poster(400, 400, image.Rectangle{}))
	for i := range 50 {
		lay(t, dir, fmt.Sprintf("%02d.jpg", i), data)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if got := typed(ctx, "", "picture", "check", "--json", dir); got.code != exitFault || got.out != "" {
		t.Errorf("%+v", got)
	}
}
