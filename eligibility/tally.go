package eligibility

// tally is what up to 64 rules came to: a bit for each, in declared order. Of a
// rule that passed none is set.
type tally struct {
	failed, unknown, broken uint64
}

// judge notes the answer to a comparison as [node.judge] turns it into a verdict.
func (t tally) judge(n *node, c *cell, ok bool) tally {
	switch c.kind {
	case n.kind:
		t.failed |= n.mark * uint64(bit(ok == n.negate))
	case none:
		t.unknown |= n.mark
	default:
		t.broken |= n.mark
	}
	return t
}

// add notes a verdict.
func (t tally) add(n *node, v verdict) tally {
	t.failed |= n.mark * uint64(v>>1&1)
	t.unknown |= n.mark * uint64(v>>2&1)
	t.broken |= n.mark * uint64(v>>3)
	return t
}

func (t tally) join(o tally) tally {
	return tally{t.failed | o.failed, t.unknown | o.unknown, t.broken | o.broken}
}

// verdict is that of the rule that a bit stands for.
func (t tally) verdict(mark uint64) verdict {
	switch {
	case t.failed&mark != 0:
		return fail
	case t.unknown&mark != 0:
		return unknown
	case t.broken&mark != 0:
		return broken
	}
	return pass
}

func (t tally) outcome() Outcome {
	switch {
	case t.broken != 0:
		return ""
	case t.failed != 0:
		return OutcomeIneligible
	case t.unknown != 0:
		return OutcomeUnknown
	}
	return OutcomeEligible
}
