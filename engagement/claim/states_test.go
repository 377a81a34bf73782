package claim_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/claim"
)

// STATES.md shows the table that the code runs on. Write it anew with
//
//	go test ./engagement/claim -run TestStatesFile -update
func TestStatesFile(t *testing.T) {
	const file = "STATES.md"
	want := diagram(claim.AllStatuses(), claim.Moves())
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "%s does not show the table of moves; run this test with -update", file)
}

// diagram draws the moves that change the status, and lists all of them.
func diagram(statuses []claim.Status, moves []claim.Move) string {
	var b strings.Builder
	name := func(s claim.Status) string { return strings.ReplaceAll(string(s), " ", "_") }
	fmt.Fprint(&b, `# The states of a claim

Written from the table in `+"`moves.go`"+` by a test of this package; do not edit.
A claim reads as what its deadline makes of it from that moment on, also before anything has recorded it.
The diagram leaves out what does not change the status; the table below has it.

`+"```mermaid\nstateDiagram-v2\n")
	for _, s := range statuses {
		fmt.Fprintf(&b, "    state %q as %s\n", s, name(s))
	}
	fmt.Fprintf(&b, "    [*] --> %s\n", name(statuses[0]))
	leaves := make(map[claim.Status]bool)
	for _, m := range moves {
		if m.To == m.From {
			continue
		}
		leaves[m.From] = true
		label := string(m.On)
		if m.When != claim.GuardAlways {
			label += ", " + string(m.When)
		}
		fmt.Fprintf(&b, "    %s --> %s: %s\n", name(m.From), name(m.To), label)
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

// Every status can be reached, the moves of a status stand together, no two of an
// event have one guard, and each event of the package is somewhere in the table.
func TestMovesAreWhole(t *testing.T) {
	reached, used := map[claim.Status]bool{claim.StatusDraft: true}, map[claim.Kind]bool{}
	seen := map[claim.Move]bool{}
	var from []claim.Status
	for _, m := range claim.Moves() {
		if len(from) == 0 || from[len(from)-1] != m.From {
			require.NotContains(t, from, m.From)
			from = append(from, m.From)
		}
		require.Contains(t, claim.AllStatuses(), m.From)
		require.Contains(t, claim.AllStatuses(), m.To)
		require.Contains(t, claim.AllKinds(), m.On)
		reached[m.To], used[m.On] = true, true
		key := claim.Move{From: m.From, On: m.On, When: m.When}
		require.False(t, seen[key], "%+v", m)
		seen[key] = true
	}
	require.Len(t, reached, len(claim.AllStatuses()))
	require.Len(t, used, len(claim.AllKinds()))
	claim.Moves()[0].To = claim.StatusPaid
	require.Equal(t, claim.StatusDraft, claim.Moves()[0].To, "what is handed out is the caller's")
}
