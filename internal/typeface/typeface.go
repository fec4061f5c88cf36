// Package typeface finds a Chinese font on this machine and cuts one face out of
// it, regular or bold, as a font file of its own.
//
// Systems ship Chinese fonts as collections of a dozen faces in one file, which
// the toolkit and most parsers take only one by one; and the toolkit's own
// search asks for no weight, so that Chinese never comes out bold. The face is
// cut once and kept on disk; later starts read that file and scan nothing.
//
// What does not live here: drawing, and any font of our own. A machine without
// a Chinese font gets an error, and its callers do without.
package typeface

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"sync"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/fontscan"
)

// ErrNone says that no installed font has Chinese characters in the weight asked for.
var ErrNone = errors.New("typeface: no Chinese font installed")

// Han returns a Chinese face as a whole font file (TrueType or OpenType), with
// whatever Latin it has. It is meant for drawing pictures. The bytes are shared:
// do not change them.
func Han(bold bool) ([]byte, error) {
	path, err := HanFile(bold)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// HanFile is Han as the path of the cut face, for callers that read it when
// they need it and let go of it again: such a file has some 16 MB.
func HanFile(bold bool) (string, error) { return cutOnce(bold, cut{"whole 1", whole}) }

// BesideFile is the face to stand beside a Latin one: it answers for Chinese
// characters and punctuation alone, so that letters and figures come from the
// Latin face, and its line has that face's measures, so that both stand on one
// baseline.
func BesideFile(bold bool, m Measures) (string, error) {
	return cutOnce(bold, cut{
		fmt.Sprintf("beside 2 %.4f %.4f", m.Ascent, m.Descent),
		func(l *opentype.Loader) ([]table, error) { return beside(l, m) },
	})
}

// Measures are the heights of a line over and under the baseline, as shares of
// the font's size; both are positive.
type Measures struct{ Ascent, Descent float64 }

// cut is a way of choosing and rewriting tables. Its name changes whenever what
// comes out does.
type cut struct {
	name   string
	tables func(*opentype.Loader) ([]table, error)
}

var cutting sync.Mutex

// cutOnce returns the cached cut of the best installed face, making it if it is
// not there. The name of the cached file holds what it was made from, so that
// an update of the font makes a new one.
func cutOnce(bold bool, c cut) (string, error) {
	cutting.Lock()
	defer cutting.Unlock()
	found, err := installed(bold)
	if err != nil {
		return "", err
	}
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	return cutInto(dir, found, c)
}

func cutInto(dir string, found source, c cut) (string, error) {
	info, err := os.Stat(found.path)
	if err != nil {
		return "", fmt.Errorf("typeface: %w", err)
	}
	path := filepath.Join(dir, cacheName(found, info, c.name))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	loader, closer, err := open(found)
	if err != nil {
		return "", err
	}
	defer func() { _ = closer.Close() }()
	tables, err := c.tables(loader)
	if err != nil {
		return "", err
	}
	for i := range tables {
		if tables[i].data == nil {
			if tables[i].data, err = loader.RawTable(tables[i].tag); err != nil {
				return "", fmt.Errorf("typeface: %s: %w", found.path, err)
			}
		}
	}
	return path, writeWhole(path, assemble(tables))
}

// writeWhole puts a file in place in one step: another process may be reading.
func writeWhole(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".cut-*")
	if err != nil {
		return fmt.Errorf("typeface: %w", err)
	}
	_, err = tmp.Write(data)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return fmt.Errorf("typeface: %w", err)
	}
	return nil
}

// source is one face in a font file.
type source struct {
	path  string
	index int
}

func open(s source) (*opentype.Loader, io.Closer, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, nil, fmt.Errorf("typeface: %w", err)
	}
	all, err := opentype.NewLoaders(f)
	if err != nil || s.index >= len(all) {
		_ = f.Close()
		return nil, nil, fmt.Errorf("typeface: %s has no face %d: %w", s.path, s.index, errors.Join(err, ErrNone))
	}
	return all[s.index], f, nil
}

func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir() // no home, as for some services
	}
	dir = filepath.Join(dir, "cinnabar", "typeface")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("typeface: %w", err)
	}
	return dir, nil
}

type finding struct {
	source
	err error
}

var (
	regular = sync.OnceValue(func() finding { return find(false) })
	heavy   = sync.OnceValue(func() finding { return find(true) })
)

func installed(bold bool) (source, error) {
	f := regular
	if bold {
		f = heavy
	}
	got := f()
	return got.source, got.err
}

// preferred lists families by how well they set simplified Chinese on a screen.
// Faces for Japanese or traditional Chinese have the characters too, with
// strokes that a Chinese reader finds wrong, so they come after all of these.
var preferred = []string{
	"notosanscjksc", "notosanssc", "sourcehansanssc", "sourcehansanscn", "pingfangsc", "microsoftyahei",
	"harmonyossanssc", "misans", "hiraginosansgb", "wenquanyimicrohei", "wenquanyizenhei", "droidsansfallback",
	"notoserifcjksc", "notoserifsc", "simhei", "simsun",
}

// find looks through the installed fonts. The scan has an index of its own on
// disk and takes a few milliseconds after the first time.
func find(bold bool) finding {
	dir, err := cacheDir()
	if err != nil {
		return finding{err: err}
	}
	prints, err := fontscan.SystemFonts(log.New(io.Discard, "", 0), dir)
	if err != nil {
		return finding{err: fmt.Errorf("typeface: %w", err)}
	}
	best, rank := source{}, 1<<30
	for _, fp := range prints {
		if r, ok := suits(fp, bold); ok && r < rank {
			best, rank = source{fp.Location.File, int(fp.Location.Index)}, r
		}
	}
	if rank == 1<<30 {
		return finding{err: ErrNone}
	}
	return finding{source: best}
}

// suits ranks a face, lower is better; false is one that will not do.
func suits(fp fontscan.Footprint, bold bool) (rank int, ok bool) {
	for _, r := range "永朱审核广告，。" {
		if !fp.Runes.Contains(r) {
			return 0, false
		}
	}
	if fp.Location.Instance != 0 || fp.Aspect.Style != font.StyleNormal {
		return 0, false
	}
	want := font.WeightNormal
	if bold {
		want = font.WeightBold
		if fp.Aspect.Weight < font.WeightSemibold {
			return 0, false
		}
	}
	rank = len(preferred) * 10000
	for i, name := range preferred {
		if fp.Family == name {
			rank = i * 10000
		}
	}
	off := int(fp.Aspect.Weight - want)
	return rank + max(off, -off), true
}
