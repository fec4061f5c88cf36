package views

// Unsent is how many decisions wait for the database to come back, on all screens.
func (s *Shell) Unsent() int {
	n := 0
	for _, screen := range s.screens {
		if d, ok := screen.(interface{ Unsent() int }); ok {
			n += d.Unsent()
		}
	}
	return n
}

// Leave closes every screen and returns what waits, off the UI thread, until all
// that was decided has been answered. Nobody should close the database before.
func (s *Shell) Leave() (wait func()) {
	var desks []interface{ Wait() }
	for _, screen := range s.screens {
		if d, ok := screen.(interface{ Wait() }); ok {
			desks = append(desks, d)
		}
	}
	s.Close()
	return func() {
		for _, d := range desks {
			d.Wait()
		}
	}
}
