package text

import (
	"regexp"
	"strings"
	"unicode"
)

// longestPlain is how many characters of a foreign name stand in a message.
const longestPlain = 60

// Plain returns a name that comes from elsewhere as it can stand in a message: on one
// line, short, without quotation marks, so that it can stand in some, and so that no
// mail program makes a link of any part of it. It has no scheme, no "//", no "@" within
// a word and neither domain name nor IP address: their points are set apart. It is ""
// when there is nothing to see.
func Plain(name string) string {
	s := Clean(name, 4*longestPlain)
	for before := ""; s != before; { // one scheme can hide another
		before, s = s, schemes.ReplaceAllString(s, "$2")
	}
	s = strings.NewReplacer("//", "/ ", `\\`, `\ `, "@", " @ ", "“", "'", "”", "'", "„", "'", `"`, "'", "<", " ", ">", " ", "](", "] (", "][", "] [").Replace(s)
	s = addresses.ReplaceAllString(s, "$1. $2. $3. $4")
	runes := []rune(s)
	var out strings.Builder
	for i, r := range runes {
		out.WriteRune(r)
		next := i + 1
		if !point(r) || next == len(runes) || !part(runes[next]) {
			continue
		}
		if abbreviates := next+1 == len(runes) || !part(runes[next+1]); !abbreviates { // "S.A." is no address
			out.WriteByte(' ')
		}
	}
	s = OneLine(out.String())
	if runes := []rune(s); len(runes) > longestPlain {
		s = strings.TrimRight(string(runes[:longestPlain-1]), " @") + "…"
	}
	if !Visible(s) {
		return ""
	}
	return s
}

// schemes are the beginnings of addresses: "https://", "mailto:", "HTTPS:\".
var schemes = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.\-]*:[/\\]+|\b(mailto|tel|sms|javascript|vbscript|data|file|https?|ftp|callto|sips?|skype|facetime|geo|intent|market):(\S)`)

// addresses are those of IP, version 4. Version 6 is no link without a scheme.
var addresses = regexp.MustCompile(`(\p{Nd}+)\.(\p{Nd}+)\.(\p{Nd}+)\.(\p{Nd}+)`)

// point reports whether r parts the labels of a domain name, as browsers see it.
func point(r rune) bool {
	return r == '.' || r == '\u3002' || r == '\uFF0E' || r == '\uFF61' || r == '\u2024'
}

// part reports whether r can stand in a label.
func part(r rune) bool { return unicode.In(r, unicode.L, unicode.N, unicode.M) || r == '-' || r == '_' }
