package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKOLsComeWithWhatTheyAskForAndStandTheSecondTime(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	file := func(fee string) string {
		return lay(t, dir, "kols.csv", []byte("id,handle,followers,quote_picture_cny\nk1,小满,48200,"+fee+"\nk2,阿默,9100,\nk3,坏行,-1,100\nk4,美元,100,$12\n"))
	}
	path := file("3800")
	s.as("marketer1", "import", "kols", path).want(t, exitFault, "2 came, 0 changed, 0 stood, 2 refused")
	refused, err := os.ReadFile(filepath.Join(dir, "kols.refused.csv"))
	if err != nil || !strings.Contains(string(refused), "k3") || !strings.Contains(string(refused), "quote_picture_cny") {
		t.Errorf("%s, %v", refused, err)
	}
	s.as("marketer1", "import", "kols", path).want(t, exitFault, "0 came, 0 changed, 2 stood, 2 refused")
	s.as("marketer1", "import", "kols", file("4200")).want(t, exitFault, "0 came, 1 changed, 1 stood, 2 refused")
	db := s.Super(t)
	var fees string
	if err := db.QueryRow(`SELECT string_agg(fee::text, ',') FROM studio.kol_quote`).Scan(&fees); err != nil || fees != "420000" {
		t.Errorf("quotes of the day are %s, %v", fees, err)
	}
}

// Whoever may look into the directory and whoever may not find the same rows unknown.
func TestRowsOfUnknownKOLsAreRefusedAndTheOthersComeIn(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"marketer1", "worker1"} {
		t.Run(login, func(t *testing.T) {
			t.Parallel()
			s, dir := newShared(t), t.TempDir()
			s.as(login, "import", "kols", lay(t, dir, "k.jsonl", []byte(`{"id":"k1","handle":"a"}`))).want(t, exitFine, "1 came")
			quotes := lay(t, dir, "quotes.csv", []byte("kol_id,format,fee_cny,from\nk1,picture,100,2026-01-01\nk9,picture,100,2026-01-01\nk8,live,100,2026-01-01\nk1,live,100,2026-01-01\n"))
			s.as(login, "import", "quotes", quotes).want(t, exitFault, "2 came, 0 changed, 0 stood, 2 refused")
			s.as(login, "import", "quotes", quotes).want(t, exitFault, "0 came, 0 changed, 2 stood, 2 refused")
			audience := lay(t, dir, "audience.csv", []byte("kol_id,user_id,age,abroad\nk1,u1,24,no\nk9,u2,,\nk1,u3,,yes\nk1,u1,24,no\n"))
			s.as(login, "import", "audience", audience).want(t, exitFault, "1 came, 0 changed, 0 stood, 1 refused")
			s.as(login, "import", "audience", audience).want(t, exitFault, "0 came, 0 changed, 1 stood, 1 refused")
			refused, err := os.ReadFile(filepath.Join(dir, "audience.refused.csv"))
			if err != nil || !strings.Contains(string(refused), "3,k9,") {
				t.Errorf("%s, %v", refused, err)
			}
			var people int
			if err := s.Super(t).QueryRow(`SELECT cardinality(people) FROM studio.kol_audience WHERE kol = 'k1'`).Scan(&people); err != nil || people != 2 {
				t.Errorf("%d people follow k1, %v", people, err)
			}
		})
	}
}

// A night's file without days begins no new quote on the next day, whoever brings it in.
func TestAQuoteThatHoldsBeginsNoOtherOnTheNextDay(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	db := s.Super(t)
	path := lay(t, dir, "kols.csv", []byte("id,handle,quote_picture_cny\nk1,小满,3800\nk2,阿默,100\n"))
	s.as("worker1", "import", "kols", path).want(t, exitFine, "2 came")
	exec := func(query string) {
		t.Helper()
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	exec(`UPDATE studio.kol_quote SET from_day = from_day - 1`)
	s.as("worker1", "import", "kols", path).want(t, exitFine, "0 came, 0 changed, 2 stood")
	var quotes string
	if err := db.QueryRow(`SELECT string_agg(kol || ' ' || fee, ', ' ORDER BY kol) FROM studio.kol_quote`).Scan(&quotes); err != nil || quotes != "k1 380000, k2 10000" {
		t.Errorf("quotes are %s, %v", quotes, err)
	}
	exec(`UPDATE studio.kol SET fees_until = current_date - 9, fee_picture = 1 WHERE id = 'k2'`)
	// Fees of yesterday are today's after a process has run, and a person's scan is none.
	for _, c := range []struct{ login, want string }{{"moderator1", "1"}, {"worker1", "10000"}} {
		s.as(c.login, "scan").want(t, exitFine, "")
		var fee string
		if err := db.QueryRow(`SELECT fee_picture FROM studio.kol WHERE id = 'k2'`).Scan(&fee); err != nil || fee != c.want {
			t.Errorf("after %s's scan the fee is %s, %v; want %s", c.login, fee, err, c.want)
		}
	}
}

func TestTheTemplatesOfPlanningImportAsTheyAre(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	for _, kind := range []string{"kols", "quotes", "audience"} {
		template := typed(t.Context(), "", "import", kind, "--template", "csv").want(t, exitFine, "k3001").out
		s.as("marketer1", "import", kind, lay(t, dir, kind+".csv", []byte(template))).want(t, exitFine, "0 refused")
	}
	typed(t.Context(), "", "import", "audience", "--follow", "a.jsonl").want(t, exitUsage).oneSentence(t)
}

func TestAPortraitComesInBesideItsRow(t *testing.T) {
	t.Parallel()
	s, dir := newShared(t), t.TempDir()
	lay(t, dir, "k1.png", dot(t, 90))
	path := lay(t, dir, "kols.csv", []byte("id,handle,picture\nk1,小满,k1.png\nk2,阿默,k2.png\n"))
	s.as("marketer1", "import", "kols", path).want(t, exitFine, "2 came, 0 changed, 0 stood, 0 refused")
	s.as("marketer1", "import", "kols", path).want(t, exitFine, "0 came, 0 changed, 2 stood, 0 refused")
	var painted int
	if err := s.Super(t).QueryRow(`SELECT count(*) FROM studio.kol_detail d JOIN studio.picture p ON p.id = d.shown ->> 'picture'`).Scan(&painted); err != nil || painted != 1 {
		t.Errorf("%d portraits are there, %v", painted, err)
	}
}
