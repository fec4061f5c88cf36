package decode

import (
	"bytes"
	"encoding/binary"
)

// walkPNG steps over the chunks before the pixels. Compressed text and profiles
// are never unpacked: the profile's name, which stands in the clear, has to do.
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
			name, _, _ := bytes.Cut(body[:min(len(body), 80)], []byte{0})
			s.profile = !bytes.Contains(bytes.ToLower(name), []byte("srgb"))
		case "sRGB":
			s.profile = false
		case "eXIf":
			s.orientation = orientation(body)
		case "acTL":
			s.animated = true
		case "IDAT", "IEND":
			return s
		}
		at += 12 + int(size)
	}
	return s
}
