package views

import (
	"image/color"
	"slices"
	"testing"

	"cinnabar/assets"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/internal/people"
	"cinnabar/views/words"
)

// tile is the slot's tile on the sheet.
func (p *Pictures) tile(t *testing.T, id assets.SlotID) *slotTile {
	t.Helper()
	for _, x := range p.sheet.tiles {
		if x.slot.ID == id {
			return x
		}
	}
	t.Fatalf("no tile for %s", id)
	return nil
}

func TestASuggestedCropIsAPersonsChoiceAndCanBeTakenBack(t *testing.T) {
	a := newAtelier(t, false)
	p, win := picturesWindow(t, a, words.EN)
	if got := p.work.now.Name; got != "spring-01.jpg" {
		t.Fatalf("first on the desk is %s", got)
	}
	p.confirmSubject()
	a.settle()
	for id, want := range map[assets.SlotID]string{"feed-3x4": "ok", "feed-1x1": "lost", "feed-4x3": "lost"} {
		if got := p.tile(t, id).pill.Text(); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if got := p.tile(t, "feed-1x1").reason.Text(); got != "label 0 %, above the cut" {
		t.Errorf("reason: %q", got)
	}
	if !says(p.side.content(), "lose the commercial label. A crop moved up by") || !says(p.side.content(), "Not found among 41,220 pictures") {
		t.Error("the right column says neither what is lost nor where it was seen")
	}
	if len(a.creatives[0].Crops) > 0 {
		t.Error("a crop was applied that nobody chose")
	}

	a.press(win, "a")
	a.settle()
	kept := a.creatives[0]
	if len(kept.Crops) == 0 || kept.Crops["feed-1x1"].By != "marketer1" || kept.Crops["feed-1x1"].Box.Y > 60 {
		t.Errorf("kept crops: %+v", kept.Crops)
	}
	if _, cropped := kept.Crops["feed-3x4"]; cropped {
		t.Error("a slot that loses nothing was cropped")
	}
	if got := p.tile(t, "feed-1x1").pill.Text(); got != "ok" {
		t.Errorf("with the crop: %q", got)
	}
	if a.undo == nil {
		t.Fatal("no way back was offered")
	}
	a.undo()
	a.settle()
	if kept := a.creatives[0]; len(kept.Crops) != 0 || kept.Version != 4 {
		t.Errorf("after the undo: version %d, %+v", kept.Version, kept.Crops)
	}
}

// confirmSubject says that the subject is there.
func (p *Pictures) confirmSubject() {
	p.chooseRegion("subject")
	p.confirm()
	p.chooseRegion("")
}

func TestARegionIsDrawnNamedMovedConfirmedAndRemovedByKeys(t *testing.T) {
	a := newAtelier(t, false)
	a.creatives[0].Regions = nil
	p, win := picturesWindow(t, a, words.EN)
	if !says(p.side.content(), "draw what matters") {
		t.Error("nobody is told to draw")
	}
	a.press(win, "d")
	if !p.viewer.Drawing() {
		t.Fatal("D draws nothing")
	}
	p.viewer.OnDrawn(assets.Box{X: 50, Y: 20, W: 300, H: 90})
	a.settle()
	a.press(win, "2")
	a.settle()
	kept := a.creatives[0].Regions
	if len(kept) != 1 || kept[0].Kind != assets.Label || kept[0].Name != "label" || !kept[0].Confirmed || kept[0].By != "marketer1" {
		t.Fatalf("drawn: %+v", kept)
	}
	// The sheet follows while it is dragged, before anything is saved.
	if got := p.tile(t, "feed-1x1").pill.Text(); got != "lost" {
		t.Errorf("above the cut: %q", got)
	}
	puts := a.puts
	a.down = true
	p.viewer.OnMoved("label", assets.Box{X: 50, Y: 400, W: 300, H: 90})
	if got := p.tile(t, "feed-1x1").pill.Text(); got != "ok" || a.puts != puts {
		t.Errorf("dragged into the cut: %q, %d saves", got, a.puts-puts)
	}
	a.down = false
	a.settle()

	a.press(win, "Delete")
	a.settle()
	if len(a.creatives[0].Regions) != 0 {
		t.Errorf("removed: %+v", a.creatives[0].Regions)
	}
	a.press(win, "z")
	a.settle()
	if len(a.creatives[0].Regions) != 1 {
		t.Error("Z takes nothing back")
	}
	// What was only found is confirmed with C.
	a.creatives[1].Regions[1].Confirmed = false
	a.press(win, "j")
	a.settle()
	if p.work.now.Name != "spring-02.jpg" {
		t.Fatalf("J leads to %s", p.work.now.Name)
	}
	a.press(win, "r", "r", "c")
	a.settle()
	if got := a.creatives[1].Regions[1]; !got.Confirmed || got.By != "marketer1" {
		t.Errorf("confirmed: %+v", got)
	}
}

func TestWhatAColleagueChangedMeanwhileIsNotWrittenOver(t *testing.T) {
	a := newAtelier(t, false)
	p, win := picturesWindow(t, a, words.EN)
	a.creatives[0].Version = 9
	a.creatives[0].Regions = a.creatives[0].Regions[:1]
	a.press(win, "r", "Delete")
	a.settle()
	if len(a.creatives[0].Regions) != 1 || a.creatives[0].Version != 9 {
		t.Errorf("written over: %+v", a.creatives[0])
	}
	if !says(p.side.content(), "Somebody else has changed this creative") || len(p.Holds(false)) != 1 {
		t.Error("the person is not told that it was not saved")
	}
	button(t, p.side.content(), "Show what stands now").Press()
	a.settle()
	if p.work.now.Version != 9 || p.work.dirty() {
		t.Errorf("what stands now is not on the desk: version %d", p.work.now.Version)
	}
}

func TestWithoutALinkPicturesAreReadAndWhatWasDrawnWaits(t *testing.T) {
	a := newAtelier(t, false)
	p, win := picturesWindow(t, a, words.EN)
	a.down = true // and nobody has noticed yet
	a.press(win, "r", "Delete")
	a.settle()
	if !p.work.dirty() || len(p.Holds(true)) != 1 {
		t.Error("what could not be saved is gone")
	}
	a.press(win, "j")
	if p.work.now.Name != "spring-01.jpg" {
		t.Error("it was left without being saved")
	}
	p.SetLink(false, nil)
	regions := len(p.work.now.Regions)
	a.press(win, "r", "Delete")
	a.settle()
	if len(p.work.now.Regions) != regions || !says(p.side.content(), "The database does not answer") && !says(p.side.content(), "db.example") {
		t.Error("without a link it can be changed, or nobody says why not")
	}
	a.down = false
	p.work.fault = nil
	p.SetLink(true, nil)
	a.settle()
	if p.work.dirty() || len(a.creatives[0].Regions) != regions {
		t.Errorf("it was not sent when the link came back: %+v", a.creatives[0].Regions)
	}
}

func TestAFolderIsCheckedAndNothingIsHandedIn(t *testing.T) {
	a := newAtelier(t, false)
	good := a.opens[a.creatives[0].Picture]
	good.Regions = []assets.Region{{Name: "label", Kind: assets.Label, Box: assets.Box{X: 400, Y: 500, W: 300, H: 90}}}
	a.disk["/home/marketer1/shoot/a.jpg"], a.disk["/home/marketer1/shoot/b.jpg"] = good, Looked{}
	a.disk["/home/marketer1/shoot/day 2/c.jpg"] = good
	p, win := picturesWindow(t, a, words.EN)
	a.press(win, "f")
	a.settle()
	a.press(win, "Enter") // the folder "shoot"
	a.settle()
	if p.browse.here.Path != "/home/marketer1/shoot" {
		t.Fatalf("in %s", p.browse.here.Path)
	}
	p.Commit()
	a.settle()
	if p.page != folderPage || len(p.table.rows) != 3 || !p.table.ended {
		t.Fatalf("page %d, %+v", p.page, p.table)
	}
	if r := p.table.rows; r[0].verdict != assets.CannotTell || r[1].err == nil || r[1].reason == "" {
		t.Errorf("rows %+v", r)
	}
	if r := p.table.rows[2]; r.name != "day 2/c.jpg" || r.err != nil {
		t.Errorf("of the folder below: %+v", r)
	}
	if !says(p.Content(), "3 of 3 looked at") {
		t.Error("the sum is missing")
	}
	if len(a.brought) > 0 || len(a.requests) > 0 {
		t.Errorf("handed in: %v", a.brought)
	}
	// A file is looked at like a creative, and drawn in without being kept.
	a.press(win, "j", "Enter")
	a.settle()
	if p.page != sheetPage || !p.work.loose() || p.work.now.Name != "a.jpg" || !p.draws() {
		t.Fatalf("on the desk: %+v", p.work.now)
	}
	a.press(win, "r", "c")
	a.settle()
	if got := p.tile(t, "feed-1x1").pill.Text(); got != "ok" || a.puts > 0 {
		t.Errorf("confirmed: %q, %d saves", got, a.puts)
	}
	a.press(win, "e")
	a.settle()
	p.Commit()
	a.settle()
	if len(a.exported) != len(a.slots) {
		t.Errorf("%d cuts exported", len(a.exported))
	}
}

func TestPicturesAreAddedToACampaignWithWhatWasFoundInThem(t *testing.T) {
	a := newAtelier(t, false)
	found := Looked{Image: plate(color.White), Width: 1080, Height: 1440, Regions: []assets.Region{{Name: "face", Kind: assets.Face, Box: assets.Box{X: 10, Y: 10, W: 90, H: 90}}}}
	a.disk["/home/marketer1/new.jpg"] = found
	p, win := picturesWindow(t, a, words.EN)
	a.press(win, "n")
	a.settle()
	a.press(win, "j", "Space")
	if !p.browse.marked["/home/marketer1/new.jpg"] {
		t.Fatalf("taken: %v", p.browse.marked)
	}
	p.Commit()
	a.settle()
	if !slices.Equal(a.brought, []string{"/home/marketer1/new.jpg"}) || p.work == nil || p.work.now.Name != "new.jpg" || p.work.now.Campaign != "c1" {
		t.Fatalf("brought %v, on the desk %+v", a.brought, p.work)
	}
	if r := p.work.now.Regions; len(r) != 1 || r[0].Confirmed {
		t.Errorf("regions: %+v", r)
	}
}

func TestWhoPlansNothingLooksAndChangesNothing(t *testing.T) {
	a := newAtelier(t, false)
	a.me = people.Person{Login: "lead1", Name: "lead1", Role: people.Lead, Active: true}
	p, win := picturesWindow(t, a, words.ZH)
	a.press(win, "a", "d", "r", "Delete", "n")
	a.settle()
	if a.puts > 0 || p.page != sheetPage || p.viewer.Drawing() {
		t.Errorf("a lead changed something: %d saves, page %d", a.puts, p.page)
	}
	if says(p.side.content(), "采用建议的裁剪") {
		t.Error("a lead is offered the crops")
	}
}

func TestThePicturesScreenSaysWhatIsMissing(t *testing.T) {
	a := newAtelier(t, false)
	all := a.creatives
	a.creatives = nil
	p, win := picturesWindow(t, a, words.EN)
	if !says(p.Content(), "No creatives yet") {
		t.Error("nothing is said of nothing")
	}
	a.creatives = all
	delete(a.opens, all[0].Picture)
	p.Refresh()
	a.settle()
	if !says(p.sheet.content(), "The picture") {
		t.Error("a broken picture says nothing")
	}
	a.press(win, "j")
	a.settle()
	if p.work.broken != nil || p.work.now.Name != "spring-02.jpg" {
		t.Errorf("after it: %v", p.work.broken)
	}
	a.down = true
	q, _ := picturesWindow(t, a, words.EN)
	if !says(q.Content(), "db.example") {
		t.Error("no link, and nobody says so")
	}
	if fault.CodeOf(q.err) != fault.Offline {
		t.Errorf("%v", q.err)
	}
}

func TestAFilterNarrowsTheStripAndSlotsAreWalkedByArrows(t *testing.T) {
	a := newAtelier(t, false)
	x := a.hang(assets.IDOf([]byte("snow")), plate(color.Black), "snow.jpg")
	x.Campaign, x.Title, x.Brand, x.State = "c2", "First snow", "拾野", campaigns.Closed
	p, win := picturesWindow(t, a, words.EN)
	p.strip.campaign.Choose("c2")
	a.settle()
	if len(p.items) != 1 || p.work.now.Name != "snow.jpg" {
		t.Fatalf("listed %d, on the desk %s", len(p.items), p.work.now.Name)
	}
	if p.draws() || !says(p.side.content(), "The campaign is closed") {
		t.Error("what is closed can be drawn in")
	}
	a.press(win, "Right", "Right", "Left")
	if p.work.slot != 1 {
		t.Errorf("slot %d", p.work.slot)
	}
	a.press(win, "Down")
	if p.work.slot != 1+tilesIn(p.sheet.grid.Size().Width) {
		t.Errorf("below: slot %d", p.work.slot)
	}
	a.press(win, "Enter")
	a.settle()
	if !p.sheet.large {
		t.Error("Enter enlarges nothing")
	}
	a.press(win, "Esc")
	if p.sheet.large {
		t.Error("Escape does not lead back")
	}
}

func TestAFolderWithoutPicturesSaysSo(t *testing.T) {
	a := newAtelier(t, false)
	p, win := picturesWindow(t, a, words.EN)
	p.Check("/home/marketer1/empty")
	a.settle()
	if !says(p.Content(), "No picture was found in this folder or below it.") {
		t.Error("nothing is said of nothing")
	}
	a.press(win, "f")
	a.settle()
	p.browse.read("/home/marketer1/empty")
	a.settle()
	if !says(p.Content(), "Neither a picture nor a folder here") || !p.browse.act.Disabled() {
		t.Error("an empty folder is a blank page, or can be checked")
	}
}

func TestAFolderCheckThatIsStoppedWhileItReadsSaysSo(t *testing.T) {
	a := newAtelier(t, false)
	p, _ := picturesWindow(t, a, words.EN)
	p.Check("/home/marketer1/launch")
	p.table.stop()
	a.settle()
	if !says(p.Content(), "Stopped before all of the folder was read") || says(p.Content(), "No picture was found") {
		t.Error("a folder that was not read is called empty")
	}
}

func TestTilesAreMadeBeforeWhatStandsBesideThem(t *testing.T) {
	box := assets.Box{W: 10, H: 10}
	list := []cutting{{0, box, 4, 4}, {1, box, 4, 4}, {0, box, 2, 2}, {}, {0, box, 2, 2}, {1, box, 2, 2}}
	known := make([]cutting, len(list))
	for _, want := range [][]int{{0, 1}, {2, 4, 5}, nil} {
		got := urgent(list, known, 2)
		if !slices.Equal(got, want) {
			t.Fatalf("made next: %v, want %v", got, want)
		}
		for _, i := range got {
			known[i] = list[i]
		}
	}
	list = append(list, cutting{1, box, 400, 400})
	if got := urgent(list, append(known, cutting{}), 2); !slices.Equal(got, []int{6}) {
		t.Errorf("with a slot enlarged: %v", got)
	}
}

func TestWhereNothingWasSearchedNothingIsCalledNew(t *testing.T) {
	a := newAtelier(t, false)
	a.searched = 0
	p, _ := picturesWindow(t, a, words.EN)
	if says(p.side.content(), "Not found among") || !says(p.side.content(), "Not looked for yet") || says(p.about, "first seen here") {
		t.Error("a picture that nobody compared is called new")
	}
}

func TestCutsAreExportedAndAPictureIsTakenOutByTheMouseToo(t *testing.T) {
	a := newAtelier(t, false)
	p, _ := picturesWindow(t, a, words.EN)
	button(t, p.side.content(), "Take it out of the campaign").Press()
	a.settle()
	if !a.creatives[0].Dropped {
		t.Error("it is not taken out")
	}
	a.undo()
	a.settle()
	button(t, p.side.content(), "Export the crops").Press()
	a.settle()
	if p.page != browsePage || p.browse.why != toExport {
		t.Errorf("page %d", p.page)
	}
}
