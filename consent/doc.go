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
//	link, err := s.Find(token.Hash())              // when somebody opens the link
//	s, err = consent.Apply(s, consent.Accept{Link: link.ID}, now)
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
// Each customer contact gets a [Link] of their own. A link is opened with a
// [Token], 256 random bits that are made when the message is written and of
// which only the SHA-256 [Hash] is kept. Sending again voids every earlier
// link. The first answer by a live link wins, and the same answer again, by whichever
// contact, is done already; after an acceptance every link that is still live can
// withdraw it.
//
// # Limits on sending
//
// [Policy] limits how often contacts are written to: for one consent five times in
// all, the first request included, and once in 24 hours. A change of contacts counts
// as one of the five, and may not go to an address that was written to in the last
// 24 hours, so that it is no way round the limit; to an address that was not, such
// as the right spelling of a wrong one, it goes out at once.
//
// Over all of a partner's consents it limits the requests to one mailbox for one
// engagement, everything to one mailbox, and what is sent in a day. What counts for
// these is for the caller to bring: see [Policy.MayWriteTo] and
// [Policy.MayWriteToday]. All of these limits are the library's; the published
// program sets none.
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
// Every refusal has a sentinel for [errors.Is], and where there is something to
// tell, a type for [errors.As]: see [AlreadyAnsweredError], [ExpiredError],
// [LinkVoidError], [TooSoonError], [TooManyError], [LimitError], [NotAllowedError],
// [InvalidError]. No error holds a token, an address or the name of another
// partner.
package consent
