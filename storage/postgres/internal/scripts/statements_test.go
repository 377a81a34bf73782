package scripts_test

import (
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/storage/postgres/internal/scripts"
)

func TestStatements(t *testing.T) {
	for script, want := range map[string][]string{
		"":                            nil,
		" ;; \n -- nothing; at all\n": nil,
		"A":                           {"A"},
		"A;\nB ;":                     {"A", "B"},
		"-- what; A is\nA; /* B; /* is */ ; */ B; -- the end": {"-- what; A is\nA", "/* B; /* is */ ; */ B"},
		`A 'it''s; ''' "a;""b;"; B`:                           {`A 'it''s; ''' "a;""b;"`, "B"},
		`A E'\';\\'; B '\'; C name'x';`:                       {`A E'\';\\'`, `B '\'`, `C name'x'`},
		"A $$ ; ' $x$ ; $$; B $body$ ; $$ ; $body$ ; C":       {"A $$ ; ' $x$ ; $$", "B $body$ ; $$ ; $body$", "C"},
		"A $1, $2; B a$b$c; D $é$;$é$":                        {"A $1, $2", "B a$b$c", "D $é$;$é$"},
		"A 'never; closed":                                    {"A 'never; closed"},
		"A $$ never; closed":                                  {"A $$ never; closed"},
		"A /* never; closed":                                  {"A /* never; closed"},
		`A like'x;'; B type'\';C`:                             {"A like'x;'", `B type'\'`, "C"},
	} {
		if got := scripts.Statements(script); !slices.Equal(got, want) {
			t.Errorf("%s\nis %q, and not %q", script, got, want)
		}
	}
}
