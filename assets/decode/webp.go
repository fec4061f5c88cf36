package decode

import (
	"bytes"
	"encoding/binary"
)

// walkWebP steps over the chunks of the RIFF container (RFC 9649, section 2.7).
// EXIF stands after the pixels, so that the walk goes to the end.
func walkWebP(data []byte) structure {
	s := structure{orientation: 1}
	for at := 12; at+8 <= len(data); {
		kind := string(data[at : at+4])
		size := int64(binary.LittleEndian.Uint32(data[at+4:]))
		if size > int64(len(data)-at-8) {
			return s
		}
		body := data[at+8 : at+8+int(size)]
		switch kind {
		case "ANIM", "ANMF":
			s.animated = true
		case "ICCP":
			s.profile = !isSRGB(body)
		case "EXIF":
			// Some writers keep the JPEG's own prefix in front.
			s.orientation = orientation(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		}
		at += 8 + int(size) + int(size&1)
	}
	return s
}
