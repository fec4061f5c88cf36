package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func general(line string) (any, error) {
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace([]byte(line)[d.InputOffset():])) > 0 {
		return nil, fmt.Errorf("more than one")
	}
	return v, nil
}

func TestPlainRowsReadAsTheGeneralDecoderReadsThem(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{
		"{", "}", "[", "]", ":", ",", " ", "\t", "\r", "\x00", "\x1f", "\x7f", "true", "false", "null", "nul", "True", "0", "-0", "-", "01", "1", "12.50", "1.", ".5", "1e5", "1E+07", "1e", "-1.5e-300",
		"\"", "\"\"", "\"a\"", "\"id\":", "\"广告\"", "\"\\n\"", "\"\\\"\"", "\"\\\\\"", "\"a\\/b\\t\"", "\"\\u5e7f\"", "\"\\ud83d\\ude00x\"", "\"\\ud83d\"", "\"\\ud83d\\n\"", "\"\\u12\"", "\"\\x\"", "\"\x01\"",
		"{\"a\":1}", "{\"a\":1,\"a\":2}", "[1,\"b\",null]", "[]", "{}", "[1,]", "{\"a\":}", "\\", "\ufeff", "\u2028",
	})
	rows := rapid.Custom(func(t *rapid.T) string {
		return "{\"id\":" + strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "value"), "") +
			rapid.SampledFrom([]string{"}", "", ",\"body\":" + "\"x\"}", "} ", "} {"}).Draw(t, "end")
	})
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.OneOf(rows, rapid.Map(rapid.SliceOfN(piece, 0, 8), func(all []string) string { return strings.Join(all, "") })).Draw(t, "line")
		got, ok := plainObject([]byte(line))
		want, err := general(line)
		if ok && (err != nil || !reflect.DeepEqual(want, any(got))) {
			t.Fatalf("%s: read %v, the general decoder %v, %v", line, got, want, err)
		}
	})
}

func TestAnOrdinaryRowIsPlain(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		`{"id": "1", "title": "周末", "body": "房间\n\"小\"", "links": ["https://a.example/?x=1", ""], "likes": 12, "label": null, "author": {"posts_per_day": 0.25, "id": "a"}} `,
		`{"id":"2","body":"\u5e7f\u544a \ud83d\ude00","images":[],"declared":true,"extra":{},"x":-1.5e3}`,
	} {
		got, ok := plainObject([]byte(line))
		if want, _ := general(line); !ok || !reflect.DeepEqual(want, any(got)) {
			t.Errorf("%s: %v, %v", line, got, ok)
		}
	}
	for _, line := range []string{`{"id":1`, `{"id":1}}`, `{"id" 1}`, `["id"]`, `{"id":1,}`, `{,"id":1}`, `{"id":1 "b":2}`, `{"id":[1 2]}`, `{"a":1,"a":2}`, strings.Repeat(`{"a":`, 30) + "1" + strings.Repeat("}", 30)} {
		if got, ok := plainObject([]byte(line)); ok {
			t.Errorf("%s is taken for plain: %v", line, got)
		}
	}
}
