package scripts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/storage/internal/scripts"
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
		require.Equal(t, want, scripts.Statements(script), script)
	}
}
