package intake_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"cinnabar/app/intake"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// words draws text as people and platforms write it, in NFC and without NUL.
func words() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching("[a-c\",;|\n\r\t =+@\\[{长é🏠]{0,20}"),
			rapid.SampledFrom([]string{"", "[", "[1]", "{}", "null", "true", "12", "1.2E+17", "'", `\`, "\ufeff", "é", "\u2028"}),
		).Draw(t, "text")
		return norm.NFC.String(strings.ReplaceAll(s, "\x00", ""))
	})
}

// names draws short text that a table does not trim away.
func names() *rapid.Generator[string] { return rapid.StringMatching("[a-z长0-9._-]{0,12}") }

func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "absent") {
			return time.Time{}
		}
		return time.UnixMicro(rapid.Int64Range(631152000_000000, 4000000000_000000).Draw(t, "micro")).UTC()
	})
}

func days() *rapid.Generator[moderation.Date] {
	return rapid.SampledFrom([]moderation.Date{"", moderation.LongTerm, "1999-12-31", "2031-02-28", "2032-02-29"})
}

func count(t *rapid.T, name string) int { return rapid.IntRange(0, 1_000_000).Draw(t, name) }

func drawPost(t *rapid.T, id int) moderation.Post {
	text := words()
	p := moderation.Post{
		ID: fmt.Sprintf("p%d", id), Lang: names().Draw(t, "lang"), Title: text.Draw(t, "title"), Body: text.Draw(t, "body"),
		Posted: moments().Draw(t, "posted"), Declared: rapid.Bool().Draw(t, "declared"),
		PictureCount: count(t, "pictures"), VideoCount: count(t, "videos"),
		Likes: count(t, "likes"), Saves: count(t, "saves"), Shares: count(t, "shares"), Comments: count(t, "comments"),
		Author: moderation.Author{
			ID: names().Draw(t, "author"), Handle: text.Draw(t, "handle"), Followers: count(t, "followers"), Following: count(t, "following"),
			Posts: count(t, "posts"), PostsPerDay: rapid.Float64Range(0, 1000).Draw(t, "rate"), Joined: moments().Draw(t, "joined"),
		},
		Brand: text.Draw(t, "brand"),
	}
	if l := rapid.SliceOfN(text, 0, 3).Draw(t, "links"); len(l) > 0 {
		p.Links = l
	}
	for _, name := range rapid.SliceOfN(text, 0, 3).Draw(t, "images") {
		p.Pictures = append(p.Pictures, moderation.PostPicture{Name: name})
	}
	for _, name := range rapid.SliceOfN(text, 0, 2).Draw(t, "films") {
		p.Videos = append(p.Videos, moderation.PostVideo{Name: name})
	}
	for range rapid.IntRange(0, 2).Draw(t, "comment texts") {
		p.CommentTexts = append(p.CommentTexts, moderation.Comment{
			Author: names().Draw(t, "by"), Text: text.Draw(t, "comment"), Pinned: rapid.Bool().Draw(t, "pinned"),
		})
	}
	if rapid.Bool().Draw(t, "labelled") {
		truth := rapid.Bool().Draw(t, "label")
		p.Label = &truth
	}
	return p
}

func drawApplication(t *rapid.T, id int) moderation.Application {
	text, name := words(), names()
	a := moderation.Application{
		ID: fmt.Sprintf("b%d", id), Version: 1, State: moderation.Submitted,
		Subject: rapid.SampledFrom([]moderation.SubjectType{moderation.Company, moderation.SoleTrader, moderation.Overseas}).Draw(t, "subject"),
		Region:  name.Draw(t, "region"), BrandName: "品牌" + text.Draw(t, "brand"), AccountName: text.Draw(t, "account"),
		Category: name.Draw(t, "category"), Contact: text.Draw(t, "contact"),
		Entity: moderation.Entity{
			USCC: name.Draw(t, "uscc"), Name: text.Draw(t, "name"), Address: text.Draw(t, "address"), Representative: text.Draw(t, "person"),
			Scope: text.Draw(t, "scope"), Established: days().Draw(t, "established"), Expires: days().Draw(t, "expires"),
		},
		Mark: moderation.Trademark{
			Number: name.Draw(t, "number"), Name: text.Draw(t, "mark"), Owner: text.Draw(t, "owner"), Status: name.Draw(t, "status"),
			Expires: days().Draw(t, "mark expires"),
		},
		Submitted: moments().Draw(t, "submitted"), SubmittedBy: name.Draw(t, "by"), Due: moments().Draw(t, "due"),
	}
	if c := rapid.SliceOfN(rapid.IntRange(1, 45), 0, 4).Draw(t, "classes"); len(c) > 0 {
		a.Mark.Classes = c
	}
	for range rapid.IntRange(0, 2).Draw(t, "letters") {
		a.Letters = append(a.Letters, moderation.Authorisation{
			From: text.Draw(t, "from"), To: text.Draw(t, "to"), Level: rapid.IntRange(0, 3).Draw(t, "level"), Until: days().Draw(t, "until"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "documents") {
		d := moderation.Document{
			Kind: moderation.Licence, Name: text.Draw(t, "file"), Number: name.Draw(t, "paper"), Issuer: text.Draw(t, "issuer"),
			From: days().Draw(t, "valid from"), Until: days().Draw(t, "valid until"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "fields") {
			d.Fields = append(d.Fields, moderation.Field{
				Name: name.Draw(t, "field"), Text: text.Draw(t, "read"), Box: assets.Box{X: count(t, "x") / 10, Y: 2, W: count(t, "w") / 10, H: 4},
			})
		}
		a.Documents = append(a.Documents, d)
	}
	return a
}

// shortEnough keeps drawn text within what a name may have.
func shortEnough(s string) bool { return len([]rune(s)) <= 500 }

func TestWhatIsWrittenReadsBackEqual(t *testing.T) {
	t.Parallel()
	for _, format := range []intake.Format{intake.JSONLines, intake.CSV} {
		t.Run("posts as "+string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				var b bytes.Buffer
				w := intake.NewWriter(&b, intake.PostRows, format, "group", "author.badge")
				var want []moderation.Post
				for i := range rapid.IntRange(1, 3).Draw(rt, "rows") {
					p := drawPost(rt, i)
					if extra := rapid.StringMatching("[a-z \"=]{0,8}").Draw(rt, "group"); extra != "" {
						p.Extra = map[string]any{"group": extra, "author.badge": "yes"}
						if format == intake.JSONLines {
							p.Extra["spans"] = []any{[]any{1.0, 2.5}, nil, false, "", 0.0}
						}
					}
					if err := w.Post(p); err != nil {
						rt.Fatal(err)
					}
					want = append(want, p)
				}
				if err := w.Flush(); err != nil {
					rt.Fatal(err)
				}
				got := posts(t, write(t, "a."+string(format), b.String()), intake.Options{})
				if diff := cmp.Diff(want, got.rows); diff != "" || got.err != nil {
					rt.Fatalf("%v %v\n%s\n%s", got.reasons(), got.err, diff, b.String())
				}
			})
		})
		t.Run("applications as "+string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				want := []moderation.Application{drawApplication(rt, 1), drawApplication(rt, 2)}
				if slices.ContainsFunc(want, func(a moderation.Application) bool { return !shortEnough(a.BrandName) }) {
					return
				}
				var b bytes.Buffer
				w := intake.NewWriter(&b, intake.ApplicationRows, format)
				for _, a := range want {
					if err := w.Application(a); err != nil {
						rt.Fatal(err)
					}
				}
				if err := w.Flush(); err != nil {
					rt.Fatal(err)
				}
				got := applications(t, write(t, "a."+string(format), b.String()))
				if diff := cmp.Diff(want, got.rows); diff != "" || got.err != nil {
					rt.Fatalf("%v %v\n%s\n%s", got.reasons(), got.err, diff, b.String())
				}
			})
		})
	}
}

func TestTheTemplatesComeInThemselves(t *testing.T) {
	t.Parallel()
	for _, format := range []intake.Format{intake.JSONLines, intake.CSV} {
		var b bytes.Buffer
		if err := intake.Template(&b, intake.PostRows, format); err != nil {
			t.Fatal(err)
		}
		p := posts(t, write(t, "posts."+string(format), b.String()), intake.Options{}).only(t)
		if p.Author.Followers == 0 || len(p.CommentTexts) != 2 || len(p.Extra) != 0 {
			t.Errorf("%s: %+v", format, p)
		}
		b.Reset()
		if err := intake.Template(&b, intake.ApplicationRows, format); err != nil {
			t.Fatal(err)
		}
		a := applications(t, write(t, "applications."+string(format), b.String())).only(t)
		if len(a.Documents) != 2 || len(a.Documents[0].Fields) != 1 || a.Entity.Expires != moderation.LongTerm || len(a.Extra) != 0 {
			t.Errorf("%s: %+v", format, a)
		}
	}
}
