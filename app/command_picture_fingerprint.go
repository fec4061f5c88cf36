package main

import (
	"context"
	"fmt"

	"cinnabar/assets/decode"
	"cinnabar/assets/fingerprint"
	"cinnabar/internal/fault"
)

type pictureFingerprintCommand struct {
	Files   []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF. A folder stands for every picture in it."`
	All     bool     `help:"Print every fingerprint of a picture: of its mirror image and of the cuts that platforms make, too."`
	Compare bool     `help:"Say of every two of the pictures whether they show the same."`
}

// fingerprinted is what became of one file.
type fingerprinted struct {
	File    string      `json:"file"`
	Hash    string      `json:"hash,omitempty"` // 64 hexadecimal digits, as PDQ's own programs print them
	Quality int         `json:"quality"`        // 0 to 100
	Usable  bool        `json:"usable"`         // enough is in it to compare it
	Prints  []printMade `json:"prints,omitempty"`
	Refused string      `json:"refused,omitempty"` // the code of why there is none
	Reason  string      `json:"reason,omitempty"`

	set fingerprint.Set
	err error
}

type printMade struct {
	Part     string `json:"part"`
	Mirrored bool   `json:"mirrored"`
	Hash     string `json:"hash"`
	Quality  int    `json:"quality"`
}

// compared is what --compare says of two files.
type compared struct {
	A          string `json:"a"`
	B          string `json:"b"`
	Comparable bool   `json:"comparable"`
	Near       bool   `json:"near"`
	Distance   int    `json:"distance"` // bits of 256
	Mirrored   bool   `json:"mirrored"`
	Cut        bool   `json:"cut"`
}

// Run prints a line for each file, in their order, and with --compare one for each two.
// What cannot be opened is told in a sentence, and the command ends with 1.
func (c pictureFingerprintCommand) Run(ctx context.Context, p *program) error {
	files, err := picturesOf(p, c.Files)
	if err != nil {
		return err
	}
	c.Files = files
	if c.Compare && len(c.Files) < 2 {
		return p.misuse("command.fingerprint_two")
	}
	opener := decode.NewChildren(decode.ChildConfig{})
	defer opener.Close()
	progress := newBar(p.errs, p.words.T("command.fingerprinting"))
	defer progress.clear()
	refused := 0
	var all []fingerprinted
	err = inOrder(ctx, len(c.Files), func(ctx context.Context, i int) fingerprinted {
		return c.make(ctx, opener, c.Files[i])
	}, func(i int, f fingerprinted) error {
		if err := ctx.Err(); err != nil {
			return err // the person's wish, and not a fault of this picture
		}
		progress.clear()
		if f.err != nil {
			refused++
			p.log.Warn("picture refused", "file", f.File, "error", f.err)
			f.Refused, f.Reason = string(fault.CodeOf(f.err)), p.words.Sentence(f.err)
			fmt.Fprintln(p.errs, printable(p.words.T("command.picture_refused", f.File, f.Reason)))
		} else if c.Compare {
			all = append(all, f)
		}
		var err error
		if !c.Compare {
			err = c.print(p, f)
		}
		progress.set(int64(i+1), int64(len(c.Files)))
		return err
	})
	progress.clear()
	if err != nil {
		return err
	}
	for i, a := range all {
		for _, b := range all[i+1:] {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := c.printCompared(p, a, b); err != nil {
				return err
			}
		}
	}
	if refused > 0 {
		return errFound
	}
	return nil
}

func (c pictureFingerprintCommand) make(ctx context.Context, opener *decode.Children, path string) (f fingerprinted) {
	f.File = path
	data, err := readPicture(path)
	if err != nil {
		f.err = err
		return f
	}
	seen, err := seePicture(ctx, opener, data, false)
	if err != nil {
		f.err = err
		return f
	}
	f.set, f.Usable = seen.prints, seen.prints.Usable()
	if whole, ok := f.set.Whole(); ok {
		f.Hash, f.Quality = whole.Hash.String(), whole.Quality
	}
	if c.All {
		for _, x := range f.set {
			f.Prints = append(f.Prints, printMade{fingerprint.PartName(x.Part), x.Mirrored, x.Hash.String(), x.Quality})
		}
	}
	return f
}

func (c pictureFingerprintCommand) print(p *program, f fingerprinted) error {
	if p.flags.JSON {
		return p.printJSON(f)
	}
	if f.err != nil {
		return nil // said already
	}
	hash := f.Hash
	if hash == "" {
		hash = "–"
	}
	line := fmt.Sprintf("%s  %3d  %s", hash, f.Quality, printable(f.File))
	if !f.Usable {
		line += "  " + p.words.T("command.fingerprint_thin")
	}
	if _, err := fmt.Fprintln(p.out, line); err != nil {
		return err
	}
	for _, x := range f.Prints {
		mirrored := ""
		if x.Mirrored {
			mirrored = "  " + p.words.T("command.fingerprint_mirrored")
		}
		if _, err := fmt.Fprintf(p.out, "  %s  %3d  %s%s\n", x.Hash, x.Quality, x.Part, mirrored); err != nil {
			return err
		}
	}
	return nil
}

func (c pictureFingerprintCommand) printCompared(p *program, a, b fingerprinted) error {
	m, ok := fingerprint.Compare(a.set, b.set)
	if p.flags.JSON {
		return p.printJSON(compared{a.File, b.File, ok, ok && m.Near(), m.Distance, m.Mirrored, m.Cut})
	}
	said := "command.fingerprint_incomparable"
	switch {
	case !ok:
	case !m.Near():
		said = "command.fingerprint_apart"
	case m.Mirrored && m.Cut:
		said = "command.fingerprint_mirrored_cut"
	case m.Mirrored:
		said = "command.fingerprint_mirror"
	case m.Cut:
		said = "command.fingerprint_cut"
	default:
		said = "command.fingerprint_same"
	}
	_, err := fmt.Fprintln(p.out, p.words.T("command.fingerprint_pair", printable(a.File), printable(b.File), m.Distance, p.words.T(said)))
	return err
}
