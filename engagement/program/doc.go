// Package program reads a whole program from JSON documents, and writes one: what it
// offers and by which rules, who takes part, and in which languages people read of it.
//
// # Documents
//
// A program is one document, or several files which each have a part of it:
//
//	{
//	  "program": "commerce-incentives",
//	  "version": "2026.1",
//	  "currency": "USD",
//	  "engagements": [
//	    {
//	      "id": "hybrid-meetings",
//	      "name": "Hybrid Meetings and Rooms",
//	      "solution_area": "Modern Work",
//	      "type": "workshop",
//	      "opens": "2026-07-01",
//	      "closes": "2027-07-01",
//	      "rate": "4000.00",
//	      "translations": {"Hybrid Meetings and Rooms": {"pt-PT": "Reuniões híbridas e salas"}},
//	      "location": [["program_enrolled", "is", true]],
//	      "customer": [["paid_available_units", "at least", 500]]
//	    }
//	  ],
//	  "partners": [
//	    {
//	      "id": "northwind",
//	      "name": "Northwind Consulting",
//	      "domains": ["northwind.example"],
//	      "locations": [
//	        {"id": "4711201", "name": "Lisboa", "payee_profile": "valid", "program_enrolled": true, "country": "PT"}
//	      ]
//	    }
//	  ]
//	}
//
// An engagement has the members that [engagement.Engagement] has in JSON, and besides
// them time_zone, by a name of the IANA database, and its rules: location and customer
// are a list of rules or a rule set, as package criteria describes them, and
// later_location and later_customer lists of rule sets that follow in time.
//
// What is left out is taken from further out. An engagement has the program's version
// and time zone, and the windows of its type: those that types gives for it, or the
// published ones. A rule set has the version and the time zone of its engagement, and
// is called after it, "hybrid-meetings/customer". In place of a list of rates, rate is the
// one that counts from the opening day, in the program's currency if it names none.
//
// A location has, besides its own members, the facts of the registry by their names:
// integers, booleans and lists of texts as such, decimals as numbers or texts, all
// others as texts. It is enrolled if enrolled says so or, where that is left out,
// program_enrolled.
//
// Reading is strict: a member that is not known or is there twice, null, and a value of
// another type are mistakes, as is everything that Validate of an engagement or a partner
// finds. All mistakes are told at once, each a [DocumentError] with file and JSON pointer.
// [Documents.Schema] is a JSON Schema of the documents, for editors; that of the zero
// Documents is in schema.json beside this package.
//
// # A program that changes
//
// A [Catalog] reads the documents again when they have changed. Participations, claims
// and histories name engagements, partners and locations by their IDs, and customers by
// theirs, and none of these is ever renamed in what is stored. So what they name stays
// in the documents, and [Program.Follows] refuses a version without it. This is how to
// say what happens:
//
//   - A location moves: change its name and its facts. Its ID stays. If the program gives
//     it a new ID it is another location: add that, and close the old one.
//   - A location closes: it is no longer enrolled. Nobody is added or claimed through it;
//     what runs goes on, with its payee profile, to the last payment.
//   - A partner leaves: no location of it is enrolled.
//   - A partner is merged into another: it leaves, and the other gets its locations, under
//     IDs of their own. Consent was given to the partner that asked for it, so what runs
//     stays with that one, for which the host lets users of the other act (Actor.Partner).
//     Customers that the program counts as the other's known customers, too, are told by
//     Program.Import.
//   - A solution area is renamed: change it in a new version of each engagement. Lists and
//     figures group by what the engagement says now, also what is long over. Rules that
//     ask for the designation of the old name take both for as long as locations have it.
//   - A customer's tenant changes: it is another customer, by the ID that it has now; what
//     runs goes on under the old one. Program.Import makes the new one known to the
//     partner, and workflow's ExternalHoldings tells what the old one has taken of the claim
//     limit.
//   - An engagement ends: its closing day passes. One that is to end sooner gets another
//     closing day, or a last claim day, in a new version.
package program
