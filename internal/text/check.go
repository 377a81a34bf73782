package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prose returns what is wrong with a text of at most so many characters that
// people are to read, on one line or several; "" when nothing is. An error that
// names its field can go on with it: "the reason" and "holds a control character".
//
// No text is no mistake: whether one is needed, its field knows.
func Prose(s string, most int) (problem string) {
	problem = readable(s, most, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' })
	if problem == "" && s != "" && !Visible(s) {
		return "has nothing to see: write at least one character that shows"
	}
	return problem
}

// Paragraph is [Prose] on one line: a sentence of a page, the title of a form.
func Paragraph(s string, most int) (problem string) {
	if strings.ContainsAny(s, "\n\r\t\u2028\u2029") {
		return "has more than one line, or a tab: write it on one line"
	}
	return Prose(s, most)
}

// Line is [Prose] for what stands on one line among other things: names, labels,
// addresses. It must not hold what makes it look like something else either: line
// ends, controls of the direction, characters that do not show.
func Line(s string, most int) (problem string) {
	if problem = readable(s, most, func(rune) bool { return false }); problem != "" || s == "" {
		return problem
	}
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("holds U+%04X, which changes the direction of what follows: leave it out", r)
		case invisible(r):
			return fmt.Sprintf("holds U+%04X, which does not show: leave it out", r)
		case r == '\u2028' || r == '\u2029':
			return "has more than one line: write it on one"
		}
	}
	if !Visible(s) {
		return "has nothing to see: write at least one character that shows"
	}
	return ""
}

// readable is what holds of every text. The one control characters that may stand
// in it are those allowed.
func readable(s string, most int, allowed func(rune) bool) string {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s):
		return "is not text in UTF-8: encode it again"
	case n > most:
		return fmt.Sprintf("has %d characters: say it in at most %d", n, most)
	}
	for _, r := range s {
		if unicode.IsControl(r) && !allowed(r) {
			return fmt.Sprintf("holds the control character U+%04X: leave it out", r)
		}
	}
	return ""
}

// OneLine returns a text as it is kept where it has to stand on one line: runs of
// blanks and control characters as one blank, none around, and what is not UTF-8
// as U+FFFD. It changes nothing else: names are kept as they are written.
func OneLine(s string) string {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
	return strings.ToValidUTF8(strings.Join(words, " "), "\uFFFD")
}

// Clean returns a foreign name, which nobody can be asked to correct, as it can be
// kept and shown: [OneLine] without characters that do not show, and cut to at
// most so many characters. It is "" when there is nothing to see.
func Clean(s string, most int) string {
	s = OneLine(strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most]))
	}
	if !Visible(s) {
		return ""
	}
	return s
}
