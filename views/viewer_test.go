package views

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// archive knows things about pictures.
type archive struct {
	metas  map[assets.ID]PictureMeta
	codes  map[assets.ID][]assets.Code
	seen   map[assets.ID][]assets.Sighting
	total  int
	asked  []string // requests for places, as they came
	slots  []assets.Slot
	refuse error // what a request for a place is answered
	broken error // what everything else is
}

func (a *archive) Meta(_ context.Context, id assets.ID) (PictureMeta, error) {
	return a.metas[id], a.broken
}

func (a *archive) Place(_ context.Context, request string, _ assets.ID) (PicturePlace, error) {
	a.asked = append(a.asked, request)
	if a.refuse != nil {
		return PicturePlace{}, a.refuse
	}
	return PicturePlace{31.23, -121.47}, nil
}

func (a *archive) Codes(_ context.Context, id assets.ID) ([]assets.Code, error) {
	return a.codes[id], a.broken
}

func (a *archive) Seen(_ context.Context, id assets.ID) ([]assets.Sighting, int, error) {
	return a.seen[id], max(a.total, len(a.seen[id])), a.broken
}

// withAlbum gives the first post three pictures, and an archive that knows them.
func (p *platform) withAlbum(t *testing.T) (*archive, []assets.ID) {
	t.Helper()
	post := p.posts["postp0"]
	var ids []assets.ID
	post.Pictures = nil
	for i := range 3 {
		data := painted("album "+string(rune('a'+i)), func() []byte {
			if os.Getenv("CINNABAR_SHOTS") == "" {
				return plainPNG(t, 270, 360, uint8(60*i))
			}
			return paint.New().Still(paint.Still{Subject: paint.Subject(2), Palette: 3, Scene: paint.Scene(i % 2), Seed: 7, Name: "初岚", Code: i == 0})
		})
		id := p.picture(data)
		ids = append(ids, id)
		post.Pictures = append(post.Pictures, moderation.PostPicture{Name: "IMG_" + string(rune('1'+i)) + ".jpg", ID: id})
	}
	post.PictureCount = 3
	p.posts["postp0"] = post
	a := &archive{metas: map[assets.ID]PictureMeta{
		ids[0]: {Format: "JPEG", Bytes: 3 << 20, Width: 3240, Height: 4320, Orientation: 6, Camera: "Cinnabar C-1", Lens: "35 mm f/2", Software: "Retouch 4.1", Taken: time.Date(2026, 3, 12, 14, 5, 0, 0, time.UTC), Profile: "Display P3", HasPlace: true},
		ids[1]: {Format: "JPEG", Bytes: 400 << 10, Width: 1080, Height: 1440, Orientation: 1, Notes: []string{"colour_not_managed"}, Profile: "Coated FOGRA39"},
		ids[2]: {Format: "PNG", Bytes: 900 << 10, Width: 1080, Height: 1440, Made: "trainedAlgorithmicMedia", Credentials: true},
	}, codes: map[assets.ID][]assets.Code{
		ids[0]: {{Text: "https://example.com/coupon?code=XIXI88", Box: assets.Box{X: 2400, Y: 3500, W: 500, H: 500}}},
	}, seen: map[assets.ID][]assets.Sighting{
		ids[0]: {
			{Picture: ids[2], Distance: 12, Cut: true, Mirrored: true, Place: assets.InPost, ID: "other", Ref: "P-2231", By: "@northbound", At: p.now.Add(-80 * 24 * time.Hour), First: true, Shown: true},
			{Picture: ids[0], Same: true, Place: assets.InPost, ID: "postp0", Ref: "postp0", By: "me", At: p.now.Add(-24 * time.Hour)},
			{Picture: ids[1], Distance: 30, Place: assets.InApplication, ID: "a9", Ref: "A-0399", By: "Luma", At: p.now.Add(-2 * time.Hour)},
		},
	}, total: 5, slots: assets.Slots()}
	p.facts = PictureFacts{Files: a, Codes: a, Sightings: a, Slots: a}
	return a, ids
}

// plainPNG is a picture that nobody looks at.
func plainPNG(t *testing.T, w, h int, grey uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = grey
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// albumWindow shows the first post's pictures.
func albumWindow(t *testing.T, me people.Role) (*platform, *archive, *Posts, fyne.Window) {
	t.Helper()
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	a, _ := p.withAlbum(t)
	p.me.Role = me
	s := NewPosts(p.config(words.EN), postsOf{p})
	return p, a, s, p.window(s, 1440, 900)
}

// look opens the viewer and waits until the picture stands there.
func (p *platform) look(t *testing.T, s *Posts, win fyne.Window) {
	t.Helper()
	p.press(win, "V")
	p.settle()
	if s.viewing == nil {
		t.Fatal("V opens nothing")
	}
	p.arrive(t, s.viewing)
}

// arrive waits for the picture.
func (p *platform) arrive(t *testing.T, v *viewer) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); v.busy(); time.Sleep(time.Millisecond) {
		p.settle()
		if time.Now().After(end) {
			t.Fatal("the picture never comes")
		}
	}
	p.settle()
}

func (a *archive) Searched(context.Context) (int, error) { return 41_220, a.broken }

func (a *archive) List(context.Context) ([]assets.Slot, error) {
	return slices.Clone(a.slots), a.broken
}

func (a *archive) Compared(_ context.Context, id assets.ID) (bool, error) {
	return a.metas[id].Made == "", nil
}

func TestTheViewerStandsInPlaceOfThePageAndTheDecisionStays(t *testing.T) {
	p, _, s, win := albumWindow(t, people.Moderator)
	p.press(win, "Enter")
	p.settle()
	p.look(t, s, win)
	if !says(s.Content(), "Picture 1 of 3") || !says(s.Content(), "IMG_1.jpg") {
		t.Fatal("it does not say which picture this is")
	}
	if says(s.Content(), "姐妹们") || !says(s.Content(), "Needs the label") {
		t.Fatal("the page is still there, or the decision is not")
	}
	p.press(win, "J")
	p.arrive(t, s.viewing)
	p.press(win, "Right")
	p.arrive(t, s.viewing)
	if !says(s.Content(), "Picture 3 of 3") {
		t.Fatal("J and Right don't go on")
	}
	p.press(win, "J", "K")
	p.arrive(t, s.viewing)
	if !says(s.Content(), "Picture 2 of 3") || s.hand.Selected() != 0 {
		t.Fatalf("K does not go back, or the keys reach the queue: %d", s.hand.Selected())
	}
	p.press(win, "Esc")
	p.settle()
	if s.viewing != nil || says(s.Content(), "Picture 2 of 3") {
		t.Fatal("Escape does not go back")
	}
	// A decision from the viewer goes on to the next case, on its page.
	p.look(t, s, win)
	p.press(win, "A")
	p.settle()
	if len(p.decisions) != 1 || s.viewing != nil {
		t.Errorf("%d decisions, viewer open: %v", len(p.decisions), s.viewing != nil)
	}
}

func TestFramesOfAVideoFollowThePicturesOfItsPost(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withPosts(false)
	_, ids := p.withAlbum(t)
	post := p.posts["postp0"]
	post.Videos = []moderation.PostVideo{
		{Name: "a.mp4", Kind: "MP4", Codec: "h264", Length: 75 * time.Second, Width: 1080, Height: 1920,
			Frames: []moderation.VideoFrame{{ID: ids[2]}, {At: 62 * time.Second, ID: ids[1]}}},
		{Name: "gone.mp4"},
	}
	post.VideoCount = 2
	p.posts["postp0"] = post
	s := NewPosts(p.config(words.EN), postsOf{p})
	win := p.window(s, 1440, 900)
	p.press(win, "Enter")
	p.settle()
	for _, want := range []string{"a.mp4 · 1:15 · 1080 × 1920", "gone.mp4"} {
		if !says(s.Content(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	p.look(t, s, win)
	p.press(win, "K")
	p.arrive(t, s.viewing)
	if !says(s.Content(), "Videos without frames here: 1") {
		t.Error("it does not say that of one video nothing is here")
	}
	for range 4 {
		p.press(win, "J")
		p.arrive(t, s.viewing)
	}
	if !says(s.Content(), "Picture 5 of 5") || !says(s.Content(), "a.mp4 at 1:02") {
		t.Error("the last frame is not the last picture")
	}
}

func TestArrowsMoveAPictureThatIsZoomedAndStepOtherwise(t *testing.T) {
	p, _, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	p.press(win, "1")
	p.arrive(t, s.viewing)
	p.press(win, "+", "+", "+", "Right")
	p.arrive(t, s.viewing)
	if s.viewing.at != 0 || s.viewing.picture.Fitted() {
		t.Fatal("Right leaves a picture that is zoomed in")
	}
	p.press(win, "0")
	p.arrive(t, s.viewing)
	p.press(win, "Right")
	p.arrive(t, s.viewing)
	if s.viewing.at != 1 {
		t.Error("Right does not go on from a whole picture")
	}
}

func TestThePlaceIsShownOnlyWhenTheRecordHasTheLook(t *testing.T) {
	p, a, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	if says(s.Content(), "31.23") || len(a.asked) != 0 || !says(s.Content(), "This picture says where it was taken.") {
		t.Fatal("the place shows unasked, or nothing says that there is one")
	}
	a.refuse = fault.New(fault.Offline, "host", "db")
	p.press(win, "L")
	p.settle()
	if says(s.Content(), "31.23") {
		t.Fatal("the place shows although the look could not be recorded")
	}
	a.refuse = nil
	p.press(win, "L")
	p.settle()
	if !says(s.Content(), "31.23000° N") || !says(s.Content(), "121.47000° W") || !says(s.Content(), "is in the record") {
		t.Fatal("the place does not show once the record has the look")
	}
	if len(a.asked) != 2 || a.asked[0] != a.asked[1] {
		t.Errorf("asked as %q: trying again must not be a second look", a.asked)
	}
	// Another picture, and back: it is masked again, and asking is a look of its own.
	p.press(win, "J", "K")
	p.arrive(t, s.viewing)
	if says(s.Content(), "31.23") {
		t.Error("it stays for the next time")
	}
	p.press(win, "L")
	p.settle()
	if len(a.asked) != 3 || a.asked[2] == a.asked[0] {
		t.Errorf("asked as %q", a.asked)
	}
}

func TestWhoMayNotAskForThePlaceHasNoButton(t *testing.T) {
	p, a, s, win := albumWindow(t, people.Auditor)
	p.look(t, s, win)
	p.press(win, "L")
	p.settle()
	if len(a.asked) != 0 || !says(s.Content(), "This picture says where it was taken.") || says(s.Content(), "Show (is recorded)") {
		t.Errorf("an auditor asked %d times", len(a.asked))
	}
}

func TestWhatACodeSaysIsTextThatCanBeCopied(t *testing.T) {
	p, _, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	if !says(s.Content(), "https://example.com/coupon?code=XIXI88") {
		t.Fatal("the code's text is not there")
	}
	each(s.Content(), func(o fyne.CanvasObject) {
		if _, ok := o.(interface{ SetURL(any) }); ok {
			t.Error("it can be opened")
		}
	})
	p.press(win, "Y")
	p.settle()
	if got := fyne.CurrentApp().Clipboard().Content(); got != "https://example.com/coupon?code=XIXI88" {
		t.Errorf("the clipboard has %q", got)
	}
	p.press(win, "J")
	p.arrive(t, s.viewing)
	if says(s.Content(), "XIXI88") && says(s.viewing.box, "XIXI88") {
		t.Error("the code of the picture before is still there")
	}
}

func TestWhereAPictureWasSeenIsSaidWithoutTheOneLookedAt(t *testing.T) {
	p, a, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	box := s.viewing.box
	for _, want := range []string{"P-2231", "12 of 256 bits differ", "mirrored", "cut", "first", "A-0399", "2 more places", "Not found is not proof of origin."} {
		if !says(box, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if says(box, "Post · postp0") {
		t.Error("the post itself counts as elsewhere")
	}
	button(t, box, "Compare").Press()
	p.arrive(t, s.viewing)
	if other := s.viewing.picture.Other(); other.ID != a.seen[s.viewing.current().ID][0].Picture || !other.Mirrored || s.viewing.picture.Comparing() != kit.Beside {
		t.Errorf("compared with %+v", other)
	}
	p.press(win, "J", "J")
	p.arrive(t, s.viewing)
	a.total = 0
	s.viewing.retry()
	p.arrive(t, s.viewing)
	if !says(s.viewing.box, "Not compared with others yet") {
		t.Error("a picture that was never compared counts as found nowhere")
	}
	p.press(win, "K", "K")
	p.arrive(t, s.viewing)
	// Whatever goes wrong, nobody takes silence for proof.
	a.broken = fault.New(fault.Offline, "host", "db")
	p.press(win, "J")
	p.arrive(t, s.viewing)
	if !says(s.viewing.box, "Not found is not proof of origin.") || !says(s.viewing.box, "Picture 2 of 3") {
		t.Error("offline the caution is gone")
	}
}

func TestComparingGoesThroughItsWaysAndKeepsWhatWasMarked(t *testing.T) {
	p, _, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	v := s.viewing
	first := v.current().ID
	var ways []kit.Compared
	for range 4 {
		p.press(win, "C")
		p.arrive(t, v)
		ways = append(ways, v.picture.Comparing())
	}
	if !slices.Equal(ways, []kit.Compared{kit.Beside, kit.Difference, kit.Flicker, kit.Alone}) {
		t.Errorf("C goes through %v", ways)
	}
	p.press(win, "M", "J", "J")
	p.arrive(t, v)
	if v.at != 2 || v.picture.Other().ID != first {
		t.Errorf("the third is compared with %s, marked was %s", v.picture.Other().ID, first)
	}
}

func TestAPictureSeenElsewhereIsOpenedAndLedBackFrom(t *testing.T) {
	p, a, s, win := albumWindow(t, people.Moderator)
	p.look(t, s, win)
	v := s.viewing
	first, seen := v.current().ID, a.seen[v.current().ID][0]
	button(t, v.panel.scroll, "Open").Press()
	p.arrive(t, v)
	if v.picture.Picture().ID != seen.Picture || !says(v.box, "Seen elsewhere") || !says(v.box, "Post · P-2231 · @northbound") {
		t.Fatalf("%s is looked at, and nobody says whose it is", v.picture.Picture().ID)
	}
	p.press(win, "C")
	p.arrive(t, v)
	if other := v.picture.Other(); other.ID != first || !other.Mirrored || !strings.Contains(v.picture.Said(), "against picture 1") {
		t.Errorf("it is compared with %+v: %s", other, v.picture.Said())
	}
	p.press(win, "Esc")
	p.arrive(t, v)
	if s.viewing == nil || v.picture.Picture().ID != first || !says(v.box, "Picture 1 of 3") {
		t.Fatal("Escape does not lead back to the picture that it was found for")
	}
	p.press(win, "Esc")
	p.settle()
	if s.viewing != nil {
		t.Error("a second Escape does not lead back to the page")
	}
}

func TestCutsAreThoseThatLeadsWroteAndReadWhenAskedFor(t *testing.T) {
	p, a, s, win := albumWindow(t, people.Moderator)
	square := slices.IndexFunc(a.slots, func(s assets.Slot) bool { return s.ID == "feed-1x1" })
	a.slots[square].Name.EN = "Square, as the lead wrote"
	a.slots = slices.DeleteFunc(a.slots, func(s assets.Slot) bool { return s.ID == "avatar" }) // retired
	p.look(t, s, win)
	v := s.viewing
	if v.slots != nil {
		t.Error("slots are read that nobody asked for")
	}
	p.press(win, "O")
	p.arrive(t, v)
	var names []string
	for _, slot := range v.slots {
		names = append(names, slot.Name.EN)
	}
	if !v.cuts || !slices.Contains(names, "Square, as the lead wrote") || slices.Contains(names, "Avatar") {
		t.Errorf("the cuts are not those of the database: %v", names)
	}
	// Where they can't be read the person is told, and the next press asks again.
	v.slots, a.broken = nil, fault.New(fault.Offline, "host", "db.example")
	p.press(win, "O", "O")
	p.settle()
	if v.cuts || !strings.Contains(strings.Join(p.said, "|"), "db.example") {
		t.Errorf("cuts on: %v, said %q", v.cuts, p.said)
	}
	a.broken = nil
	p.press(win, "O")
	p.settle()
	if !v.cuts || v.slots == nil {
		t.Error("they are not asked for again")
	}
}

func TestAPostOfOnePictureHasNothingToCompare(t *testing.T) {
	p, _, s, win := albumWindow(t, people.Moderator)
	post := p.posts["postp0"]
	post.Pictures = post.Pictures[:1]
	p.posts["postp0"] = post
	s.drawn = ""
	s.hand.Refresh()
	p.settle()
	s.kind.onPage.post = post
	p.look(t, s, win)
	if says(s.viewing.box, "Side by side") || says(s.viewing.box, "Picture 1 of 1") {
		t.Error("ways to compare are offered, or one picture is counted")
	}
	p.press(win, "C")
	p.settle()
	if s.viewing.picture.Comparing() != kit.Alone || !strings.Contains(strings.Join(p.said, "|"), "no other picture") {
		t.Errorf("said %q", p.said)
	}
}

// TestTheViewerDrawsInEveryDress leaves pictures in CINNABAR_SHOTS.
func TestTheViewerDrawsInEveryDress(t *testing.T) {
	dir := os.Getenv("CINNABAR_SHOTS")
	acts := map[string][]string{"viewer": nil, "viewer-cuts": {"O"}, "viewer-beside": {"C"}, "viewer-difference": {"C", "C"}, "viewer-close": {"1", "+", "+", "L"}, "viewer-third": {"J", "J"}}
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		for _, l := range words.Languages() {
			for name, keys := range acts {
				if dir == "" && (name != "viewer" || (l == words.ZH) == (mode == look.Light)) {
					continue
				}
				themed(t, mode)
				p := newPlatform(t).withPosts(dir != "")
				p.withAlbum(t)
				shell, win := framed(t, p, l, "posts")
				s := shell.Current().(*Posts)
				p.look(t, s, win)
				for _, k := range keys {
					p.press(win, k)
					p.arrive(t, s.viewing)
				}
				if dir != "" {
					p.quiet()
				}
				wellSaid(t, shell.Current().Content())
				shot(t, win, dir, name+"-"+string(mode)+"-"+string(l))
				shell.Close()
				p.settle()
			}
		}
	}
}

// A scan larger than what comes at once must not have its boxes somewhere else.
func TestBoxesOfALargePaperLieWhereTheWholeOneHasThem(t *testing.T) {
	themed(t, look.Light)
	p := newPlatform(t).withBrands(false)
	app := p.apps[p.cases[0].Target]
	app.Documents = []moderation.Document{{Kind: moderation.Licence, Picture: p.picture(plainPNG(t, 300, 400, 200)), Name: "licence.jpg"}, {Kind: moderation.Logo}}
	p.apps[app.ID] = app
	p.facts.Files = &archive{metas: map[assets.ID]PictureMeta{app.Documents[0].Picture: {Width: 3000, Height: 4000}}}
	s := NewBrands(p.config(words.EN), applications{p})
	win := p.window(s, 1440, 900)
	papers := s.its.(*brandKind).onPage
	for end := time.Now().Add(10 * time.Second); papers.viewer.Busy() && time.Now().Before(end); time.Sleep(time.Millisecond) {
		p.settle()
	}
	if w, h := papers.viewer.Pixels(); w != 3000 || h != 4000 || !says(s.Content(), "3000 × 4000") {
		t.Errorf("the paper is taken for %d by %d", w, h)
	}
	// Looked at closely: only what was handed in.
	p.press(win, "V")
	p.settle()
	if s.viewing == nil || len(s.viewing.list) != 1 || !says(s.Content(), "licence.jpg") {
		t.Fatal("V does not open the papers")
	}
	p.arrive(t, s.viewing)
	p.press(win, "Esc")
	p.settle()
	if s.viewing != nil {
		t.Error("Escape does not go back")
	}
}
