package intake

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// PictureSink takes the pictures that rows name, before the rows that name them
// are handed out. The bytes are the sink's to keep. Equal pictures may come more
// than once. An error ends reading the file.
type PictureSink interface {
	PutPicture(ctx context.Context, id assets.ID, data []byte) error
}

// VideoOpener opens the videos that rows name: what a video is, and n of its frames.
type VideoOpener interface {
	Strip(ctx context.Context, data []byte, n int) (decode.Video, error)
}

// attacher reads the picture and video files of one source. It never leaves the folder in
// which the file itself lies, by whatever name or link: who writes an import
// file must not be able to read this machine's other files with it.
type attacher struct {
	ctx  context.Context
	sink PictureSink
	film VideoOpener // nil where videos stay names
	note func(Note)
	root *os.Root // nil for standard input, which has no folder
	seen map[string]assets.ID
	shot map[string]moderation.PostVideo
	err  error

	line int // of the row at hand, for notes
	id   string
}

// newAttacher returns nil where pictures are not wanted.
func newAttacher(ctx context.Context, s *Source) *attacher {
	if s.opts.Pictures == nil {
		return nil
	}
	a := &attacher{ctx: ctx, sink: s.opts.Pictures, film: s.opts.Videos, note: s.opts.OnNote, seen: make(map[string]assets.ID), shot: make(map[string]moderation.PostVideo)}
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
	// Whether it opens is seen when somebody looks at it. That it is a picture at
	// all is seen here: nothing else belongs among the pictures.
	data, wrong := a.read(name, decode.MaxBytes, decode.Acceptable)
	if wrong != nil {
		a.note(Note{Line: a.line, ID: a.id, Field: field, Fault: wrong})
		return ""
	}
	a.seen[name] = a.put(data)
	return a.seen[name]
}

// put hands the sink a picture.
func (a *attacher) put(data []byte) assets.ID {
	id := assets.IDOf(data)
	if err := a.sink.PutPicture(a.ctx, id, data); err != nil {
		a.err = err
		return ""
	}
	return id
}

const (
	videoFrames  = 8  // of a video: enough to see what it is about, as many as its page shows
	frameQuality = 85 // of the JPEGs that they become
)

// video opens the named file and hands frames of it to the sink. Of what is not there or
// cannot be opened only the name is left, and a note.
func (a *attacher) video(field, name string) moderation.PostVideo {
	v := moderation.PostVideo{Name: name}
	if a.err != nil || a.film == nil {
		return v
	}
	if had, ok := a.shot[name]; ok {
		return had
	}
	data, wrong := a.read(name, decode.MaxVideoBytes, nil)
	var film decode.Video
	if wrong == nil {
		var err error
		if film, err = a.film.Strip(a.ctx, data, videoFrames); a.ctx.Err() != nil {
			a.err = err
			return v
		} else if err != nil {
			wrong = fault.Of(err)
		}
	}
	if wrong != nil {
		a.note(Note{Line: a.line, ID: a.id, Field: field, Fault: wrong})
		return v
	}
	v.Kind, v.Codec, v.Length, v.Width, v.Height = film.Kind, film.Codec, film.Duration, film.Width, film.Height
	for _, f := range film.Frames {
		var frame bytes.Buffer
		if err := jpeg.Encode(&frame, f.Picture.Image, &jpeg.Options{Quality: frameQuality}); err != nil {
			a.err = fault.Wrap(err, fault.Internal)
			return v
		}
		v.Frames = append(v.Frames, moderation.VideoFrame{At: f.At, ID: a.put(frame.Bytes())})
		if a.err != nil {
			return v
		}
	}
	a.shot[name] = v
	return v
}

// read returns a file's bytes, at most one more than most; fits, unless it is nil, says
// whether they are what is wanted.
func (a *attacher) read(name string, most int64, fits func([]byte) error) ([]byte, *fault.Error) {
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
	data, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable, "path", clip(name))
	}
	if fits != nil {
		if err := fits(data); err != nil {
			return nil, fault.Of(err)
		}
	}
	return data, nil
}
