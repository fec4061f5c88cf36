package intake

import (
	"bytes"
	"encoding/json"
)

// plainObject reads one JSON object as the general decoder does, whose three passes over
// a line take as long as judging the post in it. It gives up on whatever is not plain
// and well-formed: the general decoder reads that, or says what is wrong with it. The
// line must be UTF-8.
func plainObject(line []byte) (map[string]any, bool) {
	p := plainReader{line: line}
	p.space()
	values := p.object(0)
	p.space()
	return values, !p.odd && p.at == len(line)
}

// plainReader reads values one after the other; after anything odd all are nil.
type plainReader struct {
	line []byte
	at   int
	odd  bool
}

// plainDepth is how deep a plain row is nested at most.
const plainDepth = 20

func (p *plainReader) space() {
	for p.at < len(p.line) && (p.line[p.at] == ' ' || p.line[p.at] == '\t' || p.line[p.at] == '\r' || p.line[p.at] == '\n') {
		p.at++
	}
}

// peek is the next byte, or 0 at the end and after anything odd.
func (p *plainReader) peek() byte {
	if p.odd || p.at == len(p.line) {
		return 0
	}
	return p.line[p.at]
}

// expect takes a byte and the white space after it.
func (p *plainReader) expect(c byte) {
	if p.peek() != c {
		p.odd = true
		return
	}
	p.at++
	p.space()
}

func (p *plainReader) value(depth int) any {
	switch c := p.peek(); {
	case c == '"':
		return p.text()
	case c == '{' && depth < plainDepth:
		return p.object(depth)
	case c == '[' && depth < plainDepth:
		return p.list(depth)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case p.word("true"):
		return true
	case p.word("false"):
		return false
	case p.word("null"):
		return nil
	}
	p.odd = true
	return nil
}

func (p *plainReader) word(w string) bool {
	if p.odd || !bytes.HasPrefix(p.line[p.at:], []byte(w)) {
		return false
	}
	p.at += len(w)
	return true
}

func (p *plainReader) object(depth int) map[string]any {
	values := map[string]any{}
	p.expect('{')
	for p.peek() != '}' && !p.odd {
		if len(values) > 0 {
			p.expect(',')
		}
		if p.peek() != '"' {
			p.odd = true
			break
		}
		name := p.text()
		p.space()
		p.expect(':')
		if _, twice := values[name]; twice {
			p.odd = true
			break
		}
		values[name] = p.value(depth + 1)
		p.space()
	}
	p.at++
	return values
}

func (p *plainReader) list(depth int) []any {
	values := []any{}
	p.expect('[')
	for p.peek() != ']' && !p.odd {
		if len(values) > 0 {
			p.expect(',')
		}
		values = append(values, p.value(depth+1))
		p.space()
	}
	p.at++
	return values
}

// number keeps the digits, as the general decoder is told to.
func (p *plainReader) number() any {
	start := p.at
	if p.line[p.at] == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else {
		p.digits()
	}
	if p.peek() == '.' {
		p.at++
		p.digits()
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		p.digits()
	}
	return json.Number(p.line[start:p.at])
}

func (p *plainReader) digits() {
	start := p.at
	for p.at < len(p.line) && p.line[p.at] >= '0' && p.line[p.at] <= '9' {
		p.at++
	}
	p.odd = p.odd || p.at == start
}

// shortEscapes are what may follow a backslash, and what each stands for.
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// text reads a string. One with an escaped code point, which may be half of a pair, goes
// to the general decoder.
func (p *plainReader) text() string {
	start := p.at + 1
	end := bytes.IndexByte(p.line[start:], '"') + start
	if end < start {
		p.odd = true
		return ""
	}
	piece := p.line[start:end]
	for _, c := range piece {
		if c < ' ' || c == '\\' {
			return p.escaped(start)
		}
	}
	p.at = end + 1
	return string(piece)
}

func (p *plainReader) escaped(start int) string {
	var out []byte
	from := start // what stands before it is in out
	for at := start; at < len(p.line); at++ {
		c := p.line[at]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		switch {
		case c == '"':
			p.at = at + 1
			return string(append(out, p.line[from:at]...))
		case c == '\\' && at+1 < len(p.line) && shortEscapes[p.line[at+1]] != 0:
			if out == nil {
				// The rest of the line is more than the string, but nearly all of most lines is one text.
				out = make([]byte, 0, at-start+len(p.line[at:]))
			}
			out = append(append(out, p.line[from:at]...), shortEscapes[p.line[at+1]])
			at++
			from = at + 1
		case c == '\\' && at+1 < len(p.line) && p.line[at+1] == 'u':
			return p.decoded(start)
		default:
			p.odd = true
			return ""
		}
	}
	p.odd = true
	return ""
}

func (p *plainReader) decoded(start int) string {
	for end := start; end < len(p.line); end++ {
		switch p.line[end] {
		case '\\':
			end++
		case '"':
			var s string
			p.odd = json.Unmarshal(p.line[start-1:end+1], &s) != nil
			p.at = end + 1
			return s
		}
	}
	p.odd = true
	return ""
}
