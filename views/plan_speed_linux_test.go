package views

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cinnabar/campaigns"
	"cinnabar/views/look"
)

// threadTime is the processor time that this thread has had. On a machine that is busy
// with other things the clock on the wall measures those.
func threadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}

// The longest block of the window by a callback of ours is held to 8 ms; the whole is
// what a change by hand draws at once.
func BenchmarkRedrawingAPlanOfThreeHundredLines(b *testing.B) {
	themed(b, look.Light)
	m := newMarket(b, false)
	c := m.sunCare()
	a := &c.Scenarios[0]
	for i := len(a.Lines); i < 300; i++ {
		l := copiedLine(a.Lines[i%6])
		k := m.kols[i%len(m.kols)]
		l.ID, l.Title, l.KOL.KOL, l.KOL.Handle = fmt.Sprint("x", i), k.Handle, k.ID, k.Handle
		l.From = shifted(c.Wish.From, i%20)
		l.To = shifted(l.From, i%7)
		a.Lines = append(a.Lines, l)
	}
	m.plans = []campaigns.Campaign{c}
	_, p, _ := planWindow(b, m)
	if len(p.scenario().Lines) != 300 || p.reckoned == nil {
		b.Fatal("the plan is not there")
	}
	for _, part := range []struct {
		name string
		draw func()
	}{
		{"whole", func() { p.drawMain(); p.drawSide() }}, {"middle", p.drawMain}, {"lanes", p.drawLanes}, {"lines", p.drawLines}, {"side", p.drawSide},
		{"change", func() { p.change(slices.Clone(p.scenario().Lines)) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			took, wall := make([]time.Duration, 0, b.N), make([]time.Duration, 0, b.N)
			for i := range b.N {
				lines := p.scenario().Lines
				lines[i%len(lines)].To = shifted(lines[i%len(lines)].From, 2+i%5)
				began, thread := time.Now(), threadTime()
				part.draw()
				took, wall = append(took, threadTime()-thread), append(wall, time.Since(began))
				m.settle()
			}
			slices.Sort(took)
			slices.Sort(wall)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100])/1e6, "p95-ms")
			b.ReportMetric(float64(wall[len(wall)*95/100])/1e6, "p95-wall-ms")
		})
	}
}
