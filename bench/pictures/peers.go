package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/disintegration/imaging"
)

// peer is one way of making thumbnails.
type peer struct {
	name    string
	command func(o options, dir string, files []string) *exec.Cmd
	// quality writes a thumbnail without loss; nil for what makes none.
	quality func(o options, file, to string) error
}

// peerArgument makes this program be the peer imaging.
const peerArgument = "as-imaging"

// present are the peers that this machine has.
func present(o options) ([]peer, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := exec.Command(o.program, "version").Run(); err != nil {
		return nil, fmt.Errorf("%s does not run (%w): build it, or name it with -program", o.program, err)
	}
	ours := func(name string, extra ...string) peer {
		args := append([]string{"picture", "thumb", "--force", "--json", "--px", strconv.Itoa(o.px)}, extra...)
		return peer{name,
			func(o options, dir string, files []string) *exec.Cmd {
				return exec.Command(o.program, append(append(args[:len(args):len(args)], "--out", dir), files...)...)
			},
			func(o options, file, to string) error {
				dir, err := os.MkdirTemp(o.keep, "quality")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				if err := exec.Command(o.program, append(args[:len(args):len(args)], "--png", "--out", dir, file)...).Run(); err != nil {
					return err
				}
				return os.Rename(filepath.Join(dir, strings.TrimSuffix(filepath.Base(file), ".jpg")+".png"), to)
			}}
	}
	peers := []peer{
		{"imaging",
			func(o options, dir string, files []string) *exec.Cmd {
				return exec.Command(self, append([]string{peerArgument, strconv.Itoa(o.px), dir, ".jpg"}, files...)...)
			},
			func(o options, file, to string) error {
				if err := exec.Command(self, peerArgument, strconv.Itoa(o.px), o.keep, ".png", file).Run(); err != nil {
					return err
				}
				return os.Rename(filepath.Join(o.keep, filepath.Base(file)+".png"), to)
			}},
		ours("ours"), ours("ours, fast", "--fast"),
	}
	if _, err := exec.LookPath("vipsthumbnail"); err != nil {
		fmt.Fprintln(os.Stderr, "vipsthumbnail is not installed, and left out:", err)
	} else {
		size := fmt.Sprintf("%dx%d", o.px, o.px)
		peers = append(peers, peer{"vipsthumbnail",
			func(o options, dir string, files []string) *exec.Cmd {
				return exec.Command("vipsthumbnail", append([]string{"-s", size, "-o", dir + "/%s.jpg[Q=90]"}, files...)...)
			},
			func(o options, file, to string) error {
				return exec.Command("vipsthumbnail", "-s", size, "-o", to, file).Run()
			}})
	}
	if _, err := exec.LookPath("djpeg"); err != nil {
		fmt.Fprintln(os.Stderr, "djpeg is not installed, and left out:", err)
	} else {
		peers = append(peers, peer{"djpeg 1/8", func(o options, dir string, files []string) *exec.Cmd {
			// One file is all it takes; the shell waits for each.
			script := `for f; do djpeg -scale 1/8 -outfile "$0/$(basename "$f").ppm" "$f" || exit; done`
			return exec.Command("sh", append([]string{"-c", script, dir}, files...)...)
		}, nil})
	}
	return peers, nil
}

// runImaging is the peer: PX FOLDER ENDING FILE…
func runImaging(args []string) error {
	px, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for _, file := range args[3:] {
		img, err := imaging.Open(file, imaging.AutoOrientation(true))
		if err != nil {
			return err
		}
		small := imaging.Fit(img, px, px, imaging.Lanczos)
		to := filepath.Join(args[1], filepath.Base(file)+args[2])
		if err := imaging.Save(small, to, imaging.JPEGQuality(90)); err != nil {
			return err
		}
	}
	return nil
}

// spent is the processor time of a run with all its processes, in ms.
func spent(o options, p peer, files []string) (float64, error) {
	dir, err := os.MkdirTemp(o.keep, "made")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	cmd := p.command(o, dir, files)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("%s: %w: %s", p.name, err, said.String())
	}
	made, err := os.ReadDir(dir)
	if err != nil || len(made) != len(files) {
		return 0, fmt.Errorf("%s made %d of %d: %s", p.name, len(made), len(files), said.String())
	}
	// Of the processes that it started and waited for, too.
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return float64(used) / float64(time.Millisecond), nil
}

// peak is how much more memory the picture takes than a picture of one pixel, in MB: the
// sum of the most that each of a run's processes held at any time.
func peak(o options, p peer, s sample) (float64, error) {
	dot := filepath.Join(o.keep, "dot.jpg")
	if _, err := os.Stat(dot); err != nil {
		img := image.NewRGBA(image.Rect(0, 0, 1, 1))
		img.Set(0, 0, color.White)
		if err := writeJPEG(dot, img); err != nil {
			return 0, err
		}
	}
	var held []float64
	for _, file := range []string{dot, s.files[0]} {
		var tries []float64
		for range 3 {
			kb, err := holds(o, p, file)
			if err != nil {
				return 0, err
			}
			tries = append(tries, kb)
		}
		held = append(held, median(tries))
	}
	return max(0, held[1]-held[0]) / 1024, nil
}

// holds runs a peer and returns the sum of its processes' peaks, in KiB. What the system
// tells of an ended process counts what it was forked from, so they are watched instead.
func holds(o options, p peer, file string) (float64, error) {
	dir, err := os.MkdirTemp(o.keep, "made")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	cmd := p.command(o, dir, []string{file})
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	peaks, ended := make(map[string]float64), make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			readPeaks(cmd.Process.Pid, peaks)
			select {
			case <-ended:
				return
			case <-time.After(time.Millisecond):
			}
		}
	})
	err = cmd.Wait()
	close(ended)
	watching.Wait()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.name, err)
	}
	sum := 0.0
	for _, kb := range peaks {
		sum += kb
	}
	return sum, nil
}

// readPeaks notes the peak of a process and of all below it.
func readPeaks(pid int, peaks map[string]float64) {
	id := strconv.Itoa(pid)
	data, err := os.ReadFile("/proc/" + id + "/status")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(data)) {
		if value, is := strings.CutPrefix(line, "VmHWM:"); is {
			if kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64); err == nil {
				peaks[id] = max(peaks[id], kb)
			}
		}
	}
	tasks, _ := filepath.Glob("/proc/" + id + "/task/*/children")
	for _, task := range tasks {
		below, _ := os.ReadFile(task)
		for _, child := range strings.Fields(string(below)) {
			if n, err := strconv.Atoi(child); err == nil {
				readPeaks(n, peaks)
			}
		}
	}
}

func writeJPEG(path string, img image.Image) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

func readPNG(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return png.Decode(f)
}
