package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cinnabar/assets/decode"
)

// pictureEndings are what in a folder is taken for a picture. Those that are not opened
// are among them: nobody should believe that a folder was gone through whole when it wasn't.
var pictureEndings = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".svg", ".jxl"}

// picturesOf are the files that a command line names, a folder standing for the pictures
// in it by their names: whatever ends like one, or begins like one that opens. One of its
// folders without any is told like a file that is none, so that the rest is done.
func picturesOf(p *program, named []string) ([]string, error) {
	var files []string
	for _, path := range named {
		entries, err := os.ReadDir(path)
		if err != nil {
			files = append(files, path) // a file, or told when it is opened
			continue
		}
		before := len(files)
		for _, e := range entries {
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			inside := filepath.Join(path, e.Name())
			if slices.Contains(pictureEndings, strings.ToLower(filepath.Ext(inside))) || decode.Begins(inside) {
				files = append(files, inside)
			}
		}
		switch {
		case len(files) > before:
		case len(named) == 1:
			return nil, p.misuse("picture_check.no_pictures", path)
		default:
			files = append(files, path)
		}
	}
	return files, nil
}
