package views

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"cinnabar/moderation"
	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/look/looktest"
	"cinnabar/views/words"
)

func TestEvidenceFromAPictureSaysWhichPicture(t *testing.T) {
	looktest.Dress(t, look.Light)
	for lang, want := range map[words.Language][]string{
		words.EN: {"An affiliate link · in picture 2", "Other authors with the same file: 3"},
		words.ZH: {"第 2 张图片", "另有 3 位作者发过同一文件"},
	} {
		b := words.For(lang)
		said := ""
		for i, e := range []moderation.Evidence{
			{Kind: "link", Rule: "link.affiliate", Field: "picture:2", Text: "https://shop.example/?aff_id=1", Weight: 1.6},
			{Kind: "picture", Rule: "picture.shared", Field: "picture:1", Text: "3", Weight: .6},
		} {
			said += " " + paragraphs(newEvidenceRow(b, e, i).box)
		}
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%v: %q is not in %q", lang, w, said)
			}
		}
	}
}

func paragraphs(o fyne.CanvasObject) string {
	switch x := o.(type) {
	case *kit.Paragraph:
		return x.Text() + " "
	case *fyne.Container:
		all := ""
		for _, c := range x.Objects {
			all += paragraphs(c)
		}
		return all
	}
	return ""
}
