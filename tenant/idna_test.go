package tenant

import (
	"math/rand/v2"
	"testing"
)

// TestNamesInASCII checks that names which are taken as they are would come out of
// the mapping unchanged, or be refused by ParseDomain.
func TestNamesInASCII(t *testing.T) {
	const letters = "abyz0189--..xn"
	random := rand.New(rand.NewPCG(1, 2))
	same := 0
	for range 20_000 {
		name := make([]byte, 1+random.IntN(12))
		for i := range name {
			name[i] = letters[random.IntN(len(letters))]
		}
		if !isASCII(string(name)) {
			continue
		}
		mapped, err := profile.ToASCII(string(name))
		if d, problem := parseDomain(string(name)); problem == "" && (err != nil || d.ascii != mapped && d.ascii+"." != mapped) {
			t.Fatalf("%q is %q, by the mapping %q: %v", name, d, mapped, err)
		} else if problem == "" {
			same++
		}
	}
	if same < 1000 {
		t.Errorf("only %d of the names were domains", same)
	}
	for _, name := range []string{"Contoso.com", "xn--bcher-kva.example", "b\u00fccher.example", "a_b.example"} {
		if isASCII(name) {
			t.Errorf("%q is taken as it is", name)
		}
	}
}
