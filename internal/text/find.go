package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Find returns where these words, which are folded, stand in a text one after the
// other, however it spells them and whatever punctuation and blanks are between
// them: pairs of offsets into the text, in its order. What is only a part of a
// longer word is not found.
func Find(s string, words []string) [][2]int {
	if len(words) == 0 {
		return nil
	}
	var found [][2]int
	all := wordsAt(s)
	for i := 0; i+len(words) <= len(all); {
		same := 0
		for same < len(words) && all[i+same].folded == words[same] {
			same++
		}
		if same < len(words) {
			i++
			continue
		}
		found = append(found, [2]int{all[i].from, all[i+same-1].to})
		i += same
	}
	return found
}

// wordAt is a word with its place in a text.
type wordAt struct {
	folded   string
	from, to int
}

// wordsAt returns the words of a text that is not folded. Digits are words of their
// own beside letters, as in names of files.
func wordsAt(s string) []wordAt {
	var out []wordAt
	from, digits := -1, false
	end := func(to int) {
		if from < 0 {
			return
		}
		if folded := strings.Join(collectWords(Fold(s[from:to])), " "); folded != "" {
			out = append(out, wordAt{folded, from, to})
		}
		from = -1
	}
	for i, r := range s {
		if unicode.Is(unicode.M, r) || invisible(r) { // belongs to what is before it
			continue
		}
		if r == utf8.RuneError || isBlank(r) || unicode.Is(unicode.P, r) || unicode.Is(unicode.S, r) {
			end(i)
			continue
		}
		if from >= 0 && digits != unicode.IsDigit(r) {
			end(i)
		}
		if from < 0 {
			from, digits = i, unicode.IsDigit(r)
		}
	}
	end(len(s))
	return out
}

func collectWords(folded string) []string {
	var out []string
	for w := range Words(folded) {
		out = append(out, w)
	}
	return out
}

// FindWords returns the words of a phrase as [Find] takes them.
func FindWords(phrase string) []string {
	var out []string
	for _, w := range wordsAt(phrase) {
		out = append(out, w.folded)
	}
	return out
}
