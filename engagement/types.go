package engagement

import (
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/internal/text"
)

// Type is what kind and size of work an engagement is. Those below give the default
// Windows; a program can have any other type, "proof of concept" for example, whose
// engagements bring their own windows.
type Type string

// The types of engagement that have default windows: those of the published program.
const (
	TypeAssessment    Type = "assessment"
	TypeWorkshop      Type = "workshop"
	TypeXSProject     Type = "XS project"
	TypeSmallProject  Type = "small project"
	TypeMediumProject Type = "medium project"
	TypeLargeProject  Type = "large project"
	TypeXLProject     Type = "XL project"
	TypeXXLProject    Type = "XXL project"
)

// TypeInfo is what the published program's table says of a type. The published
// program is Microsoft's Commerce Incentives engagements.
type TypeInfo struct {
	Type     Type    `json:"type"`
	Windows  Windows `json:"windows"`
	MostDays int     `json:"most_days"` // that an engagement can take in all, as it is published
}

// PublishedTypes returns the published program's table, the shortest windows first.
func PublishedTypes() []TypeInfo {
	row := func(t Type, submission, review, most int) TypeInfo {
		return TypeInfo{t, Windows{Consent: 30, FirstSubmission: submission, ReviewDone: review, Dispute: 30, AfterDispute: 30}, most}
	}
	return []TypeInfo{
		row(TypeAssessment, 60, 90, 120), row(TypeWorkshop, 90, 120, 150), row(TypeXSProject, 120, 150, 180), row(TypeSmallProject, 120, 150, 180),
		row(TypeMediumProject, 200, 230, 260), row(TypeLargeProject, 260, 290, 310), row(TypeXLProject, 260, 290, 310), row(TypeXXLProject, 260, 290, 310),
	}
}

// InfoOf returns what the published table says of a type, and false when it is not
// in there.
func InfoOf(t Type) (TypeInfo, bool) {
	all := PublishedTypes()
	if i := slices.IndexFunc(all, func(info TypeInfo) bool { return info.Type == t }); i >= 0 {
		return all[i], true
	}
	return TypeInfo{}, false
}

// DefaultWindows returns the windows that the published program gives a type of
// engagement, and the zero Windows for a type that is not in its table.
func DefaultWindows(t Type) Windows {
	info, _ := InfoOf(t)
	return info.Windows
}

// AllTypes returns every Type that has default windows, the shortest windows first.
func AllTypes() []Type {
	var all []Type
	for _, info := range PublishedTypes() {
		all = append(all, info.Type)
	}
	return all
}

// longestType is how many characters a type's name has at most.
const longestType = 100

// checkType says what is wrong with a type's name, or nothing.
func checkType(name string) string {
	if name == "" {
		return "is empty"
	}
	return text.Line(name, longestType)
}

// UnmarshalText reads any name of a type that can stand on a line, and the names
// under which two rows of the table were stored before. Any other text is
// an *InvalidError.
func (t *Type) UnmarshalText(b []byte) error {
	switch name := string(b); name {
	case "":
		*t = ""
	case "XS/small project":
		*t = TypeSmallProject
	case "large project and up":
		*t = TypeLargeProject
	default:
		if problem := checkType(name); problem != "" {
			return &InvalidError{Of: fmt.Sprintf("type %.100q", name), Field: "type", Problem: problem}
		}
		*t = Type(name)
	}
	return nil
}
