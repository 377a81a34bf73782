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
// The error begins with the sentence of the contract that does not hold. The
// cases need no clock, no network and nothing but the store. The records that they
// make, and that Compare makes, are possible ones, as package storage says.
//
// Filling and Benchmarks measure what grows: see them.
package storagetest
