package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cell returns a text as it can stand in a cell of an exported table. It keeps a
// spreadsheet from running what the text says, and the cell from being more than one.
// Spreadsheets differ in whether they look behind blanks and characters that are not
// seen; nothing that begins with a formula behind them is let through. Invalid UTF-8
// becomes the replacement character.
func Cell(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, cell)
	seen := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) })
	if first, _ := utf8.DecodeRuneInString(seen); seen != "" && strings.ContainsRune("=+-@＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}
