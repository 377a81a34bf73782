package workflow

import (
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

func personOf(contact link.Contact) *engagement.Person {
	if contact.IsZero() {
		return nil
	}
	return &engagement.Person{Contacts: []tenant.Email{contact.Email}}
}

// byUser names the actor in an event.
func byUser(actor Actor) *engagement.Person {
	return &engagement.Person{User: actor.User}
}
