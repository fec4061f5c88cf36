package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"

	"github.com/gen2brain/jpegn"
)

// structure is what the walk over a file's blocks found, besides the measures
// that the decoder's own DecodeConfig reads.
type structure struct {
	orientation int  // 1 to 8
	progressive bool // JPEG
	scans       int  // JPEG
	simple      bool // JPEG: of a kind that the fast decoder gets right
	adobe       bool // JPEG: says how its four inks are meant
	frames      int  // GIF: how many
	area        int64
	largest     int64 // GIF: pixels of the largest frame
	animated    bool
	sixteen     bool   // more than 8 bits a channel
	exif        []byte // the TIFF structure, nil where there is none
	xmp         []byte // the packet, nil where there is none
	packed      int64  // PNG: bytes of compressed pixels
	unpacked    int64  // PNG: bytes that they should become
	credentials bool   // a C2PA manifest
	tint        tint
}

// walkJPEG steps from marker to marker. Broken structure ends the walk without a
// fault: the decoder then says what is wrong, and the counts up to there hold.
func walkJPEG(data []byte) (s structure) {
	s.orientation = 1
	var icc iccParts
	channels, inFirstScan, baseline, ended := 0, 0, false, false
	area := int64(0)
walk:
	for at := 2; at+2 <= len(data); {
		if data[at] != 0xFF {
			// Between a scan's header and the next marker lies entropy-coded data,
			// in which FF is followed by 00 or by a restart marker.
			next := bytes.IndexByte(data[at:], 0xFF)
			if next < 0 {
				break walk
			}
			at += next
			continue
		}
		marker := data[at+1]
		switch {
		case marker == 0xFF: // fill byte
			at++
			continue
		case marker == 0x00, marker == 0x01, marker >= 0xD0 && marker <= 0xD8:
			at += 2
			continue
		case marker == 0xD9:
			ended = true
			break walk
		case at+4 > len(data):
			break walk
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			break walk
		}
		body := data[at+4 : at+2+size]
		switch marker {
		case 0xC0, 0xC2:
			s.progressive = s.progressive || marker == 0xC2
			baseline = marker == 0xC0
			if len(body) > 5 {
				channels = int(body[5])
				area = int64(binary.BigEndian.Uint16(body[1:])) * int64(binary.BigEndian.Uint16(body[3:]))
			}
		case 0xDA:
			s.scans++
			if s.scans == 1 && len(body) > 0 {
				inFirstScan = int(body[0])
			}
		case 0xE1:
			if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && s.exif == nil {
				s.exif = tiff
				s.orientation = orientation(tiff)
			}
			if packet, ok := bytes.CutPrefix(body, []byte("http://ns.adobe.com/xap/1.0/\x00")); ok && s.xmp == nil {
				s.xmp = packet
			}
		case 0xE2:
			if part, ok := bytes.CutPrefix(body, []byte("ICC_PROFILE\x00")); ok {
				icc.add(part)
			}
		case 0xEB:
			s.credentials = s.credentials || bytes.HasPrefix(body, []byte("JP")) && bytes.Contains(body, []byte("c2pa"))
		case 0xEE:
			s.adobe = s.adobe || bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12
		}
		at += 2 + size
	}
	// The fast decoder reads one scan of a baseline picture, gets four inks wrong
	// when Adobe's marker says that they are not transformed, and takes a file that
	// stops in the middle for a whole one. A block of 64 pixels takes two bits at the
	// very least, one in a progressive file: what has fewer than that stops somewhere.
	s.simple = ended && (channels == 1 || channels == 3) && int64(len(data))*8 >= area/64 &&
		(s.progressive || baseline && inFirstScan == channels)
	s.tint.icc, s.tint.damaged = icc.join()
	return s
}

// iccParts puts together a profile that is spread over several segments.
type iccParts struct {
	parts map[byte][]byte
	count byte
	bytes int
	bad   bool
}

func (p *iccParts) add(part []byte) {
	if len(part) < 2 || p.parts[part[0]] != nil || p.count != 0 && p.count != part[1] || part[0] == 0 {
		p.bad = true
		return
	}
	if p.parts == nil {
		p.parts = map[byte][]byte{}
	}
	p.count = part[1]
	p.parts[part[0]] = part[2:]
	p.bytes += len(part)
}

func (p *iccParts) join() (profile []byte, damaged bool) {
	if p.bad || len(p.parts) != int(p.count) || p.bytes > maxProfile {
		return nil, p.bad || len(p.parts) > 0
	}
	for i := range len(p.parts) {
		part, ok := p.parts[byte(i+1)]
		if !ok {
			return nil, true
		}
		profile = append(profile, part...)
	}
	return profile, false
}

// decodeJPEG decodes to a half, a quarter or an eighth of the stored size where that is
// enough: by scaledJPEG nearly everything, by the fast decoder other ordinary files, and by
// the standard library the rest.
func decodeJPEG(ctx context.Context, info Info, data []byte, w Want) (image.Image, error) {
	if info.simple {
		denom := info.denominator(w)
		if denom > 1 {
			if img := scaledJPEG(data, info.stored.Width, info.stored.Height, denom); img != nil {
				return img, nil
			}
		}
		if denom == 2 {
			// The fast decoder's transform to four by four pixels is that of another
			// standard (H.264), which takes a quarter off every slope. Averaging the
			// whole is right instead.
			denom = 1
		}
		o := &jpegn.Options{ToRGBA: true, ScaleDenom: denom}
		if w.Longest == 0 {
			o.UpsampleMethod = jpegn.CatmullRom // colours without stairs for the viewer's 1:1
		}
		if img := fastJPEG(data, o); img != nil && !unfinished(img, 8/o.ScaleDenom) {
			return img, nil
		}
	}
	r := &patient{ctx: ctx, r: bytes.NewReader(data)}
	if info.stored.ColorModel == color.CMYKModel && !info.adobe {
		// Without Adobe's marker the inks are as they are, and the standard library
		// wants to be told. It then believes them to be inverted, as Adobe's are.
		img, err := jpeg.Decode(&patient{ctx: ctx, r: bytes.NewReader(withAdobe(data))})
		if inks, ok := img.(*image.CMYK); ok {
			for i, v := range inks.Pix {
				inks.Pix[i] = 255 - v
			}
		}
		return img, err
	}
	return jpeg.Decode(r)
}

// denominator is 8, 4 or 2 where that leaves as much as w asks for, otherwise 1.
func (i Info) denominator(w Want) int {
	switch times := i.times(w); {
	case times >= 8:
		return 8
	case times >= 4:
		return 4
	case times >= 2:
		return 2
	}
	return 1
}

// fastJPEG returns nil where the fast decoder refuses or panics; the standard
// library then has the last word.
func fastJPEG(data []byte, o *jpegn.Options) (img *image.RGBA) {
	defer func() {
		if recover() != nil {
			img = nil
		}
	}()
	decoded, err := jpegn.Decode(bytes.NewReader(data), o)
	if err != nil {
		return nil
	}
	img, _ = decoded.(*image.RGBA)
	return img
}

// unfinished reports whether the last row of blocks, side pixels high, has the look
// of one that was never decoded: all of one colour. The fast decoder goes on with
// what it has where the data end or turn to rubbish; whether that is so the strict
// decoder must then say. White is what the rest of many an honest picture is, and
// almost never what is left of a broken one; to look at all of those twice would
// cost more than it finds.
func unfinished(img *image.RGBA, side int) bool {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	last := img.RGBAAt(w-1, h-1)
	if last == (color.RGBA{255, 255, 255, 255}) {
		return false
	}
	for y := h - 1; y >= max(0, h-max(1, side/2)); y-- {
		for x := range w {
			if img.RGBAAt(x, y) != last {
				return false
			}
		}
	}
	return true
}

func withAdobe(data []byte) []byte {
	const segment = "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
	out := make([]byte, 0, len(data)+len(segment))
	out = append(append(out, data[:2]...), segment...)
	return append(out, data[2:]...)
}
