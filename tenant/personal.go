package tenant

// IsPersonal reports whether the tenant is one of those that hold the personal
// accounts of everybody: it is no organisation, and nobody's customer. [Resolve]
// refuses its ID and leaves it out of what a directory answers.
func (id ID) IsPersonal() bool {
	switch id.String() {
	case "9188040d-6c67-4c5b-b112-36a304b66dad", // Microsoft accounts
		"84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa": // their applications, and accounts without a tenant
		return true
	}
	return false
}
