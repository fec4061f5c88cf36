package store_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"cinnabar/assets"
	"cinnabar/moderation"
	"cinnabar/store/storetest"
)

func TestAnApplicationIsComparedWithOtherApplicants(t *testing.T) {
	t.Parallel()
	env := storetest.New(t)
	worker := env.Open(t, "worker1")
	ids, err := worker.Pictures().Put(t.Context(), uuid.NewString(), [][]byte{[]byte("one licence"), []byte("another")})
	if err != nil {
		t.Fatal(err)
	}
	paper := func(id assets.ID) []moderation.Document {
		return []moderation.Document{{Kind: moderation.Licence, Name: "licence.png", Picture: id}}
	}
	apps := []moderation.Application{
		applicant("first", "初岚官方", paper(ids[0])),
		applicant("second", "初兰官方", paper(ids[0])),
		applicant("third", "谷雨", paper(ids[1])),
	}
	if _, err := worker.Applications().Import(t.Context(), uuid.NewString(), slices.Values(apps), nil); err != nil {
		t.Fatal(err)
	}
	moderator := env.Open(t, "moderator1")
	first, err := moderator.Applications().Get(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	others, err := moderator.Applications().Others(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	second, err := moderator.Applications().Get(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}
	if others.Compared != 2 {
		t.Errorf("compared with %d others, want 2", others.Compared)
	}
	if got := others.Pictures[ids[0]]; got != second.Ref {
		t.Errorf("the shared licence was handed in with %q, want %q", got, second.Ref)
	}
	if len(others.Names) != 1 || others.Names[0].Text != "初兰官方" || others.Names[0].Ref != second.Ref {
		t.Errorf("names that could be mistaken: %+v", others.Names)
	}

	third, err := moderator.Applications().Get(t.Context(), "third")
	if err != nil {
		t.Fatal(err)
	}
	others, err = moderator.Applications().Others(t.Context(), third)
	if err != nil || len(others.Pictures) > 0 || len(others.Names) > 0 {
		t.Errorf("an applicant of its own has others: %+v, %v", others, err)
	}
}

func applicant(id, account string, papers []moderation.Document) moderation.Application {
	return moderation.Application{
		ID: id, Subject: moderation.Company, Region: "CN", BrandName: account, AccountName: account, Category: "cosmetics",
		SubmittedBy: id, Documents: papers,
	}
}
