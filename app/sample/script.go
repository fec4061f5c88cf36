package sample

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed posts/*.txt
var scriptFiles embed.FS

// manner is how a post stands to money. It is known here because we wrote the
// post; it is never handed on, so that nobody takes the sample for a labelled set.
type manner string

const (
	everyday manner = "plain"  // names no brand
	paid     manner = "paid"   // paid for and silent about it
	ring     manner = "ring"   // the same text by several authors
	mould    manner = "mold"   // one template with another product in it
	labelled manner = "label"  // paid for and says so at the start
	vague    manner = "vague"  // says something that is no label, or says it last
	ownMoney manner = "own"    // says that nobody paid
	honest   manner = "honest" // about a brand, with what is wrong with it
)

// script is a post as it stands in the text files: "@@ topic manner option…",
// the title, the body, comments after "> " or ">> " (pinned), links after "link ".
type script struct {
	lang     string
	topic    string
	manner   manner
	brand    string // the brand's whole name
	author   string
	subject  string // of the picture, "" for none
	cover    string // words on the picture
	price    string // on a tag in the picture
	shared   string // posts with the same key show the very same picture
	declared bool
	first    bool // comes with the first handful
	days     int  // how long ago it was posted; 0 is left to chance
	likes    int  // 0 is left to chance
	title    string
	body     string
	comments []remark
	links    []string
}

type remark struct {
	author, text string
	pinned       bool
}

// scripts are all posts as written, Chinese before English. A mistake in the
// files panics in the first test that reads them.
var scripts = sync.OnceValue(func() []script {
	var all []script
	for _, f := range []struct{ name, lang string }{{"zh", "zh-Hans"}, {"en", "en"}} {
		data, err := scriptFiles.ReadFile("posts/" + f.name + ".txt")
		if err != nil {
			panic(err)
		}
		for _, block := range strings.Split("\n"+string(data), "\n@@ ")[1:] {
			s, err := readScript(block, f.lang)
			if err != nil {
				panic("sample: posts/" + f.name + ".txt: " + err.Error())
			}
			all = append(all, s)
		}
	}
	return all
})

func readScript(block, lang string) (script, error) {
	lines := strings.Split(strings.TrimSpace(block), "\n")
	head := strings.Fields(lines[0])
	if len(head) < 3 || len(lines) < 3 {
		return script{}, fmt.Errorf("a post without head, title or body: %q", lines[0])
	}
	s := script{lang: lang, topic: head[0], manner: manner(head[1]), title: lines[1]}
	for _, option := range head[2:] {
		if err := s.option(option); err != nil {
			return script{}, fmt.Errorf("%s: %w", s.title, err)
		}
	}
	var body []string
	for _, line := range lines[2:] {
		switch {
		case strings.HasPrefix(line, ">> "):
			s.comments = append(s.comments, remark{s.author, line[3:], true})
		case strings.HasPrefix(line, "> "):
			who, text, ok := strings.Cut(line[2:], ": ")
			if !ok {
				return script{}, fmt.Errorf("%s: a comment by nobody: %q", s.title, line)
			}
			s.comments = append(s.comments, remark{who, text, false})
		case strings.HasPrefix(line, "link "):
			s.links = append(s.links, line[5:])
		default:
			body = append(body, line)
		}
	}
	s.body = strings.TrimSpace(strings.Join(body, "\n"))
	return s, nil
}

func (s *script) option(text string) (err error) {
	key, value, _ := strings.Cut(text, "=")
	switch key {
	case "brand":
		s.brand, err = brandNamed(value)
	case "as":
		s.author = value
	case "pic":
		value, s.price, _ = strings.Cut(value, "/")
		s.subject, s.cover, _ = strings.Cut(value, ":")
		s.cover = strings.NewReplacer("_", " ", "|", "\n").Replace(s.cover)
		if _, ok := subjectNames[s.subject]; !ok {
			err = fmt.Errorf("no subject %q", s.subject)
		}
	case "lang":
		s.lang = "zh-Hant"
	case "shared":
		s.shared = value
	case "declared":
		s.declared = true
	case "first":
		s.first = true
	case "days":
		s.days, err = strconv.Atoi(value)
	case "likes":
		s.likes, err = strconv.Atoi(value)
	default:
		err = fmt.Errorf("no option %q", text)
	}
	return err
}

// brandNamed finds an applicant by the beginning of its name.
func brandNamed(start string) (string, error) {
	i := slices.IndexFunc(cast, func(a applicant) bool { return strings.HasPrefix(a.brand, start) })
	if i < 0 {
		return "", fmt.Errorf("no brand %q", start)
	}
	return cast[i].brand, nil
}
