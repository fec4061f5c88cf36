package main

import (
	"fmt"
	"os"
)

// speed times whole programs on one core, start and loading included.
func speed(o options, path string) error {
	posts, err := readLines[post](path)
	if err != nil {
		return err
	}
	folded := make([]foldedPost, len(posts))
	size := 0
	for i, p := range posts {
		folded[i] = foldedPost{Text: p.text()}
		if p.Label {
			folded[i].Label = 1
		}
		size += len(folded[i].Text)
	}
	dir, err := os.MkdirTemp("", "bench-text")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d posts, %.1f MB of text; the best of %d runs\n", len(posts), float64(size)/1e6, o.runs)
	fmt.Println("             processor s   wall s   posts/s    MB/s  peak MiB")
	print := func(name string, c cost, err error) {
		if err != nil {
			fmt.Printf("%-12s %v\n", name, err)
			return
		}
		s := c.processor.Seconds()
		fmt.Printf("%-12s %11.2f %8.2f %9.0f %7.1f %9d\n", name, s, c.wall.Seconds(), float64(len(posts))/s, float64(size)/1e6/s, c.peak/1024)
	}
	ours := []string{"scan", "--in", path, "--out", os.DevNull}
	c, err := fastest(o.runs, o.program, ours...)
	print("rules", c, err)
	if o.model != "" {
		c, err := fastest(o.runs, o.program, append(ours, "--model", o.model)...)
		print("model", c, err)
	}
	for _, p := range o.chosen() {
		c, err := p.speed(o, dir, folded)
		print(p.name, c, err)
	}
	return nil
}
