package storetest

import (
	"os"
	"time"
)

// longVariable is how ./test --long tells the tests, as a duration: how long each
// of those goes on that may go on for any time. It is a variable and not a flag,
// because a flag that one package knows is an error to all others.
const longVariable = "CINNABAR_TEST_LONG"

// Long reports whether the tests run in their long form, and for how long one that
// works at random should go on there. In the short form it is zero and false.
func Long() (time.Duration, bool) {
	text := os.Getenv(longVariable)
	if text == "" {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		panic(longVariable + "=" + text + " is no duration such as 3m")
	}
	return d, true
}
