package tenant

import "github.com/partnerengage/partnerengage/internal/enum"

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
func ParseCloud(s string) (Cloud, error) { return enum.Parse("cloud", s, AllClouds(), unknownText) }

// MarshalText returns the documented spelling; a value that is no cloud is an error.
func (c Cloud) MarshalText() ([]byte, error) {
	return enum.Marshal("cloud", c, enum.OrZero(AllClouds()), unknownText)
}

// UnmarshalText reads what [ParseCloud] reads; empty text gives the zero Cloud.
func (c *Cloud) UnmarshalText(text []byte) error {
	return enum.Unmarshal("cloud", c, text, enum.OrZero(AllClouds()), unknownText)
}
