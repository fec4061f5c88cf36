package views

import (
	"fyne.io/fyne/v2"

	"cinnabar/views/kit"
	"cinnabar/views/look"
	"cinnabar/views/words"
)

// NewCover is what stands in the window before there is a database to show: the
// seal, and what is being waited for.
func NewCover(book *words.Book, what, next string) fyne.CanvasObject {
	return cover(book, kit.NewText(what, kit.Second), kit.NewText(next, kit.Small))
}

// NewTrouble is what stands there when the database could not be opened: what
// happened, what to do, and a way to try again.
func NewTrouble(book *words.Book, err error, retry func()) fyne.CanvasObject {
	what, next := book.Error(err)
	return cover(book, kit.Fixed(720, 0, kit.NewState(kit.State{
		Icon: look.IconDatabase, Tone: kit.Amber, What: what, Next: next,
		Action: kit.ButtonConfig{Text: book.T("common.retry"), Weight: kit.Primary, Press: retry},
	})))
}

func cover(book *words.Book, below ...fyne.CanvasObject) fyne.CanvasObject {
	head := kit.Row(look.S3, kit.Gap(), kit.NewSeal(48), kit.NewText(book.T("shell.name"), kit.PageTitle), kit.Gap())
	lines := []fyne.CanvasObject{kit.Gap(), head}
	for _, o := range below {
		lines = append(lines, kit.Row(0, kit.Gap(), o, kit.Gap()))
	}
	return kit.NewGround(look.Paper, 0, kit.Stack(look.S4, append(lines, kit.Gap(), kit.Gap())...))
}
