//go:build !unix

package main

import "time"

// processorTime is the clock on the wall, where nothing better is known.
func processorTime() time.Duration { return time.Since(started) }
