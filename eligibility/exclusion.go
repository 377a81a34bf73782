package eligibility

import (
	"slices"

	fold "github.com/partnerengage/partnerengage/internal/text"
)

// What a rule excludes is compared by folding: a list of embargoed countries has to
// hold for "kp", for "ＫＰ" and for "KP" with a blank behind it, however the host's
// data spell it. What a rule admits is compared letter by letter, so that in doubt
// nobody is eligible.

// exclude makes the node find what people take for one of the operands.
func (n *node) exclude(how code, operands []cell) {
	n.code = how
	n.many = make(map[string]struct{}, len(operands))
	for i := range operands {
		folded := fold.Fold(operands[i].text)
		n.many[folded] = struct{}{}
		if code, ok := codeOf(folded); ok {
			n.codes = append(n.codes, code)
		}
	}
	slices.Sort(n.codes)
}

// excludes reports whether a text is one of those that the node excludes.
func (n *node) excludes(s string) bool {
	if code, ok := codeOf(s); ok {
		return n.hasCode(code)
	}
	_, found := n.many[fold.Fold(s)]
	return found
}

func (n *node) hasCode(code uint64) bool {
	if len(n.codes) > few {
		_, found := slices.BinarySearch(n.codes, code)
		return found
	}
	found := false
	for _, c := range n.codes {
		if c == code {
			found = true
		}
	}
	return found
}

// codeOf makes a number of one to eight ASCII letters and digits, as codes of
// countries are: the same number for small and capital letters, which is all that
// folding changes of them. It reports whether the text is such a code.
func codeOf(s string) (code uint64, ok bool) {
	if s == "" || len(s) > 8 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i]
		small := c | 0x20
		if (small < 'a' || small > 'z') && (c < '0' || c > '9') {
			return 0, false
		}
		code = code<<8 | uint64(small) // a digit has that bit anyway
	}
	return code, true
}

// judgeExcluded says nothing of a text without anything to see: nobody knows what
// it stands for.
func (n *node) judgeExcluded(c *cell) verdict {
	if c.kind != n.kind {
		return n.judge(c, false)
	}
	if code, ok := codeOf(c.text); ok {
		return n.judge(c, n.hasCode(code))
	}
	if !fold.Visible(c.text) {
		return unknown
	}
	return n.judge(c, n.excludes(c.text))
}
