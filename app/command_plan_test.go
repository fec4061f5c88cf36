package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// planFiles lays a small pool down: two KOLs with the same hundred people, one with
// fifty others, one with ten more, and a dear one with everybody.
func planFiles(t *testing.T) (offers, audience string) {
	t.Helper()
	dir := t.TempDir()
	rows := "kol_id,user_id\n"
	for u := range 100 {
		rows += fmt.Sprintf("k1,u%d\nk2,u%d\nk5,u%d\n", u, u, u)
	}
	for u := range 50 {
		rows += fmt.Sprintf("k3,v%d\nk5,v%d\n", u, u)
	}
	for u := range 10 {
		rows += fmt.Sprintf("k4,w%d\n", u)
	}
	return lay(t, dir, "offers.csv", []byte("offer_id,kol_id,format,fee_cny\no1,k1,video,100\no1i,k1,image,95\no2,k2,video,110\no3,k3,image,60.50\no4,k4,image,30\no5,k5,video,1000\n")),
		lay(t, dir, "audience.csv", []byte(rows))
}

func TestAPlanCountsNobodyTwice(t *testing.T) {
	t.Parallel()
	offers, audience := planFiles(t)
	plan := func(more ...string) said {
		return typed(t.Context(), "", append([]string{"plan", "--offers", offers, "--audience", audience}, more...)...)
	}
	got := plan("--budget", "185.50", "--json").want(t, exitFine).lines(t)
	if len(got) != 1 {
		t.Fatal(got)
	}
	if fmt.Sprintf("%v %v %v %v %v", got[0]["reach"], got[0]["upper_bound"], got[0]["gap"], got[0]["cost"], got[0]["offers"]) != "160 160 0 185.50 [o1i o3 o4]" {
		t.Errorf("got %v", got[0])
	}
	if s, is := got[0]["seconds"].(float64); !is || s < 0 || len(got[0]) != 6 {
		t.Errorf("got %v", got[0])
	}
	// The fee of the platform comes out of the same budget.
	got = plan("--budget", "185.50", "--service-fee", "10%", "--json").want(t, exitFine).lines(t)
	if fmt.Sprintf("%v %v %v", got[0]["reach"], got[0]["cost"], got[0]["offers"]) != "150 171.05 [o1i o3]" {
		t.Errorf("got %v", got[0])
	}
	plan("--budget", "185.50", "--lang", "en").want(t, exitFine, "o3     k3   image   ¥60.50  50        50\n", "Reach 160", "proved", "¥185.50")
	plan("--budget", "185.50", "--lang", "zh").want(t, exitFine, "触达 160", "已证明为最优")
}

// tells requires texts on stderr.
func (a said) tells(t *testing.T, texts ...string) said {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.errs, text) {
			t.Errorf("%q is not in %s", text, a.errs)
		}
	}
	return a
}

func TestAPlanThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	offers, audience := planFiles(t)
	dir := t.TempDir()
	plan := func(o, a string, more ...string) said {
		return typed(t.Context(), "", append([]string{"plan", "--offers", o, "--audience", a}, more...)...)
	}
	plan(offers, audience, "--budget", "29.99", "--lang", "en").want(t, exitFault).tells(t, "29.99", "30.00").oneSentence(t)
	for _, budget := range []string{"-5", "much", "$5", "1e9", "100000000000000"} {
		plan(offers, audience, "--budget="+budget).want(t, exitUsage).oneSentence(t)
	}
	for _, fee := range []string{"10", "1", "-0.1", "120%", "x", "0.00001"} {
		plan(offers, audience, "--budget", "100", "--service-fee="+fee).want(t, exitUsage).oneSentence(t)
	}
	plan(offers, audience, "--budget", "100", "--time", "0s").want(t, exitUsage).oneSentence(t)
	plan(offers, audience).want(t, exitUsage)
	plan(offers+"x", audience, "--budget", "100").want(t, exitFault).oneSentence(t)

	bad := lay(t, dir, "offers.csv", []byte("offer_id,kol_id,format,fee_cny\no1,k1,video,100\no2,k2,video,-110\no3,k3,video,€5\n"))
	plan(bad, audience, "--budget", "100", "--lang", "en").want(t, exitFault).tells(t, bad+", line 3: ", "-110", bad+", line 4: ", "€5")
	nobody := lay(t, dir, "audience.csv", []byte("kol_id,user_id\nk1,u1\nk9,u1\n"))
	plan(offers, nobody, "--budget", "100", "--lang", "en").want(t, exitFault).tells(t, "line 3: ", "k9")
}

// The studio and scripts wait for a plan: a thousand offers end in time.
func TestAPlanKeepsItsTime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 1))
	var offers, audience strings.Builder
	offers.WriteString("offer_id,kol_id,format,fee_cny\n")
	audience.WriteString("kol_id,user_id\n")
	for j := range 1000 {
		fmt.Fprintf(&offers, "o%d,k%d,video,%d\n", j, j, 10+r.IntN(90))
		for range 30 {
			fmt.Fprintf(&audience, "k%d,u%d\n", j, r.IntN(3000))
		}
	}
	o, a := lay(t, dir, "o.csv", []byte(offers.String())), lay(t, dir, "a.csv", []byte(audience.String()))
	got := typed(t.Context(), "", "plan", "--offers", o, "--audience", a, "--budget", "1500", "--time", "300ms", "--json").want(t, exitFine).lines(t)
	// Generous, for a machine that does ten other things.
	if s := got[0]["seconds"].(float64); s > 5 {
		t.Errorf("took %v s", s)
	}
}
