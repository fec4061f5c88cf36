package main

// leave closes the window. Where something would be lost with it, such as decisions
// that were made while the database was away or a plan that was not saved, the person
// is asked first. On the UI thread.
func (s *studio) leave(closed func()) {
	if s.desk == nil {
		closed()
		return
	}
	s.desk.shell.Depart(closed)
}
