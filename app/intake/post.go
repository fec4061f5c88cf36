package intake

import (
	"strings"

	"cinnabar/moderation"
)

// openedVideos is of how many videos of a post frames are taken. Each costs seconds; the
// platform lets a post have one.
const openedVideos = 4

var postShape = shape[moderation.Post]{
	names: []string{
		"id", "lang", "title", "body", "posted_at", "declared", "links", "images", "videos", "image_count", "video_count",
		"likes", "saves", "shares", "comments", "comment_texts", "author", "brand", "label",
	},
	nested:   []string{"author", "comment_texts", "links", "images", "videos"},
	required: []string{"id", "body"},
	build:    buildPost,
	id:       func(p moderation.Post) string { return p.ID },
	attach: func(a *attacher, p *moderation.Post) {
		for i := range p.Pictures {
			p.Pictures[i].ID = a.picture("images."+itoa(i), p.Pictures[i].Name)
		}
		for i := range p.Videos[:min(len(p.Videos), openedVideos)] {
			p.Videos[i] = a.video("videos."+itoa(i), p.Videos[i].Name)
		}
	},
}

func buildPost(f *fields, o object) moderation.Post {
	p := moderation.Post{ID: f.key(o, "id")}
	if strings.TrimSpace(p.ID) == "" {
		f.missing("id")
	}
	if o.values["body"] == nil {
		f.missing("body")
	}
	p.Lang = f.short(o, "lang")
	p.Title = f.text(o, "title")
	p.Body = f.text(o, "body")
	p.Posted = f.moment(o, "posted_at")
	if declared := f.flag(o, "declared"); declared != nil {
		p.Declared = *declared
	}
	p.Links = f.links(o, "links", true)
	for _, name := range f.links(o, "images", false) {
		p.Pictures = append(p.Pictures, moderation.PostPicture{Name: name})
	}
	for _, name := range f.links(o, "videos", false) {
		p.Videos = append(p.Videos, moderation.PostVideo{Name: name})
	}
	p.Likes = f.count(o, "likes")
	p.Saves = f.count(o, "saves")
	p.Shares = f.count(o, "shares")
	for _, c := range f.objects(o, "comment_texts") {
		comment := moderation.Comment{Author: f.key(c, "author"), Text: f.text(c, "text")}
		if pinned := f.flag(c, "pinned"); pinned != nil {
			comment.Pinned = *pinned
		}
		p.CommentTexts = append(p.CommentTexts, comment)
		f.rest(c)
	}
	// A platform that hands in the things but not their number has as many.
	p.PictureCount = f.wholeOr(o, "image_count", len(p.Pictures), maxMedia)
	p.VideoCount = f.wholeOr(o, "video_count", len(p.Videos), maxMedia)
	p.Comments = f.wholeOr(o, "comments", len(p.CommentTexts), maxCount)
	p.Author = f.author(o)
	p.Brand = f.short(o, "brand")
	p.Label = f.flag(o, "label")
	f.rest(o)
	if len(f.extra) > 0 {
		p.Extra = f.extra
	}
	return p
}

func (f *fields) wholeOr(o object, name string, otherwise, most int) int {
	if o.values[name] == nil {
		return otherwise
	}
	return f.whole(o, name, 0, most)
}

func (f *fields) author(o object) moderation.Author {
	a := f.group(o, "author")
	author := moderation.Author{
		ID:          f.key(a, "id"),
		Handle:      f.short(a, "handle"),
		Followers:   f.count(a, "followers"),
		Following:   f.count(a, "following"),
		Posts:       f.count(a, "posts"),
		PostsPerDay: f.rate(a, "posts_per_day"),
		Joined:      f.moment(a, "joined_at"),
	}
	f.rest(a)
	return author
}
