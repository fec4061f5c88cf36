package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// bar is a progress bar on a terminal, and nothing in a pipe. It is safe for
// several goroutines, and it draws at most ten times a second.
type bar struct {
	mu    sync.Mutex
	out   io.Writer // nil in a pipe
	label string
	start time.Time
	drawn time.Time
	width int
}

func newBar(out io.Writer, label string) *bar {
	b := &bar{label: label, start: time.Now()}
	if onTerminal(out) {
		b.out = out
	}
	return b
}

// set shows how far the work is; a total of 0 means that nobody knows.
func (b *bar) set(done, total int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out == nil || time.Since(b.drawn) < 100*time.Millisecond && done != total {
		return
	}
	b.drawn = time.Now()
	text := fmt.Sprintf("%s  %d", b.label, done)
	if total > 0 {
		const long = 24
		filled := int(long * min(done, total) / total)
		text = fmt.Sprintf("%s  %s%s  %d %%", b.label, strings.Repeat("━", filled), strings.Repeat("─", long-filled), 100*min(done, total)/total)
		if elapsed := time.Since(b.start); done > 0 && elapsed > 2*time.Second {
			left := time.Duration(float64(elapsed) * float64(total-min(done, total)) / float64(done))
			text += "  " + left.Round(time.Second).String()
		}
	}
	text = printable(text)
	fmt.Fprintf(b.out, "\r%s%s", text, strings.Repeat(" ", max(0, b.width-cells(text))))
	b.width = cells(text)
}

// clear takes the bar away, so that the answer starts on a clean line.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.out != nil && b.width > 0 {
		fmt.Fprintf(b.out, "\r%s\r", strings.Repeat(" ", b.width))
		b.width = 0
	}
}
