package store

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// The form of what Postgres keeps of a password (RFC 5802 and 7677). More rounds
// than the usual would slow a guesser down and every login with it; our passwords
// are random and need no such help.
const (
	scramRounds = 4096
	scramSalt   = 16 // bytes
)

// verifier computes what Postgres keeps of a password. With that a server can check
// a password and cannot know it, nor can whoever reads its statements and logs: the
// password itself stays on this machine.
//
// The salt comes from the request, so that the same wish sent again is the same to
// the letter. It need not be secret, only used once, and a request id is.
//
// The password must be plain ASCII; other text would have to be normalised first
// (SASLprep), which the driver does not do either when it logs in.
func verifier(request, password string) (string, error) {
	salt := sha256.Sum256([]byte("cinnabar salt " + request))
	return verifierWith(password, salt[:scramSalt])
}

func verifierWith(password string, salt []byte) (string, error) {
	salted, err := pbkdf2.Key(sha256.New, password, salt, scramRounds, sha256.Size)
	if err != nil {
		return "", err
	}
	mac := func(text string) []byte {
		h := hmac.New(sha256.New, salted)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	stored := sha256.Sum256(mac("Client Key"))
	encode := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", scramRounds, encode(salt), encode(stored[:]), encode(mac("Server Key"))), nil
}
