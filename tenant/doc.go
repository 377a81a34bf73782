// Package tenant says who a customer is.
//
// A customer is an organisation. It is recorded under one [Key]: the [ID] of
// its directory tenant or, when the host works with those, its [TPID], the
// [SubscriptionID] of one of its subscriptions, or the [OpportunityID] of one of
// the vendor's opportunities with it. People do not type keys; they type an
// e-mail address or a domain, sometimes with an ID that they were given, or one
// such ID alone.
// [Resolve] takes that text, a [Candidate], looks the domain up in a [Directory]
// and returns a [Resolution]: the [Identity], the [IDKind] by which it was
// nominated and the [Basis] on which it stands. Everything else is one of six
// refusals, each of its own type, because a host tells its user something
// different for each of them.
//
// # One ID nominates
//
// Nothing cascades from one ID to another: what holds for a customer's tenant says
// nothing about the same customer's subscription, and they have two keys. A tenant ID
// and a TPID may be given together, because a directory knows both and can tell
// whether they belong together; the tenant then decides the key. A lookup by domain
// says nothing of a subscription or an opportunity, so no other ID is given with one,
// and the identity gets no other.
//
// An ID alone, and one that is merely stated, is looked up where the directory is an
// [IDDirectory], so that it has a name and is known to exist. What is merely stated
// stays marked: see [Identity].Stated.
//
// # What is compared
//
// Every value here has one canonical form, so == compares it:
//
//   - an ID and a SubscriptionID are lower-case hexadecimal in groups of
//     8-4-4-4-12;
//   - a TPID is a positive decimal number;
//   - an OpportunityID is upper-case ASCII;
//   - a Domain is lower-case ASCII without a trailing dot, with
//     internationalised labels in their xn-- form;
//   - an Email keeps the case of its local part, because RFC 5321 leaves its
//     meaning to the receiving host, and has composed accents and a canonical
//     Domain. What was kept before keeps its spelling; Same compares addresses.
//
// Domains are compared whole. A subdomain is not its parent, and a domain
// below onmicrosoft.com is a domain like any other.
//
// # Zero values
//
// The zero ID, TPID, SubscriptionID, OpportunityID, Domain, Email, Cloud, IDKind
// and Key mean "none". They marshal to empty text and are read from it; the
// Parse functions refuse empty text.
//
// # Errors
//
// Each refusal has a type, for [errors.As]: [MalformedError], [NotFoundError],
// [AmbiguousError], [ConsumerDomainError] and [ReasonRequiredError]; trouble with
// the directory is [UnavailableError] or [DirectoryError]. Where they repeat text
// that a person typed or a directory answered, it is quoted and shortened, so that
// it cannot forge a line of a log; an e-mail address is never repeated.
package tenant
