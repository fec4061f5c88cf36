package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/inspect"
	"cinnabar/internal/fault"
)

type pictureCheckCommand struct {
	Files     []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF. A folder stands for every picture in it."`
	Slot      []string `help:"Only these slots; without it, all." placeholder:"ID,ID"`
	Slots     string   `help:"Slots of your own instead of the built-in ones, as a JSON list." placeholder:"FILE"`
	Region    []string `help:"What matters: a name (label, logo, face, headline, text; any other is a subject) and where, in pixels of the upright picture. Repeat it for more." placeholder:"NAME:x,y,w,h" sep:"none"`
	Suggested bool     `help:"Check, and export, the suggested crops instead of the platform's own."`
	Export    string   `help:"Write what each slot shows into this folder, at the slot's size, without the file's metadata." placeholder:"DIR"`
	Enlarge   bool     `help:"With --export: enlarge what is smaller than its slot."`
	Force     bool     `help:"With --export: write over files that are there."`
}

// checkedJSON is what --json prints for each file and slot.
type checkedJSON struct {
	File      string         `json:"file"`
	Slot      assets.SlotID  `json:"slot"`
	Crop      assets.Box     `json:"crop"`
	Regions   []assets.Kept  `json:"regions"`
	Verdict   assets.Verdict `json:"verdict"`
	Findings  []string       `json:"findings"` // sentences, of what is not plainly good
	Codes     []string       `json:"codes"`    // of the findings, in their order
	Suggested *suggestedJSON `json:"suggested,omitempty"`
	Exported  string         `json:"exported,omitempty"`
}

// uncheckedJSON is what --json prints for a file that could not be checked.
type uncheckedJSON struct {
	File    string `json:"file"`
	Refused string `json:"refused"` // a fault's code
	Reason  string `json:"reason"`
}

type suggestedJSON struct {
	Crop     assets.Box `json:"crop"`
	Complete bool       `json:"complete"` // no region falls below its limit in it
}

// Run checks every picture in every slot, without a database.
func (c pictureCheckCommand) Run(ctx context.Context, p *program) error {
	slots, err := c.slots(p)
	if err != nil {
		return err
	}
	asked, err := c.regions(p)
	if err != nil {
		return err
	}
	if c.Export == "" && (c.Force || c.Enlarge) {
		return p.misuse("picture_check.needs_export")
	}
	files, err := c.pictures(p)
	if err != nil {
		return err
	}
	if c.Export != "" {
		if err := os.MkdirAll(c.Export, 0o755); err != nil {
			return fault.Wrap(err, fault.FileWrite, "path", c.Export)
		}
	}
	workers := min(max(1, runtime.NumCPU()-1), 4)
	opener := decode.NewChildren(decode.ChildConfig{Workers: workers})
	defer opener.Close()
	checker := pictureChecker{opener: opener, slots: slots, asked: asked, how: c, named: map[string]bool{},
		held: semaphore.NewWeighted(decode.MaxPixels)}
	for _, path := range files {
		if whole, err := filepath.Abs(path); err == nil {
			checker.named[whole] = true
		}
	}

	// Answers come in the order of the files, whichever is ready first.
	answers := make([]chan checkedFile, len(files))
	for i := range answers {
		answers[i] = make(chan checkedFile, 1)
	}
	ctx, stop := context.WithCancel(ctx)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	started := make(chan struct{})
	go func() {
		defer close(started)
		for i, path := range files {
			if ctx.Err() != nil {
				return
			}
			group.Go(func() error {
				answers[i] <- checker.check(ctx, path)
				return nil
			})
		}
	}()
	defer func() {
		stop()
		<-started
		_ = group.Wait()
	}()
	return c.tell(ctx, p, slots, files, answers)
}

// tell prints the answers as they come.
func (c pictureCheckCommand) tell(ctx context.Context, p *program, slots []assets.Slot, files []string, answers []chan checkedFile) error {
	progress := newBar(p.errs, p.words.T("picture_check.checking"))
	defer progress.clear()
	became, failed, exported := map[assets.Verdict]int{}, 0, 0
	for i, path := range files {
		progress.set(int64(i), int64(len(files)))
		var answer checkedFile
		select {
		case answer = <-answers[i]:
		case <-ctx.Done():
			return ctx.Err()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		progress.clear()
		for _, err := range answer.faults {
			fmt.Fprintln(p.errs, printable(p.words.T("picture_check.file_failed", path, c.sentence(p, err))))
		}
		if len(answer.faults) > 0 {
			failed++
		}
		var err error
		if p.flags.JSON {
			err = c.printJSON(p, path, answer)
		} else if len(answer.checks) > 0 {
			err = c.print(p, slots, path, answer)
		}
		if err != nil {
			return err
		}
		if len(answer.checks) > 0 {
			became[answer.worst()]++
		}
		for _, s := range answer.checks {
			if s.exported != "" {
				exported++
			}
		}
	}
	if !p.flags.JSON {
		n := func(v assets.Verdict) string { return p.words.Number(became[v]) }
		lines := []string{p.words.T("picture_check.total", p.words.Number(became[assets.Lost]+became[assets.CannotTell]+became[assets.OK]),
			n(assets.Lost), n(assets.CannotTell), n(assets.OK))}
		if failed > 0 {
			lines = append(lines, p.words.T("picture_check.unread_total", p.words.Number(failed)))
		}
		if c.Export != "" {
			lines = append(lines, p.words.T("picture_check.exported", p.words.Number(exported), c.Export))
		}
		if _, err := fmt.Fprintln(p.out, strings.Join(lines, "\n")); err != nil {
			return err
		}
	}
	if became[assets.Lost] > 0 || failed > 0 {
		return errFound
	}
	return nil
}

// sentence says why a file failed; the one reason that is no fault is a file that was
// not written over.
func (c pictureCheckCommand) sentence(p *program, err error) string {
	var e existing
	if errors.As(err, &e) {
		return p.words.T("picture_check.exists", string(e))
	}
	return p.words.Sentence(err)
}

// existing is errExists with its path.
type existing string

func (e existing) Error() string { return string(e) + ": " + errExists.Error() }

func (c pictureCheckCommand) printJSON(p *program, path string, answer checkedFile) error {
	if len(answer.checks) == 0 && len(answer.faults) > 0 {
		f := fault.Of(answer.faults[0])
		return p.printJSON(uncheckedJSON{File: path, Refused: string(f.Code), Reason: p.words.Sentence(f)})
	}
	for _, s := range answer.checks {
		row := checkedJSON{File: path, Slot: s.Slot, Crop: s.Crop, Regions: s.Regions, Verdict: s.Verdict, Findings: []string{}, Codes: []string{}, Exported: s.exported}
		for _, f := range s.Findings {
			if f.Verdict != assets.OK || f.Warns {
				row.Findings, row.Codes = append(row.Findings, p.words.Finding(f)), append(row.Codes, f.Code)
			}
		}
		if s.better {
			row.Suggested = &suggestedJSON{s.suggested, s.complete}
		}
		if err := p.printJSON(row); err != nil {
			return err
		}
	}
	return nil
}

func (c pictureCheckCommand) print(p *program, slots []assets.Slot, path string, answer checkedFile) error {
	if _, err := fmt.Fprintf(p.out, "%s  %d × %d\n", printable(path), answer.width, answer.height); err != nil {
		return err
	}
	var rows [][]string
	for i, s := range answer.checks {
		rows = append(rows, []string{"  " + p.words.SlotName(slots[i]), p.words.CropVerdict(s.Verdict), p.words.CropLine(s.Check)})
		if !s.better {
			continue
		}
		key := "picture_check.suggested"
		if !s.complete {
			key = "picture_check.suggested_best"
		}
		b := s.suggested
		rows = append(rows, []string{"", "", p.words.Fill(key, map[string]string{
			"crop": fmt.Sprintf("%d,%d,%d,%d", b.X, b.Y, b.W, b.H),
			"move": p.words.CropMove(slots[i].Crop(answer.width, answer.height), b),
		})})
	}
	return printTable(p.out, rows)
}

// slots are those that were asked for, in that order, or all.
func (c pictureCheckCommand) slots(p *program) ([]assets.Slot, error) {
	known := assets.Slots()
	if c.Slots != "" {
		f, err := os.Open(c.Slots)
		if err != nil {
			return nil, fault.Wrap(err, fault.FileMissing, "path", c.Slots)
		}
		defer f.Close()
		if known, err = assets.ReadSlots(io.LimitReader(f, sideFileMax)); err != nil {
			return nil, err
		}
	}
	if len(c.Slot) == 0 {
		return known, nil
	}
	var slots []assets.Slot
	for _, id := range c.Slot {
		id = strings.TrimSpace(id)
		i := slices.IndexFunc(known, func(s assets.Slot) bool { return string(s.ID) == id })
		if i < 0 {
			var ids []string
			for _, s := range known {
				ids = append(ids, string(s.ID))
			}
			return nil, p.misuse("picture_check.no_slot", id, strings.Join(ids, ", "))
		}
		if !slices.ContainsFunc(slots, func(s assets.Slot) bool { return string(s.ID) == id }) {
			slots = append(slots, known[i])
		}
	}
	return slots, nil
}

// regions are those of the command line.
func (c pictureCheckCommand) regions(p *program) ([]assets.Region, error) {
	var regions []assets.Region
	for _, text := range c.Region {
		r, ok := parseRegion(text)
		if !ok {
			return nil, p.misuse("picture_check.bad_region", text)
		}
		if slices.ContainsFunc(regions, func(o assets.Region) bool { return o.Name == r.Name }) {
			return nil, p.misuse("picture_check.region_twice", r.Name)
		}
		regions = append(regions, r)
	}
	return regions, nil
}

// parseRegion reads NAME:x,y,w,h. Whoever types a region has confirmed it.
func parseRegion(text string) (assets.Region, bool) {
	name, numbers, _ := strings.Cut(text, ":")
	name = strings.TrimSpace(name)
	parts := strings.Split(numbers, ",")
	if !soundRegionName(name) || len(parts) != 4 {
		return assets.Region{}, false
	}
	var n [4]int
	for i, part := range parts {
		v, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil {
			return assets.Region{}, false
		}
		n[i] = int(v)
	}
	box := assets.Box{X: n[0], Y: n[1], W: n[2], H: n[3]}
	return assets.Region{Name: name, Kind: assets.KindOf(name), Box: box, Confirmed: true}, soundRegion(box)
}

func soundRegionName(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= 60 && printable(name) == name
}

func soundRegion(b assets.Box) bool { return b.X >= 0 && b.Y >= 0 && !b.Empty() }

// pictures are the files to check.
func (c pictureCheckCommand) pictures(p *program) ([]string, error) {
	files, err := picturesOf(p, c.Files)
	if err != nil {
		return nil, err
	}
	if c.Export != "" {
		seen := make(map[string]string, len(files))
		for _, path := range files {
			name := stem(path)
			if first, twice := seen[name]; twice && first != path {
				return nil, p.misuse("picture_check.same_name", first, path, name)
			}
			seen[name] = path
		}
	}
	return files, nil
}

// pictureChecker checks one picture after another. Safe for many goroutines.
type pictureChecker struct {
	opener interface {
		Open(context.Context, []byte, decode.Want) (*decode.Picture, error)
	}
	slots []assets.Slot
	asked []assets.Region // of the command line, for every picture
	how   pictureCheckCommand
	named map[string]bool // absolute paths of the pictures, none of which is ever written over
	// held is room for pictures that were opened whole, in pixels: one of the largest, or
	// many of those that there are. Four of the largest would take 800 MB here alone.
	held *semaphore.Weighted
}

// checkedFile is what became of one file.
type checkedFile struct {
	width, height int
	checks        []checkedSlot // by slot; none where the file could not be read
	faults        []error
}

// worst is the worst that became of a picture in any slot.
func (f checkedFile) worst() assets.Verdict {
	worst := assets.OK
	for _, s := range f.checks {
		if s.Verdict == assets.Lost || worst == assets.OK {
			worst = s.Verdict
		}
	}
	return worst
}

type checkedSlot struct {
	assets.Check
	suggested assets.Box
	complete  bool
	better    bool // the platform's cut is not ok, and the suggestion is another
	exported  string
}

func (c pictureChecker) check(ctx context.Context, path string) (answer checkedFile) {
	if err := c.into(ctx, path, &answer); err != nil {
		answer.faults = append(answer.faults, err)
	}
	return answer
}

func (c pictureChecker) into(ctx context.Context, path string, answer *checkedFile) (err error) {
	defer fault.Catch(&err)
	data, err := readPicture(path)
	if err != nil {
		return err
	}
	regions, err := regionsBeside(path)
	if err != nil {
		return err
	}
	info, err := decode.Config(data)
	if err != nil {
		return err
	}
	pixels := int64(info.Width) * int64(info.Height)
	if err := c.held.Acquire(ctx, pixels); err != nil {
		return fault.Wrap(err, fault.Cancelled)
	}
	defer c.held.Release(pixels)
	picture, err := c.opener.Open(ctx, data, decode.Want{})
	if err != nil {
		return err
	}
	creative := assets.Creative{Width: picture.Width, Height: picture.Height, Bytes: int64(len(data)), Regions: regions}
	slots := c.slots
	if len(c.asked) > 0 {
		creative.Regions = c.asked
		if len(c.how.Slot) > 0 {
			// Who names a region and a slot asks for the one in the other, whatever the
			// slot asks for by itself.
			slots = slices.Clone(slots)
			for i := range slots {
				slots[i].Asks = nil
			}
		}
	}
	creative = lookAt(ctx, picture, creative, slices.ContainsFunc(slots, func(s assets.Slot) bool { return s.NoCodes }))
	answer.width, answer.height = picture.Width, picture.Height
	for _, slot := range slots {
		s := checkedSlot{Check: assets.Examine(creative, slot, assets.Box{})}
		s.suggested, s.complete = assets.Suggest(creative, slot)
		s.better = s.Verdict != assets.OK && s.suggested != s.Crop
		if c.how.Suggested && s.better {
			s.Check = assets.Examine(creative, slot, s.suggested)
		}
		if c.how.Export != "" {
			s.exported, err = writeCrop(c.how.Export, path, picture, s.Crop, slot, c.how.Enlarge, c.mayReplace)
			if err != nil {
				if errors.Is(err, errExists) {
					err = existing(s.exported)
				}
				answer.faults = append(answer.faults, err)
				s.exported = ""
			}
		}
		answer.checks = append(answer.checks, s)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (c pictureChecker) mayReplace(path string) bool {
	whole, err := filepath.Abs(path)
	return c.how.Force && err == nil && !c.named[whole]
}

// lookAt fills in what the pixels say. Where nobody has said what matters, it proposes
// regions, which nobody has confirmed then.
func lookAt(ctx context.Context, picture *decode.Picture, c assets.Creative, codes bool) assets.Creative {
	full := image.Pt(picture.Width, picture.Height)
	if len(c.Regions) == 0 {
		report := inspect.Look(ctx, picture.Image, full)
		c.Regions = report.Regions()
		c = withCodes(c, report.Codes, report.Whole(inspect.PartCodes))
	} else if codes {
		found, err := readCodes(ctx, picture.Image, full)
		c = withCodes(c, found, err == nil)
	}
	c.Measured = inspect.Measure(ctx, picture.Image, full, c.Regions)
	return c
}

// withCodes says of a creative which codes were found. whole tells that they were looked
// for to the end.
func withCodes(c assets.Creative, found []assets.Code, whole bool) assets.Creative {
	c.Codes = len(found)
	if len(found) == 0 && !whole {
		c.Codes = -1
	}
	for _, code := range found {
		c.CodesAt = append(c.CodesAt, code.Box)
	}
	return c
}

// countCodes is how many codes a picture has, -1 where that could not be found out.
func countCodes(ctx context.Context, img *image.RGBA, full image.Point) int {
	found, err := readCodes(ctx, img, full)
	if err != nil {
		return -1
	}
	return len(found)
}

// readCodes reads a picture's codes; strangers' pictures have made the library that does
// it panic.
func readCodes(ctx context.Context, img *image.RGBA, full image.Point) (found []assets.Code, err error) {
	defer fault.Catch(&err)
	return inspect.Codes(ctx, img, full), nil
}

// sideFileMax is the most that is read of a file of regions or slots.
const sideFileMax = 1 << 20

// regionsBeside reads NAME.regions.json beside a picture; none where there is no such
// file. One that cannot be read is a fault: without what it says, the check would be of
// another question.
func regionsBeside(path string) ([]assets.Region, error) {
	side := filepath.Join(filepath.Dir(path), stem(path)+".regions.json")
	// Opening a pipe would wait for its writer.
	if info, err := os.Stat(side); err == nil && !info.Mode().IsRegular() {
		return nil, fault.Wrap(fmt.Errorf("a file of mode %v", info.Mode()), fault.FileUnreadable, "path", side)
	}
	f, err := os.Open(side)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", side)
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, sideFileMax))
	d.DisallowUnknownFields()
	var file struct {
		Regions []struct {
			Name      string            `json:"name"`
			Kind      assets.RegionKind `json:"kind"`
			Box       assets.Box        `json:"box"`
			Confirmed *bool             `json:"confirmed"`
		} `json:"regions"`
	}
	if err := d.Decode(&file); err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", side)
	}
	var regions []assets.Region
	for _, r := range file.Regions {
		region := assets.Region{Name: r.Name, Kind: cmp.Or(r.Kind, assets.KindOf(r.Name)), Box: r.Box, Confirmed: r.Confirmed == nil || *r.Confirmed}
		twice := slices.ContainsFunc(regions, func(o assets.Region) bool { return o.Name == r.Name })
		if !soundRegionName(r.Name) || twice || !soundRegion(r.Box) || !slices.Contains(assets.Kinds(), region.Kind) {
			return nil, fault.Wrap(fmt.Errorf("region %q", r.Name), fault.FileUnreadable, "path", side)
		}
		regions = append(regions, region)
	}
	return regions, nil
}
