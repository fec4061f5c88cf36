package local

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// supervise starts the server again when it dies while we use it: killed by
// hand, by the kernel for want of memory, or stopped by a starter that
// disappeared. `server stop` is not death; it leaves a mark that is respected.
func (s *Server) supervise() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.watched.Go(func() {
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.ended():
			case <-tick.C:
			}
			if _, lives := s.folder.running(); lives || exists(s.folder.stopped()) {
				s.forget()
				continue
			}
			s.revive(ctx)
			s.forget()
		}
	})
}

// ended is closed when our own child ends, and nil (never) when the server is
// somebody else's, whose end only the ticker sees.
func (s *Server) ended() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return nil
	}
	return s.child.done
}

// forget drops a child that has ended, so that its closed channel doesn't spin the watch.
func (s *Server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.child == nil {
		return
	}
	select {
	case <-s.child.done:
		s.child = nil
	default:
	}
}

// revive tries once; the next tick tries again. What goes wrong is in the server's log.
func (s *Server) revive(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	gate, err := s.folder.lock(ctx, s.folder.start(), unix.LOCK_EX)
	if err != nil {
		return
	}
	defer gate.release()
	if exists(s.folder.stopped()) {
		return
	}
	if err := s.ensure(ctx); err != nil {
		s.folder.append([]byte("cinnabar: could not start the server again: " + err.Error() + "\n"))
		return
	}
	s.warden()
}
