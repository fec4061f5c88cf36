package main

import (
	"context"
)

type pictureCommand struct {
	Check       pictureCheckCommand       `cmd:"" help:"Say what of a picture survives each slot's crop."`
	Thumb       pictureThumbCommand       `cmd:"" help:"Write small versions of pictures."`
	Fingerprint pictureFingerprintCommand `cmd:"" help:"Compute what tells a picture from others, crops and copies included."`
}

type pictureThumbCommand struct {
	Files []string `arg:"" name:"file" help:"The pictures: JPEG, PNG, WebP or GIF."`
}

// Run writes a small version of every file.
func (pictureThumbCommand) Run(_ context.Context, p *program) error {
	return p.misuse("command.picture_unbuilt", "thumb")
}
