package workflow

import "testing"

// A text that a spreadsheet would run does not reach it as it is, and no text makes
// two cells or two lines of one.
func TestNeutral(t *testing.T) {
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
		if got := neutral(name); got != want {
			t.Errorf("the cell of %q is %q, want %q", name, got, want)
		}
	}
}
