package intake_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cinnabar/app/intake"
	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// album keeps the pictures of a test.
type album struct {
	pictures map[assets.ID][]byte
	puts     int
	err      error
}

func (a *album) PutPicture(_ context.Context, id assets.ID, data []byte) error {
	if a.pictures == nil {
		a.pictures = make(map[assets.ID][]byte)
	}
	a.pictures[id] = data
	a.puts++
	return a.err
}

func picture(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// folder makes the files of an import: posts.jsonl in "in", and others around it.
func folder(t testing.TB, lines string, files map[string][]byte) string {
	t.Helper()
	root := t.TempDir()
	files["in/posts.jsonl"] = []byte(lines)
	for name, data := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(root, "in", "posts.jsonl")
}

func TestPicturesComeAlongAndMissingOnesAreNotesOnly(t *testing.T) {
	t.Parallel()
	one, two := picture(t, 3), picture(t, 4)
	path := folder(t, `{"id":"p1","body":"b","images":["pictures/a.png","pictures\\b c.png","pictures/gone.png","https://x.example/a.png"]}`+"\n"+
		`{"id":"p2","body":"b","images":["pictures/a.png","notes.txt","empty.png","pictures"]}`,
		map[string][]byte{"in/pictures/a.png": one, "in/pictures/b c.png": two, "in/notes.txt": []byte("hello"), "in/empty.png": nil})
	var sink album
	var notes []string
	got := posts(t, path, intake.Options{Pictures: &sink, OnNote: func(n intake.Note) {
		notes = append(notes, n.ID+" "+n.Field+" "+string(n.Fault.Code))
	}})
	if len(got.rows) != 2 || got.err != nil {
		t.Fatalf("%v %v", got.reasons(), got.err)
	}
	first := got.rows[0].Pictures
	if first[0].ID != assets.IDOf(one) || first[1].ID != assets.IDOf(two) || first[2].ID != "" || first[3].ID != "" ||
		got.rows[1].Pictures[0].ID != assets.IDOf(one) {
		t.Errorf("pictures %+v", first)
	}
	if len(sink.pictures) != 2 || sink.puts != 2 || !bytes.Equal(sink.pictures[assets.IDOf(two)], two) {
		t.Errorf("%d pictures in %d puts", len(sink.pictures), sink.puts)
	}
	want := []string{
		"p1 images.2 picture_absent", "p1 images.3 picture_absent",
		"p2 images.1 picture_kind", "p2 images.2 picture_empty", "p2 images.3 picture_absent",
	}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Error(diff)
	}
}

// cutter opens videos for tests: one with as many frames as the first byte says.
type cutter struct{ opened int }

func (c *cutter) Strip(ctx context.Context, data []byte, n int) (decode.Video, error) {
	c.opened++
	if len(data) == 0 || data[0] > '9' {
		return decode.Video{}, fault.New(fault.VideoBroken)
	}
	v := decode.Video{Kind: "MP4", Codec: "h264", Duration: 30 * time.Second, Width: 1080, Height: 1920}
	for i := range min(int(data[0]-'0'), n) {
		v.Frames = append(v.Frames, decode.Frame{At: time.Duration(i) * time.Second, Picture: &decode.Picture{Image: image.NewRGBA(image.Rect(0, 0, 9+i, 16))}})
	}
	return v, ctx.Err()
}

func TestOfAVideoItsFramesComeAlong(t *testing.T) {
	t.Parallel()
	path := folder(t, `{"id":"p1","body":"b","images":["a.png"],"videos":["v/a.mp4","gone.mp4","../near.mp4","broken.mp4"]}`+"\n"+
		`{"id":"p2","body":"b","videos":["v\\a.mp4","v/a.mp4"],"video_count":1}`+"\n"+
		`{"id":"p3","body":"b","videos":["v/a.mp4","v/a.mp4","v/a.mp4","v/a.mp4","v/b.mp4"]}`,
		map[string][]byte{"in/a.png": picture(t, 3), "in/v/a.mp4": []byte("3"), "in/v/b.mp4": []byte("1"), "in/broken.mp4": []byte("x"), "near.mp4": []byte("1")})
	var sink album
	var films cutter
	var notes []string
	got := posts(t, path, intake.Options{Pictures: &sink, Videos: &films, OnNote: func(n intake.Note) {
		notes = append(notes, n.ID+" "+n.Field+" "+string(n.Fault.Code))
	}})
	if len(got.rows) != 3 || got.err != nil {
		t.Fatalf("%v %v", got.reasons(), got.err)
	}
	if diff := cmp.Diff([]string{"p1 videos.1 picture_absent", "p1 videos.2 picture_absent", "p1 videos.3 video_broken"}, notes); diff != "" {
		t.Error(diff)
	}
	p := got.rows[0]
	v := p.Videos[0]
	if len(p.Videos) != 4 || p.VideoCount != 4 || p.PictureCount != 1 || v.Name != "v/a.mp4" || v.Codec != "h264" || v.Length != 30*time.Second || v.Height != 1920 || len(v.Frames) != 3 {
		t.Fatalf("%+v", p)
	}
	for i, f := range v.Frames {
		img, err := jpeg.Decode(bytes.NewReader(sink.pictures[f.ID]))
		if err != nil || f.At != time.Duration(i)*time.Second || img.Bounds().Dx() != 9+i {
			t.Errorf("frame %d: %+v, %v", i, f, err)
		}
	}
	for _, v := range p.Videos[1:] {
		if v.Frames != nil || v.Kind != "" {
			t.Errorf("of a video that could not be opened: %+v", v)
		}
	}
	if n := len(got.rows[1].Videos[0].Frames); n != 3 || got.rows[1].VideoCount != 1 {
		t.Errorf("by a name of Windows %d frames, and %d videos", n, got.rows[1].VideoCount)
	}
	if p3 := got.rows[2].Videos; len(p3[3].Frames) != 3 || p3[4].Frames != nil {
		t.Errorf("more videos of a post were opened than are: %+v", p3)
	}
	// a.mp4 by two names, and the broken one.
	if films.opened != 3 {
		t.Errorf("%d videos were opened", films.opened)
	}
	// Read for its words alone, a file opens nothing.
	again := posts(t, path, intake.Options{Pictures: &sink})
	if v := again.rows[0].Videos[0]; v.Name != "v/a.mp4" || v.Frames != nil || films.opened != 3 {
		t.Errorf("without an opener: %+v", v)
	}
}

func TestAFileCannotReachOutOfItsFolder(t *testing.T) {
	t.Parallel()
	secret := picture(t, 5)
	path := folder(t, "", map[string][]byte{"secret.png": secret, "in/inside.png": picture(t, 6)})
	dir := filepath.Dir(path)
	for link, to := range map[string]string{"out.png": "../secret.png", "up": "..", "near.png": "inside.png"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	absolute := filepath.ToSlash(filepath.Join(filepath.Dir(dir), "secret.png"))
	lines := `{"id":"p1","body":"b","images":["../secret.png","` + absolute + `","out.png","up/secret.png","x/../../secret.png","..\\secret.png","near.png"]}`
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	var sink album
	notes := 0
	p := posts(t, path, intake.Options{Pictures: &sink, OnNote: func(intake.Note) { notes++ }}).only(t)
	if _, leaked := sink.pictures[assets.IDOf(secret)]; leaked || len(sink.pictures) != 1 || notes != 6 {
		t.Errorf("%d pictures taken, %d notes, leaked %v", len(sink.pictures), notes, leaked)
	}
	if p.Pictures[6].ID == "" {
		t.Error("a link that stays inside was not followed")
	}
}

func TestAPictureOverTwentyMegabytesStaysOut(t *testing.T) {
	t.Parallel()
	path := folder(t, `{"id":"p1","body":"b","images":["big.png"]}`, map[string][]byte{"in/big.png": picture(t, 2)})
	if err := os.Truncate(filepath.Join(filepath.Dir(path), "big.png"), 20<<20+1); err != nil {
		t.Fatal(err)
	}
	var sink album
	var code fault.Code
	p := posts(t, path, intake.Options{Pictures: &sink, OnNote: func(n intake.Note) { code = n.Fault.Code }}).only(t)
	if code != fault.PictureLarge || p.Pictures[0].ID != "" || sink.puts != 0 {
		t.Errorf("note %s, picture %q", code, p.Pictures[0].ID)
	}
}

func TestPicturesOfRefusedRowsAreNotTaken(t *testing.T) {
	t.Parallel()
	path := folder(t, `{"id":"p1","images":["a.png"]}`, map[string][]byte{"in/a.png": picture(t, 2)})
	var sink album
	if got := posts(t, path, intake.Options{Pictures: &sink}); len(got.refusals) != 1 || sink.puts != 0 {
		t.Errorf("%d refusals, %d puts", len(got.refusals), sink.puts)
	}
}

func TestASinkThatFailsEndsTheReading(t *testing.T) {
	t.Parallel()
	path := folder(t, `{"id":"p1","body":"b","images":["a.png"]}`, map[string][]byte{"in/a.png": picture(t, 2)})
	full := errors.New("full")
	if got := posts(t, path, intake.Options{Pictures: &album{err: full}}); len(got.rows) != 0 || !errors.Is(got.err, full) {
		t.Errorf("%d rows, err %v", len(got.rows), got.err)
	}
}
