package campaigns

import "testing"

func TestPeopleOfSeveralKOLsCountOnce(t *testing.T) {
	t.Parallel()
	who := Following{KOLs: []string{"a", "b"}, Of: [][]uint32{{0, 1, 2, 1}, {2, 3}}}
	for i := range 5 {
		who.People = append(who.People, Person{Weight: 1, Gender: []string{"f", "m"}[i%2]})
	}
	post := func(id, kol string) Line { return Line{ID: id, Kind: KOLLine, KOL: &KOLPost{KOL: kol}} }
	both := Scenario{Lines: []Line{post("1", "a"), post("2", "b"), {ID: "3", Kind: EventLine, Event: &Event{}}, post("4", "nobody")}}
	for _, c := range []struct {
		name    string
		wish    Wish
		lines   Scenario
		reached float64
		alone   map[string]float64
	}{
		{"once", Wish{}, both, 4, map[string]float64{"1": 2, "2": 1, "4": 0}},
		{"twice", Wish{Frequency: 2}, both, 1, map[string]float64{"1": 1, "2": 1, "4": 0}},
		{"women, others half", Wish{Segment: Segment{Genders: []string{"f"}, Others: .5}}, both, 3, map[string]float64{"1": 1.5, "2": .5, "4": 0}},
		{"the same KOL in two lines", Wish{}, Scenario{Lines: []Line{post("1", "a"), post("2", "a")}}, 3, map[string]float64{"1": 3, "2": 3}},
	} {
		reached, alone := Counted(Campaign{Wish: c.wish}, c.lines, who)
		if reached != c.reached || len(alone) != len(c.alone) {
			t.Errorf("%s: reached %v, alone %v", c.name, reached, alone)
		}
		for id, want := range c.alone {
			if alone[id] != want {
				t.Errorf("%s: line %s alone brings %v, want %v", c.name, id, alone[id], want)
			}
		}
	}
}

func TestAKOLsOwnFollowersCountOnce(t *testing.T) {
	t.Parallel()
	who := Following{KOLs: []string{"a", "b"}, Of: [][]uint32{{0, 1, 1, 2}, {2}}, People: []Person{{Weight: 1, Gender: "f"}, {Weight: 2, Gender: "m"}, {Weight: 1, Gender: "f"}}}
	got := Followed(Segment{Genders: []string{"f"}, Others: .5}, []string{"b", "a", "nobody", "a"}, who)
	if len(got) != 2 || got["a"] != 3 || got["b"] != 1 {
		t.Errorf("followed by %v", got)
	}
}
