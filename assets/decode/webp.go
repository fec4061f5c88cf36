package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/webp"
)

// chunks calls see for every whole chunk of a RIFF body (RFC 9649, section 2.3)
// until it returns false.
func chunks(body []byte, see func(kind string, body []byte) bool) {
	for at := 0; at+8 <= len(body); {
		size := int64(binary.LittleEndian.Uint32(body[at+4:]))
		if size > int64(len(body)-at-8) {
			return
		}
		if !see(string(body[at:at+4]), body[at+8:at+8+int(size)]) {
			return
		}
		at += 8 + int(size) + int(size&1)
	}
}

// walkWebP steps over the chunks of the container. EXIF stands after the pixels,
// so that the walk goes to the end.
func walkWebP(data []byte) structure {
	s := structure{orientation: 1}
	if len(data) < 12 {
		return s
	}
	chunks(data[12:], func(kind string, body []byte) bool {
		switch kind {
		case "ANIM", "ANMF":
			s.animated = true
		case "ICCP":
			s.tint.icc, s.tint.damaged = body, len(body) > maxProfile
		case "EXIF":
			// Some writers keep the JPEG's own prefix in front.
			s.exif = bytes.TrimPrefix(body, []byte("Exif\x00\x00"))
			s.orientation = orientation(s.exif)
		case "C2PA":
			s.credentials = true
		case "XMP ":
			s.xmp = body
		}
		return true
	})
	return s
}

var errNoFrame = errors.New("no frame inside")

// frame is the first picture of a WebP file, and where it lies on the canvas.
type frame struct {
	x, y        int
	alpha       []byte // body of ALPH, nil without
	kind        string // "VP8 " or "VP8L"
	body        []byte
	canW, canH  int // canvas, 0 where the file has none of its own
	animW, anim int // size of the frame as the animation says, 0 for a still picture
}

// firstFrame finds the pixels of a still picture or of an animation's first frame.
func firstFrame(data []byte) (f frame, err error) {
	if len(data) < 12 {
		return f, errNoFrame
	}
	pixels := func(kind string, body []byte) bool {
		switch kind {
		case "ALPH":
			f.alpha = body
		case "VP8 ", "VP8L":
			f.kind, f.body = kind, body
			return false
		}
		return true
	}
	chunks(data[12:], func(kind string, body []byte) bool {
		switch kind {
		case "VP8X":
			if len(body) >= 10 {
				f.canW, f.canH = 1+uint24(body[4:]), 1+uint24(body[7:])
			}
		case "ANMF":
			const header = 16
			if len(body) < header {
				return false
			}
			f.x, f.y = 2*uint24(body), 2*uint24(body[3:])
			f.animW, f.anim = 1+uint24(body[6:]), 1+uint24(body[9:])
			chunks(body[header:], pixels)
			return false
		}
		return pixels(kind, body)
	})
	if f.body == nil {
		return f, errNoFrame
	}
	return f, nil
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// still writes the frame as a file of its own: the decoder knows still pictures
// only, and stumbles over flags that promise what is not there.
func (f frame) still(w, h int) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	add := func(kind string, body []byte) {
		out = append(out, kind...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(body)))
		out = append(out, body...)
		if len(body)&1 == 1 {
			out = append(out, 0)
		}
	}
	if f.alpha != nil && f.kind == "VP8 " {
		const alphaFlag = 0x10
		w, h := w-1, h-1
		add("VP8X", []byte{alphaFlag, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
		add("ALPH", f.alpha)
	}
	add(f.kind, f.body)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

// decodeWebP decodes a still picture or the first frame of an animation, in the
// latter case onto the whole canvas.
func decodeWebP(ctx context.Context, info Info, data []byte) (image.Image, error) {
	f, err := firstFrame(data)
	if err != nil {
		return nil, err
	}
	canvas := image.Rect(0, 0, info.stored.Width, info.stored.Height)
	size := canvas
	if f.anim != 0 {
		size = image.Rect(0, 0, f.animW, f.anim)
		if !size.Add(image.Pt(f.x, f.y)).In(canvas) {
			return nil, fmt.Errorf("a frame of %v at %d, %d on a canvas of %v", size.Size(), f.x, f.y, canvas.Size())
		}
	}
	file := f.still(size.Dx(), size.Dy())
	config, err := webp.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if config.Width != size.Dx() || config.Height != size.Dy() {
		return nil, fmt.Errorf("the header says %v, the frame is %d × %d", size.Size(), config.Width, config.Height)
	}
	img, err := webp.Decode(&patient{ctx: ctx, r: bytes.NewReader(file)})
	if err != nil {
		return nil, err
	}
	switch m := img.(type) {
	case *image.YCbCr:
		img = videoRange(m, nil, 0)
	case *image.NYCbCrA:
		img = videoRange(&m.YCbCr, m.A, m.AStride)
	}
	if f.anim == 0 {
		return img, nil
	}
	return &placed{img, image.Pt(f.x, f.y)}, nil
}

// placed is a frame somewhere on a larger canvas.
type placed struct {
	image.Image
	at image.Point
}

func (p *placed) Bounds() image.Rectangle { return p.Image.Bounds().Add(p.at) }
func (p *placed) At(x, y int) color.Color { return p.Image.At(x-p.at.X, y-p.at.Y) }

// videoRange converts the colours of a lossy WebP. They are those of video (ITU-R
// BT.601, black at 16 and white at 235, RFC 6386, 9.2); the decoder hands them out
// as if they were a JPEG's, which makes every picture pale.
func videoRange(m *image.YCbCr, alpha []byte, alphaStride int) *image.RGBA {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		row := out.Pix[y*out.Stride:]
		for x := range b.Dx() {
			luma := 76309 * (int32(m.Y[m.YOffset(b.Min.X+x, b.Min.Y+y)]) - 16)
			c := m.COffset(b.Min.X+x, b.Min.Y+y)
			u, v := int32(m.Cb[c])-128, int32(m.Cr[c])-128
			p := row[4*x : 4*x+4]
			p[0] = clip16(luma + 104597*v)
			p[1] = clip16(luma - 25675*u - 53279*v)
			p[2] = clip16(luma + 132201*u)
			p[3] = 255
			if alpha != nil {
				a := int(alpha[y*alphaStride+x])
				p[0], p[1], p[2], p[3] = times(p[0], a), times(p[1], a), times(p[2], a), uint8(a)
			}
		}
	}
	return out
}

// clip16 rounds 16.16 fixed point to a byte.
func clip16(v int32) uint8 { return uint8(min(max((v+1<<15)>>16, 0), 255)) }
