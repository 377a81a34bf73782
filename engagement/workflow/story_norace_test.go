//go:build !race

package workflow_test

// storyCount is how many random stories are told.
const storyCount = 10_000

// promiseCount is how many worlds are walked through by what their rows offer.
const promiseCount = 60

// everyWay says that the walk through the statuses takes every way to each.
const everyWay = true
