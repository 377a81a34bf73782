//go:build race

package workflow_test

// storyCount is how many random stories are told: fewer where each takes ten times as
// long.
const storyCount = 500

// promiseCount is how many worlds are walked through by what their rows offer.
const promiseCount = 6

// everyWay says that the walk through the statuses takes every way to each: here the
// first, for the same reason.
const everyWay = false
