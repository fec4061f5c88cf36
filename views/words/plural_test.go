package words

import "testing"

func TestAWordFollowsTheNumberBeforeIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		args []any
		want string
	}{
		{"%s [post|posts] scored, %s [case|cases] opened", []any{"1", "2"}, "%s post scored, %s cases opened"},
		{"%s [post|posts] scored, %s [case|cases] opened", []any{"1,001", "1"}, "%s posts scored, %s case opened"},
		{"%d %% of %d [post|posts]", []any{1, 0}, "%d %% of %d posts"},
		{"%[2]s: %[1]d [row|rows], then %[3]d [row|rows]", []any{1, "1", 7}, "%[2]s: %[1]d row, then %[3]d rows"},
		{"%s [was|were] not there; [it|they] came later", []any{1}, "%s was not there; it came later"},
		{"before any number [one|many]", nil, "before any number many"},
		{"%s [A] and a|b [open|", []any{1}, "%s [A] and a|b [open|"},
		{"%s and %s [x|y]", []any{1}, "%s and %s y"}, // too few arguments is fmt's to tell
	} {
		if got := plural(c.text, c.args); got != c.want {
			t.Errorf("%q with %v: %q, want %q", c.text, c.args, got, c.want)
		}
	}
	en, zh := For(EN), For(ZH)
	if got := en.T("command.picture_thumbs", "18", "1"); got != "18 small versions are written, 1 file was refused." {
		t.Error(got)
	}
	for key, text := range zh.words {
		if forms.MatchString(text) && plural(text, []any{1, 1, 1, 1, 1, 1}) != text {
			t.Errorf("%s has forms of a word, which Chinese has not: %q", key, text)
		}
	}
}
