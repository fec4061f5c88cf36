package intake

import (
	"bufio"
	"io"
	"os"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"cinnabar/internal/fault"
)

// charset is how a file's characters are written.
type charset int

const (
	utf8Plain charset = iota
	utf8Marked
	utf16Little
	utf16Big
	gb18030
)

// reader gives the text as UTF-8 without a byte order mark.
func (c charset) reader(r io.Reader) io.Reader {
	var dec *encoding.Decoder
	switch c {
	case utf8Plain:
		return r
	case utf8Marked:
		b := bufio.NewReader(r)
		_, _ = b.Discard(3)
		return b
	case utf16Little:
		dec = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
	case utf16Big:
		dec = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder()
	case gb18030:
		dec = simplifiedchinese.GB18030.NewDecoder()
	}
	return dec.Reader(r)
}

// sniffEncoding tells a file's encoding by its byte order mark or by reading all
// of it once: the first character that is not ASCII may stand far down. What is
// neither UTF-8 nor looks like Chinese in GB18030 is TextEncoding, because
// importing it wrongly would fill the database with nonsense that no check can
// find. A file that is UTF-8 but for some damaged places counts as UTF-8: its
// damaged rows are refused one by one. With lenient, every other file does.
func sniffEncoding(f *os.File, lenient bool) (charset, error) {
	mark := make([]byte, 3)
	n, err := f.ReadAt(mark, 0)
	if err != nil && err != io.EOF {
		return 0, err
	}
	switch mark = mark[:n]; {
	case n >= 3 && mark[0] == 0xEF && mark[1] == 0xBB && mark[2] == 0xBF:
		return utf8Marked, nil
	case n >= 2 && mark[0] == 0xFF && mark[1] == 0xFE:
		return utf16Little, nil
	case n >= 2 && mark[0] == 0xFE && mark[1] == 0xFF:
		return utf16Big, nil
	}
	if valid, err := wholly(f); err != nil || valid {
		return utf8Plain, err
	}
	v, err := validate(f)
	if err != nil {
		return 0, err
	}
	sample := make([]byte, 1<<20)
	n, err = f.ReadAt(sample, v.suspect)
	if err != nil && err != io.EOF {
		return 0, err
	}
	switch {
	case v.invalid > v.multibyte && likeGB18030(sample[:n]):
		return gb18030, nil
	case lenient, v.multibyte >= v.invalid:
		return utf8Plain, nil
	}
	return 0, fault.New(fault.TextEncoding)
}

// wholly reports whether all of a file is UTF-8, as nearly every file is, without
// counting anything.
func wholly(f *os.File) (bool, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	buffer := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(f, buffer[kept:])
		data := buffer[:kept+n]
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return utf8.Valid(data), nil
		}
		if err != nil {
			return false, err
		}
		// A character that the buffer's end cuts waits for its rest.
		whole := len(data)
		for back := 1; back < utf8.UTFMax; back++ {
			if c := data[len(data)-back]; c >= 0xC0 {
				if !utf8.FullRune(data[len(data)-back:]) {
					whole -= back
				}
				break
			}
		}
		if !utf8.Valid(data[:whole]) {
			return false, nil
		}
		kept = copy(buffer, data[whole:])
	}
}

// validity is what reading a file as UTF-8 showed.
type validity struct {
	multibyte, invalid int64
	suspect            int64 // where the line of the first invalid byte begins
}

func validate(f *os.File) (validity, error) {
	var v validity
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return v, err
	}
	buffer := make([]byte, 256<<10)
	var offset, lineStart int64 // offset of buffer[0] in the file
	kept := 0
	for {
		n, err := io.ReadFull(f, buffer[kept:])
		data := buffer[:kept+n]
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return v, err
		}
		i := 0
		for i < len(data) {
			c := data[i]
			if c < utf8.RuneSelf {
				i++
				if c == '\n' && v.invalid == 0 {
					lineStart = offset + int64(i)
				}
				continue
			}
			if !last && !utf8.FullRune(data[i:]) {
				break
			}
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size == 1 {
				v.invalid++
			} else {
				v.multibyte++
			}
			i += size
		}
		if last {
			v.suspect = lineStart
			return v, nil
		}
		offset += int64(i)
		kept = copy(buffer, data[i:])
	}
}

// likeGB18030 judges a sample that begins at the start of a line. Almost any
// bytes can be read as GB18030, so more is asked than that it decodes: simplified
// Chinese is written nearly whole with the characters of GB 2312 (lead A1–F7,
// trail from A1), and, as that table is ordered by sound, a good part of it lies
// past C8, where Korean in EUC-KR has none. Big5 and Shift JIS fail the first,
// western code pages fail already to decode.
func likeGB18030(sample []byte) bool {
	var pairs, common, late int
	for i := 0; i < len(sample); {
		lead := sample[i]
		if lead < 0x80 {
			i++
			continue
		}
		if lead == 0x80 || lead == 0xFF {
			return false
		}
		if i+1 >= len(sample) {
			break // cut by the sample's end
		}
		trail := sample[i+1]
		if trail >= '0' && trail <= '9' {
			if i+3 >= len(sample) {
				break
			}
			if sample[i+2] < 0x81 || sample[i+2] > 0xFE || sample[i+3] < '0' || sample[i+3] > '9' {
				return false
			}
			i += 4
			continue
		}
		if trail < 0x40 || trail == 0x7F || trail == 0xFF {
			return false
		}
		pairs++
		if lead >= 0xA1 && lead <= 0xF7 && trail >= 0xA1 {
			common++
		}
		if lead >= 0xC9 && lead <= 0xD7 {
			late++
		}
		i += 2
	}
	if pairs == 0 || common*5 < pairs*4 {
		return false
	}
	const enoughToCount = 50
	return pairs < enoughToCount || late*20 >= pairs
}
