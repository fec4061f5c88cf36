package main

import (
	"os"
	"path/filepath"
	"strconv"

	"cinnabar/app/report"
	"cinnabar/campaigns"
	"cinnabar/internal/fault"
	"cinnabar/views/words"
)

// printContract writes a contract for signing where a person looks for papers, under
// its number and version: another version is another file.
func printContract(c campaigns.Contract, p campaigns.Campaign, b *words.Book) (path string, err error) {
	dir, err := os.UserHomeDir()
	if err != nil {
		return "", fault.Wrap(err, fault.FileWrite, "path", c.Ref)
	}
	if papers := filepath.Join(dir, "Documents"); isFolder(papers) {
		dir = papers
	}
	path = filepath.Join(dir, c.Ref+"-v"+strconv.Itoa(c.Version)+".pdf")
	f, err := report.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Discard()
	if err := report.WriteContract(f, b, c, p); err != nil {
		return "", err
	}
	return path, f.Commit()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
