package rings

import (
	"slices"
	"time"

	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// State says where the review of a ring's post stands.
type State string

// The states of a member. Only StateOpen can be decided with the ring.
const (
	StateOpen      State = "open"      // has a case that waits, maybe in a colleague's hand
	StateLabelled  State = "labelled"  // says that it is paid: a member, and nothing to decide
	StateRequired  State = "required"  // decided: needs a label
	StateCleared   State = "cleared"   // decided: fine as it is
	StateElsewhere State = "elsewhere" // is under appeal, or its case is out of the asker's sight
	StateNone      State = "none"      // nobody suspects it
)

// States lists the states in the order in which screens group them.
func States() []State {
	return []State{StateOpen, StateElsewhere, StateLabelled, StateRequired, StateCleared, StateNone}
}

// Member is a post of a ring.
type Member struct {
	Post  moderation.Post
	State State
	Case  moderation.Case // of StateOpen; its zero value for others
}

// Standing is a ring as it is kept, with those of its members that were read: all but
// posts of the random audit, and in large rings some, those that wait first.
type Standing struct {
	Ring              // of the members that were read; its key is that of the whole ring
	Size    int       // posts of the whole ring
	People  int       // authors of the whole ring
	First   time.Time // zero where the platform does not say
	Last    time.Time
	Members []Member  // by age
	Runs    []Share   // what runs through the whole ring, most posts first
	Now     time.Time // by the database's clock

	// Of the whole ring, where it was asked for: how many members stand where, and when
	// they came, the oldest first.
	Counts map[State]int
	Posted []time.Time
}

// Waiting lists the cases of the members that were read and wait.
func (s Standing) Waiting() []string {
	var cases []string
	for _, m := range s.Members {
		if m.State == StateOpen {
			cases = append(cases, m.Case.ID)
		}
	}
	return cases
}

// Open lists the members that can be decided with the ring, as far as it is theirs who
// asks: not what a colleague has open or was handed to them.
func (s Standing) Open(login string) []Member {
	var open []Member
	for _, m := range s.Members {
		if m.State == StateOpen && !m.Case.KeptFrom(login, s.Now) {
			open = append(open, m)
		}
	}
	return open
}

// Bind finds what binds the members: it judges the pairs that are given, which were
// found to belong together when they were linked, in the words that they have now.
func (s *Standing) Bind(pairs [][2]string) {
	read := map[string]*Reading{}
	for _, m := range s.Members {
		read[m.Post.ID] = Read(m.Post)
	}
	var edges []Edge
	for _, p := range pairs {
		a, b := read[p[0]], read[p[1]]
		if a == nil || b == nil {
			continue
		}
		if e, ok := Judge(a, b, Known{}); ok {
			edges = append(edges, e)
		}
	}
	key := s.Key
	for _, r := range Group(edges) {
		if len(r.Posts) > len(s.Posts) {
			s.Ring = r // members that hang together by posts that were not read are several
		}
		s.Why = append(s.Why, slices.DeleteFunc(slices.Clone(r.Why), func(e Edge) bool {
			return slices.ContainsFunc(s.Why, func(o Edge) bool { return o.A.ID == e.A.ID && o.B.ID == e.B.ID })
		})...)
	}
	s.Key = key
}

// Claimed is what came of opening a ring.
type Claimed struct {
	Leases []moderation.Lease
	Left   map[string]*fault.Error // by case: why it was left out
}

// Decision is one verdict on cases of a ring.
type Decision struct {
	Request string // UUID, chosen by the client once per decision
	Ring    string
	Leases  []moderation.Lease // of the cases that it is about
	Verdict moderation.Verdict // RequireLabel or Clear
	Policy  string
	Reason  string            // what authors are told who have no words of their own in Reasons
	Reasons map[string]string // by case
	Note    string
}

// Receipt is what the referee answers to a ring's decision.
type Receipt struct {
	ID        string // of the decision as a whole, by which it is undone
	At        time.Time
	Effective time.Time // until then the same person may undo it
	Made      []moderation.Receipt
}
