package assets

import "context"

// Priority is how soon somebody will look at a picture. The zero value is the highest.
type Priority int

// The priorities, most urgent first.
const (
	Visible    Priority = iota // is looked at, or would be if it were there
	NextScreen                 // will be, one step on
	Rest                       // may be, some day
)

type priorityKey struct{}

// WithPriority returns a context in which pictures are asked for with a priority.
func WithPriority(ctx context.Context, p Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, p)
}

// PriorityOf is the priority of what is asked for in ctx: Visible unless it says
// otherwise.
func PriorityOf(ctx context.Context) Priority {
	p, _ := ctx.Value(priorityKey{}).(Priority)
	return p
}
