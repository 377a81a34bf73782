//go:build !race

package claim_test

// stories is how many random stories are told.
const stories = 12_000
