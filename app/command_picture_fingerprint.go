package main

import "context"

type pictureFingerprintCommand struct {
	Files []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF."`
}

// Run says that this is not there yet.
func (pictureFingerprintCommand) Run(_ context.Context, p *program) error {
	return p.misuse("command.picture_unbuilt", "fingerprint")
}
