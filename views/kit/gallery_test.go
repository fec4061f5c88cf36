package kit_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"cinnabar/assets"
	"cinnabar/internal/fault"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
)

// queued is a loop that the test drains.
type queued struct{ work chan func() }

func newQueued() *queued { return &queued{make(chan func(), 1000)} }

func (q *queued) Do(f func()) { q.work <- f }

// drain runs what has been queued.
func (q *queued) drain() {
	for {
		select {
		case f := <-q.work:
			f()
		default:
			return
		}
	}
}

// await runs what is queued until done says so.
func (q *queued) await(t *testing.T, done func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !done() {
		select {
		case f := <-q.work:
			f()
		case <-deadline:
			t.Fatal("what was waited for never came")
		}
	}
}

// next runs the next thing that is queued, waiting for it.
func (q *queued) next(t *testing.T) {
	t.Helper()
	select {
	case f := <-q.work:
		f()
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was queued")
	}
}

// painted makes plain pictures, as the loader does off the screen's thread.
type painted struct{}

func (painted) Preview(_ context.Context, id assets.ID, px int) (*image.RGBA, error) {
	if id == "broken" {
		return nil, fault.New(fault.PictureBroken)
	}
	px = min(px, 1600)
	img := image.NewRGBA(image.Rect(0, 0, px*3/4, px))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0xC8, 0xBE, 0xE0, 0xFF}), image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(px/4, px/4, px/2, px*3/4), image.NewUniform(color.RGBA{0x5A, 0x4B, 0x90, 0xFF}), image.Point{}, draw.Src)
	return img, nil
}

func save(t *testing.T, dir, name string, img image.Image) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// TestEveryWidgetDrawsInBothSettings draws the whole kit. With CINNABAR_GALLERY
// naming a folder it leaves the pictures there for people to look at.
func TestEveryWidgetDrawsInBothSettings(t *testing.T) {
	dir := os.Getenv("CINNABAR_GALLERY")
	for _, mode := range []look.Mode{look.Light, look.Dark} {
		looktest.Dress(t, mode)
		loop := newQueued()
		for name, page := range gallery(loop) {
			if name == "floating" && dir == "" {
				continue // drawing soft shadows without a graphics card takes seconds, and nothing is asserted of them
			}
			w := test.NewTempWindow(t, page)
			w.SetPadded(false)
			size := fyne.NewSize(1240, 900)
			if dir == "" {
				size = fyne.NewSize(420, 320) // and narrower than any of it wants to be
			}
			w.Resize(size)
			if dir != "" {
				settle(loop)
				page.Refresh()
			}
			img := w.Canvas().Capture()
			if blank(img) {
				t.Errorf("%s in %s is blank", name, mode)
			}
			if dir != "" {
				save(t, dir, name+"-"+string(mode), img)
			}
		}
	}
}

// settle gives pictures a moment to come and draws them.
func settle(loop *queued) {
	for {
		select {
		case f := <-loop.work:
			f()
		case <-time.After(200 * time.Millisecond):
			return
		}
	}
}

func blank(img image.Image) bool {
	first := img.At(0, 0)
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 3 {
		for x := b.Min.X; x < b.Max.X; x += 3 {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

const note = "姐妹们久等啦！这个月真的只用了初岚的轻羽防晒，上脸三秒成膜，出油也不搓泥。我从二月中开始每天带着它通勤，没有一点想吐槽的地方。想试的宝评论区置顶有惊喜，报我名字 XIXI88 立减三十，+薇 xx2026 还能拿小样。限时三天哦～"

func marksOf(text string, of map[string]kit.Tone) []kit.Mark {
	var out []kit.Mark
	runes := []rune(text)
	for part, tone := range of {
		p := []rune(part)
		for i := range runes {
			if i+len(p) <= len(runes) && string(runes[i:i+len(p)]) == part {
				out = append(out, kit.Mark{Start: i, End: i + len(p), Tone: tone})
			}
		}
	}
	return out
}

type line struct {
	key, title, sub, score, tag string
	tone                        kit.Tone
}

func gallery(loop kit.Loop) map[string]fyne.CanvasObject {
	g := &kit.Gallery{Previews: painted{}, Loop: loop, Missing: "No picture handed in", Hold: "Hold Space to look",
		Reason: func(error) string { return "The picture is damaged" }}
	chips := kit.NewChips(nil)
	chips.Set([]kit.Chip{{ID: "", Text: "全部"}, {ID: "c", Text: "合同", Count: "9"}, {ID: "r", Text: "Rings", Count: "14"}}, "")
	field := kit.NewField(kit.FieldConfig{Label: "Message to the author", Placeholder: "What should they change?", Lines: 5})
	field.Set("Your note of 14 March presents a contracted product without the commercial label. 请在24小时内补充标注。")
	empty := kit.NewField(kit.FieldConfig{Label: "内部备注", Placeholder: "给同事的备注…"})
	sel := kit.NewSelect("Policy", "Choose …")
	sel.Set([]kit.Option{{ID: "2.1", Text: "2.1 Commercial content must be marked"}}, "2.1")
	unset := kit.NewSelect("政策", "请选择…")
	off := kit.NewButton(kit.ButtonConfig{Text: "Approve", Key: "A", Weight: kit.Primary})
	off.Disable("yours")
	marked := kit.NewMarked(kit.Style{Size: look.Reading})
	marked.Set(note, marksOf(note, map[string]kit.Tone{"初岚的轻羽防晒": kit.Cinnabar, "没有一点想吐槽的地方": kit.Amber, "XIXI88": kit.Amber, "+薇 xx2026": kit.Indigo, "报我名字 XIXI88 立减三十": kit.Jade}))
	column := func(o ...fyne.CanvasObject) fyne.CanvasObject { return kit.PadAll(look.S5, kit.Stack(look.S3, o...)) }

	rows := kit.NewRows(kit.RowsConfig[line]{Key: func(l line) string { return l.key }, Height: look.QueueRow,
		New: func() kit.RowView[line] { return newLineRow(g) }})
	rows.Set([]line{
		{"1", "春日防晒清单，油皮亲测", "溪溪 · 12.4万 粉丝", ".97", "合同", kit.Cinnabar},
		{"2", "Weekend in Chengdu, all the things that I ate and drank", "northbound · 41k", ".91", "link", kit.Amber},
		{"3", "开箱！朋友都在问的香薰", "小满 · 2.1万 粉丝", ".88", "6 人团伙", kit.Indigo},
		{"4", "My honest retinol diary", "lune · 15k", ".78", "random", kit.Neutral},
	}, false)
	rows.Select("1")
	table := kit.NewTable(kit.TableConfig[line]{
		Columns: []kit.Column{{Label: "campaign"}, {Label: "why", Width: 120}, {Label: "held", Width: 90, Align: fyne.TextAlignTrailing}},
		Key:     func(l line) string { return l.key },
		Cells: func(l line) []kit.Cell {
			return []kit.Cell{{Text: l.title, Bold: true}, {Text: l.tag, Pill: true, Tone: l.tone}, {Text: l.score}}
		},
	})
	table.Rows.Set(rows.Items(), false)
	picture := kit.NewPicture(g, true, look.Radius)
	picture.Set("one")
	broken := kit.NewPicture(g, true, look.Radius)
	broken.Set("broken")
	none := kit.NewPicture(g, true, look.Radius)
	veiled := kit.NewPicture(g, true, look.Radius)
	veiled.Shield(kit.Blurred)
	veiled.Set("two")
	viewer := kit.NewViewer(g)
	viewer.Set(kit.PictureRef{ID: "paper"})
	viewer.SetOverlays([]kit.Overlay{{Box: assets.Box{X: 300, Y: 200, W: 500, H: 100}, Tone: kit.Jade}, {Box: assets.Box{X: 500, Y: 600, W: 300, H: 90}, Tone: kit.Amber}})
	toast := kit.NewToasts(loop, nil)
	toast.Say(kit.Note{Text: "已退回：《一瓶三个月》", Undo: func() {}, Label: func(int) string { return "撤销 8" }})
	keys := []kit.Key{{Name: "J", Label: "next"}, {Name: "K", Label: "previous"}, {Name: "A", Label: "需补标注"}, {Name: "Space", Label: "hold to look"}, {Name: "?", Label: "all keys"}}
	palette := kit.NewPalette(kit.PaletteConfig{Placeholder: "Type a screen, a command, a name", Loop: loop, Async: func(f func()) { f() },
		None: func(q string) string { return "Nothing for " + q },
		Commands: func() []kit.Command {
			return []kit.Command{{ID: "1", Text: "Today", Hint: "go to", Icon: look.IconToday}, {ID: "2", Text: "品牌", Hint: "go to", Icon: look.IconBrands}, {ID: "3", Text: "Switch to dark", Icon: look.IconMoon}}
		}})
	var icons []fyne.CanvasObject
	for _, i := range look.Icons() {
		icons = append(icons, kit.Stack(2, kit.NewSymbol(i, look.Ink, 28), kit.NewText(string(i), kit.Style{Size: look.Caption, Ink: look.SecondInk, Align: fyne.TextAlignCenter, Shrink: true})))
	}
	ground := func(o fyne.CanvasObject) fyne.CanvasObject { return kit.NewGround(look.Paper, 0, o) }
	return map[string]fyne.CanvasObject{
		"controls": ground(kit.Columns(380, 360, column(
			kit.NewButton(kit.ButtonConfig{Text: "需补标注", Key: "A", Weight: kit.Primary}),
			kit.NewButton(kit.ButtonConfig{Text: "Fine as it is", Key: "R"}),
			kit.NewButton(kit.ButtonConfig{Text: "备注", Key: "Ctrl", Icon: look.IconNote}),
			off, kit.NewButton(kit.ButtonConfig{Text: "Quiet", Weight: kit.Quiet, Icon: look.IconUndo}),
			chips, kit.Row(look.S2, kit.NewPill("contract", kit.Cinnabar), kit.NewPill("优惠码", kit.Amber), kit.NewPill("new", kit.Neutral), kit.NewPill("已通过", kit.Jade), kit.NewPill("雷同", kit.Indigo)),
			sel, unset, empty, field,
			kit.NewMeter(kit.Part{Share: .97, Tone: kit.Cinnabar}), kit.NewMeter(kit.Part{Share: .5, Tone: kit.Jade}, kit.Part{Share: .1, Tone: kit.Cinnabar}),
		), column(
			kit.NewText("春日防晒清单，油皮亲测 Spring", kit.PageTitle), kit.NewText("12 things are due 今日到期", kit.Heading), kit.NewText("Body text 正文字 123,456", kit.Plain),
			kit.NewText("Body bold 正文加粗 123,456", kit.Strong), kit.NewText("Caption 说明文字", kit.Small), kit.NewText("Section 小标题", kit.Section),
			kit.NewCard("Decisions by the hour", kit.NewBars(150, kit.Bar{Label: "9", Value: 4}, kit.Bar{Label: "10", Value: 7}, kit.Bar{Label: "11", Value: 9}, kit.Bar{Label: "12", Value: 5, Meant: true})),
			kit.NewCard("Author", kit.Stack(look.S2, kit.NewSparkline([]float64{1, 2, 1.5, 3, 2.5, 6, 4}, 5), kit.NewParagraph("日增粉丝；峰值来自当周新建的1,900个账号", kit.Small))),
		), column(kit.NewSeal(64), kit.NewSeal(26), kit.NewSearchBox("Search everything", nil, "Ctrl", "K")))),
		"floating": ground(kit.Columns(600, 0, kit.PadAll(24, palette), column(toast, kit.NewSheet(kit.KeyHelp("Keys", keys))), nil)),
		"text":     ground(kit.Columns(420, 400, column(marked), column(kit.NewParagraph(note, kit.Plain)), column(kit.NewParagraph("A paragraph of English text which wraps at the words, with a link https://example.com/a/very/long/path/that/goes/on/and/on/without/a/space/anywhere/at/all inside, and 中文 mixed in（括号里的话），so that “quotes” and — dashes show.", kit.Plain), kit.NewParagraph("Centred text of a state that has something to say.", kit.Style{Ink: look.SecondInk, Align: fyne.TextAlignCenter})))),
		"rows":     ground(kit.Columns(look.QueueWidth, 300, rows, kit.Pad(24, 24, 24, 24, kit.NewPanel(table)), kit.NewState(kit.State{Icon: look.IconOffline, Tone: kit.Amber, What: "The database at db.local does not answer.", Next: "What you see is what was known; nothing is decided until it is back.", Action: kit.ButtonConfig{Text: "Try again"}}))),
		"picture":  ground(kit.Columns(500, 0, kit.PadAll(24, viewer), kit.PadAll(24, kit.Grid(1, 16, kit.Fixed(0, 160, picture), kit.Fixed(0, 160, broken), kit.Fixed(0, 160, none), kit.Fixed(0, 160, veiled))), nil)),
		"icons":    ground(kit.PadAll(40, kit.Grid(9, 24, icons...))),
	}
}
