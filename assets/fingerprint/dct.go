package fingerprint

import (
	"math"
	"slices"
)

const frequencies = 16 // of a fingerprint each way, from 1; the mean is left out

// waves are the rows of the cosine transform for the frequencies 1 to 16.
var waves = func() (d [frequencies][side]float32) {
	for i := range d {
		for j := range d[i] {
			d[i][j] = float32(math.Sqrt(2./side) * math.Cos(math.Pi/2/side*float64(i+1)*float64(2*j+1)))
		}
	}
	return d
}()

// spectrum is how strong each frequency is: down, then across.
type spectrum [frequencies][frequencies]float32

func spectrumOf(a *[side][side]float32) *spectrum {
	var half [frequencies][side]float32
	for i, wave := range waves {
		for k, w := range wave {
			for j, v := range a[k] {
				half[i][j] += w * v
			}
		}
	}
	var s spectrum
	for i := range s {
		for j := range s[i] {
			var sum float32
			for k, w := range waves[j] {
				sum += half[i][k] * w
			}
			s[i][j] = sum
		}
	}
	return &s
}

// hash sets the bits of the frequencies that are stronger than the median, of whose two
// candidates PDQ takes the lower.
func (s *spectrum) hash() Hash {
	var flat [frequencies * frequencies]float32
	for i, row := range s {
		copy(flat[i*frequencies:], row[:])
	}
	sorted := flat
	slices.Sort(sorted[:])
	median := sorted[len(sorted)/2-1]
	var h Hash
	for k, v := range flat {
		if v > median {
			h[k/64] |= 1 << (k % 64)
		}
	}
	return h
}

// quality is PDQ's measure, 0 to 100, of how much there is in a picture: the sum of its
// steps between neighbours, those below 2.55 of 255 not counted.
func quality(a *[side][side]float32) int {
	sum := 0
	step := func(u, v float32) {
		d := int((u - v) * 100 / 255)
		sum += max(d, -d)
	}
	for i := range side {
		for j := range side {
			if i+1 < side {
				step(a[i][j], a[i+1][j])
			}
			if j+1 < side {
				step(a[i][j], a[i][j+1])
			}
		}
	}
	return min(sum/90, 100)
}
