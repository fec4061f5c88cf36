package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// peer is another way of sorting texts.
type peer struct {
	name  string
	there func(options) error
	// folds scores each post by a model learned from the other folds.
	folds func(o options, dir string, posts []foldedPost) ([]float64, error)
	// speed learns from all posts and times scoring them in a program of its own, its
	// start and the loading of its model included.
	speed func(o options, dir string, posts []foldedPost) (cost, error)
}

type foldedPost struct {
	Text  string `json:"text"`
	Label int    `json:"label"`
	Fold  int    `json:"fold"`
}

// onFolds is folds, remembered: a peer takes minutes, and does not change with us.
func (p peer) onFolds(o options, dir string, posts []foldedPost) ([]float64, error) {
	if o.keep == "" {
		return p.folds(o, dir, posts)
	}
	text, err := json.Marshal(posts)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(o.keep, fmt.Sprintf("%s-%x.json", p.name, sha256.Sum256(text)))
	var scores []float64
	if kept, err := os.ReadFile(path); err == nil && json.Unmarshal(kept, &scores) == nil && len(scores) == len(posts) {
		return scores, nil
	}
	if scores, err = p.folds(o, dir, posts); err != nil {
		return nil, err
	}
	if text, err = json.Marshal(scores); err != nil {
		return nil, err
	}
	return scores, os.WriteFile(path, text, 0o600)
}

var peers = []peer{
	{"sklearn", func(o options) error { return exec.Command(o.python, "-c", "import sklearn").Run() }, sklearnFolds, sklearnSpeed},
	{"fasttext", func(options) error { _, err := exec.LookPath("fasttext"); return err }, fasttextFolds, fasttextSpeed},
}

//go:embed peers.py
var script []byte

func sklearn(dir string, posts []foldedPost) (program, in string, err error) {
	program, in = filepath.Join(dir, "peers.py"), filepath.Join(dir, "posts.jsonl")
	if err := os.WriteFile(program, script, 0o600); err != nil {
		return "", "", err
	}
	return program, in, writeLines(in, posts)
}

func sklearnFolds(o options, dir string, posts []foldedPost) ([]float64, error) {
	program, in, err := sklearn(dir, posts)
	if err != nil {
		return nil, err
	}
	out, err := output(o.python, program, "folds", in)
	if err != nil {
		return nil, err
	}
	var scores []float64
	for _, word := range strings.Fields(string(out)) {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, err
		}
		scores = append(scores, v)
	}
	return scores, nil
}

func sklearnSpeed(o options, dir string, posts []foldedPost) (cost, error) {
	program, in, err := sklearn(dir, posts)
	if err != nil {
		return cost{}, err
	}
	model := filepath.Join(dir, "model.pickle")
	if _, err := output(o.python, program, "learn", in, model); err != nil {
		return cost{}, err
	}
	return fastest(o.runs, o.python, program, "score", in, model)
}

// tokens is a text as fastText reads it: words between spaces, and each character of a
// script without spaces as a word of its own.
func tokens(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r >= 0x2e80:
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func layTokens(path string, posts []foldedPost, which func(foldedPost) bool) error {
	var b bytes.Buffer
	for _, p := range posts {
		if which(p) {
			fmt.Fprintf(&b, "__label__%d %s\n", p.Label, tokens(p.Text))
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

func fasttextLearn(dir string) error {
	_, err := output("fasttext", "supervised", "-input", filepath.Join(dir, "learn"), "-output", filepath.Join(dir, "model"),
		"-wordNgrams", "3", "-epoch", "25", "-lr", "0.5", "-dim", "50", "-bucket", "500000", "-thread", "1", "-verbose", "0")
	return err
}

func fasttextFolds(_ options, dir string, posts []foldedPost) ([]float64, error) {
	scores := make([]float64, len(posts))
	last := 0
	for _, p := range posts {
		last = max(last, p.Fold)
	}
	for fold := 0; fold <= last; fold++ {
		if err := layTokens(filepath.Join(dir, "learn"), posts, func(p foldedPost) bool { return p.Fold != fold }); err != nil {
			return nil, err
		}
		if err := layTokens(filepath.Join(dir, "test"), posts, func(p foldedPost) bool { return p.Fold == fold }); err != nil {
			return nil, err
		}
		if err := fasttextLearn(dir); err != nil {
			return nil, err
		}
		out, err := output("fasttext", "predict-prob", filepath.Join(dir, "model.bin"), filepath.Join(dir, "test"), "2")
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(out), "\n")
		for i, p := range posts {
			if p.Fold != fold {
				continue
			}
			if len(lines) == 0 {
				return nil, fmt.Errorf("fasttext answered too few lines")
			}
			words := strings.Fields(lines[0])
			lines = lines[1:]
			for j := 0; j+1 < len(words); j += 2 {
				if words[j] != "__label__1" {
					continue
				}
				if scores[i], err = strconv.ParseFloat(words[j+1], 64); err != nil {
					return nil, err
				}
			}
		}
	}
	return scores, nil
}

func fasttextSpeed(o options, dir string, posts []foldedPost) (cost, error) {
	all := func(foldedPost) bool { return true }
	if err := layTokens(filepath.Join(dir, "learn"), posts, all); err != nil {
		return cost{}, err
	}
	if err := fasttextLearn(dir); err != nil {
		return cost{}, err
	}
	return fastest(o.runs, "fasttext", "predict-prob", filepath.Join(dir, "model.bin"), filepath.Join(dir, "learn"), "2")
}
