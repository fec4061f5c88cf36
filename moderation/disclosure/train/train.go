// Package train learns a detector's weights from posts whose label is known. It
// knows no file and no screen; what it returns is an ordinary disclosure.Model.
package train

import (
	"context"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
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
	// Version is the new model's; "" makes one up from the posts.
	Version string
	// Progress is called as work gets done; nil is fine.
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
}

// Fit learns a model. spans[i] marks in the body of posts[i], in runes, where the
// commerce stands, and is nil where nobody marked it; spans itself may be nil.
// Posts without a label are left out. It refuses with LabelsTooFew below 20 posts
// of either kind.
func Fit(ctx context.Context, posts []moderation.Post, spans [][]moderation.Span, o Options) (*disclosure.Model, Report, error) {
	return nil, Report{}, fault.New(fault.Internal)
}
