package sample

import (
	"cinnabar/app/sample/paint"
	"cinnabar/assets"
)

// Creative is a picture of one of Plans, with what its marketer has drawn in it so far.
type Creative struct {
	Plan    int // the place of its campaign in Plans
	By      string
	Name    string
	Picture []byte
	Regions []assets.Region
}

// Creatives paints the pictures of the trial's campaigns. They are made so that a crop
// check has something to say: labels at the edge that a square cut loses, one that is
// too small, one without any, and one that comes through everywhere.
func Creatives() []Creative {
	p := paint.New()
	wanted := []struct {
		plan     int
		by, name string
		advert   paint.Advert
		agreed   bool // label and subject were confirmed
	}{
		{0, "marketer1", "spring-01.jpg", paint.Advert{Still: paint.Still{Subject: paint.Dropper, Palette: 3, Scene: paint.Arch, Seed: 41, Name: "素屿"}, Label: "广告 · 合作", X: 56, Y: 236, Size: 46}, true},
		{0, "marketer1", "spring-02.jpg", paint.Advert{Still: paint.Still{Subject: paint.Tube, Palette: 1, Scene: paint.Podium, Seed: 7, Name: "素屿"}, Label: "广告 · 合作", X: 52, Y: 48, Size: 20}, true},
		{0, "marketer1", "spring-03.jpg", paint.Advert{Still: paint.Still{Subject: paint.Bottle, Palette: 0, Scene: paint.Sun, Seed: 12, Name: "素屿"}, Label: "广告 · 合作", X: 50, Y: 50, Size: 58}, true},
		{0, "marketer1", "spring-04.jpg", paint.Advert{Still: paint.Still{Subject: paint.Jar, Palette: 5, Scene: paint.Window, Seed: 3, Name: "素屿", Title: "换季泛红\n十四天记录"}, Label: "广告", X: 820, Y: 1290, Size: 50}, false},
		{0, "marketer1", "spring-05.jpg", paint.Advert{Still: paint.Still{Subject: paint.Perfume, Palette: 7, Scene: paint.Horizon, Seed: 5}}, true},
		{1, "marketer2", "first-snow.jpg", paint.Advert{Still: paint.Still{Subject: paint.Tent, Palette: 8, Scene: paint.Horizon, Seed: 12, Name: "F&F", Title: "First snow"}, Label: "广告 · 合作", X: 640, Y: 1280, Size: 52}, true},
		{2, "marketer1", "empty-bottles.jpg", paint.Advert{Still: paint.Still{Subject: paint.Dropper, Palette: 2, Scene: paint.Podium, Seed: 9, Name: "素屿", Code: true}, Label: "广告", X: 60, Y: 60, Size: 54}, true},
	}
	out := make([]Creative, len(wanted))
	for i, w := range wanted {
		picture, label, subject := p.Advert(w.advert)
		out[i] = Creative{Plan: w.plan, By: w.by, Name: w.name, Picture: picture}
		if !label.Empty() {
			out[i].Regions = append(out[i].Regions, assets.Region{Name: string(assets.Label), Kind: assets.Label, Box: label, Confirmed: w.agreed})
		}
		out[i].Regions = append(out[i].Regions, assets.Region{Name: string(assets.Subject), Kind: assets.Subject, Box: subject, Confirmed: w.agreed})
	}
	return out
}
