// Package people says who somebody is: their login, role, and the brands they
// are tied to. What a role may do stands in moderation and campaigns; who may
// log in at all is the database's business.
package people

import "slices"

// Role is what a person does here. Each is also a group role in the database
// that the person's login is a member of.
type Role string

// The roles.
const (
	Moderator     Role = "moderator"     // decides cases
	Lead          Role = "lead"          // decides what was escalated, sets policies
	Marketer      Role = "marketer"      // plans for the brands they are tied to
	Auditor       Role = "auditor"       // reads everything, changes nothing
	Administrator Role = "administrator" // makes people, migrates; not for a desk
	Worker        Role = "worker"        // a login for processes, never for a person
)

// Roles lists all roles in the order screens show them.
func Roles() []Role {
	return []Role{Moderator, Lead, Marketer, Auditor, Administrator, Worker}
}

// Person is one login.
type Person struct {
	Login     string   // the database login, unique, e.g. "moderator1"
	Name      string   // as shown to colleagues
	Role      Role     // exactly one
	Regions   []string // markets whose queues they see, e.g. "CN"; empty means all
	Languages []string // BCP 47, e.g. "zh-Hans"; empty means all
	Brands    []string // names of brands they act for; they never decide on these
	Active    bool
}

// Decides reports whether the person's role decides cases at all.
func (p Person) Decides() bool {
	return p.Active && slices.Contains([]Role{Moderator, Lead}, p.Role)
}

// Plans reports whether the person plans campaigns at all; for which brands, TiedTo
// says.
func (p Person) Plans() bool { return p.Active && p.Role == Marketer }

// TiedTo reports whether the person acts for a brand.
func (p Person) TiedTo(brand string) bool {
	return slices.Contains(p.Brands, brand)
}
