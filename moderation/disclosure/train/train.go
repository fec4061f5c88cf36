// Package train learns a detector's weights from posts whose label is known. It
// knows no file and no screen; what it returns is an ordinary disclosure.Model.
package train

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/disclosure/measure"
)

// Options say how to learn. The zero value is what suits most sets.
type Options struct {
	// Folds is into how many parts the posts are split for what must be learned
	// on scores of posts that were not trained on; 0 means 5.
	Folds int
	// Group names what belongs together and must not be split between folds: an
	// author, a copied text. nil, or an empty name, lets each post stand by itself.
	Group func(moderation.Post) string
	// Seed decides which group goes to which fold. Equal seeds give equal models.
	Seed uint64
	// Version is the new model's; "" makes one up from what was learned.
	Version string
	// Progress is called as work gets done; nil is fine. It may be called from several
	// goroutines, but never from two at once.
	Progress func(done, total int)
}

// Report says what a model was learned from and what it did on posts that it had
// not seen.
type Report struct {
	Posts      int        `json:"posts"` // that were learned from
	Positives  int        `json:"positives"`
	Unlabelled int        `json:"unlabelled"` // left out
	Groups     int        `json:"groups"`
	Folds      int        `json:"folds"`
	Grams      int        `json:"grams"`    // of the text that have a weight
	Passages   int        `json:"passages"` // words of single sentences that have a weight
	Warm       Validation `json:"warm"`
	Cold       Validation `json:"cold"`
}

// Validation is what one mode of a model reached on posts that it had not seen.
type Validation struct {
	AUC              float64 `json:"auc"`
	AveragePrecision float64 `json:"average_precision"`
	Threshold        float64 `json:"threshold"` // of the probability
	Precision        float64 `json:"precision"` // at the threshold
	Recall           float64 `json:"recall"`
	Brier            float64 `json:"brier"`
	ECE              float64 `json:"ece"`
}

// Least is how many posts of either kind there must be.
const Least = 20

// What the components are learned with. C is how much an error weighs against large
// weights; the values were chosen on real posts in folds by author, and neighbouring
// ones do about as well.
const (
	foldsUsual    = 5
	costWords     = 10
	costSentences = 10
	costFigures   = 0.03
	rareWords     = 5 // posts that a gram must stand in to be weighed
	rareEnds      = 3 // openings or closings
	rareSentences = 3
	mostWords     = 10_000
	mostEnds      = 4_000
	mostPassages  = 40_000
	leastMarked   = 20 // sentences with a mark, to learn passages from
)

// Fit learns a model. spans[i] marks in the body of posts[i], in runes, where the
// commerce stands, and is nil where nobody marked it; spans itself may be nil.
// Posts without a label are left out. It refuses with LabelsTooFew below 20 posts
// of either kind, or where the positives come from one group.
func Fit(ctx context.Context, posts []moderation.Post, spans [][]moderation.Span, o Options) (*disclosure.Model, Report, error) {
	t := &training{base: disclosure.Default(), options: o}
	for i, p := range posts {
		if p.Label == nil {
			t.report.Unlabelled++
			continue
		}
		t.posts = append(t.posts, p)
		t.positive = append(t.positive, *p.Label)
		var marked []moderation.Span
		if i < len(spans) {
			marked = spans[i]
		}
		t.spans = append(t.spans, marked)
		if *p.Label {
			t.report.Positives++
		}
	}
	t.report.Posts = len(t.posts)
	if err := t.group(); err != nil {
		return nil, t.report, err
	}
	if err := t.learn(ctx); err != nil {
		return nil, t.report, err
	}
	m, err := t.model()
	return m, t.report, err
}

// training is the work on one model.
type training struct {
	base     *disclosure.Model
	options  Options
	report   Report
	posts    []moderation.Post
	positive []bool
	spans    [][]moderation.Span
	fold     []int

	parts     []disclosure.Parts
	words     []lists
	sentences sentences
	figures   [2]*stepped // warm, cold
	figureRow [2][]row

	learned component                    // from all posts
	unseen  [2][componentCount][]float64 // by mode and component, each post's score when it was not learned from
}

// The components of a learned model's score.
const (
	byRules = iota
	byWords
	byPassages
	byFigures
	componentCount
)

// component is what was learned from some of the posts.
type component struct {
	words    []float64
	passages []float64
	figures  [2][]float64
}

func (t *training) group() error {
	negatives := t.report.Posts - t.report.Positives
	tooFew := fault.New(fault.LabelsTooFew, "positives", strconv.Itoa(t.report.Positives), "negatives", strconv.Itoa(negatives), "need", strconv.Itoa(Least))
	if min(t.report.Positives, negatives) < Least {
		return tooFew
	}
	groups := make([]string, len(t.posts))
	distinct := map[string]bool{}
	for i, p := range t.posts {
		if t.options.Group != nil {
			groups[i] = t.options.Group(p)
		}
		if groups[i] == "" {
			t.report.Groups++
		} else {
			distinct[groups[i]] = true
		}
	}
	t.report.Groups += len(distinct)
	folds := t.options.Folds
	if folds <= 1 {
		folds = foldsUsual
	}
	for ; folds > 1; folds-- {
		if t.fold = measure.Folds(groups, t.positive, folds, t.options.Seed); t.fold != nil {
			t.report.Folds = folds
			return nil
		}
	}
	return tooFew
}

// learn takes the posts apart and learns every component, once without each fold and
// once from everything.
func (t *training) learn(ctx context.Context) error {
	total := len(t.posts) + (t.report.Folds+1)*foldsWorth(len(t.posts))
	var telling sync.Mutex
	done := 0
	progress := func(n int) {
		telling.Lock()
		defer telling.Unlock()
		if done += n; t.options.Progress != nil {
			t.options.Progress(done, total)
		}
	}
	t.parts = make([]disclosure.Parts, len(t.posts))
	group, each := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	const batch = 64
	for from := 0; from < len(t.posts); from += batch {
		group.Go(func() error {
			to := min(len(t.posts), from+batch)
			for i := from; i < to; i++ {
				if err := each.Err(); err != nil {
					return err
				}
				t.parts[i] = t.base.Parts(t.posts[i])
			}
			progress(to - from)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	t.count()
	for mode := range t.unseen {
		for c := range t.unseen[mode] {
			t.unseen[mode][c] = make([]float64, len(t.posts))
		}
	}
	group, each = errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for without := -1; without < t.report.Folds; without++ {
		group.Go(func() error {
			if err := each.Err(); err != nil {
				return err
			}
			if c := t.component(without); without < 0 {
				t.learned = c
			}
			progress(foldsWorth(len(t.posts)))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// foldsWorth is what learning once counts for in the progress.
func foldsWorth(posts int) int { return max(1, posts/4) }

// count turns texts, sentences and figures into rows.
func (t *training) count() {
	n := len(t.parts)
	if t.sentences = t.marked(); t.sentences.learn == nil {
		// Where sentences were marked these know the same words, and where they stand.
		t.words = []lists{
			gather("whole", n, rareWords, mostWords, func(i int, emit func(string)) {
				characters(t.parts[i].Title, emit)
				characters(t.parts[i].Body, emit)
			}),
			gather("opening", n, rareEnds, mostEnds, func(i int, emit func(string)) {
				characters(t.parts[i].Title, emit)
				characters(t.parts[i].Body[:min(len(t.parts[i].Body), disclosure.Reach)], emit)
			}),
			gather("closing", n, rareEnds, mostEnds, func(i int, emit func(string)) {
				characters(t.parts[i].Body[max(0, len(t.parts[i].Body)-disclosure.Reach):], emit)
			}),
		}
	}
	for mode := range t.figures {
		t.figures[mode] = cut(t.parts, mode == cold)
		t.figureRow[mode] = t.figures[mode].rows(t.parts)
	}
}

const (
	warm = iota
	cold
)

// component learns from every post that is not in a fold, and notes what that says of
// the posts in it; -1 leaves none out.
func (t *training) component(without int) component {
	var c component
	var seen func(post int) bool
	if without >= 0 {
		seen = func(post int) bool { return t.fold[post] != without }
	}
	learn := func(rows []row, positive []bool, of []int, cost float64, balanced bool, features int) []float64 {
		var known []row
		var truth []bool
		for i, r := range rows {
			post := i
			if of != nil {
				post = of[i]
			}
			if t.fold[post] != without {
				known, truth = append(known, r), append(truth, positive[i])
			}
		}
		return logistic(known, truth, costs(truth, cost, balanced), features)
	}
	unseen := func(note func(post int)) {
		for i := range t.posts {
			if t.fold[i] == without {
				note(i)
			}
		}
	}
	if t.words != nil {
		rows, features := beside(t.words, seen)
		c.words = learn(rows, t.positive, nil, costWords, true, features)
		unseen(func(i int) {
			x := dot(rows[i], c.words) - c.words[features]
			t.unseen[warm][byWords][i], t.unseen[cold][byWords][i] = x, x
		})
	}
	if s := t.sentences; s.learn != nil {
		var seenSentence func(int) bool
		if seen != nil {
			seenSentence = func(sentence int) bool { return seen(s.post[sentence]) }
		}
		all := s.lists.rows(true, seenSentence)
		rows, post, positive := make([]row, len(s.learn)), make([]int, len(s.learn)), make([]bool, len(s.learn))
		for k, i := range s.learn {
			rows[k], post[k], positive[k] = all[i], s.post[i], s.positive[i]
		}
		c.passages = learn(rows, positive, post, costSentences, false, len(s.lists.names))
		unseen(func(i int) {
			x := best(all[s.from[i]:s.from[i+1]], c.passages)
			t.unseen[warm][byPassages][i], t.unseen[cold][byPassages][i] = x, x
		})
	}
	for mode := range c.figures {
		rows := t.figureRow[mode]
		c.figures[mode] = learn(rows, t.positive, nil, costFigures, true, t.figures[mode].width)
		unseen(func(i int) { t.unseen[mode][byFigures][i] = dot(rows[i], c.figures[mode]) })
	}
	unseen(func(i int) {
		t.unseen[warm][byRules][i], t.unseen[cold][byRules][i] = t.parts[i].Warm, t.parts[i].Cold
	})
	return c
}

// best is the score of a post's best sentence, without intercept.
func best(sentences []row, w []float64) float64 {
	most := 0.0
	for i, r := range sentences {
		if x := dot(r, w) - w[len(w)-1]; i == 0 || x > most {
			most = x
		}
	}
	return most
}

// sentences are those of posts of which somebody said where the commerce stands.
type sentences struct {
	lists    lists
	positive []bool
	post     []int
	from     []int // of each post, its first sentence; one more entry at the end
	learn    []int // the sentences whose truth is known; nil where too few were marked
}

// marked gathers the sentences. A post that is not paid has none that counts; of a
// paid one without spans nothing is known.
func (t *training) marked() sentences {
	s := sentences{from: []int{0}}
	var words [][]string
	var learn []int
	hits := 0
	for i, p := range t.parts {
		for _, sentence := range p.Sentences {
			hit := t.positive[i] && overlaps(sentence.Span, t.spans[i])
			if hit {
				hits++
			}
			if !t.positive[i] || len(t.spans[i]) > 0 {
				learn = append(learn, len(words))
			}
			words = append(words, sentence.Words)
			s.positive = append(s.positive, hit)
			s.post = append(s.post, i)
		}
		s.from = append(s.from, len(words))
	}
	if hits < leastMarked {
		return sentences{}
	}
	s.learn = learn
	s.lists = gather("sentence", len(words), rareSentences, mostPassages, func(i int, emit func(string)) { wordsInARow(words[i], emit) })
	return s
}

// overlaps reports whether a sentence and a span share more than half of the shorter.
func overlaps(sentence moderation.Span, spans []moderation.Span) bool {
	for _, s := range spans {
		shared := min(sentence.End, s.End) - max(sentence.Start, s.Start)
		if 2*shared > min(sentence.End-sentence.Start, s.End-s.Start) {
			return true
		}
	}
	return false
}

// model puts everything together and measures it on what it had not seen.
func (t *training) model() (*disclosure.Model, error) {
	l := disclosure.Learned{
		About: fmt.Sprintf("Learned from %d posts, of which %d are paid, by logistic regression; each mode's components are weighed on posts that they were not learned from.",
			t.report.Posts, t.report.Positives),
		Posts: t.report.Posts, Positives: t.report.Positives,
	}
	offset := 0
	for _, words := range t.words {
		b := words.block(t.learned.words[offset : offset+len(words.names)])
		offset += len(words.names)
		t.report.Grams += len(b.Grams)
		l.Words = append(l.Words, b)
	}
	if t.sentences.learn != nil {
		b := t.sentences.lists.block(t.learned.passages)
		t.report.Passages = len(b.Grams)
		l.Passages = &b
	}
	for mode, into := range []*disclosure.Mode{&l.Warm, &l.Cold} {
		s := t.stack(mode)
		into.Rules, into.Words, into.Passages = short(s.weight[byRules]), short(s.weight[byWords]), short(s.weight[byPassages])
		var base float64
		into.Figures, base = t.figures[mode].weighed(t.learned.figures[mode], s.weight[byFigures])
		// The figures' own intercept belongs to the sum that the stack has weighed.
		base += s.weight[byFigures] * t.learned.figures[mode][t.figures[mode].width]
		into.Intercept = short(s.intercept + base)
		into.Slope, into.Offset, into.Threshold = short(s.slope), short(s.offset), s.threshold
		v := s.validation
		*[]*Validation{&t.report.Warm, &t.report.Cold}[mode] = v
	}
	version := t.options.Version
	if version == "" {
		hash := sha256.New()
		fmt.Fprintf(hash, "%v %v", l.Warm, l.Cold)
		for _, b := range l.Words {
			fmt.Fprint(hash, b)
		}
		if l.Passages != nil {
			fmt.Fprint(hash, *l.Passages)
		}
		version = "learned-" + hex.EncodeToString(hash.Sum(nil)[:4])
	}
	return t.base.With(l, version)
}
