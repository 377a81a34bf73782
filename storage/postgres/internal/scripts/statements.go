package scripts

import "strings"

// Statements returns the statements of a script one by one, without the semicolons
// that end them, for engines that take no more than one at a time. It knows quoted
// names and texts, escapes, dollar quotes, and comments of both kinds, which stay with
// the statement that they are before. Bodies between BEGIN ATOMIC and END it does not
// know: put those in dollar quotes.
func Statements(sql string) []string {
	var out []string
	begin, bare := 0, true // where the statement begins, and whether there is none yet
	add := func(end int) {
		if !bare {
			out = append(out, strings.TrimSpace(sql[begin:end]))
		}
		begin, bare = end+1, true
	}
	for at := 0; at < len(sql); {
		n, is := token(sql, at)
		switch {
		case sql[at] == ';':
			add(at)
		case is:
			bare = false
		}
		at += n
	}
	add(len(sql))
	return out
}

// token returns how long the next token is, and whether it is part of a statement
// rather than space or a comment.
func token(sql string, at int) (n int, is bool) {
	rest := sql[at:]
	switch {
	case strings.HasPrefix(rest, "--"):
		return until(rest, 2, "\n"), false
	case strings.HasPrefix(rest, "/*"):
		return comment(rest), false
	case strings.ContainsRune(" \t\r\n\f\v", rune(rest[0])):
		return 1, false
	case rest[0] == '\'' || rest[0] == '"':
		return until(rest, 1, rest[:1]), true // a doubled quote is two texts that touch
	case (rest[0] == 'E' || rest[0] == 'e') && strings.HasPrefix(rest[1:], "'"):
		return escaped(rest), true
	case rest[0] == '$':
		if tag := dollarTag(rest); tag != "" {
			return until(rest, len(tag), tag), true
		}
	}
	for n < len(rest) && (named(rest[n]) || n > 0 && rest[n] == '$') { // a dollar within a name quotes nothing
		n++
	}
	return max(n, 1), true
}

// until returns how long the text is up to the end of what it ends with, which is
// looked for from an offset on.
func until(text string, from int, end string) int {
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(text)
}

// comment returns how long a comment is: it can hold others.
func comment(text string) int {
	depth := 0
	for at := 0; at < len(text); {
		switch {
		case strings.HasPrefix(text[at:], "/*"):
			depth++
			at += 2
		case strings.HasPrefix(text[at:], "*/"):
			depth--
			at += 2
		default:
			at++
		}
		if depth == 0 {
			return at
		}
	}
	return len(text)
}

// escaped returns how long a text with escapes is, in which a backslash stands before a
// quote that does not end it.
func escaped(text string) int {
	for at := 2; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '\'':
			return at + 1
		}
	}
	return len(text)
}

// dollarTag returns what the dollar quote begins with and ends with, such as $$ and
// $body$, or "" when it is another dollar.
func dollarTag(text string) string {
	end := 1
	for end < len(text) && named(text[end]) {
		end++
	}
	if end == len(text) || text[end] != '$' || end > 1 && '0' <= text[1] && text[1] <= '9' {
		return ""
	}
	return text[:end+1]
}

// named reports whether a byte can be in a name.
func named(b byte) bool {
	return b == '_' || b >= 0x80 || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}
