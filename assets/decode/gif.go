package decode

import "encoding/binary"

// walkGIF counts the frames of a GIF and their area block by block, as the
// standard's appendix lays them out, without unpacking a pixel. A file that says
// little and asks for much is found here: 34 bytes can ask for 4 GiB. Broken
// structure ends the walk: what was counted so far stands.
func walkGIF(data []byte) structure {
	s := structure{orientation: 1}
	const header, screen, descriptor = 6, 7, 9
	if len(data) < header+screen {
		return s
	}
	at := header + screen + colourTable(data[header+4])
	for at < len(data) {
		switch data[at] {
		case ',':
			at++
			if len(data)-at < descriptor {
				return s
			}
			w := int64(binary.LittleEndian.Uint16(data[at+4:]))
			h := int64(binary.LittleEndian.Uint16(data[at+6:]))
			s.frames++
			s.area += w * h
			s.largest = max(s.largest, w*h)
			// After the descriptor: colours, one byte of code size, the pixels.
			at = skipBlocks(data, at+descriptor+colourTable(data[at+8])+1)
		case '!':
			at = skipBlocks(data, at+2)
		default: // ';' ends the file; anything else is not a GIF any more
			s.animated = s.frames > 1
			return s
		}
	}
	s.animated = s.frames > 1
	return s
}

// colourTable returns the bytes of the table that a flags byte announces.
func colourTable(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// skipBlocks returns the place after a row of sub-blocks, each led by its size
// and ended by one of size zero; the end of data if it is cut off.
func skipBlocks(data []byte, at int) int {
	for at < len(data) {
		size := int(data[at])
		at += 1 + size
		if size == 0 {
			return at
		}
	}
	return len(data)
}
