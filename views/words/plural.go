package words

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// forms finds the verbs of a text, with the number of their argument if they name it,
// and the two forms of a word.
var forms = regexp.MustCompile(`%(?:\[(\d+)\])?[-+ #0]*[\d.]*[a-zA-Z%]|\[([^|\[\]]*)\|([^|\[\]]*)\]`)

// plural settles the words that depend on a number. English texts write both forms in
// brackets, one and many, "%s [post|posts] scored", and the number is that of the nearest
// verb to the left. Chinese needs none of this.
func plural(text string, args []any) string {
	if !strings.Contains(text, "|") {
		return text
	}
	var out strings.Builder
	at, next, one := 0, 0, false
	for _, m := range forms.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[at:m[0]])
		at = m[1]
		found := text[m[0]:m[1]]
		switch {
		case m[4] < 0: // a verb
			if m[2] >= 0 {
				n, _ := strconv.Atoi(text[m[2]:m[3]])
				next = n - 1
			}
			if !strings.HasSuffix(found, "%") {
				one = next >= 0 && next < len(args) && fmt.Sprint(args[next]) == "1"
				next++
			}
			out.WriteString(found)
		case one:
			out.WriteString(text[m[4]:m[5]])
		default:
			out.WriteString(text[m[6]:m[7]])
		}
	}
	out.WriteString(text[at:])
	return out.String()
}
