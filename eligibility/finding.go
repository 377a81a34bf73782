package eligibility

import "slices"

// Result is the result of one rule.
type Result string

// The results.
const (
	ResultPass    Result = "pass"
	ResultFail    Result = "fail"
	ResultUnknown Result = "unknown" // a fact that the rule depends on is missing
)

// AllResults returns every Result.
func AllResults() []Result { return []Result{ResultPass, ResultFail, ResultUnknown} }

func (r Result) verdict() verdict {
	switch r {
	case ResultPass:
		return pass
	case ResultFail:
		return fail
	case ResultUnknown:
		return unknown
	default:
		return 0
	}
}

func (v verdict) result() Result {
	switch v {
	case pass:
		return ResultPass
	case fail:
		return ResultFail
	case unknown:
		return ResultUnknown
	default:
		return ""
	}
}

// Finding is what one rule found.
type Finding struct {
	Rule    string   `json:"rule"`
	Doc     string   `json:"doc"`
	Result  Result   `json:"result"`
	Wanted  string   `json:"wanted,omitempty"`  // "at least 1000"
	Found   string   `json:"found,omitempty"`   // "999"; of several facts "segment smb; rooms 4"
	Missing []string `json:"missing,omitempty"` // for an unknown result, the facts that would decide it

	// Confidential says that the rule reads a confidential fact: Wanted and Found
	// are not for those who only may know the Result.
	Confidential bool `json:"confidential,omitempty"`
}

// redacted returns the finding without its figures.
func (f Finding) redacted() Finding {
	f.Wanted, f.Found = "", ""
	return f
}

// Passed is the finding of a [CheckFunc] that is met.
func Passed(wanted, found string) Finding {
	return Finding{Result: ResultPass, Wanted: wanted, Found: found}
}

// Failed is the finding of a [CheckFunc] that is not met.
func Failed(wanted, found string) Finding {
	return Finding{Result: ResultFail, Wanted: wanted, Found: found}
}

// Missing is the finding of a [CheckFunc] that lacks facts.
func Missing(wanted string, facts ...AnyFact) Finding {
	f := Finding{Result: ResultUnknown, Wanted: wanted}
	for _, fact := range facts {
		f.Missing = append(f.Missing, fact.Name())
	}
	return f
}

func (f Finding) equal(o Finding) bool {
	return f.Rule == o.Rule && f.Doc == o.Doc && f.Result == o.Result && f.Wanted == o.Wanted && f.Found == o.Found &&
		slices.Equal(f.Missing, o.Missing)
}
