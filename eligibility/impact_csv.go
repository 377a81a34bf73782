package eligibility

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	fold "github.com/partnerengage/partnerengage/internal/text"
)

// impactHeader are the columns of an impact report.
var impactHeader = []string{
	"rule", "doc", "old_pass", "old_fail", "old_unknown", "old_undecided", "new_pass", "new_fail", "new_unknown", "new_undecided",
	"gain", "lose", "become_unknown", "gain_samples", "lose_samples", "become_unknown_samples",
}

// WriteCSV writes the report as CSV (RFC 4180, UTF-8), with a header, a line for the
// outcomes, where pass stands for eligible and fail for ineligible, and one for each
// rule. Cells of a version that does not have the rule are empty. Line breaks in a cell
// become blanks, and one that a spreadsheet would take for a formula is preceded by an
// apostrophe.
func (r *ImpactReport) WriteCSV(to io.Writer) error {
	w := csv.NewWriter(to)
	w.UseCRLF = true
	all := RuleImpact{Doc: "outcome", Old: r.Before.results(), New: r.After.results(), Gain: r.Gain, Lose: r.Lose, BecomeUnknown: r.BecomeUnknown}
	if err := w.Write(impactHeader); err != nil {
		return err
	}
	for _, rule := range append([]RuleImpact{all}, r.Rules...) {
		cells := []string{rule.Rule, rule.Doc}
		for _, c := range []*ResultCounts{rule.Old, rule.New} {
			if c == nil {
				cells = append(cells, "", "", "", "")
				continue
			}
			cells = append(cells, strconv.Itoa(c.Pass), strconv.Itoa(c.Fail), strconv.Itoa(c.Unknown), strconv.Itoa(c.Undecided))
		}
		for _, a := range []Affected{rule.Gain, rule.Lose, rule.BecomeUnknown} {
			cells = append(cells, strconv.Itoa(a.Customers))
		}
		for _, a := range []Affected{rule.Gain, rule.Lose, rule.BecomeUnknown} {
			cells = append(cells, strings.Join(a.Samples, "; "))
		}
		for i := range cells {
			cells[i] = fold.Cell(cells[i])
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (c OutcomeCounts) results() *ResultCounts {
	return &ResultCounts{Pass: c.Eligible, Fail: c.Ineligible, Unknown: c.Unknown, Undecided: c.Undecided}
}
