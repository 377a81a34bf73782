// Package claim is the life of a partner's claim for payment: from the draft that
// the customer's consent opens, over proof, submission, review and dispute, to the
// last payment or one of the ways in which it ends without.
//
// It is pure. A [State] is plain data; [Apply] makes an [Event] happen to it at a
// time and returns the next State or a typed refusal:
//
//	next, err := claim.Apply(state, claim.Submit{Requested: amount}, now)
//
// What is allowed when is one table, [Moves], drawn in STATES.md. Deadlines are
// data of the State: [State.StatusAt] is what is true at a time, whether or not
// anybody has recorded it with [Expire].
//
// # Proof
//
// What a claim has to prove is a list of [ProofItem], data of the engagement's
// version: documents, held by reference as [Evidence], and surveys, which package
// survey knows. [Submit] needs every required item and names all that are missing
// in one [*IncompleteError].
//
// # Money
//
// Estimated, requested, approved and paid are four amounts, exact and with their
// currency. What is approved never exceeds [State].Cap without an [Approve].Override
// that says why, and what is paid never exceeds what was approved.
//
// # Time
//
// A deadline is half open: at the deadline itself it is over. Only the partner's
// time runs out; a claim that waits for its reviewer never expires. A claim that
// expired before it was submitted can still be withdrawn by the customer, and then
// reads so. Times of events are kept in UTC and to the microsecond.
package claim
