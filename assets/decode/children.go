package decode

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"cinnabar/internal/fault"
)

// ChildConfig sets up Children. The zero value is what the studio uses.
type ChildConfig struct {
	Workers int           // processes at once; 0 is one less than there are processors, at least one
	Idle    time.Duration // a process that did nothing for so long ends; 0 is a minute
	Tools   string        // folder of ffmpeg and ffprobe, which open videos; "" looks where programs are
}

// Children opens pictures in processes of their own, so that a picture made to
// harm takes down one of those and nothing else. A process serves one picture
// after another; one that dies or takes too long is replaced. Safe for use by
// many goroutines.
type Children struct {
	idle  time.Duration
	slots chan struct{} // one for each process that may run

	mu     sync.Mutex
	free   []*child // the last one used is the last
	all    map[*child]struct{}
	closed bool
	under  sync.WaitGroup // pictures under way

	closing context.Context // ends with Close
	close   context.CancelFunc

	tools    string
	patience time.Duration // another in tests
}

// NewChildren returns a pool that starts its processes when they are needed.
func NewChildren(c ChildConfig) *Children {
	if c.Workers <= 0 {
		c.Workers = max(1, runtime.NumCPU()-1)
	}
	if c.Idle <= 0 {
		c.Idle = time.Minute
	}
	closing, end := context.WithCancel(context.Background())
	return &Children{
		closing:  closing,
		close:    end,
		tools:    c.Tools,
		idle:     c.Idle,
		slots:    make(chan struct{}, c.Workers),
		all:      map[*child]struct{}{},
		patience: patience,
	}
}

// Open opens a picture, as large as w asks for at least. Its faults are those of
// Decode; a process that ran out of memory over it is PictureLarge, one that died
// of it PictureBroken, and two that somebody else ended PictureEnded. It waits while all
// processes are busy.
func (c *Children) Open(ctx context.Context, data []byte, w Want) (*Picture, error) {
	info, err := Config(data)
	if err != nil {
		return nil, err
	}
	img, err := c.ask(ctx, info, request{orderOpen, w, data})
	if err != nil {
		return nil, err
	}
	return info.picture(img), nil
}

// Close ends all processes, pictures under way with them. Open then fails with
// Cancelled.
func (c *Children) Close() {
	c.close()
	c.mu.Lock()
	c.closed = true
	for child := range c.all {
		child.kill()
	}
	c.mu.Unlock()
	c.under.Wait()
	c.mu.Lock()
	free := c.free
	c.free = nil
	c.mu.Unlock()
	for _, child := range free {
		c.end(child)
	}
}

var errClosed = errors.New("no pictures are opened any more")

// ask waits for a process and has it answer one request.
func (c *Children) ask(ctx context.Context, info Info, req request) (*image.RGBA, error) {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	need := min(info.need(req.want), budget)
	if err := room.Acquire(ctx, need); err != nil {
		<-c.slots
		return nil, fault.Wrap(err, fault.Cancelled)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		room.Release(need)
		<-c.slots
		return nil, fault.Wrap(errClosed, fault.Cancelled)
	}
	c.under.Add(1)
	c.mu.Unlock()

	type answer struct {
		img *image.RGBA
		err error
	}
	answers := make(chan answer, 1)
	go func() {
		defer c.under.Done()
		img, err := c.try(info, req)
		room.Release(need)
		<-c.slots
		answers <- answer{img, err}
	}()
	select {
	case a := <-answers:
		return a.img, a.err
	case <-ctx.Done():
		// The process goes on to its end, which is not far: starting another costs
		// more than what nobody wants any more.
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
}

// try has a process answer, and another if the first was ended from outside: by
// somebody's kill, or by a kernel that is short of memory.
func (c *Children) try(info Info, req request) (*image.RGBA, error) {
	for again := false; ; again = true {
		child, err := c.get()
		if errors.Is(err, errEndedFromOutside) && !again {
			continue
		}
		if err != nil {
			return nil, err
		}
		img, refusal, err := child.ask(info, req, c.patience)
		if err == nil {
			c.put(child)
			if refusal != nil {
				return nil, refusal
			}
			return img, nil
		}
		if errors.Is(err, errProtocol) {
			child.kill()
		}
		err = c.end(child).judge(err)
		c.mu.Lock()
		closed := c.closed
		c.mu.Unlock()
		switch {
		case closed:
			return nil, fault.Wrap(errClosed, fault.Cancelled)
		case errors.Is(err, errEndedFromOutside) && !again:
			continue
		case errors.Is(err, errEndedFromOutside):
			return nil, endedFromOutside()
		}
		var f *fault.Error
		if errors.As(err, &f) {
			return nil, f
		}
		return nil, broken(info.Format, err)
	}
}

// get returns a process that waits for work.
func (c *Children) get() (*child, error) {
	for {
		c.mu.Lock()
		n := len(c.free)
		if n == 0 {
			c.mu.Unlock()
			break
		}
		child := c.free[n-1]
		c.free = c.free[:n-1]
		c.mu.Unlock()
		select {
		case <-child.waited: // somebody ended it while it had nothing to do
			c.end(child)
			continue
		default:
		}
		return child, nil
	}
	child, err := startChild()
	switch {
	case errors.Is(err, errEndedFromOutside):
		return nil, endedFromOutside()
	case errors.Is(err, errTooSlow):
		return nil, tooSlow()
	case err != nil:
		return nil, fault.Wrap(err, fault.Internal)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[child] = struct{}{}
	if c.closed {
		child.kill()
	}
	return child, nil
}

// put takes a process back, or ends it when it has worked long enough.
func (c *Children) put(child *child) {
	c.mu.Lock()
	if c.closed || child.busy > maxBusy {
		c.mu.Unlock()
		c.end(child)
		return
	}
	child.since = time.Now()
	c.free = append(c.free, child)
	c.mu.Unlock()
	time.AfterFunc(c.idle+c.idle/20, c.trim)
}

// trim ends the processes that have waited long enough.
func (c *Children) trim() {
	c.mu.Lock()
	var over []*child
	for len(c.free) > 0 && time.Since(c.free[0].since) >= c.idle {
		over = append(over, c.free[0])
		c.free = c.free[1:]
	}
	c.mu.Unlock()
	for _, child := range over {
		c.end(child)
	}
}

// end ends a process and waits for it.
func (c *Children) end(child *child) *child {
	child.end()
	c.mu.Lock()
	delete(c.all, child)
	c.mu.Unlock()
	return child
}

// child is a process that opens pictures.
type child struct {
	cmd    *exec.Cmd
	in     *os.File // to it
	out    *os.File // from it
	last   *firstWords
	fence  io.Closer // what the system needs to hold it, see fence
	waited chan struct{}

	busy  time.Duration
	since time.Time // idle since
	slow  bool      // was ended for being slow

	mu     sync.Mutex
	killed bool // by us
}

// startTime is how long a process may take until it greets. It is long because a
// machine may be busy, and short because somebody waits.
const startTime = 15 * time.Second

var errNotServed = errors.New("this program never calls decode.ServeIfChild")

func startChild() (*child, error) {
	if !served {
		return nil, errNotServed
	}
	path, err := ownProgram()
	if err != nil {
		return nil, err
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		in.Close()
		return nil, err
	}
	widen(in)
	widen(out)
	c := &child{in: in, out: out, last: &firstWords{}, waited: make(chan struct{})}
	c.cmd = &exec.Cmd{
		Path:   path,
		Args:   []string{"cinnabar-pictures"},
		Env:    []string{childMark + "=" + markPictures, "GOTRACEBACK=none"},
		Dir:    rootFolder,
		Stdin:  theirIn,
		Stdout: theirOut,
		Stderr: c.last,
		// Whoever holds stderr open must not hold us.
		WaitDelay:   time.Second,
		SysProcAttr: ownGroup(),
	}
	err = c.cmd.Start()
	theirIn.Close()
	theirOut.Close()
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	go func() {
		_ = c.cmd.Wait()
		close(c.waited)
	}()
	if c.fence, err = fence(c.cmd.Process); err != nil {
		c.end()
		return nil, err
	}
	timer := time.AfterFunc(startTime, c.kill)
	hello := make([]byte, len(greeting))
	_, err = io.ReadFull(c.out, hello)
	inTime := timer.Stop()
	if err != nil || string(hello) != greeting {
		c.end()
		switch {
		case !inTime:
			return nil, errTooSlow
		case c.endedFromOutside():
			return nil, errEndedFromOutside
		}
		return nil, fmt.Errorf("a process for pictures did not start: %q %w", firstLine(c.last.String()), cmp.Or(err, errProtocol))
	}
	return c, nil
}

// ask has the process answer a request. An error means that it must be ended.
func (c *child) ask(info Info, req request, patience time.Duration) (img *image.RGBA, refusal, err error) {
	start := time.Now()
	slow := make(chan struct{})
	timer := time.AfterFunc(patience, func() {
		close(slow)
		c.kill()
	})
	defer func() {
		c.busy += time.Since(start)
		if !timer.Stop() {
			<-slow
			c.slow = true
			if err == nil {
				err = errTooSlow
			}
		}
	}()
	if err := req.write(c.in); err != nil {
		return nil, nil, err
	}
	return readReply(c.out, info, req.want)
}

func (c *child) kill() {
	c.mu.Lock()
	c.killed = true
	c.mu.Unlock()
	_ = c.cmd.Process.Kill()
}

// end ends the process, politely where it waits for work.
func (c *child) end() {
	c.in.Close() // it then reads the end of its work
	select {
	case <-c.waited:
	case <-time.After(time.Second):
		c.kill()
		<-c.waited
	}
	c.out.Close()
	if c.fence != nil {
		c.fence.Close()
	}
}

var (
	errEndedFromOutside = errors.New("the process was ended from outside")
	errMemory           = errors.New("the process ran out of memory")
)

// judge says what it means for a picture that its process ended over it.
func (c *child) judge(err error) error {
	state := c.cmd.ProcessState
	words := c.last.String()
	switch {
	case c.slow:
		return tooSlow()
	case errors.Is(err, errProtocol):
		return err
	case state != nil && state.ExitCode() == exitMemory,
		strings.Contains(words, "out of memory"), strings.Contains(words, "cannot allocate memory"):
		return fault.Wrap(errMemory, fault.PictureLarge, "have", "> "+megabytes(heapLimit), "limit", megabytes(heapLimit))
	case c.endedFromOutside():
		return errEndedFromOutside
	}
	return fmt.Errorf("the process ended: %v %q", state, firstLine(words))
}

// endedFromOutside reports of a process that has ended whether somebody else ended it.
func (c *child) endedFromOutside() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.killed && wasKilled(c.cmd.ProcessState)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func endedFromOutside() error { return fault.Wrap(errEndedFromOutside, fault.PictureEnded) }

func tooSlow() error { return fault.Wrap(errTooSlow, fault.PictureSlow) }

// firstWords keeps the beginning of what a process says before it dies, which is
// where the reason stands.
type firstWords struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (f *firstWords) Write(b []byte) (int, error) {
	const enough = 2 << 10
	f.mu.Lock()
	defer f.mu.Unlock()
	f.text.Write(b[:min(len(b), max(0, enough-f.text.Len()))])
	return len(b), nil
}

func (f *firstWords) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.String()
}
