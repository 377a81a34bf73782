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
// A CustomerEngagement is what all partners share of one customer in one engagement:
// the claim limit, and who holds a part of it. A PartnerRecord is what one partner has
// there: what it knows of the customer, and its participations that have not ended. No
// partner sees another's record, nor what is shared, but only the Room that follows
// of it, which names nobody.
//
// # What follows from it
//
// Entries of a record are what is stored for the Customers pages and claims lists:
// what they sort, filter and count by, and all that they show. Entry.RowAt makes a Row
// of one, at any time and by the engagement as it is: in which Tab a customer is, with
// every Reason why it is not eligible, and which Actions are allowed. Entry.At is the
// entry as it has become by itself, and Entry.WithRoom when what is shared changes.
// PartnerRecord.Settle records deadlines that have passed, and PartnerRecord.Remind
// reminders that are due by the schedule of Reminders; neither changes what rows show.
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
// reminders, an ID, an owner or a label, *UnknownValueError what is no value of an
// enumeration, *HistoryError where a history was tampered with.
package engagement
