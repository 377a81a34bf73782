//go:build !race

package workflow_test

// stories is how many random stories are told.
const stories = 2000
