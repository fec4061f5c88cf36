package intake_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
	"cinnabar/moderation"
)

// write puts a file into a folder of its own and returns its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type came[T any] struct {
	rows     []T
	refusals []*intake.Refusal
	err      error
}

func posts(t testing.TB, path string, o intake.Options) came[moderation.Post] {
	t.Helper()
	src, err := intake.Open(path, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer src.Close()
	var c came[moderation.Post]
	for row, refusal := range intake.Posts(t.Context(), src) {
		if refusal != nil {
			c.refusals = append(c.refusals, refusal)
			continue
		}
		c.rows = append(c.rows, row)
	}
	c.err = src.Err()
	return c
}

func applications(t testing.TB, path string) came[moderation.Application] {
	t.Helper()
	src, err := intake.Open(path, intake.Options{})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	defer src.Close()
	var c came[moderation.Application]
	for row, refusal := range intake.Applications(t.Context(), src) {
		if refusal != nil {
			c.refusals = append(c.refusals, refusal)
			continue
		}
		c.rows = append(c.rows, row)
	}
	c.err = src.Err()
	return c
}

// only returns the single post of a file and fails if it is not alone.
func (c came[T]) only(t testing.TB) T {
	t.Helper()
	if len(c.rows) != 1 || len(c.refusals) != 0 || c.err != nil {
		for _, r := range c.refusals {
			t.Logf("line %d: %v", r.Line, r.Fault)
		}
		t.Fatalf("%d rows, %d refusals, err %v; want one row", len(c.rows), len(c.refusals), c.err)
	}
	return c.rows[0]
}

// reasons lists refusals as "line id code field".
func (c came[T]) reasons() []string {
	var all []string
	for _, r := range c.refusals {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d %s %s %s", r.Line, r.ID, r.Fault.Code, r.Fault.Args["field"])))
	}
	return all
}

func wholePost() moderation.Post {
	yes := true
	return moderation.Post{
		ID: "p1", Lang: "zh-Hans", Title: "一个标题", Body: "第一行\n第二行，“引号”", Declared: true,
		Posted:       time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC),
		Links:        []string{"https://a.example/x?y=1", "https://b.example"},
		Pictures:     []moderation.PostPicture{{Name: "pictures/a.jpg"}, {Name: "pictures/b c.jpg"}},
		PictureCount: 3, VideoCount: 1, Likes: 10, Saves: 20, Shares: 30, Comments: 40,
		CommentTexts: []moderation.Comment{{Author: "a2", Text: "真好", Pinned: true}, {Text: "?"}},
		Author: moderation.Author{
			ID: "a1", Handle: "小满", Followers: 1200, Following: 3, Posts: 77, PostsPerDay: 0.25,
			Joined: time.Date(2021, 5, 6, 7, 8, 9, 0, time.UTC),
		},
		Brand: "青柚", Label: &yes,
	}
}

func TestAPostComesInWholeFromEveryFormat(t *testing.T) {
	t.Parallel()
	header := []string{
		"id", "lang", "title", "body", "posted_at", "declared", "links", "images", "image_count", "video_count", "likes", "saves",
		"shares", "comments", "comment_texts.0.author", "comment_texts.0.text", "comment_texts.0.pinned", "comment_texts.1.text",
		"author.id", "author.handle", "author.followers", "author.following", "author.posts", "author.posts_per_day",
		"author.joined_at", "brand", "label",
	}
	cells := []string{
		"p1", "zh-Hans", "一个标题", "第一行\n第二行，“引号”", "2026-03-01 17:00", "是", "https://a.example/x?y=1 https://b.example",
		"pictures/a.jpg|pictures/b c.jpg", "3", "1", "10", "20", "30", "40.0", "a2", "真好", "true", "?", "a1", "小满", "1200", "3", "77", "0.25",
		"2021/5/6 15:08:09", "青柚", "1",
	}
	table := strings.Join(header, ",") + "\r\n"
	for i, c := range cells {
		if i > 0 {
			table += ","
		}
		table += `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
	}
	semicolons := strings.NewReplacer(`","`, `";"`).Replace(strings.ReplaceAll(strings.Join(header, ","), ",", ";") + table[strings.Index(table, "\r\n"):])
	tabs := strings.Join(header, "\t") + "\n" + strings.ReplaceAll(table[strings.Index(table, "\r\n")+2:], `","`, "\"\t\"")
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"JSON Lines": write(t, "a.jsonl", `{"id":"p1","lang":"zh-Hans","title":"一个标题","body":"第一行\n第二行，“引号”","posted_at":"2026-03-01T17:00:00+08:00",
			"declared":true,"links":["https://a.example/x?y=1","https://b.example"],"images":["pictures/a.jpg","pictures/b c.jpg"],"image_count":3,
			"video_count":1,"likes":10,"saves":20,"shares":30,"comments":40,"comment_texts":[{"author":"a2","text":"真好","pinned":true},{"text":"?"}],
			"author":{"id":"a1","handle":"小满","followers":1200,"following":3,"posts":77,"posts_per_day":0.25,"joined_at":"2021-05-06T07:08:09Z"},
			"brand":"青柚","label":true}`),
		"CSV":              write(t, "a.csv", table),
		"CSV with a mark":  write(t, "a.CSV", "\ufeff"+table),
		"CSV, semicolons":  write(t, "a.csv", semicolons),
		"CSV, tabs":        write(t, "a.tsv", tabs),
		"CSV in GB18030":   write(t, "a.csv", gb),
		"CSV in UTF-16":    write(t, "a.csv", wide),
		"XLSX, all text":   workbook(t, header, cells),
		"XLSX, all native": nativeWorkbook(t, header),
	} {
		if name == "JSON Lines" {
			// One row is one line.
			data, _ := os.ReadFile(path)
			path = write(t, "a.jsonl", strings.ReplaceAll(string(data), "\n\t\t\t", ""))
		}
		if diff := cmp.Diff(wholePost(), posts(t, path, intake.Options{}).only(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func workbook(t testing.TB, rows ...[]string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		for j, text := range row {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellStr("Sheet1", at, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	return save(t, f)
}

func save(t testing.TB, f *excelize.File) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// nativeWorkbook has numbers as numbers, times as formatted days and a sheet and
// a title before the table.
func nativeWorkbook(t testing.TB, header []string) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("数据"); err != nil {
		t.Fatal(err)
	}
	set := func(row, column int, v any) {
		at, _ := excelize.CoordinatesToCellName(column, row)
		if err := f.SetCellValue("数据", at, v); err != nil {
			t.Fatal(err)
		}
	}
	set(1, 1, "三月的笔记")
	for i, h := range header {
		set(3, i+1, h)
	}
	for i, v := range []any{
		"p1", "zh-Hans", "一个标题", "第一行\n第二行，“引号”", time.Date(2026, 3, 1, 17, 0, 0, 0, time.UTC), true, "https://a.example/x?y=1|https://b.example",
		`["pictures/a.jpg","pictures/b c.jpg"]`, 3, 1, 10, 20, 30, 40.0, "a2", "真好", true, "?", "a1", "小满", 1200, 3, 77, 0.25,
		time.Date(2021, 5, 6, 15, 8, 9, 0, time.UTC), "青柚", true,
	} {
		set(4, i+1, v)
	}
	return save(t, f)
}

func TestOnlyIDAndBodyAreNeeded(t *testing.T) {
	t.Parallel()
	want := moderation.Post{ID: "p1", Body: ""}
	for name, path := range map[string]string{
		"JSON Lines": write(t, "a.jsonl", `{"id":"p1","body":"","label":null,"author":null,"links":null}`),
		"CSV":        write(t, "a.csv", "id,body,label\np1,,\n"),
		"XLSX":       workbook(t, []string{"ID", "Body"}, []string{"p1"}),
	} {
		if diff := cmp.Diff(want, posts(t, path, intake.Options{}).only(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestUnknownFieldsAreKept(t *testing.T) {
	t.Parallel()
	got := posts(t, write(t, "a.jsonl", `{"id":"p1","body":"b","spans":[[64,103]],"group":"banking","advertised":null,"n":9007199254740993,`+
		`"x":1.5,"deep":{"a":[true,"é"]},"author":{"badge":true},"comment_texts":[{"text":"c","likes":3}]}`), intake.Options{}).only(t)
	want := map[string]any{
		"spans": []any{[]any{64.0, 103.0}}, "group": "banking", "advertised": nil, "x": 1.5,
		"deep": map[string]any{"a": []any{true, "é"}}, "author.badge": true, "comment_texts.0.likes": 3.0,
	}
	if n := fmt.Sprint(got.Extra["n"]); n != "9007199254740993" {
		t.Errorf("a long number came as %s", n)
	}
	delete(got.Extra, "n")
	if diff := cmp.Diff(want, got.Extra); diff != "" {
		t.Error(diff)
	}
	table := posts(t, write(t, "a.csv", "id,body,Ton Fall,author.badge,a.b.c,\np1,b,heiter,1,2,3\n"), intake.Options{}).only(t)
	wantTable := map[string]any{"Ton Fall": "heiter", "author.badge": "1", "a.b.c": "2", "column F": "3"}
	if diff := cmp.Diff(wantTable, table.Extra); diff != "" {
		t.Error(diff)
	}
}

func TestABadRowIsRefusedWithLineAndReasonAndTheRestComes(t *testing.T) {
	t.Parallel()
	path := write(t, "a.jsonl", strings.Join([]string{
		`{"id":"ok1","body":"b"}`,
		``,
		`not json`,
		`{"id":"p4"}`,
		`{"body":"b"}`,
		`{"id":"  ","body":"b"}`,
		`{"id":7,"body":"b"}`,
		`{"id":"p8","body":["b"]}`,
		`{"id":"p9","body":"b","likes":"12"}`,
		`{"id":"p10","body":"b","likes":-1}`,
		`{"id":"p11","body":"b","likes":1e300}`,
		`{"id":"p12","body":"b","likes":1.5}`,
		`{"id":"p13","body":"b","declared":"yes"}`,
		`{"id":"p14","body":"b","posted_at":"yesterday"}`,
		`{"id":"p15","body":"b","posted_at":1700000000}`,
		`{"id":"p16","body":"b","links":"https://a"}`,
		`{"id":"p17","body":"b","links":["a",3]}`,
		`{"id":"p18","body":"b","author":"me"}`,
		`{"id":"p19","body":"b","comment_texts":["c"]}`,
		`{"id":"p20","body":"b\u0000c"}`,
		`{"id":"p21","body":"b","x":{"y":["\u0000"]}}`,
		`{"id":"p22","body":"b","x":1e999}`,
		`{"id":"p23","body":"b","author":{"posts_per_day":-0.1}}`,
		`{"id":"ok1","body":"again"}`,
		`{"id":"p25","body":"b"} {"id":"p26"}`,
		`["id","body"]`,
		`{"id":"p27","body":"b"`,
		"{\"id\":\"p28\",\"body\":\"\xff\xfe\"}",
		`{"id":"p29","body":"b","x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		`{"id":"p30","body":"b","posted_at":"0026-03-01T09:00:00Z"}`,
		`{"id":"p31","body":"b","brand":"` + strings.Repeat("牌", 501) + `"}`,
		`{"id":"p\n32","body":"b"}`,
		`{"id":"` + strings.Repeat("长", 67) + `","body":"b"}`,
		`{"id":"p34","body":"b","likes":2147483648}`,
		`{"id":"ok2","body":"b"}`,
	}, "\n"))
	got := posts(t, path, intake.Options{})
	want := []string{
		"3  row_syntax", "4 p4 field_missing body", "5  field_missing id", "6    field_missing id", "7  field_type id", "8 p8 field_type body",
		"9 p9 field_type likes", "10 p10 field_value likes", "11 p11 field_value likes", "12 p12 field_type likes", "13 p13 field_type declared",
		"14 p14 field_value posted_at", "15 p15 field_type posted_at", "16 p16 field_type links", "17 p17 field_type links.1",
		"18 p18 field_type author", "19 p19 field_type comment_texts.0", "20 p20 field_value body", "21 p21 field_value x.y.0",
		"22 p22 field_value x", "23 p23 field_value author.posts_per_day", "24 ok1 field_twice id", "25  row_syntax", "26  row_syntax",
		"27  row_syntax", "28  row_syntax", "29 p29 field_value x" + strings.Repeat(".0", 32), "30 p30 field_value posted_at",
		"31 p31 field_value brand", "32 p\n32 field_value id",
		"33 " + strings.Repeat("长", 40) + "… field_value id", "34 p34 field_value likes",
	}
	if diff := cmp.Diff(want, got.reasons()); diff != "" {
		t.Error(diff)
	}
	if len(got.rows) != 2 || got.rows[0].ID != "ok1" || got.rows[1].ID != "ok2" || got.err != nil {
		t.Errorf("%d rows came, err %v", len(got.rows), got.err)
	}
	if raw := got.refusals[0].Raw; raw != "not json" {
		t.Errorf("raw row %q", raw)
	}
}

func TestABadRowOfATableIsRefusedTheSame(t *testing.T) {
	t.Parallel()
	got := posts(t, write(t, "a.csv", strings.Join([]string{
		"id,body,likes,posted_at,author.posts,links",
		`ok1,"two`,
		`lines",1,2026-03-01,,`,
		`p4,正文，many,many,,,`,
		`p5,b,,32.13.2026,,`,
		`,b,,,,`,
		`p7,say "hi",,,,`,
		`p8,"a" b,,,,`,
		`1.2E+17,b,,,,`,
		`p10,b,,,,,,more`,
		`,,,,,`,
		"p12,\xff\xff,,,,",
		`p13,b,,,,"[""a"",1]"`,
		`p14,b,,,x,`,
		`ok2,b`,
		`ok1,b`,
		`p17,"never closed`,
		`ok3,b`,
	}, "\n")), intake.Options{})
	want := []string{
		"4 p4 field_type likes", "5 p5 field_value posted_at", "6  field_missing id", "7  row_syntax", "8  row_syntax",
		"9 1.2E+17 field_value id", "10  row_syntax", "12  row_syntax", "13 p13 field_type links.1", "14 p14 field_type author.posts",
		"16 ok1 field_twice id", "17  row_syntax",
	}
	if diff := cmp.Diff(want, got.reasons()); diff != "" {
		t.Error(diff)
	}
	if len(got.rows) != 2 || got.rows[0].Body != "two\nlines" || got.rows[1].ID != "ok2" {
		t.Errorf("rows %+v", got.rows)
	}
	if want := time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC); !got.rows[0].Posted.Equal(want) {
		t.Errorf("a day in Shanghai began at %v, want %v", got.rows[0].Posted, want)
	}
}

func TestANumberOfAWorksheetKeepsItsDigits(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	for at, v := range map[string]any{"A1": "id", "B1": "body", "C1": "author.id", "A2": int64(123456789012345678), "B2": 2024, "C2": int64(60012345678901)} {
		if err := f.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	got := posts(t, save(t, f), intake.Options{}).only(t)
	if got.ID != "123456789012345678" || got.Body != "2024" || got.Author.ID != "60012345678901" {
		t.Errorf("id %q, body %q, author %q", got.ID, got.Body, got.Author.ID)
	}
	rounded := posts(t, workbook(t, []string{"id", "body"}, []string{"1.23456789012346E+17", "b"}), intake.Options{})
	if diff := cmp.Diff([]string{"2 1.23456789012346E+17 field_value id"}, rounded.reasons()); diff != "" {
		t.Error(diff)
	}
}

func TestTextIsBroughtToNFCUnlessItIsWantedVerbatim(t *testing.T) {
	t.Parallel()
	decomposed := "cafe\u0301 か\u3099"
	path := write(t, "a.jsonl", `{"id":"e`+"\u0301"+`","body":"`+decomposed+`","links":["https://a/`+decomposed+`"],"x":"`+decomposed+`"}`)
	p := posts(t, path, intake.Options{}).only(t)
	if p.Body != "café が" || p.Extra["x"] != "café が" {
		t.Errorf("body %q, extra %q", p.Body, p.Extra["x"])
	}
	if p.ID != "e\u0301" || p.Links[0] != "https://a/"+decomposed {
		t.Error("what must be found again was changed")
	}
	if p := posts(t, path, intake.Options{Verbatim: true}).only(t); p.Body != decomposed {
		t.Errorf("verbatim body %q", p.Body)
	}
}

func TestHalfAnEmojiBecomesAReplacement(t *testing.T) {
	t.Parallel()
	p := posts(t, write(t, "a.jsonl", `{"id":"p1","body":"a\ud83d b"}`), intake.Options{}).only(t)
	if p.Body != "a\ufffd b" {
		t.Errorf("body %q", p.Body)
	}
}

func TestAFileThatCannotComeInSaysWhy(t *testing.T) {
	t.Parallel()
	big5 := "id,body\np1,\xb3\x6f\xac\x4f\xa4\x40\xad\xd3\xb4\xfa\xb8\xd5\xa1\x41\xbb\xa1\xa5\x5c\xb5\xd0\xa4\x5c\n" // 這是一個測試，說功筆…
	for name, c := range map[string]struct {
		path string
		code fault.Code
	}{
		"absent":            {filepath.Join(t.TempDir(), "no.csv"), fault.FileMissing},
		"folder":            {func() string { p := filepath.Join(t.TempDir(), "a.csv"); _ = os.Mkdir(p, 0o700); return p }(), fault.FileKind},
		"ending":            {write(t, "a.xls", "x"), fault.FileKind},
		"empty":             {write(t, "a.jsonl", ""), fault.FileEmpty},
		"only blank lines":  {write(t, "a.csv", "\n\r\n"), fault.FileEmpty},
		"no id column":      {write(t, "a.csv", "name,body\nx,y\n"), fault.FieldMissing},
		"column twice":      {write(t, "a.csv", "id,body,Body\nx,y,z\n"), fault.FieldTwice},
		"Big5":              {write(t, "a.csv", big5), fault.TextEncoding},
		"Latin 1":           {write(t, "a.csv", "id,body\np1,caf\xe9, d\xe9j\xe0 vu\n"), fault.TextEncoding},
		"not a workbook":    {write(t, "a.xlsx", "id,body\np1,b\n"), fault.FileKind},
		"a broken workbook": {write(t, "a.xlsx", "PK\x03\x04 and nothing else"), fault.FileUnreadable},
		"no table in it":    {workbook(t, []string{"name"}, []string{"x"}), fault.FieldMissing},
	} {
		src, err := intake.Open(c.path, intake.Options{})
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if err == nil {
			_ = src.Close()
		} else if fault.Of(err).Args["path"] == "" && c.code != fault.FieldTwice && c.code != fault.FieldMissing {
			t.Errorf("%s: the fault names no file: %v", name, err)
		}
	}
	for name, path := range map[string]string{
		"blank lines": write(t, "a.jsonl", "\n\n"), "a header alone": write(t, "a.csv", "id,body\n"),
	} {
		if got := posts(t, path, intake.Options{}); fault.CodeOf(got.err) != fault.FileEmpty {
			t.Errorf("%s: %v, want FileEmpty", name, got.err)
		}
	}
	if got := posts(t, write(t, "a.csv", "id,title\np1,x\n"), intake.Options{}); fault.CodeOf(got.err) != fault.FieldMissing || len(got.rows) > 0 {
		t.Errorf("no body column: %v", got.err)
	}
	if got := posts(t, write(t, "a.csv", "id,body,author,author.id\np1,x,y,z\n"), intake.Options{}); fault.CodeOf(got.err) != fault.FieldTwice {
		t.Errorf("author beside author.id: %v", got.err)
	}
}

func TestDamagedUTF8RefusesItsRowsOnly(t *testing.T) {
	t.Parallel()
	text := "id,body\np1,一二三四五六七八\np2,\xe4\xb8\np3,好\n"
	got := posts(t, write(t, "a.csv", text), intake.Options{})
	if diff := cmp.Diff([]string{"3  row_syntax"}, got.reasons()); diff != "" || len(got.rows) != 2 {
		t.Errorf("%d rows, %s", len(got.rows), diff)
	}
}

func TestReadingCanBeStopped(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for i := range 100 {
		fmt.Fprintf(&lines, "{\"id\":\"p%d\",\"body\":\"b\"}\n", i)
	}
	path := write(t, "a.jsonl", lines.String())
	src, err := intake.Open(path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for range intake.Posts(ctx, src) {
		if n++; n == 10 {
			cancel()
		}
	}
	if n != 10 || fault.CodeOf(src.Err()) != fault.Cancelled {
		t.Errorf("%d rows, err %v", n, src.Err())
	}
	whole, err := intake.Open(path, intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	for range intake.Posts(t.Context(), whole) {
		done, total := whole.Progress()
		if done <= 0 || done > total || total != int64(lines.Len()) {
			t.Fatalf("progress %d of %d", done, total)
		}
	}
	if done, total := whole.Progress(); done != total {
		t.Errorf("at the end %d of %d", done, total)
	}
}

func TestStandardInputIsJSONLines(t *testing.T) {
	t.Parallel()
	got := posts(t, "-", intake.Options{Stdin: strings.NewReader("\ufeff" + `{"id":"p1","body":"b"}`)})
	if got.only(t).ID != "p1" {
		t.Error("no post")
	}
	// A pipe that stays open must not keep a cancelled reading waiting.
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer in.Close()
	if _, err := out.WriteString(`{"id":"p1","body":"b"}` + "\n"); err != nil {
		t.Fatal(err)
	}
	src, err := intake.Open("-", intake.Options{Stdin: in})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range intake.Posts(ctx, src) {
		cancel()
	}
	if fault.CodeOf(src.Err()) != fault.Cancelled {
		t.Errorf("err %v", src.Err())
	}
}

func TestAGrowingFileIsFollowed(t *testing.T) {
	t.Parallel()
	path := write(t, "a.jsonl", `{"id":"p1","body":"b"}`+"\n"+`{"id":"p2",`)
	src, err := intake.Open(path, intake.Options{Follow: true})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	grow := func(text string) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var got []string
	for p, refusal := range intake.Posts(ctx, src) {
		if refusal != nil {
			got = append(got, "refused "+string(refusal.Fault.Code))
			continue
		}
		switch got = append(got, p.ID); p.ID {
		case "p1":
			grow(`"body":"b"}` + "\n")
		case "p2":
			grow(`{"id":"half`)
			// Another file takes the name, as a log that is rotated does.
			fresh := write(t, "b.jsonl", `{"id":"p3","body":"b"}`+"\n")
			if err := os.Rename(fresh, path); err != nil {
				t.Fatal(err)
			}
		case "p3":
			// And one that is emptied and begun anew.
			if err := os.WriteFile(path, []byte(`{"id":"p4","body":""}`+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		case "p4":
			grow(`{"id":"p5","body":"never finished"`)
			cancel()
		}
	}
	want := []string{"p1", "p2", "refused row_syntax", "p3", "p4"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if src.Err() != nil {
		t.Errorf("the end of following: %v", src.Err())
	}
}

func TestASourceIsReadOnce(t *testing.T) {
	t.Parallel()
	src, err := intake.Open(write(t, "a.csv", "id,body\np1,b\n"), intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for range intake.Posts(t.Context(), src) {
	}
	for range intake.Posts(t.Context(), src) {
		t.Error("read again")
	}
	if src.Err() == nil {
		t.Error("reading twice went unnoticed")
	}
}
