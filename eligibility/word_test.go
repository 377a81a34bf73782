package eligibility_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/partnerengage/partnerengage/eligibility"
)

// Texts of every length are compared whole: one that differs in a letter is another.
func TestTextsAreComparedWhole(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	for n := 1; n <= len(letters); n++ {
		text := letters[:n]
		check := eligibility.OneOf(segment, "another", text, letters+text)
		assert.Equal(t, eligibility.ResultPass, result(t, check, with(segment, text)), text)
		for i := range n {
			other := text[:i] + "_" + text[i+1:]
			assert.Equal(t, eligibility.ResultFail, result(t, check, with(segment, other)), other)
		}
		assert.Equal(t, eligibility.ResultFail, result(t, check, with(segment, text+"a")), text)
		assert.Equal(t, eligibility.ResultFail, result(t, check, with(segment, "a"+text)), text)
	}
}
