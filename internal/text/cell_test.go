package text_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/partnerengage/partnerengage/internal/text"
)

// A text that a spreadsheet would run does not reach it as it is, and no text makes
// two cells or two lines of one.
func TestCell(t *testing.T) {
	names := map[string]string{
		`=cmd|' /C calc'!A0`:             `'=cmd|' /C calc'!A0`,
		"+1+1":                           "'+1+1",
		"-1+1":                           "'-1+1",
		"@SUM(A1)":                       "'@SUM(A1)",
		"\t=1+1":                         "' =1+1",
		"\r=1+1":                         "' =1+1",
		"\n@x":                           "' @x",
		"\x00=1":                         "' =1",
		"\x7f=1":                         "' =1",
		"\u0085=1":                       "' =1",
		"  =1+1":                         "'  =1+1",
		"\u00a0=1+1":                     "'\u00a0=1+1",
		"\ufeff=1+1":                     "'\ufeff=1+1",
		"\u200b\u202e+1":                 "'\u200b\u202e+1",
		"＝1+1":                           "'＝1+1",
		"＠x":                             "'＠x",
		`"=1+1"`:                         `"=1+1"`,
		`a","=1+1`:                       `a","=1+1`,
		"a\r\n=1+1,b":                    "a  =1+1,b",
		"a\u2028b":                       "a b",
		"\tplain":                        " plain",
		"Contoso, Ltd. + Co. = \"best\"": "Contoso, Ltd. + Co. = \"best\"",
		"'=1+1":                          "'=1+1",
		"caf\xe9":                        "caf\uFFFD",
		"=\xff":                          "'=\uFFFD",
	}
	for name, want := range names {
		if got := text.Cell(name); got != want {
			t.Errorf("the cell of %q is %q, want %q", name, got, want)
		}
	}
}

// Whatever a cell says, no spreadsheet takes it for a formula, it stays one cell
// of one line, and reading it back gives what was written.
func FuzzCell(f *testing.F) {
	for _, seed := range []string{
		"", "Contoso", "=1+1", " =1+1", "\t@x", "\r\n-1", "\x00+", "\u00a0\ufeff=1", "＝1", `a","=b`, "a\r\n=b", "'", "'=1", "\xff=", "\u2028=1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := text.Cell(cell)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q becomes %q", cell, got)
		}
		seen := strings.TrimLeftFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) })
		if seen != "" && strings.ContainsAny(string([]rune(seen)[:1]), "=+-@＝＋－＠") {
			t.Fatalf("%q becomes %q, which is a formula", cell, got)
		}
		if again := text.Cell(got); again != got {
			t.Fatalf("%q becomes %q and then %q", cell, got, again)
		}
		if rest := strings.TrimPrefix(got, "'"); utf8.RuneCountInString(rest) < utf8.RuneCountInString(cell)-1 {
			t.Fatalf("%q becomes %q: something is lost", cell, got)
		}
		var out strings.Builder
		w := csv.NewWriter(&out)
		w.UseCRLF = true
		if err := w.Write([]string{"a", got, "b"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		records, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
		if err != nil || len(records) != 1 || len(records[0]) != 3 || records[0][1] != got || strings.Count(out.String(), "\n") != 1 {
			t.Fatalf("%q is written as %q and read as %q, %v", got, out.String(), records, err)
		}
	})
}
