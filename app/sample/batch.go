package sample

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// Batch is a share of the sample that can be stored at once. Every picture that
// its rows name is in it or in a batch before it.
type Batch struct {
	Name         string // says which, the same at every making
	Pictures     [][]byte
	Applications []moderation.Application
	Posts        []moderation.Post
}

// The shares. Small ones, so that the desk fills while the rest is painted.
const (
	firstApplications = 2
	applicationsEach  = 8
	postsEach         = 40
)

// Batches is how many batches Rest yields.
func Batches() int {
	a, p := ceil(len(cast)-firstApplications, applicationsEach), ceil(len(scripts())-len(order(true)), postsEach)
	return max(a, p)
}

func ceil(n, each int) int { return (n + each - 1) / each }

// firstRefs are the applications that come first: one that waits for a second
// opinion later, and one with something to find. Few, because the first start of a
// server wants the processors too.
var firstRefs = []string{"A-0412", "A-0413"}

// First paints the handful that a newcomer sees at once.
func First(now time.Time) Batch {
	return newStudio(now).paint("first", pick(now, true), order(true))
}

// Rest yields everything else, numbered from 0, painting each batch when it is
// asked for. now must be the one that First was given.
func Rest(now time.Time) iter.Seq2[int, Batch] {
	return func(yield func(int, Batch) bool) {
		s := newStudio(now)
		applications, posts := pick(now, false), order(false)
		for i := range Batches() {
			a := slice(applications, i, applicationsEach)
			p := slice(posts, i, postsEach)
			if !yield(i, s.paint(fmt.Sprintf("rest %d", i+1), a, p)) {
				return
			}
		}
	}
}

func slice[T any](all []T, nth, each int) []T {
	from := min(nth*each, len(all))
	return all[from:min(from+each, len(all))]
}

// pick returns the first applications or all others.
func pick(now time.Time, first bool) []draft {
	return slices.DeleteFunc(drafts(now), func(d draft) bool { return slices.Contains(firstRefs, d.app.Ref) != first })
}

// order returns the first posts or all others. The files list the paid ones
// together; stored so, every early batch would be nothing else.
func order(first bool) []script {
	all := slices.DeleteFunc(slices.Clone(scripts()), func(s script) bool { return s.first != first })
	if !first {
		chance("order").Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	return all
}

// studio paints batches with as many painters as there are processors, and
// knows what it has painted.
type studio struct {
	now      time.Time
	painters []*paint.Painter
	mu       sync.Mutex
	painted  map[paint.Still]assets.ID
}

func newStudio(now time.Time) *studio {
	s := &studio{now: now, painted: make(map[paint.Still]assets.ID)}
	for range max(1, runtime.GOMAXPROCS(0)) {
		s.painters = append(s.painters, paint.New())
	}
	return s
}

func (s *studio) paint(name string, applications []draft, posts []script) Batch {
	b := Batch{Name: name, Applications: make([]moderation.Application, len(applications)), Posts: make([]moderation.Post, len(posts))}
	files := make([][][]byte, len(applications)+len(posts))
	jobs := make(chan int)
	var painters sync.WaitGroup
	for _, p := range s.painters {
		painters.Go(func() {
			for i := range jobs {
				if i < len(applications) {
					b.Applications[i], files[i] = applications[i].filled(p)
				} else {
					n := i - len(applications)
					b.Posts[n], files[i] = s.post(p, posts[n])
				}
			}
		})
	}
	for i := range files {
		jobs <- i
	}
	close(jobs)
	painters.Wait()
	b.Pictures = distinct(slices.Concat(files...))
	return b
}

func (s *studio) post(p *paint.Painter, want script) (moderation.Post, [][]byte) {
	post := want.post(s.now)
	still, ok := want.still()
	if !ok || !want.handedIn() {
		return post, nil
	}
	s.mu.Lock()
	id, done := s.painted[still]
	s.mu.Unlock()
	var files [][]byte
	if !done {
		data := p.Still(still)
		id, files = assets.IDOf(data), [][]byte{data}
		s.mu.Lock()
		s.painted[still] = id
		s.mu.Unlock()
	}
	post.Pictures[0].ID = id
	film, frames := filmed(p, want.title, still)
	if film.Name != "" {
		post.Videos, post.VideoCount = []moderation.PostVideo{film}, 1
	}
	return post, append(files, frames...)
}

// handedIn is false for the few posts whose picture the platform named but did
// not send along, as happens in real imports.
func (s script) handedIn() bool {
	return s.first || s.shared != "" || chance("handed in "+s.title).IntN(25) != 0
}

// distinct drops files that are there already: applicants may share a paper.
func distinct(files [][]byte) [][]byte {
	seen := make(map[assets.ID]bool, len(files))
	return slices.DeleteFunc(files, func(data []byte) bool {
		id := assets.IDOf(data)
		old := seen[id]
		seen[id] = true
		return old
	})
}
