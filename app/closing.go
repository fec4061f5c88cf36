package main

import "cinnabar/views/kit"

// mayClose says whether the window may go now. Decisions that were made while
// the database was away and that nobody has confirmed would be lost with it; the
// first try says so, the second one means it. On the UI thread.
func (s *studio) mayClose() bool {
	unsent := 0
	if s.desk != nil {
		unsent = s.desk.shell.Unsent()
	}
	// A decision more than was warned of is worth another word.
	if unsent <= s.warned {
		return true
	}
	s.warned = unsent
	key := "shell.unsent_many"
	if unsent == 1 {
		key = "shell.unsent_one"
	}
	s.desk.shell.Note(kit.Amber, s.program.words.T(key, s.program.words.Number(unsent)), s.program.words.T("shell.unsent_next"))
	return false
}
