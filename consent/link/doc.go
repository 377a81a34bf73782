// Package link is what every mailed link has, whatever it opens: a customer's consent
// (package consent) or a survey (package survey). It is pure: no I/O, no clock, and
// random numbers from the reader that it is given.
//
// # Tokens
//
// A link is opened with a [Token]: 256 random bits, made when the message is written,
// of which only the SHA-256 [Hash] is kept. Each attempt to deliver can [Mint] another
// for the same [Link]; [Find] says which link a token opens. A link has an [ID], too,
// which is no secret and joins records.
//
//	id, err := link.NewID(rand.Reader)
//	links, err = link.Issue(links, contacts, []link.ID{id}, now)  // voids all earlier ones
//	token, hash, err := link.NewToken(rand.Reader, slot)
//	links, err = link.Mint(links, id, hash)                       // the message holds token.Secret()
//	token, err = link.ParseToken(secret)                          // when somebody opens the link
//	opened, err := link.Find(links, token.Hash())
//
// Functions that change links return new ones and leave those they are given as they
// were. Times are kept in UTC and to the microsecond.
//
// # Limits on sending
//
// A [Policy] limits how often people are written to. The zero Policy allows, for one
// consent or survey, five sendings in all, the first included, and one in 24 hours to
// the same contacts: [Policy.MaySend] and [Policy.MayWriteAgain]. Over all of a
// partner's participations it limits the requests to one mailbox for one engagement,
// everything to one mailbox, and what is sent in a day: [Policy.MayWriteTo] and
// [Policy.MayWriteToday]; the caller brings what was sent before. All of these limits
// are the library's; the published program sets none.
//
// # Errors
//
// Every refusal has a sentinel for [errors.Is] and, where there is more to tell, a type
// for [errors.As]. No error holds a token, an address or the name of another partner.
package link
