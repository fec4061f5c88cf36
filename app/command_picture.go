package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"cinnabar/app/report"
	"cinnabar/assets/decode"
	"cinnabar/assets/preview"
	"cinnabar/internal/fault"
)

type pictureCommand struct {
	Check       pictureCheckCommand       `cmd:"" help:"Say what of a picture survives each slot's crop."`
	Thumb       pictureThumbCommand       `cmd:"" help:"Write small versions of pictures."`
	Fingerprint pictureFingerprintCommand `cmd:"" help:"Compute what tells a picture from others, crops and copies included."`
}

type pictureThumbCommand struct {
	Files []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF. A folder stands for every picture in it, and needs --out."`
	Px    int      `help:"Pixels of the longest side; no picture is enlarged." default:"400"`
	Out   string   `help:"Folder for the small versions, which keep their names. Without it they stand beside the pictures, as NAME-PX." placeholder:"DIR"`
	Fast  bool     `help:"Open a JPEG no larger than needed: a little quicker, a little less fine."`
	PNG   bool     `help:"Write PNG, without loss, whatever a picture came as." name:"png"`
	Force bool     `help:"Replace files that are there already."`
}

// thumb is what became of one file.
type thumb struct {
	File       string `json:"file"`
	Thumb      string `json:"thumb,omitempty"`
	Width      int    `json:"width,omitempty"`
	Height     int    `json:"height,omitempty"`
	FullWidth  int    `json:"full_width,omitempty"`
	FullHeight int    `json:"full_height,omitempty"`
	Refused    string `json:"refused,omitempty"` // the code of why there is none
	Reason     string `json:"reason,omitempty"`

	coded  []byte // the small version as a file
	ending string
	err    error
}

// Run writes a small version of every file, in the order in which they were named. What
// cannot be made smaller is told in a sentence, and the command ends with 1.
func (c pictureThumbCommand) Run(ctx context.Context, p *program) error {
	if c.Px < 16 || c.Px > 4096 {
		return p.misuse("command.picture_px", c.Px)
	}
	files, err := picturesOf(p, c.Files)
	if err != nil {
		return err
	}
	if c.Out == "" && slices.ContainsFunc(c.Files, isFolder) {
		return p.misuse("command.picture_folder_out")
	}
	c.Files = files
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return fault.Wrap(err, fault.FileWrite, "path", c.Out)
		}
	}
	opener := decode.NewChildren(decode.ChildConfig{})
	defer opener.Close()
	progress := newBar(p.errs, p.words.T("command.picture_thumbing"))
	written, refused := 0, 0
	places := newThumbPlaces(c)
	err = inOrder(ctx, len(c.Files), func(ctx context.Context, i int) thumb {
		return c.make(ctx, opener, c.Files[i])
	}, func(i int, t thumb) error {
		if t.err == nil {
			t.Thumb, t.err = places.write(t)
		}
		if err := ctx.Err(); err != nil {
			return err // the person's wish, and not a fault of this picture
		}
		progress.clear()
		var err error
		if t.err != nil {
			refused++
			p.log.Warn("picture refused", "file", t.File, "error", t.err)
			t.Refused, t.Reason = string(fault.CodeOf(t.err)), p.words.Sentence(t.err)
			fmt.Fprintln(p.errs, printable(p.words.T("command.picture_refused", t.File, t.Reason)))
		} else {
			written++
			if !p.flags.JSON {
				_, err = fmt.Fprintln(p.out, p.words.T("command.picture_thumbed", printable(t.Thumb), t.Width, t.Height, t.FullWidth, t.FullHeight))
			}
		}
		if p.flags.JSON {
			err = p.printJSON(t)
		}
		progress.set(int64(i+1), int64(len(c.Files)))
		return err
	})
	progress.clear()
	if err != nil {
		return err
	}
	if !p.flags.JSON && len(c.Files) > 1 {
		if _, err := fmt.Fprintln(p.out, p.words.T("command.picture_thumbs", p.words.Number(written), p.words.Number(refused))); err != nil {
			return err
		}
	}
	if refused > 0 {
		return errFound
	}
	return nil
}

// make makes the small version of one file.
func (c pictureThumbCommand) make(ctx context.Context, opener *decode.Children, path string) (t thumb) {
	t.File = path
	defer fault.Catch(&t.err)
	data, err := readPicture(path)
	if err != nil {
		t.err = err
		return t
	}
	p, err := opener.Open(ctx, data, decode.Want{Longest: c.Px, Better: !c.Fast})
	if err != nil {
		t.err = err
		return t
	}
	img := preview.Scale(p, c.Px)
	t.Width, t.Height, t.FullWidth, t.FullHeight = img.Rect.Dx(), img.Rect.Dy(), p.Width, p.Height
	var b bytes.Buffer
	// A JPEG stays one; what cannot be written here, or may be transparent, becomes a PNG.
	if p.Format == decode.JPEG && !c.PNG {
		t.ending = ".jpg"
		t.err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 90})
	} else {
		t.ending = ".png"
		t.err = png.Encode(&b, img)
	}
	t.coded = b.Bytes()
	return t
}

// readPicture reads a file of at most decode.MaxBytes and nothing that might never end.
func readPicture(path string) ([]byte, error) { return decode.ReadFile(path) }

// thumbPlaces gives each small version its place. No picture that was named is ever
// replaced, nor one small version by another: two folders may hold the same name.
type thumbPlaces struct {
	command pictureThumbCommand
	taken   map[string]bool // absolute paths
}

func newThumbPlaces(c pictureThumbCommand) *thumbPlaces {
	places := &thumbPlaces{command: c, taken: make(map[string]bool)}
	for _, path := range c.Files {
		places.taken[absolute(path)] = true
	}
	return places
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return filepath.Clean(path)
}

// write puts a small version where it belongs and returns where that is. Its errors are
// FileExists and FileWrite.
func (n *thumbPlaces) write(t thumb) (string, error) {
	ending := filepath.Ext(t.File)
	name := strings.TrimSuffix(filepath.Base(t.File), ending)
	switch kind := strings.ToLower(ending); {
	case kind == t.ending, t.ending == ".jpg" && (kind == ".jpeg" || kind == ".jpe"):
	default:
		ending = t.ending
	}
	to := filepath.Join(n.command.Out, name+ending)
	if n.command.Out == "" {
		to = filepath.Join(filepath.Dir(t.File), fmt.Sprintf("%s-%d%s", name, n.command.Px, ending))
	}
	_, missing := os.Stat(to)
	if n.taken[absolute(to)] || missing == nil && (!n.command.Force || sameFile(to, t.File)) {
		return "", fault.New(fault.FileExists, "path", to)
	}
	n.taken[absolute(to)] = true
	f, err := report.Create(to)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if _, err := f.Write(t.coded); err != nil {
		return "", fault.Wrap(err, fault.FileWrite, "path", to)
	}
	return to, f.Commit()
}

// inOrder does the work of n numbers, some at a time, and hands every answer to tell in
// their order. An error of tell ends it.
func inOrder[T any](ctx context.Context, n int, work func(ctx context.Context, i int) T, tell func(i int, answer T) error) error {
	ctx, stop := context.WithCancel(ctx)
	var busy sync.WaitGroup
	defer busy.Wait()
	defer stop()
	// While one file is read or written, another is opened.
	queue := make(chan chan T, runtime.NumCPU())
	busy.Go(func() {
		defer close(queue)
		for i := range n {
			answer := make(chan T, 1)
			select {
			case queue <- answer:
			case <-ctx.Done():
				return
			}
			busy.Go(func() { answer <- work(ctx, i) })
		}
	})
	i := 0
	for answer := range queue {
		if err := tell(i, <-answer); err != nil {
			return err
		}
		i++
	}
	return ctx.Err()
}
