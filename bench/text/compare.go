package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// scored is a line of detector eval --scores.
type scored struct {
	ID    string  `json:"id"`
	Fold  int     `json:"fold"`
	Label bool    `json:"label"`
	Score float64 `json:"score"`
	Group string  `json:"group"`
}

// compare lets the program part the posts into folds, and the peers learn from the very
// same ones.
func compare(o options, path string) error {
	posts, err := readLines[post](path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-text")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := evaluate(o, path, filepath.Join(dir, "scores.jsonl"))
	if err != nil {
		return err
	}
	byID := make(map[string]post)
	for _, p := range posts {
		byID[p.ID] = p
	}
	folded := make([]foldedPost, len(ours))
	truth, groups, own := make([]bool, len(ours)), make([]string, len(ours)), make([]float64, len(ours))
	for i, s := range ours {
		p, known := byID[s.ID]
		if !known || p.Label != s.Label {
			return fmt.Errorf("post %s is not as the file has it", s.ID)
		}
		folded[i] = foldedPost{Text: p.text(), Fold: s.Fold}
		if s.Label {
			folded[i].Label = 1
		}
		truth[i], groups[i], own[i] = s.Label, s.Group, s.Score
	}
	fmt.Printf("%d posts, %d folds, cold %v\n", len(ours), o.folds, o.cold)
	fmt.Println("                AUC            95 %     AP            95 %  |  ours less it: AUC            95 %  not better     AP            95 %  not better")
	row("ours", truth, own, own, groups)
	for _, p := range o.chosen() {
		scores, err := p.onFolds(o, dir, folded)
		if err == nil && len(scores) != len(ours) {
			err = fmt.Errorf("%d scores for %d posts", len(scores), len(ours))
		}
		if err != nil {
			fmt.Printf("%-10s %v\n", p.name, err)
			continue
		}
		row(p.name, truth, own, scores, groups)
	}
	return nil
}

// evaluate runs the program as anybody would, and holds its figures to its scores.
func evaluate(o options, path, scores string) ([]scored, error) {
	args := []string{"detector", "eval", "--json", "--in", path, "--folds", strconv.Itoa(o.folds), "--scores", scores}
	if o.group != "" {
		args = append(args, "--group", o.group)
	}
	if o.model != "" {
		args = append(args, "--model", o.model)
	}
	if o.cold {
		args = append(args, "--cold")
	}
	cmd := exec.Command(o.program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	fmt.Print(out.String())
	var said struct {
		AUC float64 `json:"auc"`
		AP  float64 `json:"average_precision"`
	}
	if err := json.Unmarshal(out.Bytes(), &said); err != nil {
		return nil, err
	}
	all, err := readLines[scored](scores)
	if err != nil {
		return nil, err
	}
	var truth []bool
	var score []float64
	for _, s := range all {
		truth, score = append(truth, s.Label), append(score, s.Score)
	}
	everyone := make([]int, len(all))
	for i := range everyone {
		everyone[i] = i
	}
	if auc, ap := order(everyone, truth, score); math.Abs(auc-said.AUC) > 1e-9 || math.Abs(ap-said.AP) > 1e-9 {
		return nil, fmt.Errorf("WRONG: it says AUC %v and AP %v, its scores have %v and %v", said.AUC, said.AP, auc, ap)
	}
	return all, nil
}

// order counts AUC and average precision of some posts, of which one may be there twice.
func order(posts []int, truth []bool, score []float64) (auc, ap float64) {
	sorted := slices.Clone(posts)
	slices.SortFunc(sorted, func(a, b int) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		}
		return 0
	})
	var hits, falls, pairs float64
	for i := 0; i < len(sorted); {
		var h, f float64
		j := i
		for ; j < len(sorted) && score[sorted[j]] == score[sorted[i]]; j++ {
			if truth[sorted[j]] {
				h++
			} else {
				f++
			}
		}
		pairs += f*hits + f*h/2 // each negative has these positives above it
		hits, falls = hits+h, falls+f
		ap += h * hits / (hits + falls)
		i = j
	}
	return pairs / (hits * falls), ap / hits
}

// row prints a scorer, and how far ours is from it on the same resamples of groups.
func row(name string, truth []bool, ours, theirs []float64, groups []string) {
	members := make(map[string][]int)
	var names []string
	everyone := make([]int, len(truth))
	for i, g := range groups {
		if g == "" {
			g = fmt.Sprint("alone ", i)
		}
		if members[g] == nil {
			names = append(names, g)
		}
		members[g] = append(members[g], i)
		everyone[i] = i
	}
	const resamples = 2000
	chances := rand.New(rand.NewPCG(1, 2))
	var samples [4][]float64
	for range resamples {
		var drawn []int
		for range names {
			drawn = append(drawn, members[names[chances.IntN(len(names))]]...)
		}
		auc, ap := order(drawn, truth, theirs)
		ownAUC, ownAP := order(drawn, truth, ours)
		if math.IsNaN(auc) || math.IsNaN(ap) {
			continue
		}
		for i, v := range []float64{auc, ap, ownAUC - auc, ownAP - ap} {
			samples[i] = append(samples[i], v)
		}
	}
	auc, ap := order(everyone, truth, theirs)
	ownAUC, ownAP := order(everyone, truth, ours)
	fmt.Printf("%-10s %8.3f  %s %6.3f  %s", name, auc, middle(samples[0]), ap, middle(samples[1]))
	if name != "ours" {
		fmt.Printf("  | %18.3f  %s %11.4f %6.3f  %s %11.4f", ownAUC-auc, middle(samples[2]), notAbove(samples[2]), ownAP-ap, middle(samples[3]), notAbove(samples[3]))
	}
	fmt.Println()
}

func middle(samples []float64) string {
	slices.Sort(samples)
	n := len(samples)
	return fmt.Sprintf("%6.3f–%6.3f", samples[n*25/1000], samples[n-1-n*25/1000])
}

// notAbove is the share of resamples in which ours is not better.
func notAbove(samples []float64) float64 {
	n := 0
	for _, d := range samples {
		if d <= 0 {
			n++
		}
	}
	return float64(n) / float64(len(samples))
}
