package main

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/inspect"
	"cinnabar/internal/fault"
	"cinnabar/store"
	"cinnabar/views"
)

// pictureDesk opens pictures for the pictures screen, from the database and from disk. The
// bytes of strangers are opened in a process of their own, as everywhere.
type pictureDesk struct {
	stored *store.Pictures
	opener *decode.Children
}

// lookedLongest is how large a picture is opened to be looked at: enough for the finest
// writing that a check asks for, a quarter of what a camera makes.
const lookedLongest = 1280

// Look implements views.PictureDesk.
func (d pictureDesk) Look(ctx context.Context, id assets.ID) (views.Looked, error) {
	data, err := d.stored.Bytes(ctx, id)
	if err != nil {
		return views.Looked{}, err
	}
	l, err := d.open(ctx, data)
	if err != nil {
		return l, err
	}
	l.ID = id
	if known, err := d.stored.Look(ctx, id); err == nil && !known.At.IsZero() && known.Failed == "" {
		l.Codes = len(known.Codes)
	} else {
		l.Codes = max(0, countCodes(ctx, l.Image, image.Pt(l.Width, l.Height)))
	}
	return l, nil
}

// File implements views.PictureDesk.
func (d pictureDesk) File(ctx context.Context, path string) (views.Looked, error) {
	data, err := readPicture(path)
	if err != nil {
		return views.Looked{}, err
	}
	l, err := d.open(ctx, data)
	if err != nil {
		return l, err
	}
	l.Path = path
	report := inspect.Look(ctx, l.Image, image.Pt(l.Width, l.Height))
	l.Regions, l.Codes = report.Regions(), len(report.Codes)
	// What a person wrote beside the file stands before what was found in it.
	if said, err := regionsBeside(path); err == nil && len(said) > 0 {
		l.Regions = said
	}
	return l, ctx.Err()
}

func (d pictureDesk) open(ctx context.Context, data []byte) (views.Looked, error) {
	picture, err := d.opener.Open(ctx, data, decode.Want{Longest: lookedLongest, Better: true})
	if err != nil {
		return views.Looked{}, err
	}
	return views.Looked{Image: picture.Image, Width: picture.Width, Height: picture.Height, Bytes: int64(len(data)),
		Profile: decode.ReadMeta(data).Profile, Turned: picture.Orientation > 1}, nil
}

// Find implements views.PictureDesk.
func (d pictureDesk) Find(ctx context.Context, of views.Looked) []assets.Region {
	return inspect.Look(ctx, of.Image, image.Pt(of.Width, of.Height)).Regions()
}

// Measure implements views.PictureDesk.
func (d pictureDesk) Measure(ctx context.Context, of views.Looked, regions []assets.Region) map[string]assets.Measured {
	return inspect.Measure(ctx, of.Image, image.Pt(of.Width, of.Height), regions)
}

// Bring implements views.PictureDesk.
func (d pictureDesk) Bring(ctx context.Context, request string, paths []string) ([]assets.ID, error) {
	files := make([][]byte, len(paths))
	for i, path := range paths {
		data, err := readPicture(path)
		if err != nil {
			return nil, err
		}
		files[i] = data
	}
	return d.stored.Put(ctx, request, files)
}

// Export implements views.PictureDesk. It opens the picture anew, whole: what is looked at
// on screen may be smaller. A file that is there already stays, and is not in the answer.
func (d pictureDesk) Export(ctx context.Context, of views.Looked, cuts []views.Cut, dir string) ([]string, error) {
	data, err := d.bytes(ctx, of)
	if err != nil {
		return nil, err
	}
	picture, err := d.opener.Open(ctx, data, decode.Want{})
	if err != nil {
		return nil, err
	}
	var written []string
	for _, c := range cuts {
		if err := ctx.Err(); err != nil {
			return written, err
		}
		path, err := writeCrop(dir, c.Name, picture, c.Box, c.Slot, false, func(string) bool { return false })
		switch {
		case errors.Is(err, errExists):
		case err != nil:
			return written, err
		default:
			written = append(written, path)
		}
	}
	return written, nil
}

func (d pictureDesk) bytes(ctx context.Context, of views.Looked) ([]byte, error) {
	if of.ID != "" {
		return d.stored.Bytes(ctx, of.ID)
	}
	return readPicture(of.Path)
}

// Folder implements views.PictureDesk.
func (d pictureDesk) Folder(dir string) (views.Folder, error) {
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			home = string(filepath.Separator)
		}
		dir = home
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return views.Folder{}, fault.Wrap(err, fault.FileMissing, "path", dir)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		code := fault.FileUnreadable
		if errors.Is(err, os.ErrNotExist) {
			code = fault.FileMissing
		}
		return views.Folder{}, fault.Wrap(err, code, "path", dir)
	}
	f := views.Folder{Path: dir}
	if parent := filepath.Dir(dir); parent != dir {
		f.Parent = parent
	}
	for _, e := range list {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path) // through links
		switch {
		case err != nil || strings.HasPrefix(e.Name(), "."):
		case info.IsDir():
			f.Entries = append(f.Entries, views.FolderEntry{Name: e.Name(), Path: path, Folder: true})
		case info.Mode().IsRegular() && looksLikePicture(e.Name()):
			f.Entries = append(f.Entries, views.FolderEntry{Name: e.Name(), Path: path, Bytes: info.Size()})
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b views.FolderEntry) int {
		switch {
		case a.Folder == b.Folder:
			return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		case a.Folder:
			return -1
		}
		return 1
	})
	return f, nil
}

// Under implements views.PictureDesk. Folders that can't be read are passed over, and so are
// links to folders, which may lead round in a circle.
func (d pictureDesk) Under(ctx context.Context, dir string, most int) (list []views.FolderEntry, more bool, err error) {
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return fault.Wrap(context.Cause(ctx), fault.Cancelled)
		case err != nil && path == dir:
			return fault.Wrap(err, fault.FileUnreadable, "path", dir)
		case err != nil:
			return nil
		case path != dir && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case e.IsDir() || !looksLikePicture(e.Name()):
			return nil
		}
		info, err := os.Stat(path) // through links
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if len(list) == most {
			more = true
			return filepath.SkipAll
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			name = path
		}
		list = append(list, views.FolderEntry{Name: name, Path: path, Bytes: info.Size()})
		return nil
	})
	return list, more, err
}

// looksLikePicture goes by the name alone; opening says what a file is. Kinds that are not
// opened are listed too, so that the sentence that says so is met.
func looksLikePicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".webp", ".gif", ".heic", ".avif", ".tif", ".tiff", ".bmp":
		return true
	}
	return false
}

// Seen implements views.PictureDesk.
func (d pictureDesk) Seen(ctx context.Context, id assets.ID) ([]assets.Sighting, int, error) {
	list, _, err := d.stored.Seen(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	among, err := d.stored.Searched(ctx)
	return list, among, err
}
