package workflow

import (
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
)

// Scope says through which of the partner's locations an actor may do something. Its
// zero value is no location at all, and is refused.
type Scope struct {
	all       bool
	locations []engagement.LocationID // sorted, each once
}

// AllLocations is the scope of an actor who may act for the whole partner, with the
// locations that it has now and those to come.
func AllLocations() Scope { return Scope{all: true} }

// SomeLocations is the scope of an actor who may act through these locations only.
// Nothing of the others is shown to such an actor, or counted.
func SomeLocations(locations ...engagement.LocationID) Scope {
	sorted := slices.DeleteFunc(slices.Clone(locations), func(l engagement.LocationID) bool { return l == "" })
	slices.Sort(sorted)
	return Scope{locations: slices.Compact(sorted)}
}

// All reports whether the scope is the whole partner.
func (sc Scope) All() bool { return sc.all }

// Locations returns the locations of a scope that is not all of them, in order.
func (sc Scope) Locations() []engagement.LocationID { return slices.Clone(sc.locations) }

// Has reports whether a location is in the scope.
func (sc Scope) Has(location engagement.LocationID) bool {
	if sc.all {
		return true
	}
	_, found := slices.BinarySearch(sc.locations, location)
	return found
}

// empty reports whether nothing can be done within the scope.
func (sc Scope) empty() bool { return !sc.all && len(sc.locations) == 0 }

// among returns those of the locations that are in the scope.
func (sc Scope) among(locations []engagement.LocationID) []engagement.LocationID {
	if sc.all {
		return locations
	}
	return slices.DeleteFunc(slices.Clone(locations), func(l engagement.LocationID) bool { return !sc.Has(l) })
}

// filter returns the locations that a list is narrowed to when these are asked
// for, which none means all, and false when there are none left to ask for.
func (sc Scope) filter(asked []engagement.LocationID) ([]engagement.LocationID, bool) {
	if sc.all {
		return asked, true
	}
	if len(asked) == 0 {
		return sc.Locations(), true
	}
	left := sc.among(asked)
	return left, len(left) > 0
}

// partner returns the partner with its locations in the scope only.
func (sc Scope) partner(p engagement.Partner) engagement.Partner {
	if !sc.all {
		p.Locations = slices.DeleteFunc(slices.Clone(p.Locations), func(l engagement.Location) bool { return !sc.Has(l.ID) })
	}
	return p
}
