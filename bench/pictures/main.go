// Pictures holds the making of small versions against other ways of making them, on
// JPEGs that it paints by itself:
//
//	go run ./bench/pictures [-install] [-rounds 7] [-px 400] [-megapixels 12,24] [-json FILE] [-keep DIR]
//
// It knows nothing of the program but its command line. Everybody gets the same files and
// writes files; all run in turn, round after round, so that whoever else uses the machine
// disturbs all alike. The peers are imaging as the program once used it (Lanczos over the
// whole picture), vipsthumbnail (Debian's libvips-tools) and djpeg at an eighth
// (libjpeg-turbo-progs), which makes no thumbnail but shows what undoing the JPEG costs at
// least. What is not installed is left out with a word; -install has apt fetch it. No test
// needs any of this.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

type options struct {
	program, keep, out string
	px, rounds, more   int
	megapixels         []int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == peerArgument {
		if err := runImaging(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var o options
	install := flag.Bool("install", false, "have apt install the peers")
	sizes := flag.String("megapixels", "12,24", "how large the pictures are, parted by commas")
	flag.StringVar(&o.program, "program", "bin/cinnabar", "the program")
	flag.StringVar(&o.keep, "keep", "", "a folder for the pictures and what was made of them; without it they are removed")
	flag.StringVar(&o.out, "json", "", "a file for the figures")
	flag.IntVar(&o.px, "px", 400, "pixels of the longest side of what is made")
	flag.IntVar(&o.rounds, "rounds", 7, "how often each is run")
	flag.IntVar(&o.more, "more", 4, "how many further pictures one run makes")
	flag.Parse()
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 50 {
			return fmt.Errorf("-megapixels takes whole numbers from 1 to 50, not %q", s)
		}
		o.megapixels = append(o.megapixels, n)
	}
	if *install {
		cmd := exec.Command("apt-get", "install", "-y", "--no-install-recommends", "libvips-tools", "libjpeg-turbo-progs")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("apt-get: %w", err)
		}
	}
	if o.keep == "" {
		dir, err := os.MkdirTemp("", "bench-pictures")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.keep = dir
	}
	var err error
	if o.program, err = filepath.Abs(o.program); err != nil {
		return err
	}
	peers, err := present(o)
	if err != nil {
		return err
	}
	figures := report{When: time.Now().UTC().Format(time.RFC3339), Processors: runtime.NumCPU(), Load: load(), Px: o.px, Rounds: o.rounds}
	for _, mp := range o.megapixels {
		for _, progressive := range []bool{false, true} {
			sample, err := paintSample(o, mp, progressive)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				continue
			}
			fmt.Printf("\n%s: %d × %d, %.1f MB, to %d px; %d rounds\n", sample.name, sample.width, sample.height, float64(sample.bytes)/1e6, o.px, o.rounds)
			rows, err := measure(o, sample, peers)
			if err != nil {
				return err
			}
			print(rows)
			figures.Pictures = append(figures.Pictures, measured{sample.name, sample.width, sample.height, sample.bytes, rows})
		}
	}
	fmt.Printf("\nprocessor time in ms; load before %s, after %s, %d processors\n", figures.Load, load(), runtime.NumCPU())
	if o.out == "" {
		return nil
	}
	data, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.out, append(data, '\n'), 0o644)
}

// report is what -json writes.
type report struct {
	When       string     `json:"when"`
	Processors int        `json:"processors"`
	Load       string     `json:"load"`
	Px         int        `json:"px"`
	Rounds     int        `json:"rounds"`
	Pictures   []measured `json:"pictures"`
}

type measured struct {
	Name   string   `json:"name"`
	Width  int      `json:"width"`
	Height int      `json:"height"`
	Bytes  int      `json:"bytes"`
	Rows   []figure `json:"rows"`
}

// figure is what one way costs and gives. Times are processor time of all its processes,
// in ms, the median of the rounds; ratios are medians of the ratios within a round.
type figure struct {
	Name      string  `json:"name"`
	Each      float64 `json:"each_ms"`  // a further picture, the program's start taken off
	First     float64 `json:"first_ms"` // a run for one picture, its start included
	ToImaging float64 `json:"each_to_imaging"`
	ToVips    float64 `json:"each_to_vips,omitempty"`
	FirstVips float64 `json:"first_to_vips,omitempty"`
	PeakMB    float64 `json:"peak_mb_above_idle"`
	PSNR      float64 `json:"psnr,omitempty"`
	SSIM      float64 `json:"ssim,omitempty"`
}

func print(rows []figure) {
	fmt.Println("                   each   × imaging   × vips  |  one run  × vips  |  peak MB above idle  |  PSNR   SSIM")
	for _, f := range rows {
		fmt.Printf("%-15s %7.1f %11.3f %8s  | %8.1f %7s  | %20.1f  | %5s %6s\n", f.Name, f.Each, f.ToImaging, known(f.ToVips, 2), f.First, known(f.FirstVips, 2),
			f.PeakMB, known(f.PSNR, 1), known(f.SSIM, 4))
	}
}

func known(v float64, digits int) string {
	if v == 0 {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// measure runs everybody in turn.
func measure(o options, s sample, peers []peer) ([]figure, error) {
	first, each := make([][]float64, len(peers)), make([][]float64, len(peers))
	for round := range o.rounds {
		for i := range peers {
			// Another one begins in every round.
			at := (i + round) % len(peers)
			one, err := spent(o, peers[at], s.files[:1])
			if err != nil {
				return nil, err
			}
			all, err := spent(o, peers[at], s.files)
			if err != nil {
				return nil, err
			}
			first[at] = append(first[at], one)
			each[at] = append(each[at], (all-one)/float64(len(s.files)-1))
		}
	}
	index := func(name string) int { return slices.IndexFunc(peers, func(p peer) bool { return p.name == name }) }
	imaging, vips := index("imaging"), index("vipsthumbnail")
	wanted, err := reference(s, o.px)
	if err != nil {
		return nil, err
	}
	var rows []figure
	for i, p := range peers {
		f := figure{Name: p.name, Each: median(each[i]), First: median(first[i]), ToImaging: ratio(each[i], each[imaging])}
		if vips >= 0 {
			f.ToVips, f.FirstVips = ratio(each[i], each[vips]), ratio(first[i], first[vips])
		}
		if f.PeakMB, err = peak(o, p, s); err != nil {
			return nil, err
		}
		if p.quality != nil {
			made := filepath.Join(o.keep, s.name+"-"+p.name+".png")
			if err := p.quality(o, s.files[0], made); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			if f.PSNR, f.SSIM, err = compare(made, wanted); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
		}
		rows = append(rows, f)
	}
	return rows, nil
}

func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

func ratio(a, b []float64) float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return median(r)
}

// load is how busy the machine is, as it says itself.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(data))[:2], " ")
}
