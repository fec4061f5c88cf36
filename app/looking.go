package main

import (
	"context"
	"image"
	"runtime"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"cinnabar/assets"
	"cinnabar/assets/decode"
	"cinnabar/assets/fingerprint"
	"cinnabar/assets/inspect"
	"cinnabar/internal/fault"
	"cinnabar/internal/job"
	"cinnabar/store"
)

const (
	// lookVersion names what looking at a picture finds. Pictures are looked at anew when it
	// grows: let it when the fingerprints or the codes of the same picture would be others.
	lookVersion = 1000*fingerprint.Version + 1
	// lookBatch is how many pictures a process takes at once. Each may take the seconds that
	// a hostile one is given, and all of them together have two minutes.
	lookBatch = 16
	// lookSide is the longest side in pixels at which pictures are opened for it: the most
	// at which codes are looked for, and more than fingerprints need.
	lookSide = 1440
	codeTime = 2 * time.Second // for the codes of one picture
)

// lookQueue is what looking needs of the database.
type lookQueue interface {
	TakeLooks(ctx context.Context, request string, version, n int) ([]assets.ID, error)
	PutLooks(ctx context.Context, request string, version int, looks []store.Looked) (kept int, err error)
	LooksWaiting(ctx context.Context, version int) (int, error)
	Bytes(ctx context.Context, id assets.ID) ([]byte, error)
}

// pictureOpener opens pictures of strangers.
type pictureOpener interface {
	Open(ctx context.Context, data []byte, w decode.Want) (*decode.Picture, error)
}

// looked says what a run did.
type looked struct{ Looked, Failed int }

// lookAll looks at every picture that nobody has looked at, its fingerprints and the codes
// in it, beside any number of others who do the same. A process that dies loses what it
// had in hand for two minutes. A picture that can't be opened is noted with the reason
// and not tried again. Fault: NoRight where this login is no process.
func lookAll(ctx context.Context, queue lookQueue, opener pictureOpener, report func(done, total int)) (did looked, err error) {
	waiting, err := queue.LooksWaiting(ctx, lookVersion)
	if err != nil || waiting == 0 {
		return did, err
	}
	for {
		ids, err := queue.TakeLooks(ctx, uuid.NewString(), lookVersion, lookBatch)
		if err != nil || len(ids) == 0 {
			return did, err
		}
		looks := make([]store.Looked, len(ids))
		group, within := errgroup.WithContext(ctx)
		group.SetLimit(max(1, runtime.NumCPU()-1)) // one is left to the window
		for i, id := range ids {
			group.Go(func() error {
				l, err := lookInto(within, queue, opener, id)
				if fault.CodeOf(err) == fault.PictureEnded {
					return nil
				}
				looks[i] = l
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return did, err
		}
		looks = slices.DeleteFunc(looks, func(l store.Looked) bool { return l.Picture == "" })
		kept, err := queue.PutLooks(ctx, uuid.NewString(), lookVersion, looks)
		if err != nil {
			return did, err
		}
		did.Looked += kept
		for _, l := range looks {
			if l.Failed != "" {
				did.Failed++
			}
		}
		report(did.Looked, max(did.Looked, waiting))
	}
}

// lookInto looks at one picture. Its error is the link's or the person's, not the picture's.
func lookInto(ctx context.Context, queue lookQueue, opener pictureOpener, id assets.ID) (l store.Looked, err error) {
	l.Picture = id
	data, err := queue.Bytes(ctx, id)
	if err != nil {
		return l, err
	}
	opened, err := seePicture(ctx, opener, data, true)
	if ctx.Err() != nil {
		return l, ctx.Err()
	}
	if fault.CodeOf(err) == fault.PictureEnded {
		return l, err // nothing was learned of the picture: it is given out again when its time is up
	}
	if err != nil {
		l.Failed = string(fault.CodeOf(err))
		return l, nil
	}
	l.Prints, l.Codes = opened.prints, opened.codes
	return l, nil
}

// seenPicture is what is found in one picture.
type seenPicture struct {
	prints fingerprint.Set
	codes  []assets.Code
}

// seePicture opens a picture and finds what can be found in it. A panic of whatever looks
// is the picture's fault (Internal), and nobody else's.
func seePicture(ctx context.Context, opener pictureOpener, data []byte, codes bool) (s seenPicture, err error) {
	defer fault.Catch(&err)
	p, err := opener.Open(ctx, data, decode.Want{Longest: lookSide})
	if err != nil {
		return s, err
	}
	s.prints = fingerprint.Of(p.Image)
	if codes {
		limited, cancel := context.WithTimeout(ctx, codeTime)
		defer cancel()
		for _, c := range inspect.Codes(limited, p.Image, image.Pt(p.Width, p.Height)) {
			s.codes = append(s.codes, assets.Code{Text: c.Text, Box: c.Box})
		}
	}
	return s, nil
}

// lookIfProcess is lookAll for a login that may be no process: then there is nothing to
// do for it here.
func lookIfProcess(ctx context.Context, queue lookQueue, report func(done, total int)) (looked, error) {
	opener := decode.NewChildren(decode.ChildConfig{})
	defer opener.Close()
	did, err := lookAll(ctx, queue, opener, report)
	if fault.CodeOf(err) == fault.NoRight {
		return looked{}, nil
	}
	return did, err
}

// keepLooking looks at new pictures as they come. A trial does so by itself; on a shared
// server `cinnabar scan` does.
func (s *studio) keepLooking(ctx context.Context) {
	worker, err := s.place.open(ctx, trialWorker)
	if err != nil {
		s.program.log.Error("look", "error", err)
		return
	}
	defer worker.Close()
	// One at a time: the person's own pictures are opened beside it.
	opener := decode.NewChildren(decode.ChildConfig{Workers: 1})
	defer opener.Close()
	changed := make(chan struct{}, 1)
	worker.Changes().Watch(ctx, func() {
		select {
		case changed <- struct{}{}:
		default: // a look is due already
		}
	})
	for {
		waiting, err := worker.Pictures().LooksWaiting(ctx, lookVersion)
		if err == nil && waiting > 0 {
			work := s.jobs.Start(ctx, s.speech.T("command.looking"), func(ctx context.Context, p *job.Progress) error {
				_, err := lookAll(ctx, worker.Pictures(), opener, func(done, total int) { p.Set(int64(done), int64(total)) })
				return err
			})
			err = work.Wait()
		}
		if err != nil && ctx.Err() == nil {
			s.program.log.Warn("look", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(time.Minute):
		}
	}
}
