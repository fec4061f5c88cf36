package moderation

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"sync"

	"cinnabar/moderation/credentials"
)

// Category is a line of trade that a brand applies for, and what it takes.
type Category struct {
	Code    string             `json:"code"`
	Classes []int              `json:"classes"` // Nice classes of which the mark must have one
	Scope   []string           `json:"scope"`   // words of which the licence's scope must have one
	Papers  []credentials.Kind `json:"papers"`  // of which one must be there; empty where the trade is free
}

// categoryTable is data with a source, so that what a lead may correct later is
// not buried in code.
type categoryTable struct {
	Source     string     `json:"source"`
	Date       Date       `json:"date"`
	Categories []Category `json:"categories"`
}

//go:embed data/categories.json
var categoriesJSON []byte

var categories = sync.OnceValue(func() categoryTable {
	var t categoryTable
	mustRead("categories.json", categoriesJSON, &t)
	return t
})

// mustRead decodes a table that is compiled in, and panics in the first test
// that touches it when it is malformed.
func mustRead(name string, data []byte, into any) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		panic("moderation: " + name + ": " + err.Error())
	}
}

// Categories lists the lines of trade in the order screens show them. The slice
// is shared: read it, don't write it.
func Categories() []Category { return categories().Categories }

// CategoryOf finds a line of trade by its code.
func CategoryOf(code string) (Category, bool) {
	for _, c := range Categories() {
		if c.Code == code {
			return c, true
		}
	}
	return Category{}, false
}
