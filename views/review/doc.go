// Package review is the hand of a review desk: which case is on screen, who
// holds it, what was said of it and whether that arrived. It is plain Go, knows
// no widget and no SQL, and is the same for brands and for posts.
//
// The rules it keeps, whatever keys are struck in whatever order and however
// late the answers come:
//
//   - Looking is not claiming. Opening an item claims it, going elsewhere gives
//     it back, and a hold is renewed only while somebody is there.
//   - A decision is made on the version that was on screen, or not at all.
//   - The next item is on screen before the decision has left the machine.
//   - Nothing that was typed is lost, and nothing is sent that the person did
//     not see: what was decided while the link was down waits for a word.
//   - When a decision comes back, the screen may change under the hand; the keys
//     for verdicts are dead on such an item until the person takes it up again.
//
// Every exported method of Desk belongs to the screen's thread. Work is done
// elsewhere and comes back through Loop.
package review
