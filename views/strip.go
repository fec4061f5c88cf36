package views

import (
	"time"

	"fyne.io/fyne/v2"

	"cinnabar/internal/job"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// Running tells of long work that is on its way.
type Running interface {
	// Jobs lists what is on its way and what has lately ended, oldest first.
	Jobs() []job.Snapshot
	// Cancel asks one to stop.
	Cancel(id int64)
}

// strip is the quiet line under the title row while an import or a scan runs.
type strip struct {
	book  *words.Book
	jobs  Running
	id    int64
	name  *kit.Text
	state *kit.Text
	meter *kit.Meter
	stop  *kit.Button
	box   *fyne.Container
}

func newStrip(book *words.Book, jobs Running) *strip {
	s := &strip{book: book, jobs: jobs, name: kit.NewText("", kit.Style{Bold: true}),
		state: kit.NewText("", kit.Style{Ink: look.SecondInk, Shrink: true}), meter: kit.NewMeter()}
	s.stop = kit.NewButton(kit.ButtonConfig{Text: book.T("shell.stop"), Weight: kit.Quiet, Press: func() {
		if jobs != nil {
			jobs.Cancel(s.id)
		}
	}})
	s.box = kit.Stack(0, kit.Pad(2, look.S4, 2, look.S5,
		kit.Row(look.S3, s.name, kit.Fixed(220, 0, s.meter), kit.Grow(s.state), s.stop)), kit.NewRule())
	s.box.Hide()
	return s
}

// show draws the oldest job that runs; how many wait behind it stands beside.
// It reports whether the strip came or went.
func (s *strip) show() bool {
	was := s.box.Visible()
	var running []job.Snapshot
	if s.jobs != nil {
		for _, j := range s.jobs.Jobs() {
			if !j.State.Over() {
				running = append(running, j)
			}
		}
	}
	if len(running) == 0 {
		s.box.Hide()
		return was
	}
	j := running[0]
	s.id = j.ID
	s.name.Set(j.Name)
	text := s.book.Number(int(j.Done))
	share := 0.0
	if j.Total > 0 {
		text = s.book.T("shell.rows_done", text, s.book.Number(int(j.Total)))
		share = float64(j.Done) / float64(j.Total)
	}
	if j.Note != "" {
		text += s.book.T("common.dot") + j.Note
	}
	if len(running) > 1 {
		text += s.book.T("common.dot") + s.book.T("shell.jobs_more", len(running)-1)
	}
	s.state.Set(text)
	s.meter.Set(kit.Part{Share: share, Tone: kit.Jade})
	s.box.Show()
	s.box.Refresh()
	return !was
}

// stripRhythm is how often progress is redrawn while something runs.
const stripRhythm = 200 * time.Millisecond

// ShowJobs redraws the line of running work, and goes on doing so until nothing
// runs. Call it on the UI thread when a job begins or ends.
func (s *Shell) ShowJobs() {
	if s.strip.show() {
		s.root.Refresh()
	}
	if s.strip.box.Visible() && !s.ticking {
		s.ticking = true
		time.AfterFunc(stripRhythm, func() {
			s.cfg.Loop.Do(func() {
				s.ticking = false
				s.ShowJobs()
			})
		})
	}
}
