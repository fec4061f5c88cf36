package reach

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"cinnabar/internal/money"
)

// Of two offers of a KOL that do as much the cheaper one is chosen, and none that adds
// nothing, whatever the search met first.
func TestNoMoreIsPaidThanTheReachTakes(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(7, 11))
	for range 60 {
		p := Problem{Budget: 1000 * money.Yuan}
		for k := range 4 {
			var audience []uint32
			for range 3 + dice.IntN(5) {
				audience = append(audience, uint32(dice.IntN(30)))
			}
			for f := range 3 { // the same people three times, at different prices
				p.Offers = append(p.Offers, Offer{ID: strconv.Itoa(k) + "-" + strconv.Itoa(f), KOL: strconv.Itoa(k),
					Cost: money.Fen(100+dice.IntN(1000)) * money.Yuan / 10, Audience: audience})
			}
		}
		p.Offers = append(p.Offers, Offer{ID: "echo", KOL: "echo", Cost: money.Yuan, Audience: p.Offers[0].Audience})
		a, err := Choose(t.Context(), p, Options{Time: time.Second, Seed: dice.Uint64()})
		if err != nil {
			t.Fatal(err)
		}
		for _, pick := range a.Picks {
			o := p.Offers[pick.Offer]
			if pick.Alone == 0 {
				t.Errorf("%s for ¥%s adds nobody", o.ID, o.Cost)
			}
			for _, other := range p.Offers {
				if other.KOL == o.KOL && other.Cost < o.Cost {
					t.Errorf("%s for ¥%s, where %s costs ¥%s", o.ID, o.Cost, other.ID, other.Cost)
				}
			}
		}
	}
}
