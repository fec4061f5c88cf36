package rings

import (
	"slices"
	"strings"
	"unicode"

	"cinnabar/moderation"
	"cinnabar/moderation/disclosure"
	"cinnabar/moderation/hanzi"
)

// Kind is what sort of way to somebody a channel is. The text is kept with marks
// and is the last part of a finding's rule: "ring.wechat".
type Kind string

// The kinds of channels.
const (
	WeChat    Kind = "wechat"    // account, as written after a cue or in a link
	QQ        Kind = "qq"        // number of a person or a group
	Line      Kind = "line"      // account or invitation
	Telegram  Kind = "telegram"  // account or invitation
	WhatsApp  Kind = "whatsapp"  // number with +, or invitation
	Phone     Kind = "phone"     // mobile number with +country
	Desk      Kind = "desk"      // landline or service number
	Affiliate Kind = "affiliate" // network and who is paid: "amazon:lune-20"
	Command   Kind = "command"   // what one pastes into a shop's app
	Code      Kind = "code"      // personal code, in capitals
	Link      Kind = "link"      // address without what tracks
	Picture   Kind = "picture"   // id of the very same file, or a fingerprint that store adds
)

// Kinds lists the kinds, those that prove most first.
func Kinds() []Kind {
	return []Kind{WeChat, QQ, Line, Telegram, WhatsApp, Phone, Affiliate, Command, Code, Picture, Desk, Link}
}

// Channel is a way to somebody, written the same by whoever gives it. It can be a
// key of a map or of a table.
type Channel struct {
	Kind Kind
	Key  string
}

// Mention is where a post gives a channel.
type Mention struct {
	Channel
	Finding moderation.Finding // Weight 0: it stands beside the score
	// Strength is how much it proves that somebody else gives the same, 0…1; 1 makes
	// an edge by itself.
	Strength float64
}

// Bounds on what is read of one post; nobody gives more ways to themselves.
const (
	mostMentions = 64
	readComments = 50
	longestKey   = 300 // bytes
)

// What lessens a mention. A warning or a quotation gives the channel of somebody
// else; but a seller writes "no scammers" too, so that it only loses its proof. A
// mobile number on a venue's card is the venue's.
const (
	lessByWarning = 0.5
	lessByVenue   = 0.4
	cueReach      = 40 // folded runes before a mention in which a warning or venue stands
)

// scanner finds the mentions of one field.
type scanner struct {
	rules   *rules
	text    disclosure.Folded
	runes   []rune
	quoted  []bool
	inLink  []bool
	listed  []disclosure.Stretch // addresses with a scheme
	field   string
	spans   bool // spans speak of the post's own fields alone
	matches []disclosure.Match
	found   []Mention
	taken   int // folded offset up to which runes belong to a mention
}

func (s *scanner) scan() []Mention {
	s.links()
	s.cued()
	s.numbers()
	return s.found
}

// add keeps a mention of what stands at a stretch of folded runes.
func (s *scanner) add(kind Kind, key string, start, end int) {
	if key == "" || len(key) > longestKey || len(s.found) >= mostMentions {
		return
	}
	strength := s.rules.kinds[kind].Strength
	// Marks around nothing but the mention set it off: 优惠码「XIXI88」.
	if s.quoted[start] && (start > 0 && s.quoted[start-1] || end < len(s.quoted) && s.quoted[end]) {
		strength *= lessByWarning
	}
	for _, m := range s.matches {
		if m.End > start || start-m.End > cueReach {
			continue
		}
		line := !slices.Contains(s.runes[m.End:start], '\n')
		switch what := s.rules.say[m.Phrase]; {
		case what.warning && line:
			strength *= lessByWarning
		case what.venue && kind == Phone:
			strength = min(strength, lessByVenue)
		}
	}
	f := moderation.Finding{Rule: "ring." + string(kind), Field: s.field, Text: s.text.Words(start, end)}
	if s.spans {
		span := s.text.Span(start, end)
		f.Span = &span
	}
	m := Mention{Channel{kind, key}, f, strength}
	if slices.ContainsFunc(s.found, func(o Mention) bool { return o.Channel == m.Channel && same(o.Finding.Span, f.Span) }) {
		return // found by its cue and as a number
	}
	s.found = append(s.found, m)
}

func same(a, b *moderation.Span) bool {
	return a != nil && b != nil && a.Start < b.End && b.Start < a.End
}

// as gives a folded rune in the case that its author gave it: commands, codes and
// paths tell capitals from small letters, dress and look-alikes mean nothing.
func (s *scanner) as(i int) rune {
	switch o := s.text.Original(i); {
	case o < 0x80:
		return o
	case o > 0xFF00 && o < 0xFF5F: // full width
		return o - 0xFEE0
	}
	return s.runes[i]
}

func (s *scanner) written(start, end int) string {
	var b strings.Builder
	for i := start; i < end; i++ {
		b.WriteRune(s.as(i))
	}
	return b.String()
}

// links reads addresses, with a scheme or by the hosts that are known without one.
func (s *scanner) links() {
	for _, l := range s.listed {
		s.address(l.Start, l.End)
	}
	for _, m := range s.matches {
		if !s.rules.say[m.Phrase].bare || s.inLink[m.Start] || m.End >= len(s.runes) || s.runes[m.End] != '/' {
			continue
		}
		end := m.End
		for end < len(s.runes) && end-m.Start < longestKey && addressRune(s.runes[end]) {
			end++
		}
		if end > m.End+2 {
			s.address(m.Start, end)
			for i := m.Start; i < end; i++ {
				s.inLink[i] = true
			}
		}
	}
}

func (s *scanner) address(start, end int) {
	for _, c := range s.rules.readAddress(s.written(start, end)) {
		s.add(c.Kind, c.Key, start, end)
	}
}

func addressRune(r rune) bool {
	return r > ' ' && r < 0x7F && !strings.ContainsRune("<>\"{}|\\^`()[]", r)
}

// cued reads what a cue announces: an account after 微信, a code after 优惠码.
func (s *scanner) cued() {
	for _, m := range s.matches {
		kind := s.rules.say[m.Phrase].cue
		if kind == "" || s.inLink[m.Start] || m.Start < s.taken {
			continue
		}
		at, explicit := s.announced(m.Stretch)
		if kind == Code {
			s.code(m, at)
			continue
		}
		key, start, end := s.account(at)
		if key == "" {
			continue
		}
		if key, ok := accountOf(kind, key, explicit, s.rules); ok {
			s.add(kind, key, start, end)
			if number, ok := mobile(key); ok {
				s.add(Phone, number, start, end)
			}
			s.taken = end
		}
	}
}

// announced skips what stands between a cue and what it announces, and says whether
// it leaves no doubt that an account follows (号, a colon).
func (s *scanner) announced(cue disclosure.Stretch) (start int, explicit bool) {
	at := cue.End
	for _, e := range s.rules.explicit {
		explicit = explicit || cue.End-cue.Start > len(e) && slices.Equal(s.runes[cue.End-len(e):cue.End], e)
	}
	for skipped := 0; at < len(s.runes) && skipped < 6; skipped++ {
		r := s.runes[at]
		if accountStart(r) && !s.fillerAt(at) {
			return at, explicit
		}
		if n := s.filler(at); n > 0 {
			explicit = explicit || slices.ContainsFunc(s.rules.explicit, func(e []rune) bool { return slices.Equal(e, s.runes[at:at+n]) })
			at += n
			continue
		}
		if hanzi.Is(r) && numeral(r) == 0 || r == '\n' && skipped > 1 || r == '。' || r == '!' {
			return len(s.runes), false
		}
		if numeral(r) != 0 {
			return at, explicit
		}
		explicit = explicit || r == ':' || r == '=' || r == '➡' || r == '→'
		at++
	}
	return at, explicit
}

func (s *scanner) fillerAt(at int) bool { return s.filler(at) > 0 }

// filler is the length of the filling word at an offset, 0 for none.
func (s *scanner) filler(at int) int {
	for _, f := range s.rules.fillers {
		if len(s.runes)-at < len(f) || !slices.Equal(s.runes[at:at+len(f)], f) {
			continue
		}
		// "id" is a word only if no letter follows.
		if end := at + len(f); f[0] < 0x80 && end < len(s.runes) && accountRune(s.runes[end]) {
			continue
		}
		return len(f)
	}
	return 0
}

func accountStart(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '@' || r == '+'
}

func accountRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.' || r == '@'
}

// numeral is the digit that a character writes out, so that machines read none; 0 for
// others. It is asked of every rune, hence no map.
func numeral(r rune) byte {
	switch r {
	case '〇', '零':
		return '0'
	case '一', '幺', '壹':
		return '1'
	case '二', '贰', '两':
		return '2'
	case '三', '叁':
		return '3'
	case '四', '肆':
		return '4'
	case '五', '伍':
		return '5'
	case '六', '陆':
		return '6'
	case '七', '柒':
		return '7'
	case '八', '捌':
		return '8'
	case '九', '玖':
		return '9'
	}
	return 0
}

// plainAccount is the length from which an account that is written in one piece is
// taken as it is; shorter pieces may belong to one that was pulled apart.
const plainAccount = 5

// account reads an account at an offset, also when it was pulled apart (a❤b-1 2 3)
// or its digits are written out.
func (s *scanner) account(at int) (key string, start, end int) {
	if at >= len(s.runes) {
		return "", 0, 0
	}
	end = at
	if s.runes[end] == '+' {
		end++
	}
	for end < len(s.runes) && end-at < 40 && accountRune(s.runes[end]) {
		end++
	}
	if end-at >= plainAccount {
		return strings.TrimRight(string(s.runes[at:end]), ".-_@"), at, s.back(at, end)
	}
	var b strings.Builder
	last, gap, letters, words, spaced := at, 0, 0, false, false
	for i := at; i < len(s.runes) && b.Len() < 24; i++ {
		switch r := s.runes[i]; {
		case accountRune(r) && r != '-' && r != '.':
			if r >= 'a' && r <= 'z' {
				letters++
				words = words || letters > 1
			}
			b.WriteRune(r)
			last, gap = i+1, 0
			continue
		case numeral(r) != 0:
			b.WriteByte(numeral(r))
			last, gap, letters = i+1, 0, 0
			continue
		default:
			gap, letters = gap+1, 0
			if gap <= 3 && !hanzi.Is(r) && (!ends(r) || r == '.') && r != ',' && r != '、' {
				spaced = spaced || r == ' '
				continue
			}
		}
		break
	}
	key = b.String()
	// White space alone parts words: "line 2 to exit 4" is no account.
	if len(key) < 6 || !strings.ContainsAny(key, "0123456789") || words && spaced {
		return "", 0, 0
	}
	return key, at, last
}

// back takes trailing marks off a stretch.
func (s *scanner) back(start, end int) int {
	for end > start+1 && strings.ContainsRune(".-_@", s.runes[end-1]) {
		end--
	}
	return end
}

// accountOf says whether an account can be one of its kind, and how it is written.
func accountOf(kind Kind, key string, explicit bool, r *rules) (string, bool) {
	digits, letters, marks := 0, 0, 0
	for i := range len(key) {
		switch c := key[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			letters++
		default:
			marks++
		}
	}
	if slices.Contains(r.NoIDs, key) || digits+letters == 0 {
		return "", false
	}
	if letters == 0 && kind != QQ {
		number := strings.TrimLeft(key, "@")
		if m, ok := mobile(number); ok {
			return m, true
		}
		d, ok := desk(number)
		return d, ok && kind == WhatsApp && d[0] == '+'
	}
	telling := digits > 0 || marks > 0 || explicit
	key = strings.TrimPrefix(key, "@")
	n := len(key)
	switch kind {
	case WeChat:
		return key, telling && n >= 6 && n <= 20 && key[0] >= 'a' && key[0] <= 'z' && !strings.ContainsAny(key, ".@+")
	case QQ: // also how a dumpling chews
		key = strings.TrimPrefix(key, "+")
		return key, letters == 0 && marks == 0 && (n >= 6 || n == 5 && explicit) && n <= 12 && key[0] != '0'
	case Line:
		return key, telling && n >= 4 && n <= 20 && !strings.ContainsAny(key, "@+")
	case Telegram:
		return key, telling && n >= 5 && n <= 32 && key[0] >= 'a' && key[0] <= 'z' && !strings.ContainsAny(key, ".-@+")
	}
	return "", false
}

// shortestCode keeps out codes that two shops come up with by chance.
const shortestCode = 5

// code reads a personal code after its cue: Latin capitals and digits.
func (s *scanner) code(m disclosure.Match, at int) {
	end := at
	letters, digits, capitals := 0, 0, 0
	for end < len(s.runes) && end-at <= 17 {
		r := s.runes[end]
		if r >= '0' && r <= '9' {
			digits++
		} else if r >= 'a' && r <= 'z' {
			letters++
			if o := s.text.Original(end); unicode.IsUpper(o) || o > 0x7F {
				capitals++
			}
		} else {
			break
		}
		end++
	}
	n := end - at
	alone := s.text.Words(m.Start, m.End)
	named := digits > 0 || capitals == letters && n >= 5 && !strings.EqualFold(alone, "code")
	if n < shortestCode || n > 16 || letters == 0 || !named {
		return
	}
	key := string(s.runes[at:end])
	if slices.ContainsFunc(s.rules.NoCodes, func(begin string) bool { return strings.HasPrefix(key, begin) }) {
		return
	}
	s.add(Code, strings.ToUpper(key), at, end)
	s.taken = max(s.taken, end)
}

// numbers reads telephone numbers and commands, which need no cue.
func (s *scanner) numbers() {
	for i := 0; i < len(s.runes); i++ {
		if s.inLink[i] {
			continue
		}
		switch r := s.runes[i]; {
		case commandMark(r):
			if end := s.command(i); end > 0 {
				i = end - 1
			}
		case r >= '0' && r <= '9' || r == '+' || numeral(r) != 0:
			if i > 0 && latin(s.runes[i-1]) {
				i = s.past(i) - 1
				continue
			}
			i = s.telephone(i) - 1
		}
	}
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' }

// past is the end of the word at an offset, at least one rune on.
func (s *scanner) past(i int) int {
	for i++; i < len(s.runes) && latin(s.runes[i]); i++ {
	}
	return i
}

func commandMark(r rune) bool {
	switch r {
	case '¥', '￥', '$', '€', '£', '₤', '₴', '₳', '¢', '₰', '(':
		return true
	}
	return false
}

// command reads ￥AbC123xyz￥: 8 to 14 letters and digits, both, between two marks.
func (s *scanner) command(at int) int {
	letters, digits := 0, 0
	for i := at + 1; i < len(s.runes) && i-at <= 15; i++ {
		switch r := s.runes[i]; {
		case r >= 'a' && r <= 'z':
			letters++
		case r >= '0' && r <= '9':
			digits++
		case r == ')' && s.runes[at] == '(' || r != '(' && s.runes[at] != '(' && commandMark(r):
			if n := i - at - 1; n < 8 || n > 14 || letters == 0 || digits == 0 {
				return 0
			}
			s.add(Command, s.written(at+1, i), at, i+1)
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// telephone reads a number with its gaps of up to two signs and returns where it ends.
func (s *scanner) telephone(at int) int {
	var digits []byte
	plus := s.runes[at] == '+'
	i, last, gap, written := at, at, 0, 0
	groups := []int{0} // digits between gaps
	if plus {
		i++
		last = i
	}
	for ; i < len(s.runes) && len(digits) < 18 && !s.inLink[i]; i++ {
		r := s.runes[i]
		if r >= '0' && r <= '9' {
			digits = append(digits, byte(r))
		} else if d := numeral(r); d != 0 {
			digits = append(digits, d)
			written++
		} else if gap++; gap <= 2 && joins(r) {
			continue
		} else {
			break
		}
		if gap > 0 {
			groups = append(groups, 0)
		}
		groups[len(groups)-1]++
		last, gap = i+1, 0
	}
	end := max(last, at+1)
	if len(digits) == 0 {
		return end
	}
	if last < len(s.runes) && latin(s.runes[last]) || written > 0 && written < len(digits)-4 || !oneNumber(groups, plus || digits[0] == '0' || digits[0] == '8') {
		return end
	}
	number := string(digits)
	if plus {
		number = "+" + number
	}
	if key, ok := mobile(number); ok {
		s.add(Phone, key, at, last)
	} else if key, ok := desk(number); ok && written == 0 {
		s.add(Desk, key, at, last)
	}
	return end
}

// oneNumber reports whether groups of digits are one telephone number rather than a
// row of prices or dates: groups of three and more after an area or country code, or
// digits that were pulled apart one by one.
func oneNumber(groups []int, coded bool) bool {
	if len(groups) == 1 {
		return true
	}
	single, long := true, true
	for i, n := range groups {
		single = single && n == 1
		long = long && (n >= 3 || i == 0 && n == 2 && coded)
	}
	return single || long
}

// joins reports whether a sign may stand between the digits of one number.
func joins(r rune) bool {
	return !latin(r) && !hanzi.Is(r) && (r == '.' || !ends(r)) && !strings.ContainsRune(",、:/~%¥￥$€£=<>#@*", r) && !unicode.IsLetter(r)
}

// mobile writes a mobile number of mainland China, Taiwan, Hong Kong or Macau with
// its country.
func mobile(s string) (string, bool) {
	plus := strings.HasPrefix(s, "+")
	d := strings.TrimPrefix(s, "+")
	d = strings.TrimPrefix(d, "00")
	for _, c := range d {
		if c < '0' || c > '9' {
			return "", false
		}
	}
	switch {
	case len(d) == 11 && d[0] == '1' && d[1] >= '3' && !plus:
		return "+86" + d, true
	case len(d) == 13 && strings.HasPrefix(d, "861") && d[3] >= '3':
		return "+" + d, true
	case len(d) == 10 && strings.HasPrefix(d, "09") && !plus:
		return "+886" + d[1:], true
	case len(d) == 12 && strings.HasPrefix(d, "8869"):
		return "+" + d, true
	case len(d) == 13 && strings.HasPrefix(d, "88609"):
		return "+886" + d[4:], true
	case len(d) == 11 && (strings.HasPrefix(d, "852") || strings.HasPrefix(d, "853")) && d[3] >= '4':
		return "+" + d, true
	}
	return "", false
}

// desk writes a firm's number: service numbers, landlines with an area code, and
// numbers of other countries, where nothing tells a mobile one.
func desk(s string) (string, bool) {
	plus := strings.HasPrefix(s, "+")
	d := strings.TrimPrefix(s, "+")
	switch {
	case len(d) == 10 && (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800") || strings.HasPrefix(d, "0800")):
		return d, true
	case !plus && len(d) >= 9 && len(d) <= 12 && d[0] == '0' && d[1] != '0':
		return d, true
	case plus && strings.HasPrefix(d, "886") && len(d) >= 11:
		return "0" + strings.TrimPrefix(d[3:], "0"), true
	case plus && len(d) >= 9 && len(d) <= 15 && d[0] != '0':
		return "+" + d, true
	}
	return "", false
}
