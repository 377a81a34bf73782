// Package memory is the reference adapter of package storage: everything is kept in
// maps in the memory of the process. It is for tests and examples, and for reading how
// a store works: the plainest code that keeps the contract.
//
// Nothing is durable: what is stored ends with the process. All else that package
// storage promises holds. Every handle on the same data is the same *Store; it is safe
// for use by many goroutines.
//
// A page looks at every entry of its partner and engagement, a claims list at all of the
// partner's participations, figures at all of what they are of, so their cost grows with those, and only with those: some
// 100,000 known customers of a partner are no trouble. BENCHMARKS.md has the figures.
//
// Customers who name somebody are looked for among all of the partner's, which costs
// little more than to compare the digests of each.
//
// The store keeps the values that it is given and hands them out again without copying
// what they point to.
package memory
