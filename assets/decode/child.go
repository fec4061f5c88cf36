package decode

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// childMark in the environment makes a process of this program a child.
	childMark = "CINNABAR_PICTURES"
	// MaxMemory is what one process may hold, in bytes.
	MaxMemory = 1 << 30
	// Less than MaxMemory by what is no data: the program itself.
	dataLimit = MaxMemory - 96<<20
	// Less again, so that running out is mostly seen by us and not by the kernel.
	heapLimit = dataLimit - 64<<20
	// maxBusy is how much time a process spends on pictures before another takes its
	// place. The kernel ends it at half as much again.
	maxBusy = time.Minute

	exitMemory = 3
)

// patience is how long a process is waited for: maxTime, less what it takes to end it.
// Tests have more of it, since the machine may have other things to do.
var patience = maxTime - maxTime/10

// served is whether this program called ServeIfChild, without which a child would
// be a second studio.
var served bool

// ServeIfChild serves and never returns if this process was started by this package;
// otherwise it does nothing. It has to be the first thing that main does, and a
// TestMain whose tests want real processes.
func ServeIfChild() {
	served = true
	switch os.Getenv(childMark) {
	case "":
		return
	case markPictures:
		os.Exit(servePictures())
	case markRun:
		runConfined(os.Args[1:])
	}
	os.Exit(2)
}

// What the mark says: open pictures, or become another program within the limits.
const (
	markPictures = "open"
	markRun      = "run"
)

func servePictures() int {
	runtime.GOMAXPROCS(2) // one decodes, one collects
	debug.SetMemoryLimit(heapLimit)
	debug.SetMaxStack(64 << 20) // nothing here goes deep
	// The runtime opens what it waits with at the first wait; afterwards it may not.
	time.Sleep(time.Nanosecond)
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, "confine:", err)
		return 2
	}
	go watchMemory()
	if err := serve(os.Stdin, os.Stdout); err != nil && !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// watchMemory ends the process when it holds too much. Linux and Windows would do
// that too; what they leave behind is harder to tell from other ends.
func watchMemory() {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(20 * time.Millisecond) {
		metrics.Read(sample)
		if sample[0].Value.Uint64()-sample[1].Value.Uint64() > heapLimit {
			os.Exit(exitMemory)
		}
	}
}

// orders are what a process does on request beside opening pictures: nothing, but
// tests need one that goes wrong.
var orders = map[uint32]func(request) (*image.RGBA, error){}

func serve(in io.Reader, out io.Writer) error {
	if _, err := io.WriteString(out, greeting); err != nil {
		return err
	}
	var buffer []byte
	for {
		req, err := readRequest(in, buffer)
		if err != nil {
			return err
		}
		held, err := respond(req, out)
		if err != nil {
			return err
		}
		buffer, req.data = req.data, nil
		const small, kept = 16 << 20, 8 << 20
		if cap(buffer) > kept {
			buffer = nil
		}
		if held > small {
			// What a large picture needed goes back at once: the next may be far off.
			debug.FreeOSMemory()
		} else {
			// Collected now, while nobody waits, rather than on top of the next picture.
			runtime.GC()
		}
	}
}

// respond answers one request, and says how much memory that took, in bytes.
func respond(req request, out io.Writer) (held int64, err error) {
	img, held, err := answer(req)
	return held, writeReply(out, img, err)
}

// answer opens a picture, and says how much memory that took, in bytes.
func answer(req request) (img *image.RGBA, held int64, err error) {
	if order := orders[req.order]; order != nil {
		img, err = order(req)
		return img, 0, err
	}
	// The parent looked already; but what is believed here is checked here.
	info, err := Config(req.data)
	if err != nil {
		return nil, 0, err
	}
	// A little less than the parent's patience: a decoder that reads on and on then
	// ends in a fault and not with its process.
	limited, cancel := context.WithTimeoutCause(context.Background(), patience-patience/10, errTooSlow)
	defer cancel()
	img, err = pixels(limited, info, req.data, req.want)
	if limited.Err() != nil {
		return nil, info.need(req.want), tooSlow()
	}
	return img, info.need(req.want), err
}
