// Package words holds what people read, in every language: mails, the sentences in
// which a history is told, and the ways in which days, amounts and names are
// written. English and European Portuguese are complete. A host adds or changes a
// language in one value:
//
//	catalogue, err := words.New(words.Words{Language: "fr", Texts: map[words.Key]string{
//		"mail.consent_granted.subject": "{customer} a donné son consentement : {engagement}",
//		"date.month.1":                 "janvier",
//	}})
//
// What it does not translate is said in English. Keys returns what there is to
// translate.
//
// What customers agree to is not here: it has versions and hashes, and is in
// consent.Texts. Nor are the words of the pages that links open, which are the
// Phrases of package consenthttp.
package words
