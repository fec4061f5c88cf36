package signals

import (
	"math"
	"slices"
	"strconv"

	"cinnabar/moderation"
)

// followers looks for figures that do not fit together as those of people who grew do.
func (r *rules) followers(p moderation.Post, c Context) Signal {
	s := Signal{Kind: Followers}
	a := p.Author
	if float64(a.Followers) < r.limits["followers_least"] {
		s.Level = CannotTell
		s.say("followers.unknown", "followers", strconv.Itoa(a.Followers))
		return s
	}
	asked := 0
	sign := func(known, is bool, rule string, args ...string) {
		if !known {
			return
		}
		if asked++; is {
			s.Score += r.weights[rule]
			s.Findings = append(s.Findings, moderation.Finding{Rule: rule, Field: "author"})
			s.say(rule, args...)
		}
	}
	followers := float64(a.Followers)
	count := strconv.Itoa(a.Followers)

	settled := r.settled(c)
	likes, all, comments := 0.0, 0.0, 0.0
	for _, e := range settled {
		likes += float64(e.Likes)
		comments += float64(e.Comments)
		all += float64(e.Likes) + float64(e.Saves) + float64(e.Shares) + float64(e.Comments)
	}
	n := float64(len(settled))
	enough := n >= r.limits["posts_least"]
	posts := strconv.Itoa(len(settled))
	if enough {
		likes, all, comments = likes/n, all/n, comments/n
	}
	sign(enough && followers >= r.limits["engagement_followers"], all/followers < r.limits["engagement_low"], "followers.engagement",
		"posts", posts, "mean", short(all), "followers", count, "percent", short(100*all/followers))
	sign(enough && likes >= r.limits["silent_likes"], comments/max(likes, 1) < r.limits["silent_share"], "followers.silent",
		"posts", posts, "likes", short(likes), "comments", short(comments))
	variation := variation(settled, likes)
	sign(n >= r.limits["flat_posts"] && likes >= r.limits["flat_likes"], variation < r.limits["flat_variation"], "followers.flat",
		"posts", posts, "likes", short(likes), "percent", short(100*variation))
	sign(a.Following > 0, float64(a.Following) >= r.limits["following_many"] && float64(a.Following) >= r.limits["following_share"]*followers, "followers.following",
		"following", strconv.Itoa(a.Following), "followers", count)
	if known := !a.Joined.IsZero() && c.Now.After(a.Joined); known {
		days := max(1, c.Now.Sub(a.Joined).Hours()/24)
		sign(true, days <= r.limits["growth_age"] && followers/days >= r.limits["growth_day"], "followers.growth",
			"days", strconv.Itoa(int(days)), "followers", count, "perday", strconv.Itoa(int(followers/days)))
	}
	sign(a.Posts > 0, float64(a.Posts) < r.limits["few_posts"] && followers >= r.limits["few_followers"], "followers.few_posts",
		"posts", strconv.Itoa(a.Posts), "followers", count)
	if weeks := c.History.PerWeek; len(weeks) > 0 {
		number, times := r.round(weeks)
		sign(true, float64(times) >= r.limits["round_weeks"], "followers.round", "weeks", strconv.Itoa(times), "posts", strconv.Itoa(number))
		most, median := peak(weeks)
		sign(true, float64(most) >= r.limits["burst_posts"] && float64(most) >= r.limits["burst_times"]*max(1, median), "followers.burst",
			"posts", strconv.Itoa(most), "median", short(median))
	}
	if asked < leastAsked {
		s.Level, s.Score = CannotTell, 0
		s.say("followers.unknown", "followers", count)
		return s
	}
	r.level(&s)
	if len(s.Says) == 0 {
		s.say("followers.fine", "asked", strconv.Itoa(asked))
	}
	return s
}

// leastAsked is how many questions the figures must answer before "none" is said.
const leastAsked = 3

// settled are the posts that have been seen for some days. Without a clock all are.
func (r *rules) settled(c Context) []Engagement {
	var out []Engagement
	for _, e := range c.Recent {
		if e.Likes < 0 || e.Saves < 0 || e.Shares < 0 || e.Comments < 0 {
			continue
		}
		if c.Now.IsZero() || e.Posted.IsZero() || c.Now.Sub(e.Posted).Hours() >= 24*r.limits["settled_days"] {
			out = append(out, e)
		}
	}
	return out
}

// variation is the standard deviation of likes over their mean.
func variation(posts []Engagement, mean float64) float64 {
	if len(posts) < 2 || mean <= 0 {
		return math.Inf(1)
	}
	sum := 0.0
	for _, e := range posts {
		d := float64(e.Likes) - mean
		sum += d * d
	}
	return math.Sqrt(sum/float64(len(posts)-1)) / mean
}

// round is the round number of posts that comes back in most weeks, and how often.
func (r *rules) round(weeks []int) (number, times int) {
	ten := int(r.limits["round_posts"])
	counts := map[int]int{}
	for _, n := range weeks {
		if n > 0 && n%ten == 0 {
			counts[n]++
		}
	}
	for n, c := range counts {
		if c > times || c == times && n < number {
			number, times = n, c
		}
	}
	return number, times
}

// peak is the largest week and the median one.
func peak(weeks []int) (most int, median float64) {
	sorted := slices.Sorted(slices.Values(weeks))
	n := len(sorted)
	return sorted[n-1], float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}
