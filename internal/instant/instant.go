// Package instant makes times comparable and alike wherever they were kept.
package instant

import "time"

// Of drops what a time has besides the instant to the microsecond: its zone, the
// reading of the monotonic clock, and what databases do not keep. So what holds it
// equals itself after a trip through JSON or columns.
func Of(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
