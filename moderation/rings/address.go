package rings

import (
	"net/url"
	"slices"
	"strings"
)

// readAddress says which channels an address gives: an account at a messenger, or who
// is paid for it, and the page itself. Nothing for pictures, and for hosts that
// everybody links.
func (r *rules) readAddress(raw string) []Channel {
	raw = strings.TrimRight(raw, ".,;:!?)'*")
	if media(raw) {
		return nil // most addresses of a long post are its pictures, and parsing is dear
	}
	if !strings.Contains(raw, "://") {
		raw = "https://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return nil
	}
	host := strings.ToLower(u.Hostname())
	for _, prefix := range []string{"www.", "m.", "mobile.", "wap."} {
		// m.tb.cn is a host of its own, m.example.com is example.com on a telephone.
		if rest, ok := strings.CutPrefix(host, prefix); ok && strings.Count(rest, ".") >= 1 && rest != "tb.cn" {
			host = rest
		}
	}
	query := u.Query()
	if c, ok := r.messenger(host, u.Path, query); ok {
		if c.Kind == WhatsApp {
			if number, ok := mobile("+" + strings.TrimPrefix(c.Key, "+")); ok {
				return []Channel{{WhatsApp, number}, {Phone, number}}
			}
			if number, ok := desk("+" + strings.TrimPrefix(c.Key, "+")); ok {
				return []Channel{{WhatsApp, number}}
			}
		}
		return []Channel{c}
	}
	if media(u.Path) || slices.ContainsFunc(r.Nobody, func(h string) bool { return under(host, h) }) {
		return nil
	}
	var found []Channel
	for _, a := range r.Affiliates {
		if !slices.ContainsFunc(a.Hosts, func(h string) bool { return under(host, h) }) {
			continue
		}
		for name, values := range query {
			if slices.Contains(a.Query, strings.ToLower(name)) && values[0] != "" {
				found = append(found, Channel{Affiliate, a.Network + ":" + values[0]})
				query.Del(name)
			}
		}
		if len(found) > 0 {
			break // the network that knows the host, or else the general names
		}
	}
	slices.SortFunc(found, func(a, b Channel) int { return strings.Compare(a.Key, b.Key) })
	for name := range query {
		if slices.ContainsFunc(r.Tracking, func(t string) bool { return names(t, strings.ToLower(name)) }) {
			query.Del(name)
		}
	}
	key := host + strings.TrimRight(u.EscapedPath(), "/")
	if q := query.Encode(); q != "" { // sorted by name
		key += "?" + q
	}
	return append(found, Channel{Link, key})
}

// messenger reads an invitation or an account out of a messenger's own links.
func (r *rules) messenger(host, path string, query url.Values) (Channel, bool) {
	for _, m := range r.Messengers {
		if !under(host, m.Host) || len(path) < len(m.Path) || !strings.EqualFold(path[:len(m.Path)], m.Path) {
			continue
		}
		key := query.Get(m.Query)
		if m.Query == "" {
			key, _, _ = strings.Cut(path[len(m.Path):], "/")
			key = strings.TrimLeft(key, "@~")
		}
		if key = strings.TrimSpace(key); key == "" || len(key) > 100 {
			continue
		}
		if m.Kind == Line && m.Host != "line.me" || m.Kind == QQ || m.Kind == WhatsApp {
			return Channel{m.Kind, key}, true // invitations tell capitals from small letters
		}
		return Channel{m.Kind, strings.ToLower(key)}, true
	}
	return Channel{}, false
}

func media(path string) bool {
	path = strings.ToLower(path)
	return slices.ContainsFunc([]string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".heic", ".mp4", ".mov"}, func(e string) bool { return strings.HasSuffix(path, e) }) ||
		strings.Contains(path, "/videos/")
}

// under reports whether a host is h or lies below it; "amazon.*" is amazon under any
// ending and "*" every host.
func under(host, h string) bool {
	if h == "*" {
		return true
	}
	if name, any := strings.CutSuffix(h, "*"); any {
		return strings.HasPrefix(host, name) || strings.Contains(host, "."+name)
	}
	return host == h || strings.HasSuffix(host, "."+h)
}

// names reports whether a rule speaks of a parameter; "utm_*" is all that begin so.
func names(rule, parameter string) bool {
	if prefix, any := strings.CutSuffix(rule, "*"); any {
		return strings.HasPrefix(parameter, prefix)
	}
	return rule == parameter
}
