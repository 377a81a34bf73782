// Package partnerengage documents the library; it holds no code. The library
// models a vendor's incentive program as a partner portal needs it: partners run
// engagements with customers, and are paid for them.
//
// Open these first:
//
//   - engagement/workflow: the desk. A host calls its Service for everything.
//   - engagement/workflowtest: a world to test a host's workflows in, without a
//     server, a network or a sleep.
//   - eligibility: rules over facts, and decisions with every reason.
//
// What they stand on:
//
//   - tenant: who a customer is, and the Directory that tells by a domain or an ID.
//   - consent: the life of a consent, its texts, evidence and receipts;
//     consent/link has what every mailed link has, consent/consenthttp the pages that
//     a customer's links open, consent/words what mails and histories say, in every
//     language.
//   - engagement: engagements, participations and the Customers page, as values
//     and pure decisions; engagement/claim is the life of a claim, from draft to
//     payment, engagement/survey holds the questions that it needs answered, and
//     engagement/evidence keeps the documents that prove it. engagement/program reads
//     and writes a whole program as JSON documents.
//   - storage: the contract with whatever keeps the state; storage/memory keeps
//     it in memory, storage/storagetest tells whether an adapter keeps the
//     contract, storage/record is how values are stored. storage/sqlite and
//     storage/postgres keep it for good, each a module of its own.
//
// An error that tells somebody what is wrong has a type, which [errors.As] finds, and a
// code, see workflow.Code; its text is a sentence without a capital, a full stop or a
// package's name, says what would help after a colon, and can be shown. The few errors
// without a type are of two kinds: named ones that say all there is to say, for
// [errors.Is], and mistakes of the program that calls, whose texts begin with the name of
// the package, as in "workflow: Relay needs a Notifier in the Options".
//
// The example of this file is the smallest useful program. The module examples
// has larger ones, each one thing that a host does.
package partnerengage
