//go:build race

package stress_test

// slowdown is by how much fewer histories and commands there are under the race
// detector.
const slowdown = 5
