package preview

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"cinnabar/assets/decode"
)

// generation is the folder of what this code makes. It changes with the decoder
// and with the scaling, so that nothing made by older code is ever shown.
const generation = "d" + decode.Version + "-s2"

// anyGeneration keeps the clearing of old ones away from folders of others.
var anyGeneration = regexp.MustCompile(`^d[0-9]+-s[0-9]+$`)

// disk keeps the levels of pictures as files, as FOLDER/GENERATION/ab/abcd…-400.
// It is a cache: whatever goes wrong with it, the picture is made again. Its
// files are for their owner alone, since papers of applicants are among them.
type disk struct {
	folder string // "" when there is none
	limit  int64
	grown  atomic.Int64 // bytes written since the last trim
	trim   sync.Mutex
}

func openDisk(folder string, limit int64) *disk {
	if folder == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return &disk{}
		}
		folder = filepath.Join(cache, "cinnabar", "previews")
	}
	d := &disk{folder: folder, limit: limit}
	// The first file written leads to a first trim, which also takes away what
	// older generations left.
	d.grown.Store(limit)
	return d
}

func (d *disk) path(k key) string {
	id := string(k.id)
	return filepath.Join(d.folder, generation, id[:2], id+"-"+strconv.Itoa(k.px))
}

// has reports whether there is a file, without looking whether it opens.
func (d *disk) has(k key) bool {
	if d.folder == "" || !k.id.Valid() {
		return false
	}
	_, err := os.Stat(d.path(k))
	return err == nil
}

// get returns a level, or nil if it is not there or does not open. A file that
// does not open is removed.
func (d *disk) get(ctx context.Context, k key) *image.RGBA {
	if d.folder == "" || !k.id.Valid() {
		return nil
	}
	path := d.path(k)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	p, err := decode.Here{}.Open(ctx, data, decode.Want{}) // what is in there is our own
	if ctx.Err() != nil {
		return nil
	}
	if err != nil || !fits(p.Image, k.px) {
		_ = os.Remove(path)
		return nil
	}
	// The time of the last use is what trimming goes by; a day is fine enough.
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
		now := time.Now()
		_ = os.Chtimes(path, now, now)
	}
	return p.Image
}

// put keeps a level.
func (d *disk) put(k key, img *image.RGBA) {
	if d.folder == "" || !k.id.Valid() {
		return
	}
	data, err := pack(img)
	if err != nil || d.write(d.path(k), data) != nil {
		return
	}
	if d.grown.Add(int64(len(data))) > d.limit/8 && d.trim.TryLock() {
		defer d.trim.Unlock()
		d.grown.Store(0)
		d.shrink()
	}
}

// pack chooses JPEG, which is small and quick to open again, for everything that
// is not transparent.
func pack(img *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if img.Opaque() {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 92})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img)
	}
	return b.Bytes(), err
}

// write makes the file appear whole or not at all: another studio on this
// machine may be reading it.
func (d *disk) write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// shrink removes what was used longest ago until three quarters of the limit
// are left, and everything of other generations.
func (d *disk) shrink() {
	type file struct {
		path string
		size int64
		used time.Time
	}
	folders, _ := os.ReadDir(d.folder)
	for _, f := range folders {
		if f.Name() != generation && anyGeneration.MatchString(f.Name()) {
			_ = os.RemoveAll(filepath.Join(d.folder, f.Name()))
		}
	}
	var files []file
	var total int64
	_ = filepath.WalkDir(filepath.Join(d.folder, generation), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			files = append(files, file{path, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	if total <= d.limit {
		return
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.used.UnixNano(), b.used.UnixNano()) })
	for _, f := range files {
		if total <= d.limit*3/4 {
			return
		}
		if os.Remove(f.path) == nil {
			total -= f.size
		}
	}
}
