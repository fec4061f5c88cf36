package store

import (
	"encoding/base64"
	"encoding/json"

	"cinnabar/internal/fault"
)

// A cursor says where a page ended, by the keys of its last row; the next page
// starts after it however much was added before. Callers only hand it back.

func encodeCursor(keys any) string {
	text, err := json.Marshal(keys)
	if err != nil {
		panic(err) // keys are structs of ours
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decodeCursor reads a cursor and reports whether there is one. Fault: BadUsage,
// for what no page of ours has given out.
func decodeCursor(cursor string, keys any) (bool, error) {
	if cursor == "" {
		return false, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, keys)
	}
	if err != nil {
		return false, fault.Wrap(err, fault.BadUsage, "detail", "cursor")
	}
	return true, nil
}

// pageSize keeps a page between one row and 200, 50 where nobody said.
func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 200)
}
