package paint

// Subject is what a still life shows.
type Subject int

// The subjects.
const (
	Bottle Subject = iota
	Dropper
	Tube
	Jar
	Perfume
	Mug
	TeaTin
	Bowl
	Pouch
	Books
	Tent
	Headphones
	Tote
	Vase
	Lamp
	BabyBottle
	PetBowl
	Coat
	Speaker
	Loaf
	Glasses
	Backpack
	Suitcase
	Cup
	Subjects
)

var subjects = [Subjects]func(*still){
	Bottle: (*still).bottle, Dropper: (*still).dropper, Tube: (*still).tube, Jar: (*still).jar,
	Perfume: (*still).perfume, Mug: (*still).mug, TeaTin: (*still).teaTin, Bowl: (*still).bowl,
	Pouch: (*still).pouch, Books: (*still).books, Tent: (*still).tent, Headphones: (*still).headphones,
	Tote: (*still).tote, Vase: (*still).vase, Lamp: (*still).lamp, BabyBottle: (*still).babyBottle,
	PetBowl: (*still).petBowl, Coat: (*still).coat, Speaker: (*still).speaker, Loaf: (*still).loaf,
	Glasses: (*still).glasses, Backpack: (*still).backpack, Suitcase: (*still).suitcase, Cup: (*still).cup,
}

func (s *still) bottle() {
	w, h := s.vary(200, 250), s.vary(440, 520)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.62)
	capW := w * s.vary(.44, .56)
	s.fill(shoulders(midX-capW/2, y-130, capW, 122, 22, 8), s.matt(midX-capW/2, capW, s.dark))
	s.fill(rect(midX-capW*.36, y-14, capW*.72, 22), s.round(x, w, s.body.darker(.08)))
	s.fill(shoulders(x, y, w, h, 62, 34), s.round(x, w, s.body))
	s.fill(rect(x, y+h*.30, w, h*.40), s.matt(x, w, s.dark))
	s.lettering(song, 72, midX, y+h*.47, w*.78, white)
	s.flat(rounded(midX-w*.22, y+h*.60, w*.44, 6, 3), white.alpha(.7))
}

func (s *still) dropper() {
	w, h := s.vary(230, 270), s.vary(330, 390)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.6)
	s.fill(shoulders(midX-44, y-230, 88, 120, 44, 14), s.matt(midX-44, 88, s.dark.lighter(.18)))
	s.fill(rounded(midX-58, y-122, 116, 104, 12), s.matt(midX-58, 116, s.accent))
	s.fill(rect(midX-46, y-24, 92, 36), s.round(x, w, s.mid))
	glass := s.dark.mix(s.mid, .35)
	s.fill(shoulders(x, y, w, h, 74, 40), ramp3(x, 0, x+w, 0, glass.lighter(.35), glass.lighter(.08), glass.darker(.22)))
	s.flat(rounded(x+22, y+66, 18, h-120, 9), white.alpha(.35))
	s.fill(rounded(x+w*.14, y+h*.34, w*.72, h*.46, 6), s.round(x, w, s.body))
	s.lettering(song, 60, midX, y+h*.52, w*.62, s.dark)
	s.flat(rounded(midX-w*.16, y+h*.66, w*.32, 5, 2), s.dark.alpha(.6))
}

func (s *still) tube() {
	w, h := s.vary(215, 250), s.vary(520, 590)
	top, low := s.base-h, s.base-96
	s.shade(midX, w*.5)
	s.fill(rounded(midX-w*.36, low-6, w*.72, 102, 14), s.matt(midX-w*.36, w*.72, s.dark))
	body := new(path).move(midX-w/2, top+34).line(midX+w/2, top+34).
		cube(midX+w/2-4, top+h*.5, midX+w*.38, low-60, midX+w*.36, low).
		line(midX-w*.36, low).
		cube(midX-w*.38, low-60, midX-w/2+4, top+h*.5, midX-w/2, top+34)
	s.fill(body, s.round(midX-w/2, w, s.body))
	s.fill(rect(midX-w/2-3, top, w+6, 40), s.round(midX-w/2, w, s.mid.lighter(.55)))
	for i := range 15 {
		s.flat(rect(midX-w/2+6+float32(i)*(w-12)/14, top+5, 2, 30), s.dark.alpha(.18))
	}
	s.lettering(song, 76, midX, top+h*.30, w*.70, s.dark)
	s.flat(rounded(midX-50, top+h*.42, 100, 6, 3), s.accent)
	s.flat(circle(midX, top+h*.58, 30), s.accent.alpha(.85))
	s.flat(rounded(midX-58, top+h*.68, 116, 5, 2), s.dark.alpha(.35))
	s.flat(rounded(midX-40, top+h*.71, 80, 5, 2), s.dark.alpha(.35))
}

func (s *still) jar() {
	w, h := s.vary(400, 460), s.vary(240, 280)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.56)
	s.fill(shoulders(x, y, w, h, 30, 74), s.round(x, w, s.body))
	s.fill(rect(x+14, y-18, w-28, 26), s.round(x, w, s.mid))
	s.fill(shoulders(x-8, y-140, w+16, 128, 26, 12), s.matt(x-8, w+16, s.dark))
	s.flat(rounded(x+26, y-124, 14, 96, 7), white.alpha(.22))
	s.lettering(song, 76, midX, y+h*.42, w*.6, s.dark)
	s.flat(rounded(midX-70, y+h*.62, 140, 5, 2), s.dark.alpha(.4))
}

func (s *still) perfume() {
	w, h := s.vary(330, 380), s.vary(370, 430)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.56)
	if s.coin() {
		s.fill(circle(midX, y-100, 84), ramp(midX-84, y-184, midX+84, y-16, s.dark.lighter(.30), s.dark.darker(.15)))
		s.flat(ellipse(midX-26, y-134, 20, 13), white.alpha(.4))
	} else {
		s.fill(rounded(midX-72, y-170, 144, 146, 10), s.matt(midX-72, 144, s.dark))
	}
	s.fill(rect(midX-46, y-34, 92, 40), s.matt(midX-46, 92, s.accent))
	s.fill(rounded(x, y, w, h, 26), ramp(x, y, x+w, y+h, white.alpha(.88), s.light.alpha(.72)))
	liquid := s.accent.mix(s.mid, .35)
	s.fill(shoulders(x+26, y+h*.26, w-52, h*.74-26, 2, 14), ramp(x, y, x+w, y+h, liquid.lighter(.45).alpha(.92), liquid.alpha(.92)))
	s.fill(rect(midX-w*.27, y+h*.42, w*.54, h*.32), solid(s.body.alpha(.94)))
	s.lettering(song, 58, midX, y+h*.555, w*.46, s.dark)
	s.flat(rounded(midX-38, y+h*.645, 76, 4, 2), s.dark.alpha(.6))
	s.flat(polygon(x+26, y+30, x+62, y+30, x+40, y+h-40, x+26, y+h-40), white.alpha(.35))
}

func (s *still) mug() {
	w, h := s.vary(320, 360), s.vary(300, 340)
	x, y := midX-w/2-20, s.base-h
	s.shade(midX, w*.62)
	s.fill(arc(x+w-6, y+h*.46, 92, 96, -78, 78, 40), s.matt(x+w, 110, s.dark.lighter(.12)))
	s.fill(shoulders(x, y, w, h, 4, 66), s.matt(x, w, s.dark.lighter(.12)))
	s.fill(ellipse(x+w/2, y+4, w/2, 44), s.matt(x, w, s.dark.lighter(.28)))
	s.fill(ellipse(x+w/2, y+10, w/2-20, 33), ramp(x, y, x+w, y, s.accent.darker(.25), s.accent.darker(.02)))
	s.lettering(song, 80, x+w/2, y+h*.55, w*.62, s.body)
	for i := range 3 {
		sx := x + w*.28 + float32(i)*w*.22
		up := s.vary(190, 260)
		s.flat(curve(point{sx, y - 40}, point{sx - 46, y - 40 - up*.35}, point{sx + 50, y - 40 - up*.6}, point{sx + 6, y - 40 - up}, 15, 4), white.alpha(.42))
	}
}

func (s *still) teaTin() {
	w, h := s.vary(250, 290), s.vary(400, 460)
	x, y := midX-w/2-60, s.base-h
	s.shade(midX, w*.95)
	k := s.matt(x, w, s.dark)
	s.fill(rect(x, y+100, w, h-100-18), k)
	s.fill(ellipse(x+w/2, s.base-18, w/2, 24), k)
	s.fill(rect(x, y+22, w, 96), s.matt(x, w, s.dark.lighter(.14)))
	s.fill(ellipse(x+w/2, y+118, w/2, 22), s.matt(x, w, s.dark.lighter(.14)))
	s.fill(ellipse(x+w/2, y+22, w/2, 24), s.matt(x, w, s.dark.lighter(.30)))
	s.flat(rect(x+w/2-62, y+190, 124, 190), s.body)
	s.flat(frame(x+w/2-54, y+198, 108, 174, 3), s.accent)
	runes := []rune(s.want.Name)
	if len(runes) > 0 && len(runes) <= 4 && runes[0] > 0x2E80 {
		step := float32(150) / float32(len(runes))
		size := min(step*.86, 64)
		for i, r := range runes {
			s.fit(style{song, size, 0, s.dark, centre}, x+w/2, y+285-75+step*(float32(i)+.5), 90, string(r))
		}
	} else {
		s.lettering(song, 40, x+w/2, y+285, 96, s.dark)
	}
	cx := x + w + 118
	s.fill(new(path).move(cx-84, s.base-112).line(cx+84, s.base-112).cube(cx+80, s.base-20, cx+40, s.base+4, cx, s.base+4).cube(cx-40, s.base+4, cx-80, s.base-20, cx-84, s.base-112), s.round(cx-84, 168, s.body))
	s.fill(ellipse(cx, s.base-112, 84, 19), s.round(cx-84, 168, s.body.darker(.05)))
	s.fill(ellipse(cx, s.base-110, 71, 13), solid(s.accent.lighter(.1)))
}

func (s *still) bowl() {
	w := s.vary(470, 530)
	x, y := midX-w/2, s.base-s.vary(250, 280)
	s.shade(midX, w*.42)
	s.fill(shoulders(midX-88, s.base-40, 176, 42, 0, 14), s.matt(midX-88, 176, s.dark.darker(.1)))
	// What is in the bowl rises over its rim in small rounds.
	food := s.body
	if s.coin() {
		food = s.accent.lighter(.35)
	}
	s.fill(ellipse(midX, y+8, w*.40, 96), ramp(midX-w/2, y-90, midX+w/2, y+40, food, food.darker(.12)))
	for range 46 {
		fx := midX + s.vary(-.35, .35)*w
		d := (fx - midX) / (w * .40)
		fy := y - s.vary(0, 78)*(1-d*d)
		s.flat(ellipse(fx, fy, 17, 10).turned(s.vary(-50, 50), fx, fy), food.darker(float64(s.vary(0, .10))))
	}
	s.flat(leaf(midX-40, y-86, midX+50, y-124, 22), s.accent.mix(s.dark, .3))
	s.flat(leaf(midX-28, y-84, midX-86, y-130, 18), s.accent.mix(s.dark, .15))
	s.fill(new(path).move(x, y).line(x+w, y).cube(x+w-8, y+160, midX+130, s.base-28, midX+92, s.base-24).line(midX-92, s.base-24).cube(midX-130, s.base-28, x+8, y+160, x, y), s.matt(x, w, s.dark.lighter(.10)))
	s.fill(rounded(x-6, y-10, w+12, 24, 12), s.matt(x, w, s.dark.lighter(.32)))
	s.flat(arc(midX, y+20, w*.42, 96, 20, 160, 7), s.body.alpha(.35))
	stick := s.accent.darker(.25)
	s.flat(ribbon([]point{{midX + 60, y + 2}, {midX + 300, y - 330}}, 13, 17), stick)
	s.flat(ribbon([]point{{midX + 104, y + 2}, {midX + 356, y - 300}}, 13, 17), stick.lighter(.12))
	s.lettering(song, 62, midX, y+112, w*.4, s.body)
}

func (s *still) pouch() {
	w, h := s.vary(380, 430), s.vary(540, 600)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.55)
	body := new(path).move(x+16, y).line(x+w-16, y).
		cube(x+w-30, y+120, x+w+14, y+h*.5, x+w, s.base-10).
		quad(midX, s.base+26, x, s.base-10).
		cube(x-14, y+h*.5, x+30, y+120, x+16, y)
	s.fill(body, s.matt(x, w, s.dark.lighter(.06)))
	s.fill(rect(x+16, y, w-32, 46), s.matt(x, w, s.dark.lighter(.22)))
	for i := range 4 {
		s.flat(rect(x+16, y+6+float32(i)*10, w-32, 3), s.dark.alpha(.4))
	}
	s.flat(rounded(x+46, y+150, w-92, h*.52, 20), s.body)
	s.flat(circle(midX, y+150+h*.15, 58), s.accent.alpha(.9))
	s.flat(leaf(midX-30, y+150+h*.17, midX+34, y+150+h*.10, 22), s.body)
	s.lettering(strong, 74, midX, y+150+h*.345, w-150, s.dark)
	s.flat(rounded(midX-84, y+150+h*.43, 168, 6, 3), s.dark.alpha(.35))
	s.flat(polygon(x+40, y+60, x+70, y+60, x+52, s.base-40, x+30, s.base-40), white.alpha(.12))
}

func (s *still) books() {
	s.shade(midX, 300)
	y := s.base
	colours := []tint{s.dark, s.accent, s.body, s.mid.darker(.2)}
	n := 3 + s.rnd.IntN(2)
	for i := range n {
		h, w := s.vary(62, 84), s.vary(470, 560)
		x := midX - w/2 + s.vary(-24, 24)
		y -= h
		c := colours[(i+int(s.want.Seed%4))%len(colours)]
		s.fill(rounded(x, y, w, h, 8), ramp(x, y, x, y+h, c.lighter(.10), c.darker(.10)))
		s.flat(rect(x+w-34, y+9, 30, h-18), hex(0xFBF7EE))
		s.flat(rect(x+46, y+h*.5-4, w*.3, 8), s.light.alpha(.55))
	}
	// One stands open at the back of the pile, its cover to the reader.
	w, h := float32(300), s.vary(380, 420)
	x := midX - w/2 + s.vary(-50, 40)
	lean := s.vary(-7, 5)
	s.flat(rounded(x+14, y-h+8, w, h, 8).turned(lean, midX, y), s.dark.darker(.4).alpha(.22))
	s.flat(rounded(x+10, y-h+6, w, h-6, 6).turned(lean, midX, y), hex(0xF6F0E4))
	s.fill(rounded(x, y-h, w, h, 8).turned(lean, midX, y), ramp(x, y-h, x+w, y, s.dark.lighter(.18), s.dark))
	s.flat(rect(x+26, y-h, 5, h).turned(lean, midX, y), s.dark.darker(.3).alpha(.5))
	s.flat(circle(x+w*.55, y-h*.40, 66).turned(lean, midX, y), s.accent)
	if s.want.Name != "" {
		size := min(float32(56), (w-90)/float32(max(len([]rune(s.want.Name)), 3)))
		tw := s.letters.width(song, size, 6, s.want.Name)
		s.flat(s.letters.line(song, size, 6, x+w*.55-tw/2, y-h*.74, s.want.Name).turned(lean, midX, y), s.body)
	}
}

func (s *still) tent() {
	hill := func(y, h float32, t tint) {
		s.fill(new(path).move(0, y).cube(220, y-h, 380, y-h*.2, 560, y-h*.6).cube(740, y-h, 900, y-h*.7, StillWidth, y-h*.3).line(StillWidth, StillHeight).line(0, StillHeight),
			ramp(0, y-h, 0, StillHeight, t.lighter(.12), t))
	}
	hill(s.base-150, s.vary(180, 300), s.mid.mix(s.dark, .18))
	hill(s.base-60, s.vary(70, 120), s.mid.mix(s.dark, .38))
	s.shade(midX, 330)
	top := s.base - s.vary(390, 440)
	s.fill(polygon(midX-40, top, midX+330, s.base, midX-350, s.base), ramp(midX-300, top, midX+300, s.base, s.body, s.light.mix(s.mid, .4)))
	s.fill(polygon(midX-40, top, midX+120, top+30, midX+400, s.base-34, midX+330, s.base), ramp(midX, top, midX+400, s.base, s.accent.lighter(.12), s.accent.darker(.18)))
	s.fill(polygon(midX-40, top+60, midX+70, s.base, midX-150, s.base), ramp(midX, top, midX, s.base, s.dark.darker(.1), s.dark.darker(.35)))
	s.fill(polygon(midX-40, top+60, midX-16, top+128, midX-100, s.base, midX-150, s.base), solid(s.body.darker(.1)))
	s.canvas.glow(midX-34, s.base-70, 90, 110, hex(0xFFD98A).alpha(.75))
	for _, x := range []float32{midX - 430, midX + 470} {
		side := midX - 40 + (x-midX)*.18
		s.flat(ribbon([]point{{side, top + 70}, {x, s.base + 8}}, 4, 4), s.body.alpha(.8))
	}
	for i := range 5 {
		x := s.vary(40, 180)
		if i%2 == 0 {
			x = StillWidth - x
		}
		s.pine(x, s.base-s.vary(60, 130), s.vary(150, 260))
	}
}

func (s *still) pine(x, y, h float32) {
	c := s.dark.mix(s.mid, .25)
	for i := range 3 {
		f := float32(i)
		w := h * (.20 + .09*f)
		t := y - h + h*.24*f
		s.flat(polygon(x, t, x+w, t+h*.46, x-w, t+h*.46), c.lighter(.06*float64(2-i)))
	}
}

func (s *still) headphones() {
	s.shade(midX, 230)
	// The stand.
	wood := s.accent
	s.fill(rounded(midX-170, s.base-34, 340, 36, 18), s.matt(midX-170, 340, wood))
	s.fill(rounded(midX-17, s.base-560, 34, 540, 12), s.matt(midX-17, 34, wood))
	top := s.base - 600
	s.fill(arc(midX, top+250, 232, 262, 180, 360, 46), s.matt(midX-230, 460, s.dark))
	s.flat(arc(midX, top+252, 205, 232, 205, 335, 14), s.dark.lighter(.35))
	for _, side := range []float32{-1, 1} {
		x := midX + side*226
		s.fill(rounded(x-32, top+215, 64, 110, 24), s.matt(x-32, 64, s.body.darker(.08)))
		s.fill(rounded(x-62-side*4, top+272, 124, 222, 62), s.matt(x-62, 124, s.dark))
		s.fill(rounded(x-side*64-36, top+286, 72, 194, 34), s.matt(x-side*64-36, 72, s.dark.lighter(.22)))
		s.fill(circle(x+side*18, top+383, 44), ramp(x-44, top+340, x+44, top+430, s.accent.lighter(.35), s.accent.darker(.1)))
	}
	if s.want.Name != "" {
		s.lettering(strong, 40, midX, s.base-16, 260, s.body)
	}
}

func (s *still) tote() {
	w, h := s.vary(430, 490), s.vary(430, 480)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.55)
	s.flat(arc(midX, y+10, w*.25, 210, 180, 360, 26), s.accent.darker(.25))
	body := new(path).move(x+28, y).line(x+w-28, y).cube(x+w-18, y+h*.4, x+w, y+h*.8, x+w, s.base-26).quad(x+w, s.base, x+w-30, s.base).
		line(x+30, s.base).quad(x, s.base, x, s.base-26).cube(x, y+h*.8, x+18, y+h*.4, x+28, y)
	s.fill(body, s.matt(x, w, s.dark.lighter(.08)))
	s.flat(rect(x+28, y, w-56, 14), s.dark.lighter(.3))
	s.flat(arc(midX, y+26, w*.25, 226, 180, 360, 28), s.accent)
	for _, dx := range []float32{-w * .25, w * .25} {
		s.flat(rounded(midX+dx-20, y+16, 40, 62, 8), s.accent)
		s.flat(circle(midX+dx, y+56, 6), s.body)
	}
	s.lettering(song, 96, midX, y+h*.56, w*.62, s.body)
	s.flat(rounded(midX-60, y+h*.72, 120, 5, 2), s.body.alpha(.55))
}

func (s *still) vase() {
	h := s.vary(400, 460)
	y := s.base - h
	for i := range 5 {
		s.sprigAt(midX+s.vary(-26, 26), y+20, float32(i-2)*15+s.vary(-4, 4), s.vary(260, 390))
	}
	s.shade(midX, 180)
	w := s.vary(150, 185)
	body := new(path).move(midX-62, y).line(midX+62, y).
		cube(midX+40, y+90, midX+w+36, y+h*.30, midX+w, y+h*.62).
		cube(midX+w-20, y+h*.88, midX+100, s.base, midX+84, s.base).
		line(midX-84, s.base).
		cube(midX-100, s.base, midX-w+20, y+h*.88, midX-w, y+h*.62).
		cube(midX-w-36, y+h*.30, midX-40, y+90, midX-62, y)
	s.fill(body, s.matt(midX-w, 2*w, s.dark.lighter(.16)))
	s.fill(ellipse(midX, y, 62, 14), solid(s.dark.darker(.2)))
	s.flat(arc(midX-w*.32, y+h*.5, w*.42, h*.30, 150, 235, 16), white.alpha(.22))
	s.lettering(song, 60, midX, y+h*.62, w*1.1, s.body.alpha(.9))
}

// sprigAt is a sprig that starts off the ground.
func (s *still) sprigAt(x, y, lean, h float32) {
	s.sprig(x, y, lean, h)
}

func (s *still) lamp() {
	s.shade(midX, 170)
	s.canvas.glow(midX, s.base-520, 430, 400, hex(0xFFE9B8).alpha(.85))
	s.fill(ellipse(midX, s.base-12, 150, 26), s.matt(midX-150, 300, s.dark))
	s.fill(rounded(midX-12, s.base-420, 24, 410, 10), s.matt(midX-12, 24, s.dark))
	top := s.base - 650
	s.fill(new(path).move(midX-120, top).line(midX+120, top).cube(midX+190, top+80, midX+236, top+190, midX+240, top+258).
		line(midX-240, top+258).cube(midX-236, top+190, midX-190, top+80, midX-120, top), ramp3(midX-240, 0, midX+240, 0, s.body.darker(.02), hex(0xFFF7E2), s.light.mix(s.mid, .25)))
	s.fill(ellipse(midX, top+258, 240, 24), ramp(midX-240, 0, midX+240, 0, hex(0xFFE7B0), hex(0xFFD88A)))
	s.flat(ribbon([]point{{midX + 120, top + 262}, {midX + 120, top + 372}}, 4, 4), s.dark)
	s.flat(circle(midX+120, top+382, 12), s.accent)
}

func (s *still) babyBottle() {
	w, h := float32(236), s.vary(390, 430)
	x, y := midX-w/2, s.base-h
	s.shade(midX-10, w*.7)
	s.fill(new(path).move(midX-84, y-96).cube(midX-80, y-160, midX-36, y-150, midX-30, y-200).cube(midX-28, y-242, midX+28, y-242, midX+30, y-200).
		cube(midX+36, y-150, midX+80, y-160, midX+84, y-96), s.round(midX-84, 168, s.accent.lighter(.55)))
	s.fill(rounded(midX-112, y-104, 224, 96, 20), s.matt(midX-112, 224, s.dark.lighter(.12)))
	s.fill(shoulders(x, y-12, w, h+12, 50, 54), s.round(x, w, s.body.alpha(.96)))
	s.fill(shoulders(x+16, y+h*.32, w-32, h*.68-16, 2, 44), s.round(x, w, hex(0xFFF6E8)))
	for i := range 5 {
		l := float32(40)
		if i%2 == 0 {
			l = 64
		}
		s.flat(rounded(x+w-26-l, y+110+float32(i)*52, l, 6, 3), s.dark.alpha(.7))
	}
	s.flat(star(midX-38, y+h*.62, 40), s.accent)
	s.lettering(strong, 40, midX-20, y+h*.82, w*.6, s.dark)
	// A rattle lies beside it.
	rx := midX + 238
	s.canvas.glow(float32(rx), s.base+2, 120, 26, s.dark.darker(.4).alpha(.35))
	s.flat(ring(float32(rx)+58, s.base-44, 46, 46, 17), s.accent)
	s.fill(circle(float32(rx)-24, s.base-60, 62), ramp(float32(rx)-86, s.base-120, float32(rx)+40, s.base, s.dark.lighter(.55), s.dark.lighter(.2)))
}

func (s *still) petBowl() {
	// The cat sits behind its bowl and looks at us.
	cat := s.dark.mix(s.accent, .18)
	cx := midX + s.vary(-30, 30)
	b := s.base - 30
	s.shade(cx, 270)
	s.flat(curve(point{cx + 120, b - 40}, point{cx + 340, b + 10}, point{cx + 330, b - 220}, point{cx + 250, b - 270}, 54, 38), cat)
	s.fill(new(path).move(cx-190, b).cube(cx-210, b-260, cx-110, b-380, cx, b-390).cube(cx+110, b-380, cx+210, b-260, cx+190, b), s.matt(cx-200, 400, cat))
	for _, side := range []float32{-1, 1} {
		s.flat(polygon(cx+side*138, b-470, cx+side*128, b-640, cx+side*26, b-548), cat)
		s.flat(polygon(cx+side*120, b-510, cx+side*116, b-600, cx+side*58, b-546), s.accent.lighter(.25))
	}
	s.fill(ellipse(cx, b-460, 158, 136), s.matt(cx-158, 316, cat))
	for _, side := range []float32{-1, 1} {
		s.flat(ellipse(cx+side*62, b-470, 27, 31), hex(0xF7E7B5))
		s.flat(ellipse(cx+side*62, b-470, 10, 27), hex(0x1F1B18))
		for i := range 3 {
			f := float32(i - 1)
			s.flat(ribbon([]point{{cx + side*70, b - 412 + f*9}, {cx + side*210, b - 420 + f*34}}, 3, 2), s.light.alpha(.8))
		}
	}
	s.flat(polygon(cx-15, b-425, cx+15, b-425, cx, b-408), s.accent.lighter(.3))
	s.flat(ellipse(cx, b-190, 78, 120), s.body.alpha(.9))
	w := float32(430)
	s.canvas.glow(cx, s.base+36, 320, 60, s.dark.darker(.4).alpha(.4))
	s.fill(ellipse(cx, s.base-96, w*.40, 62), ramp(cx-w/2, 0, cx+w/2, 0, s.accent.darker(.1), s.accent.darker(.38)))
	for range 22 {
		s.flat(ellipse(cx+s.vary(-.33, .33)*w, s.base-s.vary(104, 144), 17, 13), s.accent.darker(float64(s.vary(.05, .4))))
	}
	s.fill(polygon(cx-w*.40, s.base-100, cx+w*.40, s.base-100, cx+w*.5, s.base+30, cx-w*.5, s.base+30), s.round(cx-w/2, w, s.body))
	s.fill(rounded(cx-w*.42, s.base-112, w*.84, 24, 12), s.round(cx-w/2, w, s.body.darker(.05)))
	s.lettering(strong, 56, cx, s.base-28, w*.6, s.dark)
}

func (s *still) coat() {
	rail := float32(360)
	s.fill(rounded(120, rail-14, 840, 20, 10), s.matt(120, 840, s.dark.mix(s.mid, .3)))
	s.flat(arc(midX, rail+26, 26, 30, 150, 380, 9), s.dark.darker(.2))
	s.flat(curve(point{midX - 200, rail + 150}, point{midX - 80, rail + 70}, point{midX - 30, rail + 66}, point{midX, rail + 62}, 18, 14), s.accent.darker(.2))
	s.flat(curve(point{midX + 200, rail + 150}, point{midX + 80, rail + 70}, point{midX + 30, rail + 66}, point{midX, rail + 62}, 18, 14), s.accent.darker(.2))
	s.canvas.glow(midX+24, 1210, 330, 50, s.dark.darker(.3).alpha(.28))
	top, hem := rail+84, float32(1130)
	c := s.dark.lighter(.14)
	for _, side := range []float32{-1, 1} {
		sleeve := new(path).move(midX+side*170, top+40).cube(midX+side*280, top+110, midX+side*300, top+340, midX+side*322, top+560).
			line(midX+side*236, top+584).cube(midX+side*220, top+400, midX+side*200, top+260, midX+side*160, top+210)
		s.fill(sleeve, s.matt(midX-300, 600, c.darker(.10)))
	}
	s.fill(new(path).move(midX-70, top).cube(midX-150, top+20, midX-210, top+50, midX-214, top+90).line(midX-226, hem).line(midX+226, hem).line(midX+214, top+90).
		cube(midX+210, top+50, midX+150, top+20, midX+70, top), s.matt(midX-226, 452, c))
	s.flat(polygon(midX-70, top, midX+70, top, midX, top+250), s.body)
	s.flat(polygon(midX-74, top-4, midX-150, top+120, midX-30, top+290, midX, top+250), c.lighter(.16))
	s.flat(polygon(midX+74, top-4, midX+150, top+120, midX+30, top+290, midX, top+250), c.lighter(.08))
	s.flat(rect(midX-2, top+250, 4, hem-top-250), c.darker(.35))
	for i := range 3 {
		s.flat(circle(midX+34, top+340+float32(i)*130, 14), s.accent)
	}
	for _, side := range []float32{-1, 1} {
		s.flat(rounded(midX+side*130-62, top+440, 124, 20, 6), c.darker(.25))
	}
}

func (s *still) speaker() {
	w, h := s.vary(330, 380), s.vary(470, 520)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.6)
	s.fill(rounded(x, y, w, h, 60), s.matt(x, w, s.dark))
	s.fill(rounded(x+18, y+18, w-36, h-36, 46), s.matt(x, w, s.dark.lighter(.10)))
	dots := new(path)
	for j := range 15 {
		for i := range 10 {
			dx, dy := x+56+float32(i)*(w-112)/9, y+70+float32(j)*22
			dots.add(circle(dx, dy, 5))
		}
	}
	s.flat(dots, s.dark.darker(.35).alpha(.8))
	s.fill(circle(midX, s.base-78, 30), ramp(midX-30, s.base-108, midX+30, s.base-48, s.accent.lighter(.4), s.accent))
	s.flat(arc(midX, y+6, w*.22, 60, 185, 355, 18), s.accent)
	s.lettering(strong, 36, midX, s.base-134, w*.6, s.body)
}

func (s *still) loaf() {
	s.shade(midX, 330)
	board := s.accent.darker(.15)
	s.fill(rounded(midX-350, s.base-36, 700, 40, 18), ramp(midX-350, 0, midX+350, 0, board.lighter(.25), board))
	crust := hex(0xC98A4B)
	y := s.base - 36
	s.fill(new(path).move(midX-270, y).cube(midX-330, y-130, midX-240, y-240, midX-90, y-246).line(midX+110, y-246).cube(midX+250, y-240, midX+320, y-130, midX+270, y),
		ramp(midX-200, y-246, midX+120, y, crust.lighter(.28), crust.darker(.22)))
	for i := range 4 {
		x := midX - 150 + float32(i)*96
		s.flat(leaf(x-34, y-90, x+40, y-222, 26), hex(0xF4DDB4))
		s.flat(leaf(x-22, y-104, x+30, y-204, 12), hex(0xE2B77C))
	}
	for i := range 2 {
		x := midX + 210 + float32(i)*52
		s.fill(shoulders(x-60, y-180+float32(i)*14, 120, 180-float32(i)*14, 56, 18).turned(10, x, y), ramp(x-60, y-180, x+60, y, crust.lighter(.1), crust.darker(.2)))
		s.flat(shoulders(x-49, y-166+float32(i)*14, 98, 154-float32(i)*14, 46, 14).turned(10, x, y), hex(0xFBEBD0))
	}
}

func (s *still) glasses() {
	s.shade(midX, 330)
	y := s.base - 130
	rim := s.dark
	for _, side := range []float32{-1, 1} {
		x := midX + side*176
		s.flat(ribbon([]point{{x + side*126, y - 40}, {x + side*176, y - 60}, {x + side*120, y - 230}}, 16, 12), rim.darker(.1))
		s.fill(ellipse(x, y, 138, 124), ramp(x-138, y-124, x+138, y+124, white.alpha(.75), s.mid.alpha(.35)))
		s.flat(ring(x, y, 142, 128, 20), rim)
		s.flat(polygon(x-70, y-70, x-30, y-90, x-80, y+30, x-100, y+10), white.alpha(.55))
	}
	s.flat(arc(midX, y-6, 46, 42, 200, 340, 18), rim)
	// The case lies behind.
	s.fill(rounded(midX-240, y-360, 480, 150, 75), s.matt(midX-240, 480, s.accent))
	s.flat(rect(midX-240, y-288, 480, 5), s.accent.darker(.3))
	s.lettering(song, 44, midX, y-322, 300, s.body)
}

func (s *still) backpack() {
	w, h := s.vary(410, 450), s.vary(540, 590)
	x, y := midX-w/2, s.base-h
	s.shade(midX, w*.55)
	s.flat(arc(midX, y+20, 60, 76, 180, 360, 22), s.dark.darker(.25))
	for _, side := range []float32{-1, 1} {
		s.fill(rounded(midX+side*(w/2+4)-36, s.base-250, 72, 210, 28), s.matt(midX+side*w/2-36, 72, s.dark.darker(.12)))
	}
	s.fill(shoulders(x, y, w, h, 150, 56), s.matt(x, w, s.dark.lighter(.10)))
	s.fill(shoulders(x+6, y+4, w-12, h*.38, 146, 40), s.matt(x, w, s.dark.lighter(.24)))
	s.flat(rounded(x+60, y+h*.33, w-120, 8, 4), s.dark.darker(.3).alpha(.6))
	for _, side := range []float32{-1, 1} {
		s.flat(rect(midX+side*100-13, y+h*.20, 26, h*.38), s.accent)
		s.flat(rounded(midX+side*100-22, y+h*.43, 44, 34, 6), s.body)
	}
	s.fill(rounded(x+46, y+h*.56, w-92, h*.36, 34), s.matt(x, w, s.dark))
	s.flat(rounded(x+80, y+h*.63, w-160, 7, 3), s.accent)
	s.lettering(strong, 54, midX, y+h*.76, w*.5, s.body)
}

func (s *still) suitcase() {
	w, h := s.vary(400, 440), s.vary(520, 570)
	x, y := midX-w/2, s.base-h-26
	s.shade(midX, w*.55)
	s.flat(frame(midX-78, y-190, 156, 210, 18), s.dark.darker(.2))
	for _, dx := range []float32{-w * .34, w * .34} {
		s.flat(circle(midX+dx, s.base-16, 24), s.dark.darker(.35))
	}
	s.fill(rounded(x, y, w, h, 54), s.matt(x, w, s.dark.lighter(.14)))
	for i := range 6 {
		rx := x + 46 + float32(i)*(w-92)/5
		s.flat(rounded(rx-6, y+26, 12, h-52, 6), s.dark.darker(.15).alpha(.35))
	}
	s.flat(rounded(x-6, y+56, 26, 70, 10), s.accent)
	s.flat(rounded(x+w-20, y+56, 26, 70, 10), s.accent)
	s.flat(rounded(midX-96, y+h*.34, 192, 84, 12), s.body)
	s.lettering(song, 50, midX, y+h*.34+42, 160, s.dark)
	s.flat(circle(x+w*.72, y+h*.72, 46), s.accent.lighter(.2).alpha(.95))
	s.flat(star(x+w*.72, y+h*.72, 26), s.body)
}

// cup is a tall takeaway cup with a sleeve.
func (s *still) cup() {
	h := s.vary(480, 540)
	y := s.base - h
	s.shade(midX, 150)
	s.fill(polygon(midX-158, y, midX+158, y, midX+112, s.base, midX-112, s.base), s.round(midX-158, 316, s.body))
	s.fill(polygon(midX-146, y+h*.30, midX+146, y+h*.30, midX+124, y+h*.72, midX-124, y+h*.72), s.matt(midX-146, 292, s.accent.mix(s.dark, .25)))
	s.fill(rounded(midX-174, y-26, 348, 42, 16), s.matt(midX-174, 348, s.dark))
	s.fill(shoulders(midX-146, y-84, 292, 66, 26, 4), s.matt(midX-146, 292, s.dark.lighter(.10)))
	s.flat(rounded(midX+40, y-92, 64, 14, 7), s.dark.darker(.3))
	s.lettering(song, 70, midX, y+h*.50, 190, s.body)
	s.flat(rounded(midX-34, y+h*.61, 68, 5, 2), s.body.alpha(.7))
}
