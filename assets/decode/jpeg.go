package decode

import (
	"bytes"
	"encoding/binary"
)

// structure is what the walk over a file's blocks found, besides the measures
// that the decoder's own DecodeConfig reads.
type structure struct {
	orientation int  // 1 to 8
	progressive bool // JPEG
	scans       int  // JPEG
	frames      int  // GIF: how many
	area        int64
	largest     int64 // GIF: pixels of the largest frame
	profile     bool  // a colour profile other than sRGB is attached
	animated    bool
	sixteen     bool // more than 8 bits a channel
}

// walkJPEG steps from marker to marker. Broken structure ends the walk without a
// fault: the decoder then says what is wrong, and the counts up to there hold.
func walkJPEG(data []byte) structure {
	s := structure{orientation: 1}
	seenExif := false
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xFF {
			// Between a scan's header and the next marker lies entropy-coded data,
			// in which FF is followed by 00 or by a restart marker.
			next := bytes.IndexByte(data[at:], 0xFF)
			if next < 0 {
				return s
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
			return s
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		if size < 2 || at+2+size > len(data) {
			return s
		}
		body := data[at+4 : at+2+size]
		switch marker {
		case 0xC2:
			s.progressive = true
		case 0xDA:
			s.scans++
		case 0xE1:
			if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && !seenExif {
				seenExif = true
				s.orientation = orientation(tiff)
			}
		case 0xE2:
			if bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) && !isSRGB(body) {
				s.profile = true
			}
		}
		at += 2 + size
	}
	return s
}

// isSRGB guesses from a profile's description whether it is sRGB in one of its
// many spellings, in ASCII or in the UTF-16 of newer profiles. A profile split
// over several blocks describes itself in the first; the blocks that follow
// would be taken for another profile, so those past the first are left out.
func isSRGB(profile []byte) bool {
	const sequence = len("ICC_PROFILE\x00")
	if len(profile) > sequence && profile[0] == 'I' && profile[sequence] > 1 {
		return true
	}
	head := profile[:min(len(profile), 4096)]
	return bytes.Contains(head, []byte("sRGB")) || bytes.Contains(head, []byte("s\x00R\x00G\x00B"))
}
