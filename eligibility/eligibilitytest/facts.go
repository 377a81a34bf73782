package eligibilitytest

import "github.com/partnerengage/partnerengage/eligibility"

// Change is a change of facts.
type Change func(*eligibility.Facts)

// Facts makes facts by changes of none.
func Facts(changes ...Change) eligibility.Facts {
	var f eligibility.Facts
	Changes(changes...)(&f)
	return f
}

// With sets a fact.
func With[T eligibility.Value](fact eligibility.Fact[T], v T) Change {
	return func(f *eligibility.Facts) { fact.Set(f, v) }
}

// Without makes a fact unknown.
func Without[T eligibility.Value](fact eligibility.Fact[T]) Change {
	return func(f *eligibility.Facts) { fact.Clear(f) }
}

// Changes makes several changes one.
func Changes(changes ...Change) Change {
	return func(f *eligibility.Facts) {
		for _, change := range changes {
			change(f)
		}
	}
}
