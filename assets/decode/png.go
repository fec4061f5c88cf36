package decode

import (
	"bytes"
	"encoding/binary"
)

// walkPNG steps over the chunks.
func walkPNG(data []byte) structure {
	s := structure{orientation: 1}
	for at := 8; at+8 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+8])
		if size > int64(len(data)-at-8) {
			s.packed += int64(len(data) - at - 8) // cut off: no more than this can be in it
			return s
		}
		body := data[at+8 : at+8+int(size)]
		switch kind {
		case "IHDR":
			if len(body) > 9 && s.unpacked == 0 {
				s.sixteen = body[8] == 16
				channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[body[9]]
				width, height := int64(binary.BigEndian.Uint32(body)), int64(binary.BigEndian.Uint32(body[4:]))
				s.unpacked = height * ((width*channels*int64(body[8])+7)/8 + 1)
			}
		case "iCCP":
			// Name, zero, method (there is one only), the profile compressed.
			_, rest, named := bytes.Cut(body, []byte{0})
			if named && len(rest) > 1 && len(rest) <= maxProfile {
				s.tint.icc, s.tint.packed = rest[1:], true
			} else {
				s.tint.damaged = true
			}
		case "sRGB":
			s.tint.srgb = true
		case "cICP":
			s.tint.cicp = body
		case "gAMA":
			if len(body) == 4 {
				s.tint.gamma = binary.BigEndian.Uint32(body)
			}
		case "cHRM":
			s.tint.chrm = body
		case "eXIf":
			s.exif = body
			s.orientation = orientation(body)
		case "iTXt":
			// Keyword, zero, not compressed, method, language, zero, translation, zero.
			if rest, ok := bytes.CutPrefix(body, []byte("XML:com.adobe.xmp\x00\x00\x00")); ok {
				if parts := bytes.SplitN(rest, []byte{0}, 3); len(parts) == 3 {
					s.xmp = parts[2]
				}
			}
		case "caBX":
			s.credentials = true
		case "acTL":
			s.animated = true
		case "IDAT":
			s.packed += size
		case "IEND":
			return s
		}
		at += 12 + int(size)
	}
	return s
}
