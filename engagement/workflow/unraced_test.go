//go:build !race

package workflow_test

// raced says that the race detector watches, with which everything takes ten times as
// long.
const raced = false
