// Package engagement is what the program is made of, as values, and what follows
// from them, as pure functions: nothing here stores, sends or reads a clock.
//
// # What there is
//
// An Engagement is one offer of the program, in one version, with its Windows, its
// claim limit and its rules, which may have versions in time; a Partner has Locations
// through which it takes part. A Catalog holds both.
//
// A Participation is one customer in one engagement with one partner. Its Status
// at a moment follows from its consent, its claim and the deadlines that have
// passed by then, whether or not anybody has recorded them. The consent is a state
// of package consent, the claim one of package claim, each with one table of what
// is allowed; ApplyClaim gives the claim's events the deadlines of the terms.
//
// A Place is one customer in one engagement over all partners: who holds a part of
// the claim limit, and what each partner knows. It is what storage reads and
// writes, because the limit holds over partners. A partner only ever sees Rows of
// it.
//
// # What follows from it
//
// Place.Rows is the Customers page: in which Tab a customer is, with every Reason
// why it is not eligible, and which Actions are allowed. Place.Entries is what
// storage sorts, filters and counts the rows by. Place.Settle records deadlines
// that have passed, and Place.Remind reminders that are due by the schedule of
// Reminders; neither changes what Rows shows.
//
// # History
//
// Events are chained by hash, one history per partner and customer: Chain appends,
// VerifyHistory checks a whole history, VerifyPage a part of one. What an event says
// is in its Detail, of which Event.Sentence makes a text in the reader's language.
// What it says of people is in its Person, which can be erased while the chain still
// holds. VerifyParticipation and VerifyCustomer check that what is stored is what the
// history led to.
//
// # Errors
//
// *InvalidError says what is wrong with an engagement, a partner, a schedule of
// reminders, an ID, an owner or a label,
// *UnknownValueError what is no value of an enumeration, *HistoryError where a
// history was tampered with. Their sentinels are ErrInvalid, ErrUnknownValue and
// ErrHistoryBroken.
package engagement
