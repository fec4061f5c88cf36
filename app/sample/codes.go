package sample

import (
	"fmt"
	"strings"
)

// usccAlphabet is that of GB 32100-2015, in the order of its values.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode makes a code of 18 characters with both check characters right.
// The organisation numbers are a series of their own, MA0P and four digits.
func creditCode(subject, division string, serial int) string {
	organisation := fmt.Sprintf("MA0P%04d", 1000+serial*37)
	body := "9" + subject + division + organisation + organisationDigit(organisation)
	return body + creditDigit(body)
}

// creditDigit is character 18 for the 17 before it.
func creditDigit(body string) string {
	sum, weight := 0, 1
	for _, c := range body {
		sum += strings.IndexRune(usccAlphabet, c) * weight
		weight = weight * 3 % 31
	}
	return string(usccAlphabet[(31-sum%31)%31])
}

// organisationDigit is the ninth character of an organisation code (GB 11714).
func organisationDigit(body string) string {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, c := range body {
		v := int(c - '0')
		if c >= 'A' {
			v = int(c-'A') + 10
		}
		sum += v * weights[i]
	}
	switch d := 11 - sum%11; d {
	case 10:
		return "X"
	case 11:
		return "0"
	default:
		return fmt.Sprint(d)
	}
}

// spoilt is the code with another last character than the right one.
func spoilt(code string) string {
	last := strings.IndexByte(usccAlphabet, code[17])
	return code[:17] + string(usccAlphabet[(last+5)%31])
}

// foodNumber is a production licence's: type and class, division, serial, check
// digit after ISO/IEC 7064 MOD 11,10.
func foodNumber(class, division string, serial int) string {
	digits := class + division + fmt.Sprintf("%04d", serial)
	p := 10
	for _, d := range digits {
		if p = (p + int(d-'0')) % 10; p == 0 {
			p = 10
		}
		p = 2 * p % 11
	}
	return fmt.Sprintf("SC%s%d", digits, (11-p)%10)
}
