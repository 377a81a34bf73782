// Package workflowtest is a ready world in which a host tests its workflows: a
// clock that only a test moves, storage in memory, a directory and facts that a
// test sets, and messages that go nowhere.
//
//	w := workflowtest.New(t, workflowtest.Contoso)
//	p := w.Added("azure-migration", "ana@contoso.com")
//	w.Advance(31 * 24 * time.Hour)
//	w.ExpectStatus(p, engagement.StatusConsentExpired)
//
// A world is the actor whom it starts with, Northwind's Ana in Contoso; As gives
// the same world to another. Whatever the helpers do not do, w.Desk does: it is
// an ordinary *workflow.Service. A helper that is refused fails the test.
//
// Where there is no *testing.T, as in an Example, Panic stands in for it.
//
// A world needs no clean-up, reads no real clock, and makes the same IDs in the
// same order each time.
package workflowtest
