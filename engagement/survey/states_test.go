package survey_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/survey"
)

// STATES.md shows the table that the code runs on. Write it anew with
//
//	go test ./engagement/survey -run TestStatesFile -update
func TestStatesFile(t *testing.T) {
	const file = "STATES.md"
	want := diagram(survey.AllStatuses(), survey.Moves())
	if *update {
		noError(t, os.WriteFile(file, []byte(want), 0o644))
	}
	got, err := os.ReadFile(file)
	noError(t, err)
	if string(got) != want {
		t.Errorf("%s does not show the table of moves; run this test with -update\ngot:\n%s\nwant:\n%s", file, got, want)
	}
}

func diagram(statuses []survey.Status, moves []survey.Move) string {
	var b strings.Builder
	name := func(s survey.Status) string { return strings.ReplaceAll(string(s), " ", "_") }
	fmt.Fprint(&b, `# The states of a survey

Written from the table in `+"`moves.go`"+` by a test of this package; do not edit.
Every move is made before the deadline of the claim, and none at or after it.

`+"```mermaid\nstateDiagram-v2\n")
	for _, s := range statuses {
		fmt.Fprintf(&b, "    state %q as %s\n", s, name(s))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", name(statuses[0]))
	leaves := make(map[survey.Status]bool)
	for _, m := range moves {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", name(m.From), name(m.To), m.On)
		leaves[m.From] = true
	}
	for _, s := range statuses {
		if !leaves[s] {
			fmt.Fprintf(&b, "    %s --> [*]\n", name(s))
		}
	}
	fmt.Fprint(&b, "```\n\n| in | on | then |\n|---|---|---|\n")
	for _, m := range moves {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", m.From, m.On, m.To)
	}
	return b.String()
}
