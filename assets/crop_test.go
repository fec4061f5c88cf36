package assets

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// anySlot draws slots of every shape, small ones too, which have the largest roundings.
func anySlot(t *rapid.T) Slot {
	s := Slot{ID: "any", Width: rapid.IntRange(1, 60).Draw(t, "slot width"), Height: rapid.IntRange(1, 60).Draw(t, "slot height")}
	if rapid.Bool().Draw(t, "large") {
		s.Width, s.Height = s.Width*97, s.Height*89
	}
	return s
}

func anySide(t *rapid.T, name string) int {
	if rapid.Bool().Draw(t, name+" is small") {
		return rapid.IntRange(1, 7).Draw(t, name)
	}
	return rapid.IntRange(1, 16_384).Draw(t, name)
}

// ofRatio says the rule of Crop in the other direction: one side is the exact length
// that belongs to the other, rounded up.
func ofRatio(s Slot, w, h int) bool {
	exactW, exactH := float64(h)*float64(s.Width)/float64(s.Height), float64(w)*float64(s.Height)/float64(s.Width)
	return w == int(math.Ceil(exactW-1e-9)) || h == int(math.Ceil(exactH-1e-9))
}

func TestACropIsTheLargestCentredRectangleOfTheRatio(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w, h := anySlot(t), anySide(t, "w"), anySide(t, "h")
		c := s.Crop(w, h)
		if !c.within(w, h) {
			t.Fatalf("%+v is not in %d × %d", c, w, h)
		}
		if !ofRatio(s, c.W, c.H) {
			t.Fatalf("%+v is not %d:%d", c, s.Width, s.Height)
		}
		// Less than a pixel too long, in one direction.
		over := min(math.Abs(float64(c.W)-float64(c.H)*float64(s.Width)/float64(s.Height)), math.Abs(float64(c.H)-float64(c.W)*float64(s.Height)/float64(s.Width)))
		if over >= 1 {
			t.Fatalf("%+v is %f px from %d:%d", c, over, s.Width, s.Height)
		}
		if left, right := c.X, w-c.W-c.X; right-left != 0 && right-left != 1 {
			t.Fatalf("%d px fall off on the left, %d on the right", left, right)
		}
		if above, below := c.Y, h-c.H-c.Y; below-above != 0 && below-above != 1 {
			t.Fatalf("%d px fall off above, %d below", above, below)
		}
		if c.W != w && c.H != h {
			t.Fatalf("%+v touches no two edges of %d × %d", c, w, h)
		}
		if again := s.Crop(c.W, c.H); again != (Box{W: c.W, H: c.H}) {
			t.Fatalf("cutting %+v again gives %+v", c, again)
		}
	})
}

func TestNoLargerRectangleOfTheRatioFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySlot(t)
		w, h := rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(1, 40).Draw(t, "h")
		c := s.Crop(w, h)
		for cw := 1; cw <= w; cw++ {
			for ch := 1; ch <= h; ch++ {
				if ofRatio(s, cw, ch) && cw >= c.W && ch >= c.H && cw*ch > c.W*c.H {
					t.Fatalf("%d × %d fits into %d × %d and is larger than %+v", cw, ch, w, h, c)
				}
			}
		}
	})
}

// turned is where a box of a w × h picture comes to lie when the picture is turned as
// one of EXIF's eight orientations says.
func turned(b Box, w, h, orientation int) (Box, int, int) {
	if orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8 {
		b.X = w - b.X - b.W
	}
	if orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7 {
		b.Y = h - b.Y - b.H
	}
	if orientation >= 5 {
		return Box{b.Y, b.X, b.H, b.W}, h, w
	}
	return b, w, h
}

func TestACropTurnsWithItsPicture(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w, h := anySlot(t), anySide(t, "w"), anySide(t, "h")
		o := rapid.IntRange(1, 8).Draw(t, "orientation")
		want, tw, th := turned(s.Crop(w, h), w, h, o)
		as := s
		if o >= 5 {
			as.Width, as.Height = s.Height, s.Width
		}
		got := as.Crop(tw, th)
		// The odd pixel falls off on the right and at the bottom, whatever was there before.
		dx, dy := (tw-got.W)%2, (th-got.H)%2
		if got.W != want.W || got.H != want.H || want.X-got.X != 0 && want.X-got.X != dx || want.Y-got.Y != 0 && want.Y-got.Y != dy {
			t.Fatalf("orientation %d: %+v, want %+v", o, got, want)
		}
	})
}

func TestTheCropsThatThePlatformMakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		slot SlotID
		w, h int
		want Box
	}{
		{"feed-3x4", 2160, 2880, Box{0, 0, 2160, 2880}},
		{"feed-1x1", 2160, 2880, Box{0, 360, 2160, 2160}},
		{"feed-4x3", 2160, 2880, Box{0, 630, 2160, 1620}},
		{"feed-1x1", 1081, 1440, Box{0, 179, 1081, 1081}},
		{"feed-3x4", 1440, 1081, Box{314, 0, 811, 1081}}, // 810.75 rounded up; 629 left over, the odd one on the right
		{"meta-9x16", 1, 5, Box{0, 1, 1, 2}},
		{"meta-9x16", 5, 1, Box{2, 0, 1, 1}},
		{"banner", 1, 1, Box{0, 0, 1, 1}},
		{"feed-3x4", 16_384, 16_384, Box{2048, 0, 12_288, 16_384}},
	} {
		s, ok := SlotByID(c.slot)
		if !ok {
			t.Fatal(c.slot)
		}
		if got := s.Crop(c.w, c.h); got != c.want {
			t.Errorf("%s of %d × %d is %+v, want %+v", c.slot, c.w, c.h, got, c.want)
		}
	}
	if got := (Slot{Width: 3, Height: 4}).Crop(0, 7); !got.Empty() {
		t.Errorf("nothing is cut into %+v", got)
	}
	if got := (Slot{}).Crop(5, 7); !got.Empty() {
		t.Errorf("no slot cuts %+v", got)
	}
}

// sampled counts what of a box is seen, point by point on a fine grid.
func sampled(w window, b Box, fine int) float64 {
	seen := 0
	for i := range fine {
		for j := range fine {
			x := float64(b.X) + (float64(i)+.5)/float64(fine)*float64(b.W)
			y := float64(b.Y) + (float64(j)+.5)/float64(fine)*float64(b.H)
			if x*float64(w.ux) < float64(w.x0) || x*float64(w.ux) > float64(w.x1) || y*float64(w.uy) < float64(w.y0) || y*float64(w.uy) > float64(w.y1) {
				continue
			}
			if w.round {
				u := (x-float64(w.crop.X))/float64(w.crop.W)*2 - 1
				v := (y-float64(w.crop.Y))/float64(w.crop.H)*2 - 1
				if u*u+v*v > 1 {
					continue
				}
			}
			seen++
		}
	}
	return float64(seen) / float64(fine*fine)
}

// anyScene draws a slot with mask and safe zones, a picture, and a region in it.
func anyScene(t *rapid.T, side int) (s Slot, w, h int) {
	s = Slot{ID: "any", Width: rapid.IntRange(16, 40).Draw(t, "slot width"), Height: rapid.IntRange(16, 40).Draw(t, "slot height"), Round: rapid.Bool().Draw(t, "round")}
	if rapid.Bool().Draw(t, "safe") {
		s.Safe = Edges{
			Top: rapid.IntRange(0, 6).Draw(t, "top"), Bottom: rapid.IntRange(0, 6).Draw(t, "bottom"),
			Left: rapid.IntRange(0, 6).Draw(t, "left"), Right: rapid.IntRange(0, 6).Draw(t, "right"),
		}
	}
	return s, rapid.IntRange(1, side).Draw(t, "w"), rapid.IntRange(1, side).Draw(t, "h")
}

func anyBox(t *rapid.T, w, h int) Box {
	b := Box{X: rapid.IntRange(0, w-1).Draw(t, "x"), Y: rapid.IntRange(0, h-1).Draw(t, "y")}
	b.W, b.H = rapid.IntRange(1, w-b.X).Draw(t, "bw"), rapid.IntRange(1, h-b.Y).Draw(t, "bh")
	return b
}

func TestWhatIsKeptIsWhatCanBeCounted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, w, h := anyScene(t, 400)
		win := s.window(s.Crop(w, h))
		b := anyBox(t, w, h)
		got, want := win.shows(b), sampled(win, b, 150)
		// A grid of 150 × 150 misses at most a row or column of points at each edge.
		if math.Abs(got-want) > .02 {
			t.Fatalf("%+v in %+v: %f, counted %f", b, win, got, want)
		}
		if got < 0 || got > 1 || win.holds(b) && got != 1 || !win.holds(b) && got == 1 && !win.round {
			t.Fatalf("%+v in %+v: %v, whole: %v", b, win, got, win.holds(b))
		}
		// Two halves are as much as the whole.
		if b.W > 1 {
			l, r := b, b
			l.W = b.W / 2
			r.X, r.W = b.X+l.W, b.W-l.W
			sum := (win.shows(l)*float64(l.W) + win.shows(r)*float64(r.W)) / float64(b.W)
			if math.Abs(sum-got) > 1e-9 {
				t.Fatalf("halves of %+v come to %v, the whole is %v", b, sum, got)
			}
		}
	})
}

// What lies in the circle whole is kept whole, not but for a rounding: 1 is what people
// read as all of it.
func TestWhatTheMaskHoldsIsKeptWhole(t *testing.T) {
	t.Parallel()
	w := Slot{Width: 200, Height: 200, Round: true}.window(Box{7, 11, 331, 333})
	for x := 50; x < 250; x += 7 {
		for y := 60; y < 250; y += 3 {
			if b := (Box{x, y, 1 + x%40, 1 + y%30}); w.holds(b) && w.shows(b) != 1 {
				t.Fatalf("%+v: %v", b, w.shows(b))
			}
		}
	}
}

func TestTheWholeDiscIsPi(t *testing.T) {
	t.Parallel()
	if got := discArea(-1, -1, 1, 1); math.Abs(got-math.Pi) > 1e-12 {
		t.Errorf("%v", got)
	}
	if got := discArea(0, 0, 1, 1); math.Abs(got-math.Pi/4) > 1e-12 {
		t.Errorf("%v", got)
	}
	if got := discArea(-.5, -.5, .5, .5); math.Abs(got-1) > 1e-12 {
		t.Errorf("%v", got)
	}
	// A segment: acos(d) − d √(1−d²).
	if got, want := discArea(.5, -2, 2, 2), math.Acos(.5)-.5*math.Sqrt(.75); math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		u0, v0 := rng.Float64()*3-1.5, rng.Float64()*3-1.5
		u1, v1 := u0+rng.Float64()*2, v0+rng.Float64()*2
		um := u0 + (u1-u0)*rng.Float64()
		if parts, whole := discArea(u0, v0, um, v1)+discArea(um, v0, u1, v1), discArea(u0, v0, u1, v1); math.Abs(parts-whole) > 1e-12 {
			t.Fatalf("%v %v %v %v: %v and %v", u0, v0, u1, v1, parts, whole)
		}
	}
}

func TestAnEllipsesEdgeIsExactInLargePictures(t *testing.T) {
	t.Parallel()
	b := Box{0, 0, 16_384, 16_384}
	if !b.ellipseHolds(8192, 0) || !b.ellipseHolds(0, 8192) || b.ellipseHolds(8191, 0) || b.ellipseHolds(0, 0) || b.ellipseHolds(-1<<40, 8192) {
		t.Error("the four points where an ellipse touches its box, and nothing beside them, belong to it")
	}
}
