package sample

import (
	"strings"
	"time"

	"cinnabar/app/sample/paint"
	"cinnabar/assets"
	"cinnabar/moderation"
)

// subjectNames are the subjects as the text files write them.
var subjectNames = map[string]paint.Subject{
	"bottle": paint.Bottle, "dropper": paint.Dropper, "tube": paint.Tube, "jar": paint.Jar, "perfume": paint.Perfume,
	"mug": paint.Mug, "teatin": paint.TeaTin, "bowl": paint.Bowl, "pouch": paint.Pouch, "books": paint.Books, "tent": paint.Tent,
	"headphones": paint.Headphones, "tote": paint.Tote, "vase": paint.Vase, "lamp": paint.Lamp, "babybottle": paint.BabyBottle,
	"petbowl": paint.PetBowl, "coat": paint.Coat, "speaker": paint.Speaker, "loaf": paint.Loaf, "glasses": paint.Glasses,
	"backpack": paint.Backpack, "suitcase": paint.Suitcase, "cup": paint.Cup,
}

// still is the picture of a post. Members of a ring show the very same one,
// which is how a reviewer finds them.
func (s script) still() (paint.Still, bool) {
	if s.subject == "" {
		return paint.Still{}, false
	}
	key := s.author + s.title
	if s.shared != "" {
		key = s.shared
	}
	rnd := chance("picture " + key)
	want := paint.Still{
		Subject: subjectNames[s.subject], Palette: rnd.IntN(paint.Palettes), Scene: paint.Scene(rnd.IntN(int(paint.Scenes))),
		Seed: rnd.Uint64(), Name: lettered(s.brand), Title: s.cover, Price: s.price,
	}
	// Contact details move into the picture where the text must not have them.
	if (s.manner == paid || s.manner == ring) && s.cover == "" && s.price == "" {
		switch rnd.IntN(6) {
		case 0:
			want.Code = true
		case 1:
			want.Price = []string{"¥39", "¥59.9", "¥129", "¥9.9"}[rnd.IntN(4)]
			if s.lang == "en" {
				want.Price = []string{"$19", "$39", "£24"}[rnd.IntN(3)]
			}
		}
	}
	if heroes, ok := heroStills[s.title]; ok {
		want.Palette, want.Scene, want.Code, want.Price = heroes.Palette, heroes.Scene, false, ""
	}
	return want, true
}

// heroStills fixes the light of the pictures that a newcomer sees first.
var heroStills = map[string]paint.Still{
	"春日防晒清单，油皮亲测":                              {Palette: 0, Scene: paint.Sun},
	"这支精华我真的空瓶三次":                              {Palette: 1, Scene: paint.Arch},
	"开箱！朋友都在问的香薰水":                             {Palette: 3, Scene: paint.Podium},
	"东北人告诉你什么叫真香米":                             {Palette: 2, Scene: paint.Sun},
	"地铁十号线实测：世界安静了":                            {Palette: 8, Scene: paint.Sun},
	"【广告】和初岚合作的第三个夏天":                          {Palette: 7, Scene: paint.Window},
	"I stopped hearing my commute":             {Palette: 4, Scene: paint.Horizon},
	"My honest retinol diary":                  {Palette: 5, Scene: paint.Podium},
	"#ad Norrlys Quiet, a month in":            {Palette: 9, Scene: paint.Arch},
	"Weekend in Chengdu, all of it in one bag": {Palette: 2, Scene: paint.Sun},
}

// Filmed is the title of the one post of the sample that has a video.
const Filmed = "打工人续命豆，回购第六次"

// filmed is the video of the one post of the sample that has one: the subject of its
// picture in other places, as an import keeps it of a film.
func filmed(p *paint.Painter, title string, of paint.Still) (v moderation.PostVideo, files [][]byte) {
	if title != Filmed {
		return v, nil
	}
	v = moderation.PostVideo{Name: "早八咖啡.mp4", Kind: "MP4", Codec: "h264", Length: 42 * time.Second, Width: 1080, Height: 1440}
	const frames = 6
	for i := range frames {
		still := of
		still.Scene, still.Title, still.Seed = paint.Scene(i%int(paint.Scenes)), "", of.Seed+uint64(i)
		data := p.Still(still)
		v.Frames = append(v.Frames, moderation.VideoFrame{At: v.Length * time.Duration(i) / frames, ID: assets.IDOf(data)})
		files = append(files, data)
	}
	return v, files
}

// lettered is the part of a brand's name that fits on a label.
func lettered(brand string) string {
	if short, _, ok := strings.Cut(brand, " "); ok && short != "" {
		switch short {
		case "MAISON":
			return "ORÉA"
		case "Fjord", "Petit", "Hvit":
			return brand
		}
		return short
	}
	return brand
}
