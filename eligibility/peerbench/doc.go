// Package peerbench runs the same ten criteria over the same customers on this
// library's rules, on a function written by hand, and on four general engines:
// cel-go, expr, cedar-go and OPA. Each is used as its documentation advises, in the
// fastest of the ways that were tried: prepared once, with its terms compiled in and
// what it takes reused from customer to customer, and asked for every criterion that
// a customer does not meet or that cannot be told. Tests check that all agree;
// README.md has the figures.
package peerbench
