package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
)

// labelledRow is a row of a labelled file, as a person would write it.
type labelledRow map[string]any

// labelledPosts invents posts of so many authors, a third of whom advertise: enough for a
// program to have something to learn, and no measure of anything.
func labelledPosts(authors, each int) []labelledRow {
	r := rand.New(rand.NewPCG(3, 3))
	some := func(words []string, n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[r.IntN(len(words))])
		}
		return b.String()
	}
	plain := []string{"今天", "和朋友", "去爬山", "下雨", "有点累", "猫", "做饭", "自己", "作业", "地铁", "很吵", "回家", "看书", "。", "，"}
	paid := []string{"优惠码", "立即下单", "全网最低", "限时", "品牌方", "今天", "自己", "，", "。", "质感", "成分", "回购", "链接在下面"}
	var rows []labelledRow
	for a := range authors {
		for n := range each {
			row := labelledRow{"id": fmt.Sprintf("p%d-%d", a, n), "lang": "zh-Hans", "topic": fmt.Sprint("t", a%4), "likes": r.IntN(50), "label": a%3 == 0,
				"author": map[string]any{"id": fmt.Sprint("a", a), "posts": 3 + a, "posts_per_day": 0.1 + float64(a%3)}}
			body := some(plain, 30)
			if a%3 == 0 {
				advert := some(paid, 10)
				start := len([]rune(body))
				row["body"] = body + advert + some(plain, 5)
				row["spans"] = [][]int{{start, start + len([]rune(advert))}}
			} else {
				row["body"], row["spans"] = body, [][]int{}
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func labelledFile(t *testing.T, name string, rows []labelledRow) string {
	t.Helper()
	var b strings.Builder
	for _, row := range rows {
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return lay(t, t.TempDir(), name, []byte(b.String()))
}

func eval(t *testing.T, args ...string) said {
	t.Helper()
	return typed(t.Context(), "", append([]string{"detector", "eval"}, args...)...)
}

func TestAnEvaluationPrintsTheFieldsThatScriptsRead(t *testing.T) {
	t.Parallel()
	path := labelledFile(t, "posts.jsonl", labelledPosts(30, 2))
	got := eval(t, "--in", path, "--json").want(t, exitFine).lines(t)
	if len(got) != 1 {
		t.Fatal(got)
	}
	for _, name := range []string{"auc", "average_precision", "best_f1", "precision", "recall", "precision_at_100", "recall_at_precision_70", "brier", "ece", "evidence_iou"} {
		for _, end := range []string{"", "_low", "_high"} {
			if v, there := got[0][name+end]; !there || v != nil && (v.(float64) < 0 || v.(float64) > 1) {
				t.Errorf("%s%s is %v", name, end, v)
			}
		}
	}
	if got[0]["rows"] != 60.0 || got[0]["positives"] != 20.0 || got[0]["groups"] != 30.0 || got[0]["grouped_by"] != "author" || got[0]["posts_per_second"].(float64) <= 0 {
		t.Errorf("got %v", got[0])
	}
	if got[0]["model"] != disclosure.Default().Version() || got[0]["learned"] != false || got[0]["cold"] != false || got[0]["threshold"] != disclosure.Default().Threshold() {
		t.Errorf("got %v", got[0])
	}
	again := eval(t, "--in", path, "--json", "--cold", "--group", "topic").want(t, exitFine).lines(t)
	if again[0]["groups"] != 4.0 || again[0]["grouped_by"] != "topic" || again[0]["cold"] != true {
		t.Errorf("got %v", again[0])
	}
	eval(t, "--in", path, "--lang", "en").want(t, exitFine, "60 posts, 20 of them paid, in 30 groups (by author)", "AUC", "evidence on marked spans", "2,000 resamples")
	eval(t, "--in", path, "--lang", "zh").want(t, exitFine, "按作者分组", "平均精确率", "整组重抽样")
}

// The figures must be those of the very scores that are handed out.
func TestTheScoresOfAnEvaluationAreThoseOfAScan(t *testing.T) {
	t.Parallel()
	path := labelledFile(t, "posts.jsonl", labelledPosts(12, 2))
	out := filepath.Join(t.TempDir(), "scores.jsonl")
	eval(t, "--in", path, "--scores", out, "--folds", "3", "--model", laidModel(t)).want(t, exitFine)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	scores := said{out: string(data)}.lines(t)
	scanned := typed(t.Context(), "", "scan", "--in", path).want(t, exitFine).lines(t)
	if len(scores) != 24 || len(scanned) != 24 {
		t.Fatalf("%d scores, %d scanned", len(scores), len(scanned))
	}
	fold := map[any]any{}
	for i, s := range scores {
		if s["id"] != scanned[i]["id"] || s["score"] != scanned[i]["commercial"] || s["called"] != scanned[i]["flag"] {
			t.Errorf("%v against %v", s, scanned[i])
		}
		if was, known := fold[s["group"]]; known && was != s["fold"] {
			t.Errorf("%v is in two folds", s["group"])
		}
		fold[s["group"]] = s["fold"]
	}
	if len(fold) != 12 {
		t.Errorf("%d groups", len(fold))
	}
}

// laidModel is the built-in model as a file.
func laidModel(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := disclosure.Default().Write(&b); err != nil {
		t.Fatal(err)
	}
	return lay(t, t.TempDir(), "model.json", []byte(b.String()))
}

func TestPostsAreGroupedByWhoWroteThem(t *testing.T) {
	t.Parallel()
	rows := []labelledRow{
		{"id": "1", "body": "x", "label": true, "author": map[string]any{"posts": 7, "posts_per_day": 0.25}},
		{"id": "2", "body": "y", "label": false, "author": map[string]any{"posts": 7, "posts_per_day": 0.25, "reply_ratio": 0.5}},
		{"id": "3", "body": "z", "label": false, "author": map[string]any{"posts": 8, "posts_per_day": 0.25}},
		{"id": "4", "body": "The same text.", "label": false},
		{"id": "5", "body": "the  same ｔext.", "label": false},
		{"id": "6", "body": "another text", "label": false, "author": map[string]any{"posts": 7}},
	}
	groups := func(args ...string) any {
		out := filepath.Join(t.TempDir(), "scores.jsonl")
		got := eval(t, append([]string{"--in", labelledFile(t, "p.jsonl", rows), "--json", "--scores", out}, args...)...).want(t, exitFine).lines(t)
		data, _ := os.ReadFile(out)
		var all []string
		number := map[any]int{}
		for _, s := range (said{out: string(data)}).lines(t) {
			if _, known := number[s["group"]]; !known {
				number[s["group"]] = len(number)
			}
			all = append(all, fmt.Sprint(number[s["group"]]))
		}
		return fmt.Sprint(got[0]["grouped_by"], " ", got[0]["groups"], " ", strings.Join(all, ""))
	}
	if got := groups(); got != "author_profile 4 001223" {
		t.Errorf("by default: %v", got)
	}
	if got := groups("--group", "id"); got != "id 6 012345" {
		t.Errorf("by id: %v", got)
	}
}

func TestAnEvaluationThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	path := labelledFile(t, "posts.jsonl", labelledPosts(6, 1))
	other := labelledFile(t, "other.jsonl", labelledPosts(7, 1))
	model := laidModel(t)
	for _, args := range [][]string{
		{},
		{"--in", path, "--test", other},
		{"--in", path, "--train", other},
		{"--train", path},
		{"--train", path, "--test", other, "--model", model},
		{"--train", path, "--test", path},
		{"--train", path, "--test", other, "--folds", "3"},
		{"--in", path, "--folds", "1"},
		{"--in", path, "--folds=-2"},
		{"--in", path, "--folds", "x"},
		{"--in", path, "--folds", "5"}, // two authors who advertise
		{"--in", path, "--group", "topik"},
		{"--in", path, "--scores", path},
		{"--in", path, "--model", model, "--scores", model},
		{"--in", model},
		{"--train", model, "--test", path},
	} {
		eval(t, args...).want(t, exitUsage).oneSentence(t)
		eval(t, append(args, "--lang", "zh")...).want(t, exitUsage).oneSentence(t)
	}
	eval(t, "--in", path, "--group", "topik", "--lang", "en").tells(t, "topik", path)
	eval(t, "--in", model, "--lang", "en").tells(t, model, "--model")
	eval(t, "--in", path+"x").want(t, exitFault).oneSentence(t)
	eval(t, "--in", path, "--model", path).want(t, exitFault).oneSentence(t)
	unlabelled := labelledFile(t, "p.jsonl", []labelledRow{{"id": "1", "body": "x"}})
	eval(t, "--in", unlabelled).want(t, exitFault).tells(t, "label").oneSentence(t)
	oneKind := labelledFile(t, "p.jsonl", []labelledRow{{"id": "1", "body": "x", "label": true}})
	eval(t, "--in", oneKind).want(t, exitFault).oneSentence(t)
	eval(t, "--in", path, "--scores", filepath.Join(t.TempDir(), "no", "folder")).want(t, exitFault).oneSentence(t)
}

func TestRowsThatSayNothingAreCountedAndLeftOut(t *testing.T) {
	t.Parallel()
	rows := labelledPosts(9, 1)
	rows = append(rows, labelledRow{"id": "unlabelled", "body": "x"}, labelledRow{"id": "far", "body": "short", "label": true, "spans": [][]int{{2, 99}}},
		labelledRow{"id": "odd", "body": "short", "label": true, "spans": "here"}, labelledRow{"id": "half", "body": "short", "label": true, "spans": [][]float64{{0.5, 1}}})
	got := eval(t, "--in", labelledFile(t, "p.jsonl", rows), "--json", "--lang", "en").want(t, exitFault).tells(t, "Line 11", "Line 12", "Line 13", "spans").lines(t)
	if got[0]["rows"] != 9.0 || got[0]["unlabelled"] != 1.0 || got[0]["refused"] != 3.0 {
		t.Errorf("got %v", got[0])
	}
}

func TestATableIsMeasuredLikeJSONLines(t *testing.T) {
	t.Parallel()
	rows := labelledPosts(9, 1)
	var table strings.Builder
	w := bufio.NewWriter(&table)
	fmt.Fprintln(w, "id,lang,body,topic,likes,label,spans,author.id,author.posts,author.posts_per_day")
	for _, r := range rows {
		spans, _ := json.Marshal(r["spans"])
		a := r["author"].(map[string]any)
		fmt.Fprintf(w, "%v,%v,%v,%v,%v,%v,\"%s\",%v,%v,%v\n", r["id"], r["lang"], r["body"], r["topic"], r["likes"], r["label"], spans, a["id"], a["posts"], a["posts_per_day"])
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	lines := eval(t, "--in", labelledFile(t, "p.jsonl", rows), "--json").want(t, exitFine).lines(t)[0]
	cells := eval(t, "--in", lay(t, t.TempDir(), "p.csv", []byte(table.String())), "--json").want(t, exitFine).lines(t)[0]
	delete(lines, "posts_per_second")
	delete(cells, "posts_per_second")
	if fmt.Sprint(lines) != fmt.Sprint(cells) {
		t.Errorf("JSON Lines %v\ntable %v", lines, cells)
	}
}

func learn(t *testing.T, args ...string) said {
	t.Helper()
	return typed(t.Context(), "", append([]string{"detector", "train"}, args...)...)
}

func TestWhatIsLearnedIsAModelThatScansAndMeasures(t *testing.T) {
	t.Parallel()
	path, other := labelledFile(t, "posts.jsonl", labelledPosts(60, 2)), labelledFile(t, "other.jsonl", labelledPosts(45, 1))
	out := filepath.Join(t.TempDir(), "model.json")
	got := learn(t, "--in", path, "--out", out, "--json").want(t, exitFine).lines(t)[0]
	if got["posts"] != 120.0 || got["positives"] != 40.0 || got["groups"] != 60.0 || got["grouped_by"] != "author" || got["calibrated"] != true || got["out"] != out {
		t.Errorf("got %v", got)
	}
	if warm := got["warm"].(map[string]any); warm["auc"].(float64) < 0.9 {
		t.Errorf("what anybody can see was not learned: %v", got)
	}
	first, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	learn(t, "--in", path, "--out", out, "--lang", "en").want(t, exitFine, "120 posts, 40 of them paid, in 60 groups (by author)", "calibrated on these posts alone", out)
	if again, _ := os.ReadFile(out); string(again) != string(first) {
		t.Error("the same posts gave another model")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	given := eval(t, "--in", other, "--model", out, "--json").want(t, exitFine).lines(t)[0]
	learned := eval(t, "--train", path, "--test", other, "--json").want(t, exitFine).lines(t)[0]
	for _, measured := range []map[string]any{given, learned} {
		delete(measured, "posts_per_second")
		if measured["learned"] != true || measured["model"] != got["model"] || measured["auc"].(float64) < 0.9 {
			t.Errorf("got %v", measured)
		}
	}
	if fmt.Sprint(given) != fmt.Sprint(learned) {
		t.Errorf("by way of a file %v\nat once %v", given, learned)
	}
	typed(t.Context(), "", "scan", "--in", other, "--model", out).want(t, exitFine)
	learn(t, "--in", path, "--out", out, "--lang", "zh").want(t, exitFine, "仅在这些笔记上校准")
}

// Each author here has a word of their own: whoever lets one author stand in two folds
// measures how well the words of authors are remembered.
func TestNoFoldKnowsAnAuthorItIsTestedOn(t *testing.T) {
	t.Parallel()
	var rows []labelledRow
	r := rand.New(rand.NewPCG(9, 9))
	for a := range 24 {
		for n := range 12 {
			body := fmt.Sprintf("%s %[1]s %[1]s ", string(rune('一'+40*a)))
			for range 20 {
				body += string(rune('丁' + r.IntN(300)*7))
			}
			rows = append(rows, labelledRow{"id": fmt.Sprint(a, "-", n), "body": body, "label": a%2 == 0, "author": map[string]any{"id": fmt.Sprint("a", a)}})
		}
	}
	path := labelledFile(t, "posts.jsonl", rows)
	byAuthor := eval(t, "--in", path, "--folds", "3", "--json").want(t, exitFine).lines(t)[0]
	byPost := eval(t, "--in", path, "--folds", "3", "--group", "id", "--json").want(t, exitFine).lines(t)[0]
	if byAuthor["folds"] != 3.0 || byAuthor["groups"] != 24.0 || byPost["groups"] != 288.0 {
		t.Errorf("got %v and %v", byAuthor, byPost)
	}
	if honest, flattered := byAuthor["auc"].(float64), byPost["auc"].(float64); honest > 0.65 || flattered < honest+0.2 {
		t.Errorf("AUC %v by author, %v by post", honest, flattered)
	}
}

func TestWhatCannotBeLearnedLeavesNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := lay(t, dir, "model.json", []byte("the old one"))
	path := labelledFile(t, "posts.jsonl", labelledPosts(60, 2))
	few := labelledFile(t, "few.jsonl", labelledPosts(20, 1))
	unlabelled := labelledFile(t, "p.jsonl", []labelledRow{{"id": "1", "body": "x"}})
	learn(t, "--in", few, "--out", out, "--lang", "en").want(t, exitFault).tells(t, "7", "13", "20").oneSentence(t)
	learn(t, "--in", unlabelled, "--out", out).want(t, exitFault).oneSentence(t)
	learn(t, "--in", laidModel(t), "--out", out).want(t, exitUsage).oneSentence(t)
	learn(t, "--in", path, "--out", path).want(t, exitUsage).oneSentence(t)
	learn(t, "--in", path, "--out", out, "--group", "nothing").want(t, exitUsage).oneSentence(t)
	learn(t, "--in", path).want(t, exitUsage)
	learn(t, "--in", path, "--out", filepath.Join(dir, "no", "folder")).want(t, exitFault).oneSentence(t)
	eval(t, "--in", few, "--folds", "2").want(t, exitFault).oneSentence(t)
	s, stop := stoppedSoon(t)
	defer stop()
	typed(s, "", "detector", "train", "--in", path, "--out", out).want(t, exitFault).oneSentence(t)
	typed(s, "", "detector", "eval", "--in", path, "--folds", "5").want(t, exitFault).oneSentence(t)
	if data, err := os.ReadFile(out); err != nil || string(data) != "the old one" {
		t.Errorf("%q, %v", data, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// From labelled posts to a model that opens cases, as a lead would go the way.
func TestALearnedModelGoesLiveLikeAnyVersion(t *testing.T) {
	t.Parallel()
	s, live := decided(t)
	model := t.TempDir() + "/own.model"
	typed(t.Context(), "", "detector", "train", "--in", labelledFile(t, "posts.jsonl", labelledPosts(60, 2)), "--out", model).want(t, exitFine)
	s.as("moderator1", "detector", "propose", "--model", model).want(t, exitFault)
	s.as("lead1", "detector", "propose", "--model", lay(t, t.TempDir(), "rules.json", rulesAlone(t)), "--lang", "en").want(t, exitUsage).tells(t, "nothing that was learned")
	var draft map[string]any
	for range 2 { // handing it in again changes nothing
		draft = s.as("lead1", "detector", "propose", "--model", model, "--note", "Our autumn", "--json").want(t, exitFine).lines(t)[0]
		if draft["draft"] != float64(live.Number+1) || draft["version"] != 1.0 {
			t.Fatalf("%v", draft)
		}
	}

	// Its draft has the rules of the live version, and goes live by its replay.
	ctx, lead := t.Context(), s.Open(t, "lead1")
	books := lead.Rulebooks()
	list, err := books.List(ctx)
	if err != nil || list[0].Base != draft["id"] || len(list[0].Rules) != len(live.Rules) || list[0].Note != "Our autumn" {
		t.Fatalf("%+v, %v", list, err)
	}
	said, err := replayer{books: books, base: disclosure.Default()}.Replay(ctx, list[0].Set(), func(int, int) {})
	name := list[0].Model(draft["model"].(string))
	if err != nil || said.Model != name || said.Live.Model != live.Model(disclosure.Default().Version()) {
		t.Fatalf("%+v, %v", said, err)
	}
	if err := books.Move(ctx, uuid.NewString(), list[0].Number, list[0].Version, moderation.RulebookLive, &said, "To see it work."); err != nil {
		t.Fatal(err)
	}
	if got := s.as("worker1", "scan", "--json").want(t, exitFine).lines(t)[0]; got["model"] != name || got["scored"] != 7.0 {
		t.Errorf("the scan says %v, want %s", got, name)
	}
	s.as("auditor1", "verify").want(t, exitFine)
}

func rulesAlone(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := disclosure.Default().Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
