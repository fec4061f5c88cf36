//go:build !unix

package decode

import "testing"

// passOn has nothing to try where descriptors are not inherited.
func passOn(*testing.T, string) {}
