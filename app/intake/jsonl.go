package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"cinnabar/internal/fault"
)

// jsonRows reads JSON Lines: one object a line, blank lines between them ignored.
type jsonRows struct {
	r      *bufio.Reader
	limit  int
	whole  bool // only lines that end in a line feed count, for growing files
	line   int
	buffer []byte
}

func newJSONRows(r io.Reader, limit int, whole bool) *jsonRows {
	return &jsonRows{r: bufio.NewReaderSize(r, 64<<10), limit: limit, whole: whole}
}

func (j *jsonRows) next() (row, error) {
	for {
		line, long, err := j.readLine()
		if err != nil {
			return row{}, err
		}
		if j.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if !long && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		r := row{line: j.line, raw: line}
		if long {
			r.fault = tooLong(j.limit)
			return r, nil
		}
		r.values, r.fault = parseObject(line)
		return r, nil
	}
}

// readLine returns the next line without its end. Of a line that is too long it
// returns the beginning and skips the rest.
func (j *jsonRows) readLine() (line []byte, long bool, err error) {
	j.buffer = j.buffer[:0]
	j.line++
	for {
		part, err := j.r.ReadSlice('\n')
		if len(j.buffer)+len(part) > j.limit {
			long = true
			part = part[:max(0, min(len(part), maxRaw-len(j.buffer)))]
		}
		if !long || len(j.buffer) < maxRaw {
			j.buffer = append(j.buffer, part...)
		}
		switch {
		case err == nil:
			return trimLineEnd(j.buffer), long, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			if len(j.buffer) == 0 || j.whole {
				return nil, false, io.EOF
			}
			return trimLineEnd(j.buffer), long, nil
		default:
			return nil, false, err
		}
	}
}

func trimLineEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

func tooLong(limit int) *fault.Error {
	if limit >= 1<<20 {
		return fault.New(fault.RowTooLong, "limit", itoa(limit>>20)+" MB")
	}
	return fault.New(fault.RowTooLong, "limit", itoa(limit)+" B")
}

// parseObject reads one JSON object. Numbers keep their digits. Bytes that are
// not UTF-8 refuse the row, while an escape for half a surrogate pair, which
// platforms that cut texts in the middle of an emoji do write, becomes U+FFFD.
// Of a name that stands twice in an object the last counts.
func parseObject(line []byte) (map[string]any, *fault.Error) {
	if !utf8.Valid(line) {
		return nil, unreadable(notUTF8, nil)
	}
	if values, ok := plainObject(line); ok {
		return values, nil
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var v any
	switch err := dec.Decode(&v); {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, unreadable(cutOff, err)
	case err != nil:
		return nil, unreadable(notJSON, err)
	case len(bytes.TrimSpace(line[dec.InputOffset():])) > 0:
		return nil, unreadable(moreThanOne, nil)
	}
	values, ok := v.(map[string]any)
	if !ok {
		return nil, unreadable(notAnObject, nil)
	}
	return values, nil
}
