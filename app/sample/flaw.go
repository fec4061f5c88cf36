package sample

// flaw is what is wrong with an application, on purpose.
type flaw string

const (
	sound         flaw = ""
	brokenCode    flaw = "broken_code"    // the credit code's last character does not fit
	misreadCode   flaw = "misread_code"   // a letter O where the licence has a zero
	otherScript   flaw = "other_script"   // 蘭 on the form, 兰 on the licence
	otherPerson   flaw = "other_person"   // the form names a former representative
	licenceOver   flaw = "licence_over"   // ran out three weeks ago
	licenceSoon   flaw = "licence_soon"   // 40 days left
	brokenChain   flaw = "broken_chain"   // the second letter is given by somebody who was given nothing
	otherName     flaw = "other_name"     // the letter on paper names another company
	markPending   flaw = "mark_pending"   // applied for, not registered
	otherClass    flaw = "other_class"    // registered for other goods
	bannedWords   flaw = "banned_words"   // the account's name boasts
	narrowScope   flaw = "narrow_scope"   // the licence does not allow this trade
	noFiling      flaw = "no_filing"      // the category's paper is missing
	oddFiling     flaw = "odd_filing"     // the filing's number follows no known form
	wrongFiling   flaw = "wrong_filing"   // the food licence's check digit does not fit
	smallPicture  flaw = "small_picture"  // a licence of 620 pixels
	absentPaper   flaw = "absent_paper"   // named, never handed in
	brokenPicture flaw = "broken_picture" // a file cut off in the middle
	sharedLicence flaw = "shared_licence" // the same file under two applicants
	nearName      flaw = "near_name"      // 嶼 for 屿: another brand's name in other clothes
	chainSoon     flaw = "chain_soon"     // a letter in the chain ends in 55 days
)
