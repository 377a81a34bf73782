package eligibility

// word is a text in a form that is fast to compare with: its length and its first
// and last bytes, which are all that there is of a text of up to 16 bytes.
type word struct {
	size       int
	head, tail uint64 // the first and the last eight bytes, where it has so many
	text       string
}

func newWord(s string) word {
	head, tail := ends(s)
	return word{len(s), head, tail, s}
}

func ends(s string) (head, tail uint64) {
	switch n := len(s); {
	case n >= 8:
		return eight(s), eight(s[n-8:])
	case n >= 4:
		return four(s), four(s[n-4:])
	case n > 0:
		return uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16, 0
	}
	return 0, 0
}

func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func four(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// hasText reports whether a text is one of a few. Which one it is cannot be
// foreseen by a processor, so short ones are all looked at instead of branching.
func hasText(few []word, s string) bool {
	found := false
	if len(s) > 16 {
		for i := range few {
			found = found || few[i].text == s
		}
		return found
	}
	head, tail := ends(s)
	for i := range few {
		if (few[i].head^head)|(few[i].tail^tail)|uint64(few[i].size^len(s)) == 0 {
			found = true
		}
	}
	return found
}
