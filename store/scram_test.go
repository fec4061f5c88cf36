package store

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
)

// The example of RFC 7677, section 3: with the right keys the exchange printed there
// comes out, proof and signature.
func TestAVerifierHasTheKeysOfTheStandard(t *testing.T) {
	t.Parallel()
	decode := func(text string) []byte {
		t.Helper()
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	text, err := verifierWith("pencil", decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
	if err != nil {
		t.Fatal(err)
	}
	keys, ok := strings.CutPrefix(text, "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$")
	if !ok {
		t.Fatalf("the verifier is %s", text)
	}
	first, second, _ := strings.Cut(keys, ":")
	stored, server := decode(first), decode(second)
	const said = "n=user,r=rOprNGfwEbeRWgbNEkqO," +
		"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096," +
		"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
	mac := func(key []byte) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(said))
		return h.Sum(nil)
	}
	if got := base64.StdEncoding.EncodeToString(mac(server)); got != "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" {
		t.Errorf("the server would sign %s", got)
	}
	proof := decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
	for i, b := range mac(stored) {
		proof[i] ^= b // which is the client's key now
	}
	if got := sha256.Sum256(proof); !hmac.Equal(got[:], stored) {
		t.Error("the proof of the standard's client is not accepted")
	}
}

func TestAVerifierIsTheSameForTheSameRequestAlone(t *testing.T) {
	t.Parallel()
	of := func(request, password string) string {
		v, err := verifier(request, password)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if a, b := of("one", "pencil"), of("one", "pencil"); a != b {
		t.Errorf("sent again it is another: %s, %s", a, b)
	}
	if a, b := of("one", "pencil"), of("two", "pencil"); a[:40] == b[:40] {
		t.Errorf("two requests have one salt: %s", a)
	}
	if of("one", "pencil") == of("one", "pen") {
		t.Error("two passwords have one verifier")
	}
}
