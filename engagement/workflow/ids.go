package workflow

import (
	"fmt"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// newToken returns a token of a link about a customer.
func (s *Service) newToken(customer tenant.Key) link.Token {
	token, _, err := link.NewToken(s.random, int(storage.SlotOf(customer)))
	if err != nil {
		panic(fmt.Sprintf("workflow: no random bytes: %v", err))
	}
	return token
}

// newClaimNumber returns a number that people can read out and type.
func (s *Service) newClaimNumber() string { return "C-" + s.engine.NewNumber() }

func (u *unit) newLinks(n int) ([]link.ID, error) {
	links := make([]link.ID, n)
	for i := range links {
		id, err := link.NewID(u.s.random)
		if err != nil {
			return nil, err
		}
		links[i] = id
	}
	return links, nil
}
