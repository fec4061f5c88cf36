package disclosure

import (
	"net/url"
	"slices"
	"strings"
)

// link is one address in a post.
type link struct {
	raw   string
	host  string // lower case, without port
	query url.Values
	media bool // a picture or film: content, not a way out
	start int  // folded offsets in the text it stands in; 0, 0 for the post's own list
	end   int
}

const longestLink = 2048

// The ways in which a link starts inside a text. Bare hosts are not looked for:
// "ok.then" is too common.
var schemes = [][]rune{[]rune("https://"), []rune("http://"), []rune("www.")}

// linksIn finds the links that stand in a text. A link ends at white space, at a
// Han character or at a mark that no link has unescaped.
func linksIn(t *text) []link {
	var found []link
	for i := 0; i < len(t.folded)-4; i++ {
		if r := t.folded[i]; r != 'h' && r != 'w' || t.folded[i+1] != 't' && t.folded[i+1] != 'w' {
			continue
		}
		for _, s := range schemes {
			if !hasAt(t.folded, i, s) {
				continue
			}
			end := i + len(s)
			for end < len(t.folded) && end-i < longestLink && linkRune(t.folded[end]) {
				end++
			}
			for end > i && strings.ContainsRune(".,;:!?)'*", t.folded[end-1]) {
				end--
			}
			if end-i > len(s)+3 {
				// The original's case matters in paths and codes.
				span := t.span(i, end)
				l := readLink(t.words(span))
				l.start, l.end = i, end
				found = append(found, l)
			}
			i = max(i, end-1)
			break
		}
	}
	return found
}

func hasAt(text []rune, at int, prefix []rune) bool {
	return len(text)-at >= len(prefix) && slices.Equal(text[at:at+len(prefix)], prefix)
}

func linkRune(r rune) bool { return uint32(r) < 0x80 && linkRunes[r] }

// linkRunes are the runes that a link may have.
var linkRunes = func() (of [0x80]bool) {
	for r := rune('!'); r < 0x7F; r++ {
		of[r] = !strings.ContainsRune("<>\"{}|\\^`", r)
	}
	return of
}()

func readLink(raw string) link {
	l := link{raw: raw}
	address := raw
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	rest := address[strings.Index(address, "://")+3:]
	host, path := rest, ""
	if cut := strings.IndexAny(rest, "/?#"); cut >= 0 {
		host, path = rest[:cut], rest[cut:]
	}
	if strings.ContainsAny(host, "%@[]:") {
		// Names, ports and escapes are rare, and their rules are many.
		if u, err := url.Parse(address); err == nil {
			host = u.Hostname()
		}
		// What no browser would open, people may still retype: judge its host by eye.
	}
	l.host = strings.ToLower(host)
	path, _, _ = strings.Cut(path, "#")
	path, query, asked := strings.Cut(path, "?")
	if asked {
		l.query, _ = url.ParseQuery(query) // as far as it can be read
	}
	if dot := strings.LastIndexByte(path, '.'); dot >= 0 {
		l.media = mediaEndings[strings.ToLower(path[dot:])]
	}
	return l
}

var mediaEndings = map[string]bool{".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".webp": true, ".svg": true, ".heic": true, ".mp4": true, ".mov": true}

// matches reports whether a rule speaks of a link.
func (r *linkRule) matches(l link) bool {
	if len(r.Hosts) > 0 && !slices.ContainsFunc(r.Hosts, func(h string) bool { return l.under(h) }) {
		return false
	}
	if len(r.Query) == 0 {
		return true
	}
	for _, q := range r.Query {
		if prefix, any := strings.CutSuffix(q, "*"); any {
			for name := range l.query {
				if strings.HasPrefix(strings.ToLower(name), prefix) {
					return true
				}
			}
		} else if l.query.Has(q) {
			return true
		}
	}
	return false
}

// under reports whether the link's host is h or lies below it; "amazon.*" stands
// for amazon under any ending, and "*" for every host that is not of the
// neutral ones.
func (l link) under(h string) bool {
	switch {
	case h == "*":
		return !l.neutral()
	case strings.HasSuffix(h, ".*"):
		name := strings.TrimSuffix(h, "*")
		at := strings.Index(l.host, name)
		return at == 0 || at > 0 && (l.host[at-1] == '.' || strings.Contains(l.host, "."+name))
	}
	return below(l.host, h)
}

// below reports whether a host is a domain or lies in it.
func below(host, domain string) bool {
	dot := len(host) - len(domain) - 1
	return strings.HasSuffix(host, domain) && (dot < 0 || host[dot] == '.')
}

// Hosts that lead to maps, films and encyclopaedias: everybody links there.
var neutralHosts = []string{
	"google.com", "goo.gl", "g.co", "share.google", "amap.com", "map.baidu.com", "naver.me", "naver.com", "openstreetmap.org",
	"youtube.com", "youtu.be", "bilibili.com", "b23.tv", "wikipedia.org", "wikimedia.org", "baike.baidu.com",
	"xiaohongshu.com", "xhslink.com", "dcard.tw", "weibo.com", "zhihu.com", "douban.com", "apple.com", "gov.tw", "gov.cn", "gov.hk", "go.jp", "gov", "gov.uk",
}

func (l link) neutral() bool {
	for _, h := range neutralHosts {
		if below(l.host, h) {
			return true
		}
	}
	return false
}
