// Bench holds the chooser of offers against other solvers on the same files:
//
//	go run ./bench make cover-5 DIR            an instance, as cinnabar plan reads it
//	go run ./bench run [-time 1s,10s] [-peers cbc,highs] [-peer-time 60s] DIR…
//
// It knows nothing of the program but its command line, reads the files by itself, and
// believes nobody: every answer's cost, constraints and reach are counted again. The
// peers are CBC (Debian's coinor-cbc) and HiGHS (npm install highs, found through
// NODE_PATH); what is not installed is left out. No test needs any of this.
package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// instance is a folder's files; money is in fen.
type instance struct {
	ids, kols []string
	costs     []int64
	audience  [][]int32 // by offer
	people    int
	budget    int64
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) >= 3 && args[0] == "make" {
		kind, known := kinds[args[1]]
		if !known {
			return fmt.Errorf("no kind %s", args[1])
		}
		seed := uint64(1)
		if len(args) > 3 {
			var err error
			if seed, err = strconv.ParseUint(args[3], 10, 64); err != nil {
				return err
			}
		}
		var in instance
		kind(rand.New(rand.NewPCG(seed, 7)), &in)
		return in.write(args[2])
	}
	if len(args) == 0 || args[0] != "run" {
		return fmt.Errorf("bench make KIND DIR [SEED] | bench run [flags] DIR…")
	}
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	times := flags.String("time", "1s", "how long our chooser looks, several parted by commas")
	peers := flags.String("peers", "", "cbc, highs, or both parted by a comma")
	limit := flags.Duration("peer-time", time.Minute, "how long each peer looks")
	program := flags.String("program", "bin/cinnabar", "the program")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	fmt.Println("instance             solver   limit     reach      bound    gap %   wall s  peak MiB")
	for _, dir := range flags.Args() {
		in, err := read(dir)
		if err != nil {
			return err
		}
		for _, t := range strings.Split(*times, ",") {
			d, err := time.ParseDuration(t)
			if err != nil {
				return err
			}
			in.row(dir, "ours", d, func() (result, error) { return ours(*program, dir, in.budget, d) })
		}
		for _, peer := range strings.FieldsFunc(*peers, func(r rune) bool { return r == ',' }) {
			solve := map[string]func(*instance, string, time.Duration) (result, error){"cbc": cbc, "highs": highs}[peer]
			if solve == nil {
				return fmt.Errorf("no peer %s", peer)
			}
			in.row(dir, peer, *limit, func() (result, error) { return model(in, solve, *limit) })
		}
	}
	return nil
}

// result is what a solver claims.
type result struct {
	picks []string // offer ids
	reach float64  // claimed; 0 where the solver doesn't say
	bound float64  // 0 where the solver doesn't say
	wall  time.Duration
	peak  int64 // KiB
}

func (in *instance) row(dir, solver string, limit time.Duration, solve func() (result, error)) {
	got, err := solve()
	if err != nil {
		fmt.Printf("%-20s %-7s %6s  %v\n", filepath.Base(dir), solver, limit, err)
		return
	}
	reach, err := in.count(got.picks)
	if err == nil && got.reach != 0 && got.reach != float64(reach) {
		err = fmt.Errorf("claims a reach of %v, has %d", got.reach, reach)
	}
	if err == nil && got.bound != 0 && got.bound < float64(reach)-1e-6 {
		err = fmt.Errorf("its bound %v is below its own reach of %d", got.bound, reach)
	}
	if err != nil {
		fmt.Printf("%-20s %-7s %6s  WRONG: %v\n", filepath.Base(dir), solver, limit, err)
		return
	}
	bound, gap := "-", "-"
	if got.bound != 0 {
		bound, gap = fmt.Sprintf("%.1f", got.bound), fmt.Sprintf("%.2f", 100*(got.bound-float64(reach))/float64(max(reach, 1)))
	}
	fmt.Printf("%-20s %-7s %6s %9d %10s %8s %8.2f %9d\n", filepath.Base(dir), solver, limit, reach, bound, gap, got.wall.Seconds(), got.peak/1024)
}

// count is the reach of the picks, or why they are no answer.
func (in *instance) count(picks []string) (int, error) {
	seen := make([]bool, in.people)
	kols := make(map[string]bool)
	var cost int64
	reach := 0
	for _, id := range picks {
		j := slices.Index(in.ids, id)
		if j < 0 {
			return 0, fmt.Errorf("no offer %s", id)
		}
		if kols[in.kols[j]] {
			return 0, fmt.Errorf("two offers of %s", in.kols[j])
		}
		kols[in.kols[j]] = true
		cost += in.costs[j]
		for _, u := range in.audience[j] {
			if !seen[u] {
				seen[u] = true
				reach++
			}
		}
	}
	if cost > in.budget {
		return 0, fmt.Errorf("costs %d of %d fen", cost, in.budget)
	}
	return reach, nil
}

func read(dir string) (*instance, error) {
	in := &instance{}
	text, err := os.ReadFile(filepath.Join(dir, "budget.txt"))
	if err != nil {
		return nil, err
	}
	if in.budget, err = fen(string(text)); err != nil {
		return nil, err
	}
	of := make(map[string][]int)
	err = rows(filepath.Join(dir, "offers.csv"), func(cells []string) error {
		fee, err := fen(cells[3])
		of[cells[1]] = append(of[cells[1]], len(in.ids))
		in.add(strings.Clone(cells[0]), strings.Clone(cells[1]), fee)
		return err
	})
	if err != nil {
		return nil, err
	}
	people := make(map[string]int32)
	err = rows(filepath.Join(dir, "audience.csv"), func(cells []string) error {
		u, known := people[cells[1]]
		if !known {
			u = int32(len(people))
			people[strings.Clone(cells[1])] = u
		}
		for _, j := range of[cells[0]] {
			in.audience[j] = append(in.audience[j], u)
		}
		return nil
	})
	in.people = len(people)
	return in, err
}

func rows(path string, take func([]string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	for first := true; ; first = false {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if first {
			continue
		}
		if err := take(cells); err != nil {
			return err
		}
	}
}

func fen(text string) (int64, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(text), ".")
	return strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
}

// ours runs the program as anybody would.
func ours(program, dir string, budget int64, limit time.Duration) (result, error) {
	cmd := exec.Command(program, "plan", "--json", "--offers", filepath.Join(dir, "offers.csv"), "--audience", filepath.Join(dir, "audience.csv"),
		"--budget", fmt.Sprintf("%d.%02d", budget/100, budget%100), "--time", limit.String())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	got, err := timed(cmd)
	if err != nil {
		return got, err
	}
	var said struct {
		Reach      float64  `json:"reach"`
		UpperBound float64  `json:"upper_bound"`
		Offers     []string `json:"offers"`
	}
	err = json.Unmarshal(out.Bytes(), &said)
	got.picks, got.reach, got.bound = said.Offers, said.Reach, said.UpperBound
	return got, err
}

func timed(cmd *exec.Cmd) (result, error) {
	began := time.Now()
	err := cmd.Run()
	got := result{wall: time.Since(began)}
	if usage, is := cmd.ProcessState.SysUsage().(*syscall.Rusage); is {
		got.peak = usage.Maxrss
	}
	return got, err
}
