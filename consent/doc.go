// Package consent is the life of one customer's agreement to one engagement
// with one partner: asked for, answered, withdrawn, or run out.
//
// It is pure. [Apply] takes a [State], an [Event] and the time, and gives the
// next State or a typed refusal; it does no I/O, reads no clock and makes no
// random numbers. Which event may happen when is one table, [Moves]; the
// diagram in STATES.md is drawn from it.
//
//	s := consent.Start(deadline)
//	s, err = consent.Apply(s, consent.Request{Customer: contacts, Links: ids, Terms: terms}, now)
//	s, err = consent.Mint(s, ids[0], hash)         // when the message to the first contact is written
//	opened, err := s.Find(token.Hash())            // when somebody opens the link
//	s, err = consent.Apply(s, consent.Accept{Link: opened.ID}, now)
//
// # Time
//
// The deadline is handed to [Start] and never moves. It is half open: at the
// deadline itself the time is over. [State.StatusAt] tells what is true at a
// time even if nobody has recorded it yet; recording it with [Expire] changes
// nothing that a reader could see.
//
// # Links and tokens
//
// Each customer contact gets a [link.Link] of their own, which a [link.Token] in the
// message opens: see package link. Sending again voids every earlier link. The first
// answer by a live link wins, and the same answer again, by whichever contact, is done
// already; after an acceptance every link that is still live can withdraw it.
//
// # Limits on sending
//
// A [link.Policy] limits how often contacts are written to, for one consent and over
// all of a partner's. A change of contacts counts as one of the sendings of a consent,
// and may not go to an address that was written to within the interval, so that it is
// no way round the limit; to an address that was not, such as the right spelling of a
// wrong one, it goes out at once.
//
// # What is kept as evidence
//
// Who was written to and who answered (the contact of the link), when, by
// which [Channel], and the [Terms]: which text with its version, language and
// hash, the purposes, the parties, how long the consent is valid and how to
// withdraw it. What was sent and what was answered are separate records, joined
// by the link's ID: [State.Evidence]. The network address and the browser are kept
// only where a host says so ([Client]): possession of the token proves more than
// either, and both are personal data. [NewReceipt] makes a receipt of it, along
// ISO/IEC TS 27560.
//
// [State.Erase] removes a person from all of it. What was proven stays: that
// somebody was asked and consented, when, and to what text.
//
// # Errors
//
// Every refusal has a sentinel for [errors.Is], of this package or of package link, and
// where there is something to tell, a type for [errors.As]: see [AlreadyAnsweredError],
// [ExpiredError], [NotAllowedError], [link.VoidError], [link.TooSoonError],
// [link.TooManyError], [link.LimitError] and [link.InvalidError]. No error holds a
// token, an address or the name of another partner.
package consent
