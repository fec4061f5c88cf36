package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// model writes the problem as an LP file for the peers, with people who are reached by
// the same offers as one.
func model(in *instance, solve func(*instance, string, time.Duration) (result, error), limit time.Duration) (result, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir)
	if err := lay(filepath.Join(dir, "model.lp"), in.lp); err != nil {
		return result{}, err
	}
	return solve(in, dir, limit)
}

func (in *instance) lp(w *bufio.Writer) {
	reachers := make([][]byte, in.people)
	for j, audience := range in.audience {
		for _, u := range audience {
			reachers[u] = fmt.Appendf(reachers[u], " + x%d", j)
		}
	}
	weight := make(map[string]int)
	var classes []string
	for _, r := range reachers {
		if weight[string(r)]++; weight[string(r)] == 1 {
			classes = append(classes, string(r))
		}
	}
	fmt.Fprintln(w, "Maximize\n obj:")
	for u, c := range classes {
		fmt.Fprintf(w, " + %d y%d\n", weight[c], u)
	}
	fmt.Fprintln(w, "Subject To")
	for u, c := range classes {
		fmt.Fprintf(w, " c%d:%s - y%d >= 0\n", u, wrap(c), u)
	}
	fmt.Fprint(w, " budget:")
	for j, c := range in.costs {
		fmt.Fprintf(w, " + %d x%d\n", c, j)
	}
	fmt.Fprintf(w, " <= %d\n", in.budget)
	of := make(map[string][]int)
	for j, k := range in.kols {
		of[k] = append(of[k], j)
	}
	for k, offers := range of {
		if len(offers) < 2 {
			continue
		}
		fmt.Fprintf(w, " one%d:", offers[0])
		for _, j := range of[k] {
			fmt.Fprintf(w, " + x%d\n", j)
		}
		fmt.Fprintln(w, " <= 1")
	}
	fmt.Fprintln(w, "Bounds")
	for u := range classes {
		fmt.Fprintf(w, " 0 <= y%d <= 1\n", u)
	}
	fmt.Fprintln(w, "Binary")
	for j := range in.ids {
		fmt.Fprintf(w, " x%d\n", j)
	}
	fmt.Fprintln(w, "End")
}

// wrap keeps lines shorter than LP readers take.
func wrap(terms string) string {
	var out strings.Builder
	for i, term := range strings.Split(terms, " + ")[1:] {
		if i%20 == 19 {
			out.WriteByte('\n')
		}
		out.WriteString(" + ")
		out.WriteString(term)
	}
	return out.String()
}

// cbc runs Debian's coinor-cbc for so much processor time, so that it loses nothing on
// a machine that does other things as well.
func cbc(in *instance, dir string, limit time.Duration) (result, error) {
	solution := filepath.Join(dir, "solution")
	cmd := exec.Command("cbc", filepath.Join(dir, "model.lp"), "-timeMode", "cpu", "-seconds", fmt.Sprint(limit.Seconds()),
		"-solve", "-solution", solution)
	var out bytes.Buffer
	cmd.Stdout = &out
	got, err := timed(cmd)
	if err != nil {
		return got, err
	}
	for line := range strings.Lines(out.String()) {
		if text, is := strings.CutPrefix(line, "Upper bound:"); is {
			got.bound, _ = strconv.ParseFloat(strings.TrimSpace(text), 64)
		}
		if text, is := strings.CutPrefix(line, "Objective value:"); is && got.bound == 0 {
			got.bound, _ = strconv.ParseFloat(strings.TrimSpace(text), 64)
			got.bound = max(got.bound, -got.bound)
		}
	}
	text, err := os.ReadFile(solution)
	if err != nil {
		return got, err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || !strings.HasPrefix(fields[1], "x") {
			continue
		}
		if v, _ := strconv.ParseFloat(fields[2], 64); v > 0.5 {
			j, err := strconv.Atoi(fields[1][1:])
			if err != nil {
				return got, err
			}
			got.picks = append(got.picks, in.ids[j])
		}
	}
	return got, nil
}

// highs runs the npm package through node.
func highs(in *instance, dir string, limit time.Duration) (result, error) {
	const script = `
const fs = require('fs')
require('highs')().then(solver => {
  const s = solver.solve(fs.readFileSync(process.argv[1], 'utf8'), {time_limit: Number(process.argv[2])})
  const x = Object.entries(s.Columns).filter(([n, c]) => n[0] == 'x' && c.Primal > 0.5).map(([n]) => Number(n.slice(1)))
  console.log(JSON.stringify({status: s.Status, value: s.ObjectiveValue, x}))
})`
	cmd := exec.Command("node", "--max-old-space-size=4096", "-e", script, filepath.Join(dir, "model.lp"), fmt.Sprint(limit.Seconds()))
	var out bytes.Buffer
	cmd.Stdout = &out
	got, err := timed(cmd)
	if err != nil {
		return got, err
	}
	// What the solver itself prints stands above.
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var said struct {
		Status string  `json:"status"`
		Value  float64 `json:"value"`
		X      []int   `json:"x"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &said); err != nil {
		return got, err
	}
	if said.Status == "Optimal" {
		got.bound = said.Value
	}
	for _, j := range said.X {
		got.picks = append(got.picks, in.ids[j])
	}
	return got, nil
}
