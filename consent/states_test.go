package consent_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
)

// STATES.md shows the table that the code runs on. Write it anew with
//
//	go test ./consent -run TestStatesFile -update
func TestStatesFile(t *testing.T) {
	const file = "STATES.md"
	want := diagram(consent.AllStatuses(), consent.Moves())
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s does not show the table of moves; run this test with -update\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

func diagram(statuses []consent.Status, moves []consent.Move) string {
	var b strings.Builder
	name := func(s consent.Status) string { return strings.ReplaceAll(string(s), " ", "_") }
	fmt.Fprint(&b, `# The states of a consent

Written from the table in `+"`moves.go`"+` by a test of this package; do not edit.
An unanswered consent reads as expired from its deadline on, also before anything has recorded it.

`+"```mermaid\nstateDiagram-v2\n")
	for _, s := range statuses {
		fmt.Fprintf(&b, "    state %q as %s\n", s, name(s))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", name(statuses[0]))
	leaves := make(map[consent.Status]bool)
	for _, m := range moves {
		label := string(m.On)
		if m.When != consent.GuardAlways {
			label += ", " + string(m.When)
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", name(m.From), name(m.To), label)
		if m.To != m.From {
			leaves[m.From] = true
		}
	}
	for _, s := range statuses {
		if !leaves[s] {
			fmt.Fprintf(&b, "    %s --> [*]\n", name(s))
		}
	}
	fmt.Fprint(&b, "```\n\n| in | on | when | then |\n|---|---|---|---|\n")
	for _, m := range moves {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", m.From, m.On, m.When, m.To)
	}
	return b.String()
}
