package text

import "unicode"

// invisible reports whether r takes no room: a character that is ignored where it
// is not supported, such as a zero-width space, a soft hyphen, a control of the
// direction or a tag.
func invisible(r rune) bool {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r), 0x13430 <= r && r <= 0x1345F: // these show
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isBlank reports whether r leaves room and shows nothing in it, or ends a line,
// or is a control character.
func isBlank(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Z) || r == '\u2800' // the braille pattern without a dot
}

// shows reports whether r by itself can be seen. A mark needs a letter.
func shows(r rune) bool {
	return unicode.IsPrint(r) && !unicode.Is(unicode.M, r) && !isBlank(r) && !invisible(r)
}

// Visible reports whether there is anything to see of a text.
func Visible(s string) bool {
	for _, r := range s {
		if shows(r) {
			return true
		}
	}
	return false
}
