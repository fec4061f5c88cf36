package words

import (
	"strconv"

	"cinnabar/moderation/signals"
)

// Signal names a signal that stands beside the score.
func (b *Book) Signal(k signals.Kind) string { return b.named("signal", string(k)) }

// Level says how much a signal says.
func (b *Book) Level(l signals.Level) string { return b.named("level", string(l)) }

// Missing names a detail that a review lacks, as it stands in a list: "the price".
func (b *Book) Missing(detail string) string { return b.named("missing", detail) }

// Says writes a signal's reason as a sentence with its figures, grouped as people read them.
func (b *Book) Says(s signals.Say) string {
	args := make(map[string]string, len(s.Args))
	for name, value := range s.Args {
		if n, err := strconv.Atoi(value); err == nil {
			value = b.Number(n)
		}
		args[name] = value
	}
	return b.Fill("says."+s.Code, args)
}
