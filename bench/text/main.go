// Text holds the detector against other ways of sorting texts, on the same posts:
//
//	go run ./bench/text compare [-folds 5] [-group FIELD] [-cold] [-peers sklearn,fasttext] [-keep DIR] POSTS
//	go run ./bench/text speed [-model M] [-peers sklearn,fasttext] POSTS
//	go run ./bench/text disguise [-learn | -model M] [-what words|text] POSTS
//
// It knows nothing of the program but its command line, and counts every figure again
// from the scores. The peers are scikit-learn (Debian's python3-sklearn) and fastText
// (Debian's fasttext); what is not installed is left out with a word. No test needs any
// of this. POSTS is JSON Lines as docs/formats.md has it, with labels.
package main

import (
	"bufio"
	"bytes"
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
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options of all tasks; each reads its own.
type options struct {
	program, python, peers, group, model, what, keep string
	folds, runs                                      int
	cold, learn                                      bool
}

func run(args []string) error {
	tasks := map[string]func(options, string) error{"compare": compare, "speed": speed, "disguise": disguise}
	if len(args) == 0 || tasks[args[0]] == nil {
		return fmt.Errorf("text compare|speed|disguise [flags] POSTS")
	}
	var o options
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.StringVar(&o.program, "program", "bin/cinnabar", "the program")
	flags.StringVar(&o.python, "python", "/usr/bin/python3", "the Python that has scikit-learn")
	flags.StringVar(&o.peers, "peers", "sklearn,fasttext", "the peers, parted by commas")
	flags.StringVar(&o.group, "group", "", "as in detector eval")
	flags.StringVar(&o.model, "model", "", "a model file; without it the built-in rules")
	flags.StringVar(&o.what, "what", "words", "what to disguise: the words shown as evidence, or the whole text")
	flags.StringVar(&o.keep, "keep", "", "a folder where the peers' scores are kept, for the next time with the same posts and folds")
	flags.IntVar(&o.folds, "folds", 5, "as in detector eval")
	flags.IntVar(&o.runs, "runs", 3, "how often to time each; the best counts, as others use the machine too")
	flags.BoolVar(&o.learn, "learn", false, "judge each fold by a model learned from the others, not by -model")
	flags.BoolVar(&o.cold, "cold", false, "as in detector eval")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("text %s [flags] POSTS", args[0])
	}
	return tasks[args[0]](o, flags.Arg(0))
}

// post is what the peers see of one.
type post struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Body  string `json:"body"`
	Label bool   `json:"label"`
}

func (p post) text() string { return p.Title + "\n" + p.Body }

func readLines[T any](path string) ([]T, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []T
	for line := range bytes.Lines(data) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var one T
		if err := json.Unmarshal(line, &one); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, one)
	}
	return all, nil
}

func writeLines[T any](path string, all []T) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	for _, one := range all {
		if err := lines.Encode(one); err != nil {
			_ = f.Close()
			return err
		}
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// cost is what a run of a program took.
type cost struct {
	wall, processor time.Duration
	peak            int64 // KiB
}

// oneCore runs a program on one core and returns what it printed.
func oneCore(name string, args ...string) ([]byte, cost, error) {
	if pin, err := exec.LookPath("taskset"); err == nil && runtime.GOOS == "linux" {
		name, args = pin, append([]string{"-c", strconv.Itoa(runtime.NumCPU() - 1), name}, args...)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	return timed(cmd)
}

// output runs a program that nobody times.
func output(name string, args ...string) ([]byte, error) {
	out, _, err := timed(exec.Command(name, args...))
	return out, err
}

func timed(cmd *exec.Cmd) ([]byte, cost, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return nil, cost{}, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, bytes.TrimSpace(errs.Bytes()))
	}
	c := cost{wall: time.Since(began), processor: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, is := cmd.ProcessState.SysUsage().(*syscall.Rusage); is {
		c.peak = usage.Maxrss
	}
	return out.Bytes(), c, nil
}

// fastest of some runs, by the processor's time.
func fastest(runs int, name string, args ...string) (cost, error) {
	var best cost
	for i := range runs {
		_, c, err := oneCore(name, args...)
		if err != nil {
			return best, err
		}
		if i == 0 || c.processor < best.processor {
			best = c
		}
	}
	return best, nil
}

// chosen are the peers that were asked for and are there.
func (o options) chosen() []peer {
	var all []peer
	for name := range strings.SplitSeq(o.peers, ",") {
		i := slices.IndexFunc(peers, func(p peer) bool { return p.name == name })
		switch {
		case name == "":
		case i < 0:
			fmt.Fprintf(os.Stderr, "no peer %s\n", name)
		case peers[i].there(o) != nil:
			fmt.Fprintf(os.Stderr, "%s is not installed, and left out: %v\n", name, peers[i].there(o))
		default:
			all = append(all, peers[i])
		}
	}
	return all
}
