package fault

import (
	"fmt"
	"runtime/debug"
)

// Catch turns a panic into Internal, with the stack in the cause for the log.
// Defer it first in whatever runs on a goroutine of its own: a panic that nobody
// catches there ends the whole studio with a page of hexadecimal.
//
//	func work() (err error) {
//		defer fault.Catch(&err)
func Catch(err *error) {
	if r := recover(); r != nil {
		*err = Wrap(fmt.Errorf("panic: %v\n%s", r, debug.Stack()), Internal)
	}
}
