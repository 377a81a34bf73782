//go:build race

package claim_test

// stories is how many random stories are told: fewer where each takes ten times as
// long.
const stories = 1_000
