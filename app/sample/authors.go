package sample

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"cinnabar/moderation"
)

// chance returns a source of chance for one thing of the sample, so that a
// change to one post leaves all others as they were.
func chance(of string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(of))
	return rand.New(rand.NewPCG(h.Sum64(), 0x5EA1))
}

// known are the followers of those that a person will meet first; the others'
// are drawn.
var known = map[string]int{
	"溪溪": 124_000, "阿梨": 8_210, "雨后的玻璃": 21_300, "山行": 33_400, "橘座驾到": 990, "降噪星人": 56_200,
	"香水教室": 87_500, "煮水人": 6_402, "小满在厨房": 11_800, "一口奶糕": 45_900, "小个子莉莉": 71_000, "飞行的阿默": 28_300,
	"northbound": 41_200, "lune": 15_300, "kumo": 22_100, "quietcarriage": 63_000, "dry.down": 12_400, "slowrooms": 38_700,
	"two.under.three": 94_000, "carryonly": 17_600, "spf.daily": 52_500,
}

// author makes one of the sample's authors. Who writes for money posts often;
// a ring's members are new and hardly followed.
func author(handle string, now time.Time) moderation.Author {
	rnd := chance("author " + handle)
	lives := habits()[handle]
	followers := known[handle]
	if followers == 0 {
		followers = int(math.Exp(rnd.NormFloat64()*1.2 + 6.6))
	}
	days := 300 + rnd.IntN(2200)
	rate := .05 + rnd.Float64()*.45
	switch {
	case lives.ringed:
		followers, days, rate = 20+rnd.IntN(300), 25+rnd.IntN(60), 2+rnd.Float64()*3
	case lives.sells:
		rate = .8 + rnd.Float64()*2.2
	}
	joined := now.AddDate(0, 0, -days).UTC().Truncate(time.Hour)
	return moderation.Author{
		ID: handle, Handle: handle, Followers: max(followers, 12), Following: 30 + rnd.IntN(900),
		Posts: max(int(rate*float64(days)*.6), 3), PostsPerDay: math.Round(rate*100) / 100, Joined: joined,
	}
}

// habit is what somebody's posts say about how they live on the platform.
type habit struct {
	sells  bool // has a paid post without a label
	ringed bool // is in a ring
}

var habits = sync.OnceValue(func() map[string]habit {
	all := make(map[string]habit)
	for _, s := range scripts() {
		h := all[s.author]
		h.sells = h.sells || s.manner == paid || s.manner == mould
		h.ringed = h.ringed || s.manner == ring
		all[s.author] = h
	}
	return all
})
