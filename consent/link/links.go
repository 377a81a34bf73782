package link

import (
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/internal/instant"
)

// Get returns the link with this ID, live or void, or [ErrUnknown].
func Get(links []Link, id ID) (Link, error) {
	for _, l := range links {
		if l.ID == id {
			return l, nil
		}
	}
	return Link{}, ErrUnknown
}

// Live returns the live link with this ID, [ErrUnknown] or a [*VoidError].
func Live(links []Link, id ID) (Link, error) {
	l, err := Get(links, id)
	if err == nil && l.Void() {
		err = &VoidError{l.VoidedAt}
	}
	return l, err
}

// Find returns the link, live or void, that a token with this hash opens, or
// [ErrUnknown]. How long it takes does not tell how much of a hash is right.
func Find(links []Link, h Hash) (Link, error) {
	found := -1
	for i, l := range links {
		for _, t := range l.Tokens {
			if t.Equal(h) {
				found = i
			}
		}
	}
	if found < 0 {
		return Link{}, ErrUnknown
	}
	return links[found], nil
}

// Mint returns the links with the hash of a token recorded for the live one that
// has this ID: when the message to its contact is written. Each attempt to deliver may
// mint another token, and every one opens the link; whoever delivers bounds the
// attempts. Minting the same hash again changes nothing. The error is [ErrUnknown]
// or a [*VoidError]: the message is no longer worth sending; or an [*InvalidError]
// for a hash that is zero or another link's.
func Mint(links []Link, id ID, h Hash) ([]Link, error) {
	if _, err := Live(links, id); err != nil {
		return links, err
	}
	if h.IsZero() {
		return links, invalid("token hash", "it is zero; make a token with link.NewToken")
	}
	if l, err := Find(links, h); err == nil {
		if l.ID != id {
			return links, invalid("token hash", "it belongs to another link; make a token with link.NewToken for each")
		}
		return links, nil
	}
	return change(links, id, func(l *Link) { l.Tokens = append(l.Tokens, h) })
}

// Issue returns the links with all of them void at now, and behind them a live one for
// each contact, with the IDs in their order. The error is an [*InvalidError] unless
// there is one ID for each contact that no link has had before.
func Issue(links []Link, contacts []Contact, ids []ID, now time.Time) ([]Link, error) {
	if len(ids) != len(contacts) {
		return links, invalid("links", fmt.Sprintf("each contact needs one new ID: %d, not %d", len(contacts), len(ids)))
	}
	now = instant.Of(now)
	issued := Clone(links)
	for i := range issued {
		if !issued[i].Void() {
			issued[i].VoidedAt = now
		}
	}
	for i, id := range ids {
		if _, err := id.MarshalText(); err != nil {
			return links, err
		}
		if _, err := Get(issued, id); err == nil {
			return links, invalid("links", fmt.Sprintf("%q was used before; make one with link.NewID", id))
		}
		issued = append(issued, Link{ID: id, Contact: contacts[i], IssuedAt: now})
	}
	return issued, nil
}

// WrittenTo returns when a link was last issued to the mailbox of one of the contacts,
// or the zero time.
func WrittenTo(links []Link, contacts ...Contact) time.Time {
	var last time.Time
	for _, l := range links {
		for _, c := range contacts {
			if l.Contact.Is(c.Email) && l.IssuedAt.After(last) {
				last = l.IssuedAt
			}
		}
	}
	return last
}

// Clone returns links that share no memory with these.
func Clone(links []Link) []Link {
	links = slices.Clone(links)
	for i := range links {
		links[i].Tokens = slices.Clone(links[i].Tokens)
	}
	return links
}

// change returns the links with the one that has this ID changed, or [ErrUnknown].
func change(links []Link, id ID, do func(*Link)) ([]Link, error) {
	changed := Clone(links)
	for i := range changed {
		if changed[i].ID == id {
			do(&changed[i])
			return changed, nil
		}
	}
	return links, ErrUnknown
}
