package fault_test

import (
	"errors"
	"strings"
	"testing"

	"cinnabar/internal/fault"
)

func TestAPanicBecomesAFaultThatKnowsWhereItHappened(t *testing.T) {
	t.Parallel()
	stumble := func() (err error) {
		defer fault.Catch(&err)
		var none []int
		return errors.New(strings.Repeat("x", none[len(none)]))
	}
	err := stumble()
	if fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), "index out of range") || !strings.Contains(err.Error(), "catch_test.go") {
		t.Errorf("a panic came back as %v", err)
	}
	broken := errors.New("broken")
	fails := func() (err error) {
		defer fault.Catch(&err)
		return broken
	}
	if err := fails(); !errors.Is(err, broken) {
		t.Errorf("an error came back as %v", err)
	}
}
