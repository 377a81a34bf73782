// Package memory is the reference adapter of package storage: everything is
// kept in the memory of the process, for tests and for small hosts.
//
// Nothing is durable: what is stored ends with the process. All else that
// package storage promises holds. Every handle on the same data is the same
// *Store; it is safe for use by many goroutines.
//
// Of a Customers page every order of every tab that was asked for is kept ready,
// and so is every order of the claims of a partner and of all partners. So a page
// is found in O(log n) and read in the time that its rows take. A change to a
// place costs O(log n) for each order in which a row of it moves. Known
// customers cost about 1.4 KiB each, with all that belongs to them;
// BENCHMARKS.md has the figures.
//
// The store keeps the values that it is given and hands them out again without
// copying what they point to.
package memory
