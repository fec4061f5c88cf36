package main

import "context"

type pictureCheckCommand struct {
	Files []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF."`
}

// Run says that this is not there yet.
func (pictureCheckCommand) Run(_ context.Context, p *program) error {
	return p.misuse("command.picture_unbuilt", "check")
}
