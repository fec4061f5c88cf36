package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"cinnabar/internal/fault"
)

func FuzzSniff(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x18ftypheic"))
	f.Add([]byte("\xef\xbb\xbf <svg"))
	f.Add([]byte("\x1a\x45\xdf\xa3\x01webm"))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, err := Sniff(data)
		if err == nil && VideoKind(data) != "" {
			t.Fatalf("%s and a video", format)
		}
		if code := fault.CodeOf(err); err != nil && code != fault.PictureEmpty && code != fault.PictureKind {
			t.Fatal(err)
		}
	})
}

func FuzzWalks(f *testing.F) {
	for _, seed := range kinds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, walk := range []func([]byte) structure{walkJPEG, walkPNG, walkWebP, walkGIF} {
			if s := walk(data); s.orientation < 1 || s.orientation > 8 || len(s.tint.profile()) > maxProfile {
				t.Fatalf("%+v", s)
			}
		}
		if frame, err := firstFrame(data); err == nil {
			frame.still(frame.animW, frame.anim)
		}
	})
}

func FuzzReadRequest(f *testing.F) {
	var b bytes.Buffer
	if err := (request{want: Want{Longest: 400, Better: true}, data: []byte("a picture")}).write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := readRequest(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := req.write(&again); err != nil || !bytes.Equal(again.Bytes(), data[:again.Len()]) {
			t.Fatalf("read %v, wrote %v", data, again.Bytes())
		}
	})
}

func FuzzReadReply(f *testing.F) {
	for _, write := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return writeReply(b, corners(12, 8), nil) },
		func(b *bytes.Buffer) error { return writeReply(b, nil, fault.New(fault.PictureKind, "kind", "TIFF")) },
		func(b *bytes.Buffer) error { return writeReply(b, nil, fault.New(fault.DiskFull)) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	info := Info{Width: 24, Height: 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		img, refusal, err := readReply(bytes.NewReader(data), info, Want{Longest: 10})
		switch {
		case err != nil:
		case refusal != nil:
			if !isPictureFault(refusal) && fault.CodeOf(refusal) != fault.PictureSlow {
				t.Fatal(refusal)
			}
		case img.Rect.Dx() < 10 || img.Rect.Dx() > 24 || len(img.Pix) != 4*img.Rect.Dx()*img.Rect.Dy():
			t.Fatalf("%v, %d bytes", img.Rect, len(img.Pix))
		}
	})
}

// kinds is a small file of every kind that opens.
func kinds(t testing.TB) [][]byte {
	frame := image.NewPaletted(image.Rect(0, 0, 60, 60), color.Palette{quarter[0], quarter[1]})
	files := [][]byte{
		asJPEG(t, corners(160, 120)), asPNG(t, corners(60, 40)), asGIF(t, frame, frame), onePixel(t), lossyWebP(t),
		animated(lossyWebP(t), 16, 16, 4, 8, 40, 32), iCCP(t, asPNG(t, corners(32, 32)), profile(parametricSRGB(), &xyzP3)),
		inks(t, [4]uint8{1, 2, 3, 4}, 2), interlaced(t),
		withSegment(asJPEG(t, corners(24, 16)), 0xE1, append([]byte("Exif\x00\x00"), fullExif()...)),
	}
	for _, name := range []string{"progressive.jpg", "restart.jpg", "411.jpg", "440.jpg", "rgb.jpg", "grey.jpg", "three-scans.jpg", "coarse.jpg"} {
		files = append(files, stored(t, name))
	}
	return files
}

func TestSpoiltFilesArePicturesOrFaults(t *testing.T) {
	t.Parallel()
	pool := children(t, 1)
	seeds := kinds(t)
	r := rand.New(rand.NewPCG(11, 23)) // the same files every time
	for i := range 300 {
		data := bytes.Clone(seeds[i%len(seeds)])
		switch i / len(seeds) % 4 {
		case 0:
			data = data[:r.IntN(len(data))]
		case 1:
			for range 1 + r.IntN(20) {
				data[r.IntN(len(data))] = byte(r.Uint32())
			}
		case 2:
			binary.BigEndian.PutUint16(data[r.IntN(min(len(data)-2, 200)):], uint16(r.Uint32()))
		case 3:
			at := r.IntN(len(data))
			data = append(data[:at], data[min(len(data), at+r.IntN(50)):]...)
		}
		w := Want{Longest: []int{0, 20, 100}[i%3], Better: i%2 == 0}
		p, err := pool.Open(t.Context(), data, w)
		if err != nil && !isPictureFault(err) {
			t.Errorf("%d: %v", i, err)
		}
		if err == nil && (p.Image.Rect.Dx() > p.Width || p.Image.Rect.Empty()) {
			t.Errorf("%d: %v of %d × %d", i, p.Image.Rect, p.Width, p.Height)
		}
	}
	// None of it was worth a process.
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if len(pool.free) != 1 || pool.free[0].cmd.ProcessState != nil {
		t.Error("the process did not outlive them")
	}
}
