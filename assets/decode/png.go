package decode

import (
	"bytes"
	"encoding/binary"
)

// walkPNG steps over the chunks before the pixels.
func walkPNG(data []byte) structure {
	s := structure{orientation: 1}
	for at := 8; at+8 <= len(data); {
		size := int64(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+8])
		if size > int64(len(data)-at-8) {
			return s
		}
		body := data[at+8 : at+8+int(size)]
		switch kind {
		case "IHDR":
			s.sixteen = len(body) > 8 && body[8] == 16
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
		case "acTL":
			s.animated = true
		case "IDAT", "IEND":
			return s
		}
		at += 12 + int(size)
	}
	return s
}
