// Package evidencetest tells whether an evidence.Store keeps the rules of package
// evidence. An adapter's test runs every case on two handles of one new store:
//
//	for _, c := range evidencetest.Cases() {
//		t.Run(c.Name, func(t *testing.T) {
//			a, b := open(t) // two handles on one empty store
//			if err := c.Run(t.Context(), a, b); err != nil {
//				t.Error(err)
//			}
//		})
//	}
//
// The error begins with the sentence that does not hold. Run the cases with the
// race detector on. What they cannot see is whether a content is still there
// after the machine has failed: find that out by pulling the plug.
//
// [Memory] is a store for tests of what uses one.
package evidencetest
