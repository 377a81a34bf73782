//go:build race

package sqlite_test

// slowdown is by how much the race detector slows SQLite down, which is Go code
// here and watched like all other.
const slowdown = 5
