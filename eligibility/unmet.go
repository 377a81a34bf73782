package eligibility

import "iter"

// Bits tells which rules failed and which are unknown without a word, for who
// decides on many customers: bit i stands for rule number 64 × block + i in declared
// order, so that Bits(0) is all there is to know of up to 64 rules. A rule that
// passed has neither bit, nor has one that failed to decide. Of a decision that was
// read the bits stand for its findings. Bits allocates nothing.
func (d *Decision) Bits(block int) (failed, unknown uint64) {
	if d.set == nil {
		return d.readBits(block)
	}
	if block < 0 || block >= len(d.tallies) {
		return 0, 0
	}
	t := &d.tallies[block]
	return t.failed, t.unknown
}

func (d *Decision) readBits(block int) (failed, unknown uint64) {
	for i, f := range d.read {
		if i/64 != block {
			continue
		}
		switch f.Result {
		case ResultFail:
			failed |= 1 << (i % 64)
		case ResultUnknown:
			unknown |= 1 << (i % 64)
		}
	}
	return failed, unknown
}

// Unmet yields the ID and the result of every rule that did not pass, in declared
// order: what [Decision.Reasons] returns, without words. It allocates nothing.
func (d *Decision) Unmet() iter.Seq2[string, Result] {
	return func(yield func(string, Result) bool) {
		for _, f := range d.read {
			if f.Result.verdict()&(fail|unknown) != 0 && !yield(f.Rule, f.Result) {
				return
			}
		}
		for i := range d.judged() {
			if v := d.verdict(i); v&(fail|unknown) != 0 && !yield(d.set.config.Rules[i].ID, v.result()) {
				return
			}
		}
	}
}
