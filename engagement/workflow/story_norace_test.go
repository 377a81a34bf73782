//go:build !race

package workflow_test

// storyCount is how many random stories are told.
const storyCount = 10_000

// everyWay says that the walk through the statuses takes every way to each.
const everyWay = true
