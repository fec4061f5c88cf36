package intake

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
)

// PictureSink takes the pictures that rows name, before the rows that name them
// are handed out. The bytes are the sink's to keep. Equal pictures may come more
// than once. An error ends reading the file.
type PictureSink interface {
	PutPicture(ctx context.Context, id assets.ID, data []byte) error
}

// attacher reads the picture files of one source. It never leaves the folder in
// which the file itself lies, by whatever name or link: who writes an import
// file must not be able to read this machine's other files with it.
type attacher struct {
	ctx  context.Context
	sink PictureSink
	note func(Note)
	root *os.Root // nil for standard input, which has no folder
	seen map[string]assets.ID
	err  error

	line int // of the row at hand, for notes
	id   string
}

// newAttacher returns nil where pictures are not wanted.
func newAttacher(ctx context.Context, s *Source) *attacher {
	if s.opts.Pictures == nil {
		return nil
	}
	a := &attacher{ctx: ctx, sink: s.opts.Pictures, note: s.opts.OnNote, seen: make(map[string]assets.ID)}
	if s.file != nil {
		// A folder that cannot be opened has no pictures; each is noted as absent.
		a.root, _ = os.OpenRoot(filepath.Dir(s.path))
	}
	return a
}

func (a *attacher) close() {
	if a != nil && a.root != nil {
		_ = a.root.Close()
	}
}

// picture hands the named file to the sink and returns its ID, or "" and a note.
func (a *attacher) picture(field, name string) assets.ID {
	if a.err != nil {
		return ""
	}
	if id, ok := a.seen[name]; ok {
		return id
	}
	data, wrong := a.read(name)
	if wrong != nil {
		a.note(Note{Line: a.line, ID: a.id, Field: field, Fault: wrong})
		return ""
	}
	id := assets.IDOf(data)
	if err := a.sink.PutPicture(a.ctx, id, data); err != nil {
		a.err = err
		return ""
	}
	a.seen[name] = id
	return id
}

func (a *attacher) read(name string) ([]byte, *fault.Error) {
	absent := func(cause error) *fault.Error {
		return fault.Wrap(cause, fault.PictureAbsent, "name", clip(name))
	}
	// Tables made on Windows have backslashes. What is a link, or leads out of the
	// folder, is as good as not there.
	local := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if a.root == nil || strings.Contains(name, "://") || !filepath.IsLocal(filepath.FromSlash(local)) {
		return nil, absent(nil)
	}
	info, err := a.root.Stat(local)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", clip(name))
	case err != nil:
		return nil, absent(err)
	case !info.Mode().IsRegular():
		return nil, absent(errors.New("not a file"))
	}
	file, err := a.root.Open(local)
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", clip(name))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, decode.MaxBytes+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", clip(name))
	}
	// Whether it opens is seen when somebody looks at it. That it is a picture at
	// all is seen here: nothing else belongs among the pictures.
	if err := decode.Acceptable(data); err != nil {
		return nil, fault.Of(err)
	}
	return data, nil
}
