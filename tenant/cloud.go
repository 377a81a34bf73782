package tenant

import "slices"

// Cloud names the national cloud that a tenant lives in. The zero Cloud means
// unknown.
type Cloud string

// The clouds.
const (
	CloudPublic       Cloud = "public"
	CloudUSGovernment Cloud = "us-government"
	CloudChina        Cloud = "china"
)

// AllClouds returns every known cloud.
func AllClouds() []Cloud { return []Cloud{CloudPublic, CloudUSGovernment, CloudChina} }

// ParseCloud reads the documented spelling of a cloud and nothing else. The
// error is a [*MalformedError] of the field "cloud".
func ParseCloud(s string) (Cloud, error) {
	if c := Cloud(s); slices.Contains(AllClouds(), c) {
		return c, nil
	}
	return "", malformed("cloud", quote(s)+" is not a cloud; the clouds are public, us-government and china")
}

// MarshalText returns the documented spelling; a value that is no cloud is an error.
func (c Cloud) MarshalText() ([]byte, error) { return marshalText(c, ParseCloud) }

// UnmarshalText reads what [ParseCloud] reads; empty text gives the zero Cloud.
func (c *Cloud) UnmarshalText(text []byte) error { return unmarshal(c, text, ParseCloud) }
