package decode

import "encoding/binary"

// orientationTag is the only tag of EXIF that is read here: how the camera was
// held, 1 to 8 (Exif 2.32, 4.6.4 A). Everything else in EXIF, places above all,
// is somebody's private matter and not needed for showing a picture.
const orientationTag = 0x0112

// orientation reads the tag out of a TIFF structure, the body of an EXIF block.
// It returns 1, upright, for anything missing, broken or out of range: a bad
// EXIF block is no reason to refuse a picture that opens.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := int(order.Uint16(tiff[at:]))
	const entrySize = 12
	rest := tiff[at+2:]
	for i := range entries {
		if len(rest) < (i+1)*entrySize {
			return 1
		}
		entry := rest[i*entrySize:]
		if order.Uint16(entry) != orientationTag {
			continue
		}
		const short = 3
		if order.Uint16(entry[2:]) != short || order.Uint32(entry[4:]) != 1 {
			return 1
		}
		// A SHORT stands at the left of its four-byte field in either byte order.
		if v := int(order.Uint16(entry[8:])); v >= 1 && v <= 8 {
			return v
		}
		return 1
	}
	return 1
}

// turned reports whether an orientation swaps width and height.
func turned(orientation int) bool { return orientation >= 5 }
