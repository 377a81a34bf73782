// Package verify holds everything that a store keeps together, and makes anew what is
// made of something else:
//
//	checked, err := verify.Check(ctx, store, verify.Options{Report: func(f storage.Finding) error {
//		slog.Warn("the storage", "found", f)
//		return nil
//	}})
//
// Check finds rows that cannot be read or are gone, histories that were tampered with,
// and what is not in the state to which its history led; holders of the claim limit
// who are not those of the participations, rows of pages and claims lists that are not
// what their records give, counts that are not those of the rows, customers who are
// not found by their words, or by somebody whom they name. Repair makes these last ones anew, which
// [storage.FindingKind.Derived] tells apart. Nothing else can be repaired, but from a
// backup, and Repair leaves it as it is.
//
// Both go from customer to customer, while others work, in memory that grows with what
// is stored of one customer. What somebody is just writing is no finding. It costs a
// few calls for each customer and one for each 500 events.
//
// What no such check can see: a row that is gone with everything that tells of it, a
// history that somebody wrote anew from some event on (heads that are kept elsewhere
// show that, see workflow.HistoriesDesk.Verify), and names, addresses and texts of
// people, which no hash covers once they can be erased.
package verify
