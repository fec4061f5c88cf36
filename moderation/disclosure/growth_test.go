//go:build unix

package disclosure

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"cinnabar/moderation"
)

// Anything that grows faster than its text shows at four times the length. What
// grows with the square takes sixteen times as long; the best of several runs is
// compared, in processor time, because tests share their machine.
func TestTimeGrowsWithTheTextAndNoFaster(t *testing.T) {
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	for name, piece := range map[string]string{
		"ordinary": ordinary.Body, "one phrase": "优惠码", "apart": "加、微、信、", "letters": "u s e c o d e ", "sounds": "优惠玛加薇信", "parts": "女子力口彳亍", "Pinyin": "加weixin ", "denied": "没有优惠码",
		"hidden": "优\u200b惠\u200b码", "towers": "加\u0335\u0301\u0301\u0301", "broken": "\xff\xed\xa0\x80", "quotes": "“‘'", "hashtags": "#旅行 ", "labels": "#ad ",
	} {
		small := strings.Repeat(piece, 1<<14/len(piece)+1)
		large := strings.Repeat(small, 4)
		took := func(body string, best time.Duration) time.Duration {
			start := spent()
			Default().Score(moderation.Post{Body: body}, false)
			return min(best, spent()-start)
		}
		quick, slow := time.Hour, time.Hour
		for tries := 0; tries == 0 || tries < 40 && slow >= 6*quick; tries++ {
			quick, slow = took(small, quick), took(large, slow)
		}
		if slow >= 10*quick {
			t.Errorf("%s: %v for %d bytes, %v for four times as many", name, quick, len(small), slow)
		}
	}
}
