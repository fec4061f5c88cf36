package decode

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"image/color"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cinnabar/internal/fault"
)

// studioPatience is what the studio has, before the tests take more.
var studioPatience time.Duration

func TestMain(m *testing.M) {
	// What a process does that was taken over, or met a fault nobody foresaw.
	orders = map[uint32]func(request) (*image.RGBA, error){
		orderSpin: func(request) (*image.RGBA, error) {
			for n := uint(0); ; n++ {
				_ = n * n
			}
		},
		orderHoard: func(request) (*image.RGBA, error) {
			var held [][]byte
			for {
				held = append(held, make([]byte, 8<<20))
				runtime.KeepAlive(held)
			}
		},
		orderGrab: func(request) (*image.RGBA, error) {
			b := make([]byte, 6<<30)
			time.Sleep(time.Minute)
			return nil, fmt.Errorf("got %d", len(b))
		},
		orderDeep:  func(request) (*image.RGBA, error) { return nil, fmt.Errorf("%d", deep(1)) },
		orderPanic: func(request) (*image.RGBA, error) { go panic("in a goroutine of its own"); select {} },
		orderLie:   func(request) (*image.RGBA, error) { return image.NewRGBA(image.Rect(0, 0, 9000, 9000)), nil },
		orderNonsense: func(request) (*image.RGBA, error) {
			fmt.Fprint(os.Stdout, strings.Repeat("nonsense ", 1000))
			select {}
		},
		orderAccuse: func(request) (*image.RGBA, error) { return nil, fault.New(fault.DiskFull) },
		orderSleep:  func(request) (*image.RGBA, error) { time.Sleep(time.Hour); return nil, nil },
		orderNap:    func(request) (*image.RGBA, error) { time.Sleep(time.Second); return nil, fault.New(fault.PictureSlow) },
		orderBreakOut: func(request) (*image.RGBA, error) {
			var got []string
			if f, err := os.Open("/etc/passwd"); err == nil {
				got = append(got, f.Name())
			}
			if f, err := os.Create(os.TempDir() + "/cinnabar-broke-out"); err == nil {
				got = append(got, f.Name())
			}
			if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
				got = append(got, l.Addr().String())
			}
			if _, err := os.StartProcess("/bin/true", nil, &os.ProcAttr{Files: []*os.File{nil, nil, nil}}); err == nil {
				got = append(got, "/bin/true")
			}
			for fd := 3; fd < 100; fd++ {
				// What the runtime waits with is its own.
				name, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
				if err == nil && !strings.HasPrefix(name, "anon_inode:[event") {
					got = append(got, name)
				}
			}
			if env := os.Environ(); len(env) > 2 {
				got = append(got, env...)
			}
			return nil, fault.New(fault.PictureBroken, "detail", strings.Join(got, " "))
		},
	}
	studioPatience, patience = patience, time.Minute
	ServeIfChild()
	os.Exit(m.Run())
}

const (
	orderSpin = 100 + iota
	orderHoard
	orderGrab
	orderDeep
	orderPanic
	orderLie
	orderNonsense
	orderAccuse
	orderSleep
	orderBreakOut
	orderNap
)

func deep(n int) int {
	if n < 0 {
		return 0
	}
	var room [1 << 10]byte
	room[n%len(room)] = 1
	return deep(n+1) + int(room[n%7])
}

// order has a process do what it should not.
func order(t *testing.T, c *Children, which uint32) error {
	t.Helper()
	data := asPNG(t, corners(8, 8))
	info, err := Config(data)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.ask(t.Context(), info, request{order: which, data: data})
	return err
}

func children(t *testing.T, workers int) *Children {
	c := NewChildren(ChildConfig{Workers: workers})
	t.Cleanup(c.Close)
	return c
}

func fine(t *testing.T, c *Children) {
	t.Helper()
	p, err := c.Open(t.Context(), asPNG(t, corners(40, 30)), Want{})
	if err != nil || seen(p.Image) != [4]int{0, 1, 2, 3} {
		t.Errorf("the next picture: %v", err)
	}
}

func TestAProcessGivesWhatThisOneWould(t *testing.T) {
	t.Parallel()
	c := children(t, 2)
	frame := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{quarter[0], quarter[1]})
	for name, data := range map[string][]byte{
		"JPEG": asJPEG(t, corners(400, 300)), "PNG": asPNG(t, corners(41, 30)),
		"GIF": asGIF(t, frame, frame), "WebP": onePixel(t), "text": []byte("nothing"), "half": asPNG(t, corners(40, 30))[:60],
	} {
		for _, w := range []Want{{}, {Longest: 50}, {Longest: 50, Better: true}, {Longest: 9000}} {
			want, wantErr := Here{}.Open(t.Context(), data, w)
			got, err := c.Open(t.Context(), data, w)
			if fault.CodeOf(err) != fault.CodeOf(wantErr) {
				t.Errorf("%s %+v: %v, here %v", name, w, err, wantErr)
			}
			if err != nil || wantErr != nil {
				continue
			}
			if got.Image.Rect != want.Image.Rect || string(got.Image.Pix) != string(want.Image.Pix) ||
				got.Width != want.Width || got.Height != want.Height || got.Format != want.Format || len(got.Notes) != len(want.Notes) {
				t.Errorf("%s %+v: %v of %d × %d, here %v", name, w, got.Image.Rect, got.Width, got.Height, want.Image.Rect)
			}
		}
	}
}

func TestAProcessThatGoesWrongHarmsNoOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		order uint32
		want  fault.Code
	}{
		{"hoards", orderHoard, fault.PictureLarge},
		{"grabs at once", orderGrab, fault.PictureLarge},
		{"overflows its stack", orderDeep, fault.PictureBroken},
		{"panics where nobody recovers", orderPanic, fault.PictureBroken},
		{"sends more pixels than there are", orderLie, fault.PictureBroken},
		{"sends nonsense", orderNonsense, fault.PictureBroken},
		{"accuses the disk", orderAccuse, fault.PictureBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := children(t, 1)
			if err := order(t, pool, c.order); fault.CodeOf(err) != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			fine(t, pool)
		})
	}
}

func TestAProcessThatIsTooSlowIsEnded(t *testing.T) {
	t.Parallel()
	for _, which := range []uint32{orderSpin, orderSleep} {
		pool := children(t, 1)
		fine(t, pool) // its start is not what is timed
		pool.patience = 300 * time.Millisecond
		start := time.Now()
		if err := order(t, pool, which); fault.CodeOf(err) != fault.PictureSlow {
			t.Errorf("%v, want PictureSlow", err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("ended after %v", took)
		}
		pool.patience = patience
		fine(t, pool)
	}
}

func TestAProcessCanOpenNothingElse(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Fatal("the limits of this system are not known to hold")
	}
	passOn(t, "children_test.go")
	err := order(t, children(t, 1), orderBreakOut)
	if f := fault.Of(err); f == nil || f.Code != fault.PictureBroken || f.Args["detail"] != "" {
		t.Errorf("it got at: %v", err)
	}
}

func TestTheProgramServesBeforeItDoesAnythingElse(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "../../app/main.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "main" {
			continue
		}
		if expr, ok := f.Body.List[0].(*ast.ExprStmt); ok {
			if call, ok := expr.X.(*ast.CallExpr); ok {
				if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "ServeIfChild" {
					return
				}
			}
		}
	}
	t.Error("main does not begin with decode.ServeIfChild()")
}

func TestAPictureWhoseProcessIsKilledOpensInAnother(t *testing.T) {
	t.Parallel()
	pool := children(t, 1)
	fine(t, pool)
	pid := pool.free[0].cmd.Process.Pid
	done := make(chan error, 1)
	go func() {
		data := asPNG(t, corners(8, 8))
		info, _ := Config(data)
		_, err := pool.ask(t.Context(), info, request{order: orderSleep, data: data})
		done <- err
	}()
	// The second process sleeps as well, so that both are killed in the middle.
	for range 2 {
		next := 0
		for next == 0 {
			pool.mu.Lock()
			for c := range pool.all {
				if len(pool.free) == 0 {
					next = c.cmd.Process.Pid
				}
			}
			pool.mu.Unlock()
			time.Sleep(time.Millisecond)
		}
		p, _ := os.FindProcess(next)
		_ = p.Kill()
		for gone := false; !gone; time.Sleep(time.Millisecond) {
			pool.mu.Lock()
			gone = true
			for c := range pool.all {
				gone = gone && c.cmd.Process.Pid != next
			}
			pool.mu.Unlock()
		}
	}
	if err := <-done; fault.CodeOf(err) != fault.PictureEnded {
		t.Errorf("killed twice: %v", err)
	}
	fine(t, pool)
	if now := pool.free[0].cmd.Process.Pid; now == pid {
		t.Error("the killed process still serves")
	}
	// Killed while it waits for work: nobody sees it.
	p, _ := os.FindProcess(pool.free[0].cmd.Process.Pid)
	_ = p.Kill()
	fine(t, pool)
}

func TestHostilePicturesBetweenOthersDoNoHarm(t *testing.T) {
	t.Parallel()
	pool := children(t, 2)
	lying := resizedJPEG(t, 9000, 5000, false)
	hostile := [][]byte{bomb(), resizedPNG(t, 7000, 7000), lying, lying[:len(lying)/2], []byte("nothing"), nil, outside(t)}
	good := asJPEG(t, corners(640, 480))
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			switch {
			case i%60 == 2:
				if err := order(t, pool, orderPanic); fault.CodeOf(err) != fault.PictureBroken {
					t.Errorf("%d: %v", i, err)
				}
			case i%3 == 2:
				if _, err := pool.Open(t.Context(), hostile[i/3%len(hostile)], Want{Longest: 100}); !isPictureFault(err) {
					t.Errorf("hostile %d: %v", i, err)
				}
			default:
				p, err := pool.Open(t.Context(), good, Want{Longest: 100})
				if err != nil || seen(p.Image) != [4]int{0, 1, 2, 3} || p.Width != 640 {
					t.Errorf("good %d: %v", i, err)
				}
			}
		}()
	}
	wait.Wait()
}

func TestWhoLeavesDoesNotWait(t *testing.T) {
	t.Parallel()
	pool := children(t, 1)
	pool.patience = time.Second
	fine(t, pool)
	data := asPNG(t, corners(8, 8))
	info, _ := Config(data)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := pool.ask(ctx, info, request{order: orderSleep, data: data})
	if fault.CodeOf(err) != fault.Cancelled || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("under way: %v", err)
	}
	// The only process is still busy: who waits for it may leave too.
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := pool.Open(ctx, data, Want{}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("waiting: %v", err)
	}
	if took := time.Since(start); took > 900*time.Millisecond {
		t.Errorf("left after %v", took)
	}
	fine(t, pool)
}

func TestIdleProcessesEnd(t *testing.T) {
	t.Parallel()
	pool := NewChildren(ChildConfig{Workers: 2, Idle: 50 * time.Millisecond})
	defer pool.Close()
	fine(t, pool)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		pool.mu.Lock()
		n := len(pool.all)
		pool.mu.Unlock()
		if n == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d processes stay", n)
		}
	}
	fine(t, pool)
}

func TestAClosedPoolOpensNothingAndLeavesNothing(t *testing.T) {
	t.Parallel()
	pool := NewChildren(ChildConfig{Workers: 2})
	fine(t, pool)
	busy := make(chan error, 1)
	go func() { busy <- order(t, pool, orderSleep) }()
	for {
		pool.mu.Lock()
		n := len(pool.free)
		pool.mu.Unlock()
		if n == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	pool.Close()
	if err := <-busy; fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("under way: %v", err)
	}
	if _, err := pool.Open(t.Context(), asPNG(t, corners(8, 8)), Want{}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("afterwards: %v", err)
	}
	if len(pool.all) != 0 {
		t.Errorf("%d processes stay", len(pool.all))
	}
}

func TestTheStudioWaitsFiveSecondsAtMost(t *testing.T) {
	t.Parallel()
	if maxTime > 5*time.Second || studioPatience >= maxTime {
		t.Errorf("%v of %v", studioPatience, maxTime)
	}
}

func TestProcessesThatAreKilledWhileIdleHoldNobodyUp(t *testing.T) {
	t.Parallel()
	pool := children(t, 3)
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() { _ = order(t, pool, orderNap) })
	}
	wait.Wait()
	pool.mu.Lock()
	idle := slices.Clone(pool.free)
	pool.mu.Unlock()
	if len(idle) != 3 {
		t.Fatalf("%d processes wait", len(idle))
	}
	for _, c := range idle {
		_ = c.cmd.Process.Kill()
		<-c.waited
	}
	// The first and the second that could be asked are dead.
	fine(t, pool)
}
