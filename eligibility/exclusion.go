package eligibility

import (
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
		n.many[fold.Fold(operands[i].text)] = struct{}{}
	}
}

// excludes reports whether a text is one of those that the node excludes.
func (n *node) excludes(s string) bool {
	var room [32]byte
	if len(s) <= len(room) {
		if folded, ok := foldPlain(room[:0], s); ok {
			_, found := n.many[string(folded)]
			return found
		}
	}
	_, found := n.many[fold.Fold(s)]
	return found
}

// foldPlain folds a text of ASCII letters and digits, as codes are, without
// allocating. It reports whether the text is one.
func foldPlain(to []byte, s string) ([]byte, bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			to = append(to, c+('a'-'A'))
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			to = append(to, c)
		default:
			return to, false
		}
	}
	return to, true
}

// judgeExcluded says nothing of a text without anything to see: nobody knows what
// it stands for.
func (n *node) judgeExcluded(c *cell) verdict {
	if c.kind == n.kind && !fold.Visible(c.text) {
		return unknown
	}
	return n.judge(c, c.kind == n.kind && n.excludes(c.text))
}
