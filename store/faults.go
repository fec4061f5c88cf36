package store

import (
	"encoding/json"
	"slices"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"cinnabar/internal/fault"
)

// refused is the SQLSTATE under which studio.refuse speaks to a person.
const refused = "CN001"

// refusal reads what the database's functions and rights say against a wish.
// Anything else comes back as it was.
func refusal(e *pq.Error) error {
	switch e.Code {
	case refused:
		code := fault.Code(e.Message)
		if !slices.Contains(fault.Codes(), code) {
			// A newer database knows refusals that this program has no sentence for.
			return fault.Wrap(e, fault.Internal)
		}
		f := fault.Wrap(e, code)
		if json.Unmarshal([]byte(e.Detail), &f.Args) != nil || f.Args == nil {
			f.Args = map[string]string{}
		}
		return f
	case pqerror.InsufficientPrivilege:
		// A right that the role lacks altogether: no function got as far as asking who it is.
		return fault.Wrap(e, fault.NoRight, "login", "", "action", "")
	}
	return e
}
