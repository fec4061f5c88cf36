package intake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cinnabar/app/intake"
	"cinnabar/internal/fault"
)

const offerHeader = "offer_id,kol_id,format,fee_cny\n"

func TestOffersAreReadWithTheirFeesInFen(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"as documented":   "\ufeff" + offerHeader + "o1,k1,video,\"1,200.50\"\r\n\r\no2,k2,,¥ 3\n",
		"other order":     "Fee_CNY;Format;KOL_ID;note;offer_id\n1200.5;video;k1;x;o1\n3;;k2;;o2",
		"with a currency": "offer_id\tkol_id\tfee_cny\tformat\tcurrency\no1\tk1\t1200.50\tvideo\tCNY\no2\tk2\t3\t\t\n",
	} {
		got, refused, err := intake.PlanOffers(t.Context(), write(t, "offers.csv", text))
		if err != nil || len(refused) > 0 || len(got) != 2 {
			t.Errorf("%s: %v, %v, %v", name, got, refused, err)
			continue
		}
		if o := got[0]; o.ID != "o1" || o.KOL != "k1" || o.Format != "video" || o.Fee != 1200_50 {
			t.Errorf("%s: %+v", name, o)
		}
		if o := got[1]; o.ID != "o2" || o.Format != "" || o.Fee != 3_00 {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestAnOfferThatMakesNoSenseIsRefusedByItsLine(t *testing.T) {
	t.Parallel()
	text := offerHeader +
		"o1,k1,video,10\n" +
		"o2,k2,video,-10\n" +
		"o3,k3,video,$10\n" +
		"o4,k4,video,\n" +
		",k5,video,10\n" +
		"o6,,video,10\n" +
		"o1,k7,video,10\n" +
		"o8,k8,video,100000000000.01\n" +
		"o9,k9,video,10,extra\n" +
		"o10,k10,video,\"10\n"
	_, refused, err := intake.PlanOffers(t.Context(), write(t, "offers.csv", text))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range refused {
		got = append(got, fmt.Sprint(r.Line, " ", r.Fault.Code, " ", r.Fault.Args["field"]))
	}
	want := []string{"3 field_value fee_cny", "4 field_value fee_cny", "5 field_missing fee_cny", "6 field_missing offer_id", "7 field_missing kol_id",
		"8 field_twice offer_id", "9 field_value fee_cny", "10 row_syntax ", "11 row_syntax "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAFileThatIsNoOffersIsRefused(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]fault.Code{
		offerHeader:                          fault.FileEmpty,
		"offer_id,kol_id,fee\no1,k1,2\n":     fault.FieldMissing,
		"offer_id,kol_id,fee_usd\no1,k1,2\n": fault.FieldValue,
		"offer_id,kol_id,fee_cny,fee_usd\n":  fault.FieldValue,
		"offer_id,kol_id,kol_id,fee_cny\n":   fault.FieldTwice,
	} {
		if _, _, err := intake.PlanOffers(t.Context(), write(t, "offers.csv", text)); fault.CodeOf(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, refused, err := intake.PlanOffers(t.Context(), write(t, "offers.csv", "offer_id,kol_id,fee_cny,currency\no1,k1,2,USD\n")); err != nil ||
		len(refused) != 1 || refused[0].Fault.Args["value"] != "USD" {
		t.Errorf("%v, %v", refused, err)
	}
	if _, _, err := intake.PlanOffers(t.Context(), write(t, "offers.jsonl", "{}")); fault.CodeOf(err) != fault.FileKind {
		t.Error(err)
	}
}

func TestAnAudienceIsWhoSeesWhom(t *testing.T) {
	t.Parallel()
	// The same people whether rows are plain or quoted, whatever their ids are like.
	rows := []string{"k1,u7", "k2,u7", "k1,u007", "k1,u999999999", "k2,小满", "k1,u8", "k2,u999999999", "k1,u7", "k2,8", "k1,u", "k2,u007", "k1,小满"}
	want := [][]uint32{{0, 1, 2, 4, 0, 6, 3}, {0, 3, 2, 5, 1}}
	for name, text := range map[string]string{
		"plain":       "kol_id,user_id\n" + strings.Join(rows, "\n"),
		"quoted":      "kol_id,user_id\n\"" + strings.ReplaceAll(strings.Join(rows, "\"\n\""), ",", "\",\"") + "\"\n",
		"half quoted": "kol_id,user_id\r\n" + strings.Join(rows[:5], "\r\n") + "\r\n\r\n\"" + strings.ReplaceAll(strings.Join(rows[5:], "\"\r\n\""), ",", "\",\"") + "\"\r\n",
		"spaced":      "kol_id;user_id\n" + strings.ReplaceAll(strings.Join(rows, "\n"), ",", " ; ") + "\n\n",
	} {
		got, refused, err := intake.PlanAudienceOf(t.Context(), write(t, "audience.csv", text), []string{"k1", "k2"}, nil)
		if err != nil || len(refused) > 0 {
			t.Fatalf("%s: %v, %v", name, refused, err)
		}
		if fmt.Sprint(got.Of) != fmt.Sprint(want) || got.People != 7 || got.Weights != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAPersonIsWorthOneThing(t *testing.T) {
	t.Parallel()
	got, refused, err := intake.PlanAudienceOf(t.Context(), write(t, "audience.csv",
		"kol_id,user_id,weight\nk1,a,\nk1,b,0.5\nk2,a,2\nk2,b,0.50\nk2,c\n"), []string{"k1", "k2"}, nil)
	if err != nil || len(refused) > 0 || fmt.Sprint(got.Weights) != "[2 0.5 1]" {
		t.Errorf("%v, %v, %v", got, refused, err)
	}
	_, refused, err = intake.PlanAudienceOf(t.Context(), write(t, "audience.csv",
		"kol_id,user_id,weight\nk1,a,1\nk1,a,2\nk1,b,-1\nk1,c,NaN\nk1,d,much\nk1,,1\nk9,a,1\n,a,1\nk1,a,1,1\n"), []string{"k1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var where []string
	for _, r := range refused {
		where = append(where, fmt.Sprint(r.Line, " ", r.Fault.Code, " ", r.Fault.Args["field"], " ", r.Fault.Args["value"]))
	}
	if want := []string{"3 field_twice weight a", "4 field_value weight -1", "5 field_value weight NaN", "6 field_value weight much", "7 field_missing user_id ",
		"8 field_value kol_id k9", "9 field_missing kol_id ", "10 row_syntax  "}; !slices.Equal(where, want) {
		t.Errorf("got %q", where)
	}
}

func TestReadingAnAudienceStops(t *testing.T) {
	t.Parallel()
	path := write(t, "audience.csv", "kol_id,user_id\nk1,u1\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := intake.PlanAudienceOf(ctx, path, []string{"k1"}, nil); fault.CodeOf(err) != fault.Cancelled {
		t.Error(err)
	}
	_, refused, err := intake.PlanAudienceOf(t.Context(), write(t, "audience.csv", "kol_id,user_id\n"+strings.Repeat("nobody,u1\n", 1000)), []string{"k1"}, nil)
	if err != nil || len(refused) != 20 {
		t.Errorf("%d refusals, %v", len(refused), err)
	}
}
