package kit

import (
	"time"

	"fyne.io/fyne/v2"
)

// beat is how long a flickering picture stands: 2 Hz, below the three flashes a
// second that can harm.
const beat = 250 * time.Millisecond

// beats starts and stops the change of flickering pictures. Where the person has
// switched animations off, nothing flickers by itself: Step changes by hand.
func (s *stage) beats(on bool) {
	if on == (s.ticker != nil) {
		return
	}
	if !on {
		s.ticker.Stop()
		s.ticker, s.beat = nil, 0
		return
	}
	if !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	var next func()
	next = func() {
		s.ticker = time.AfterFunc(beat, func() {
			s.gallery.Loop.Do(func() {
				if s.ticker == nil || s.gone {
					return
				}
				s.beat++
				s.hand()
				next()
			})
		})
	}
	next()
}

// flip shows the other of two flickering pictures.
func (s *stage) flip() {
	s.beat++
	s.hand()
}
