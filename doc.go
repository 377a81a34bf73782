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
//   - tenant: who a customer is, and the Directory that tells by a domain.
//   - consent: the life of a consent, its texts, evidence and receipts;
//     consent/consenthttp is the page that a customer's link opens.
//   - engagement: engagements, participations and the Customers page, as values
//     and pure decisions.
//   - storage: the contract with whatever keeps the state; storage/memory keeps
//     it in memory, storage/storagetest tells whether an adapter keeps the
//     contract.
//
// The example of this file is the smallest useful program. The module examples
// has larger ones, each one thing that a host does.
package partnerengage
