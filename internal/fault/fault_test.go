package fault_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"slices"
	"testing"

	"cinnabar/internal/fault"
)

func TestAFaultIsFoundInsideOtherErrorsByItsCode(t *testing.T) {
	err := fmt.Errorf("while importing: %w", fault.Wrap(io.ErrUnexpectedEOF, fault.Offline, "host", "db.example.com"))
	if got := fault.CodeOf(err); got != fault.Offline {
		t.Errorf("CodeOf = %q", got)
	}
	if !errors.Is(err, fault.New(fault.Offline)) || errors.Is(err, fault.New(fault.NoRight)) {
		t.Error("errors.Is does not go by the code")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is out of reach")
	}
	if got := fault.Of(err).Args["host"]; got != "db.example.com" {
		t.Errorf("host = %q", got)
	}
}

func TestWhatIsNoFaultIsInternalAndWhatWasStoppedIsCancelled(t *testing.T) {
	for _, c := range []struct {
		err  error
		want fault.Code
	}{
		{nil, ""},
		{io.EOF, fault.Internal},
		{fmt.Errorf("query: %w", context.Canceled), fault.Cancelled},
		{context.DeadlineExceeded, fault.Internal},
	} {
		if got := fault.CodeOf(c.err); got != c.want {
			t.Errorf("CodeOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestTheLogLineNamesCodeArgumentsAndCauseInOrder(t *testing.T) {
	err := fault.Wrap(io.EOF, fault.FieldType, "want", "number", "field", "likes")
	if got, want := err.Error(), `field_type field="likes" want="number": EOF`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Codes feeds the test that every code has a sentence, so a constant that is
// missing from it would have none.
func TestCodesListsEveryConstant(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names int
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
			names += len(spec.Names)
		}
		return true
	})
	codes := fault.Codes()
	if names == 0 || len(codes) != names {
		t.Errorf("Codes lists %d of %d constants", len(codes), names)
	}
	slices.Sort(codes)
	if len(slices.Compact(codes)) != names {
		t.Error("Codes lists one twice")
	}
}
