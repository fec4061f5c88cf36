package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestPostsComeStandAndChangeFromEveryKindOfFile(t *testing.T) {
	t.Parallel()
	rows := func(second string) [][]string {
		return [][]string{{"id", "title", "body"}, {"p1", "防晒", "用我的码 SUN88"}, {"p2", "咖啡馆", second}, {"p3", "", "周末散步"}}
	}
	table := func(rows [][]string) []byte {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, file := range []struct {
		name string
		make func(rows [][]string) []byte
	}{
		{"posts.jsonl", func(rows [][]string) []byte {
			var b bytes.Buffer
			for _, r := range rows[1:] {
				line, err := json.Marshal(map[string]string{"id": r[0], "title": r[1], "body": r[2]})
				if err != nil {
					t.Fatal(err)
				}
				b.Write(append(line, '\n'))
			}
			return b.Bytes()
		}},
		{"marked.csv", func(rows [][]string) []byte { return append([]byte("\ufeff"), table(rows)...) }},
		{"gb.csv", func(rows [][]string) []byte {
			b, err := simplifiedchinese.GB18030.NewEncoder().Bytes(table(rows))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}},
		{"posts.xlsx", func(rows [][]string) []byte {
			book := excelize.NewFile()
			defer book.Close()
			for i, r := range rows {
				if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
					t.Fatal(err)
				}
			}
			b, err := book.WriteToBuffer()
			if err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}},
	} {
		t.Run(file.name, func(t *testing.T) {
			t.Parallel()
			s, dir := newShared(t), t.TempDir()
			path := lay(t, dir, file.name, file.make(rows("拿铁")))
			s.as("worker1", "import", "posts", path).want(t, exitFine, "3 came, 0 changed, 0 stood, 0 refused")
			s.as("worker1", "import", "posts", path).want(t, exitFine, "0 came, 0 changed, 3 stood, 0 refused")
			lay(t, dir, file.name, file.make(rows("拿铁 ☕")))
			s.as("worker1", "import", "posts", path).want(t, exitFine, "0 came, 1 changed, 2 stood, 0 refused")
			var title string
			if err := s.Super(t).QueryRow(`SELECT title FROM studio.post WHERE id = 'p2'`).Scan(&title); err != nil || title != "咖啡馆" {
				t.Errorf("p2 is called %q, %v", title, err)
			}
		})
	}
}

func TestRefusedRowsLieBesideTheFileAndTheGoodOnesAreIn(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	path := lay(t, dir, "day.jsonl", []byte(`{"id":"p1","body":"one"}
{"id":"p2","body":17}
{"id":"p3"
{"id":"p1","body":"one again"}
{"body":"nobody's"}
{"id":"p4","body":"four"}
`))
	got := s.as("worker1", "import", "posts", path, "--json").want(t, exitFault).lines(t)
	if len(got) != 1 || got[0]["came"] != 2.0 || got[0]["refused"] != 4.0 || got[0]["file"] != path {
		t.Errorf("the command said %v", got)
	}
	data, err := os.ReadFile(filepath.Join(dir, "day.refused.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, r := range rows[1:] {
		lines = append(lines, r[0])
		if r[2] == "" {
			t.Errorf("line %s was refused without a reason", r[0])
		}
	}
	if strings.Join(lines, " ") != "2 3 4 5" {
		t.Errorf("refused lines %v, want 2 3 4 5", lines)
	}
	// Mended, it comes in, and the refusals that no longer hold go.
	lay(t, dir, "day.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"+`{"id":"p2","body":"seventeen"}`+"\n"))
	s.as("worker1", "import", "posts", path).want(t, exitFine, "1 came, 0 changed, 1 stood, 0 refused")
	if _, err := os.Stat(filepath.Join(dir, "day.refused.csv")); !os.IsNotExist(err) {
		t.Error("the refusals of the first time are still there:", err)
	}
}

func TestApplicationsBringOnlyThePicturesBesideThem(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	inner := filepath.Join(dir, "inner")
	if err := os.Mkdir(inner, 0o700); err != nil {
		t.Fatal(err)
	}
	lay(t, inner, "licence.png", dot(t, 1))
	lay(t, dir, "outside.png", dot(t, 2))
	path := lay(t, inner, "brands.jsonl", []byte(`{"id":"b1","subject":"company","brand_name":"初岚","documents":[`+
		`{"kind":"licence","file":"licence.png"},{"kind":"logo","file":"absent.png"},{"kind":"letter","file":"../outside.png"}]}`+"\n"))
	s.as("worker1", "import", "applications", path).want(t, exitFine, "1 came", "2 picture or video files")
	var pictures int
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM studio.picture`).Scan(&pictures); err != nil || pictures != 1 {
		t.Errorf("%d pictures are in the database, %v; want the licence alone", pictures, err)
	}
	s.as("worker1", "import", "applications", path).want(t, exitFine, "0 came, 0 changed, 1 stood")
}

func TestStandardInputHasNoFolderToTakePicturesFrom(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	name := lay(t, os.TempDir(), fmt.Sprintf("cinnabar-test-%d.png", os.Getpid()), dot(t, 3))
	defer os.Remove(name)
	in := `{"id":"p1","body":"one","images":["` + filepath.Base(name) + `"]}` + "\n" + `{"id":"p2","body":"two"}` + "\n"
	args := []string{"import", "posts", "-", "--json", "--database", s.address("worker1")}
	got := typed(t.Context(), in, args...).want(t, exitFine).lines(t)[0]
	if got["came"] != 2.0 || got["absent_pictures"] != 1.0 {
		t.Errorf("from standard input: %v", got)
	}
	if got := typed(t.Context(), in, args...).want(t, exitFine).lines(t)[0]; got["stood"] != 2.0 {
		t.Errorf("a second time: %v", got)
	}
	typed(t.Context(), "", args...).want(t, exitFault).oneSentence(t)
}

func TestATemplateImportsAsItIs(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	for _, kind := range []string{"posts", "applications"} {
		for _, format := range []string{"csv", "jsonl"} {
			template := typed(t.Context(), "", "import", kind, "--template", format).want(t, exitFine)
			path := lay(t, dir, kind+"."+format, []byte(template.out))
			s.as("worker1", "import", kind, path).want(t, exitFine, "0 refused")
		}
	}
	typed(t.Context(), "", "import", "posts", "--template", "pdf").want(t, exitUsage).oneSentence(t)
}

func TestAFollowedFileBringsInWhatIsAppended(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	path := lay(t, t.TempDir(), "live.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, answers := io.Pipe()
	ended := make(chan int, 1)
	var errs bytes.Buffer
	go func() {
		code := run(ctx, []string{"import", "posts", path, "--follow", "--json", "--database", s.address("worker1")}, strings.NewReader(""), answers, &errs)
		answers.Close()
		ended <- code
	}()
	told := json.NewDecoder(out)
	came := func(want int) {
		t.Helper()
		for want > 0 {
			var bundle struct{ Came int }
			if err := told.Decode(&bundle); err != nil {
				t.Fatalf("%v: %s", err, errs.String())
			}
			want -= bundle.Came
		}
	}
	came(1)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"id":"p2","body":"two"}` + "\n" + `{"id":"p3","bo`); err != nil {
		t.Fatal(err)
	}
	came(1)
	if _, err := f.WriteString(`dy":"three"}` + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	came(1)
	stop()
	go io.Copy(io.Discard, out)
	if code := <-ended; code != exitFine {
		t.Errorf("following ended with %d: %s", code, errs.String())
	}
}

func TestAStoppedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	db := s.Super(t)
	// Another transaction that writes the same post holds the import up in its midst.
	s.as("worker1", "import", "posts", lay(t, dir, "first.jsonl", []byte(`{"id":"p1","body":"one"}`+"\n"))).want(t, exitFine)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`SELECT FROM studio.post WHERE id = 'p1' FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	for i := range 2000 {
		fmt.Fprintf(&rows, `{"id":"p%d","body":"changed"}`+"\n", i)
	}
	rows.WriteString("no row\n")
	path := lay(t, dir, "second.jsonl", rows.Bytes())
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan said, 1)
	go func() { ended <- typed(ctx, "", "import", "posts", path, "--database", s.address("worker1")) }()
	for waits := false; !waits; {
		select {
		case got := <-ended:
			t.Fatalf("the import did not wait: %+v", got)
		case <-time.After(20 * time.Millisecond):
		}
		err := db.QueryRow(`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = 'worker1' AND wait_event_type = 'Lock')`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	got := (<-ended).want(t, exitFault).oneSentence(t)
	if !strings.Contains(got.errs, "Stopped") {
		t.Errorf("it said %q", got.errs)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	var posts, changed int
	if err := db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE body = 'changed') FROM studio.post`).Scan(&posts, &changed); err != nil || posts != 1 || changed != 0 {
		t.Errorf("%d posts, %d changed, %v: half an import is in", posts, changed, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*refused*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCtrlCEndsWaitingForStandardInput(t *testing.T) {
	t.Parallel()
	s := newShared(t)
	for _, args := range [][]string{{"import", "posts", "-"}, {"scan", "--in", "-"}} {
		ctx, stop := context.WithCancel(t.Context())
		var out, errs bytes.Buffer
		code := run(ctx, append(args, "--database", s.address("worker1")), silence{t.Context(), stop}, &out, &errs)
		said{code, out.String(), errs.String()}.want(t, exitFault).oneSentence(t)
	}
}

// silence is standard input on which nobody types anything but Ctrl-C.
type silence struct {
	ctx  context.Context
	stop func()
}

func (s silence) Read([]byte) (int, error) {
	s.stop()
	<-s.ctx.Done()
	return 0, io.EOF
}

// dot is a picture of one colour.
func dot(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	img.Set(1, 1, color.RGBA{shade, shade, 0, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
