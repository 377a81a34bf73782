// Package words holds everything that people read, in every language, in one
// catalogue: statuses and to-dos, reasons, actions, the sentences in which a history
// is told, mails, pages, refusals, the headings of tables, and the ways in which days,
// amounts and names are written. English and European Portuguese are complete:
//
//	w := words.Standard().For("pt-BR", "en") // European Portuguese
//	w.Money(amount)                          // "5 000,00 EUR"
//	engagement.StatusUnderReview.In(w)       // "Em análise"
//
// The texts are found by [Key]; the packages whose values they are about have a
// method or a function for each that takes [Words], so few hosts need a key.
//
// # More languages
//
// A host adds a language, or changes texts of one, in one value, a [Translation]. One
// that lacks texts is refused with all of them by name, unless it names a base
// that says what it leaves out: then each [Group], such as the mails, is in one
// language or the other as a whole, so that nothing anybody reads is half
// translated. [Catalogue.Keys] returns what there is to translate.
//
// Whoever wants a language that the catalogue does not have gets its default: see
// [Catalogue.WithDefault].
//
// # What is not here
//
// What customers agree to has versions and hashes, and is in consent.Texts; the
// questions of surveys are in their forms. The texts of Go errors, logs and
// documents of rules are in English, and not for customers.
package words
