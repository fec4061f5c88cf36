package credentials

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The alphabet of GB 32100-2015: I, O, S, V and Z are left out because they are
// read as 1, 0, 5, U and 2.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// misread are the likely readings of the letters that are left out.
var misread = map[rune]string{'I': "1", 'O': "0", 'S': "5", 'V': "U", 'Z': "2"}

// authorities are the first characters in use, by who registers: 1 staffing
// offices, 5 civil affairs, 9 market regulation, A the armed forces, N
// agriculture, Y others, and so on.
const authorities = "123456789ANY"

// USCC is a unified social credit code taken apart.
type USCC struct {
	Reading
	Authority    string // character 1
	Subject      string // character 2; with authority 9: 1 company, 2 sole trader, 3 farmers' cooperative
	Division     string // characters 3 to 8, GB/T 2260
	Province     string // its abbreviation, "" where there is no such province
	Organisation string // characters 9 to 17: the organisation code of GB 11714
}

// ReadUSCC reads a code of 18 characters after GB 32100-2015. Its statuses are
// Sound, Empty, Length, Alphabet, Authority, Region, Organisation, Checksum and
// BothChecks. A check character is judged before authority and region: a single
// wrong character breaks it for certain, while the tables of authorities and
// regions grow.
func ReadUSCC(s string) USCC {
	text := tidy(s)
	u := USCC{Reading: Reading{Text: text, Status: Sound, At: -1}}
	if text == "" {
		u.Status = Empty
		return u
	}
	at := 0
	for _, r := range text {
		if !strings.ContainsRune(usccAlphabet, r) {
			u.Status, u.At, u.Got, u.Want = Alphabet, at, string(r), fitting(text, at, misread[r])
			return u
		}
		at++
	}
	if n := utf8.RuneCountInString(text); n != 18 {
		u.Status, u.Got, u.Want = Length, strconv.Itoa(n), "18"
		return u
	}
	u.Authority, u.Subject, u.Division, u.Organisation = text[:1], text[1:2], text[2:8], text[8:17]
	u.Province = Province(u.Division)

	last, own := usccCheck(text[:17]), organisationCheck(text[8:16])
	badLast, badOwn := last != text[17], own != text[16]
	switch {
	case badLast && badOwn:
		u.Status, u.At, u.Got, u.Want = BothChecks, 16, text[16:17], string(own)
	case badLast:
		u.Status, u.At, u.Got, u.Want = Checksum, 17, text[17:], string(last)
	case badOwn:
		u.Status, u.At, u.Got, u.Want = Organisation, 16, text[16:17], string(own)
	case !strings.Contains(authorities, u.Authority):
		u.Status, u.At, u.Got = Authority, 0, u.Authority
	case u.Province == "":
		u.Status, u.At, u.Got = Region, 2, u.Division[:2]
	}
	return u
}

// fitting finds the one character that would make a code sound in place of the
// one at a rune index, or returns guess where more than that is wrong.
func fitting(text string, at int, guess string) string {
	runes := []rune(text)
	for _, c := range usccAlphabet {
		runes[at] = c
		if candidate := string(runes); len(candidate) == 18 && usccClean(candidate) && usccCheck(candidate[:17]) == candidate[17] {
			return string(c)
		}
	}
	return guess
}

func usccClean(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune(usccAlphabet, r) }) < 0
}

// usccCheck computes character 18 from the 17 before it, all of the alphabet.
// The outer modulus matters: without it a sum of 0 asks for a 32nd character.
func usccCheck(body string) byte {
	sum, weight := 0, 1
	for i := range len(body) {
		sum += strings.IndexByte(usccAlphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}

// organisationCheck computes the ninth character of an organisation code (GB
// 11714) from its eight: letters count A=10 to Z=35, and 10 is written X.
func organisationCheck(body string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		c := body[i]
		if c >= 'A' {
			sum += (int(c-'A') + 10) * w
		} else {
			sum += int(c-'0') * w
		}
	}
	switch c := 11 - sum%11; c {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + c)
	}
}
