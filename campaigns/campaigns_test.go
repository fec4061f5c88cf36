package campaigns

import (
	"time"

	"cinnabar/assets"
)

var artwork = assets.IDOf([]byte("snow"))

func mustTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}
