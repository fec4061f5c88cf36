package assets_test

import (
	"strings"
	"testing"

	"cinnabar/assets"
)

func TestAnIDIsTheSHA256OfTheBytes(t *testing.T) {
	id := assets.IDOf([]byte("abc"))
	if id != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || !id.Valid() {
		t.Errorf("IDOf(abc) = %s, valid %v", id, id.Valid())
	}
}

func TestWhatIsNotAnIDIsNotValid(t *testing.T) {
	for _, id := range []assets.ID{
		"", "abc",
		assets.ID(strings.Repeat("g", 64)),
		assets.ID(strings.Repeat("A", 64)),
		assets.ID(strings.Repeat("a", 63)),
		assets.ID(strings.Repeat("a", 65)),
		assets.ID("../" + strings.Repeat("a", 61)),
	} {
		if id.Valid() {
			t.Errorf("%q is valid", id)
		}
	}
}

func TestABoxWithoutAreaIsEmpty(t *testing.T) {
	for box, want := range map[assets.Box]bool{
		{}: true, {W: 1}: true, {H: 1}: true, {W: -1, H: -1}: true, {X: 5, Y: 5, W: 1, H: 1}: false,
	} {
		if box.Empty() != want {
			t.Errorf("%+v empty: %v", box, !want)
		}
	}
}
