package storage

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/internal/enum"
)

// MarshalText refuses a value that is not a Sort, with an *[engagement.UnknownValueError];
// the zero Sort is "".
func (s Sort) MarshalText() ([]byte, error) {
	return enum.Marshal("sort", s, enum.OrZero(AllSorts()), unknownValue)
}

// UnmarshalText refuses what MarshalText does not write.
func (s *Sort) UnmarshalText(text []byte) error {
	return enum.Unmarshal("sort", s, text, enum.OrZero(AllSorts()), unknownValue)
}

// MarshalText refuses a value that is not a FigureDimension, with an
// *[engagement.UnknownValueError].
func (d FigureDimension) MarshalText() ([]byte, error) {
	return enum.Marshal("figure dimension", d, AllFigureDimensions(), unknownValue)
}

// UnmarshalText refuses what MarshalText does not write.
func (d *FigureDimension) UnmarshalText(text []byte) error {
	return enum.Unmarshal("figure dimension", d, text, AllFigureDimensions(), unknownValue)
}

// MarshalText refuses a value that is not a FindingKind, with an
// *[engagement.UnknownValueError].
func (k FindingKind) MarshalText() ([]byte, error) {
	return enum.Marshal("finding", k, AllFindingKinds(), unknownValue)
}

// UnmarshalText refuses what MarshalText does not write.
func (k *FindingKind) UnmarshalText(text []byte) error {
	return enum.Unmarshal("finding", k, text, AllFindingKinds(), unknownValue)
}

func unknownValue(field, value string, all []string) error {
	return &engagement.UnknownValueError{Field: field, Value: value, Allowed: all}
}
