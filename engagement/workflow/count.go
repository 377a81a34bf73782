package workflow

import "strconv"

// Count is a number of rows. For an actor who may act for the whole partner it is
// exact; within a narrower Scope it is exact up to 1,000, and counting may stop
// there or once 20,000 rows were read. Of active customers it is exact up to that
// number of rows, within a Scope or not.
type Count struct {
	N      int  `json:"n"`
	OrMore bool `json:"or_more"` // there can be more: counting stopped
}

// String says "12", or "1000 or more".
func (c Count) String() string {
	if c.OrMore {
		return strconv.Itoa(c.N) + " or more"
	}
	return strconv.Itoa(c.N)
}

const (
	maxCounted = 1000  // rows, after which counting within a scope may stop
	maxRead    = 20000 // rows that are read to count within a scope
)

// counted is a number of rows of which those beyond maxCounted were not counted.
func counted(n int, more bool) Count {
	if n > maxCounted {
		n, more = maxCounted, true
	}
	return Count{N: n, OrMore: more}
}
