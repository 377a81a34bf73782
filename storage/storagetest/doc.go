// Package storagetest tells whether a storage.Store keeps the contract of package
// storage. An adapter's test runs every case on two handles of one new database:
//
//	for _, c := range storagetest.Cases() {
//		t.Run(c.Name, func(t *testing.T) {
//			a, b := open(t) // two handles on one empty database
//			if err := c.Run(t.Context(), a, b); err != nil {
//				t.Error(err)
//			}
//		})
//	}
//
// Where a process has one handle, a and b are the same. The error begins with the
// sentence of the contract that does not hold. The cases need no clock, no network and
// nothing but the store. The records that they make, and that Compare makes, are possible
// ones, as package storage says. Case "model" takes the steps of one seed: when it
// passes, run Compare with others.
//
// What a store does not show is for tests of the adapter's own: that an Apply holds, or
// never was, when the process dies; that a row which cannot be read is named, and keeps
// no other waiting; that keys of another version are made anew. Case "inspect" passes for
// a store that is no storage.Inspector. No case fails a store that is slow: Filling and
// Benchmarks measure what grows, a List above all.
package storagetest
