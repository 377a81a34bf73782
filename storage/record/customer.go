package record

import (
	"github.com/partnerengage/partnerengage/engagement"
)

var reasonKinds = engagement.AllReasonKinds()

func customer(c *coder, v *engagement.Customer) {
	c.begin("Customer")
	c.format(1)
	text(c, 2, "partner", &v.Key.Partner)
	part(c, 3, "identity", &v.Identity, identity)
	textOr(c, 4, "customer", &v.Key.Customer, usual(c, v.Identity)) // the key of the identity
	text(c, 5, "friendly_name", &v.FriendlyName)
	instant(c, 6, "known_since", &v.KnownSince)
	instant(c, 7, "parked_since", &v.DisassociatedAt)
	list(c, 8, "named", &v.Named, namedContacts)
	part(c, 9, "history", &v.History, head)
	part(c, 10, "persons", &v.Persons, persons)
}

func persons(c *coder, p *engagement.Persons) {
	c.begin("Persons")
	fixed(c, 1, "key", p.Key[:])
	plain(c, 2, "digests", "bytes", &p.Digests,
		func(d engagement.PersonDigest) string { return string(d[:]) },
		func(s string) (d engagement.PersonDigest, ok bool) {
			return d, copy(d[:], s) == len(s) && len(s) == len(d)
		})
}

func namedContacts(c *coder, n *engagement.NamedContacts) {
	c.begin("NamedContacts")
	text(c, 1, "location", &n.Location)
	list(c, 2, "customer", &n.Customer, contact)
	list(c, 3, "partner", &n.Partner, contact)
}

func evaluation(c *coder, e *engagement.Evaluation) {
	c.begin("Evaluation")
	c.format(1)
	text(c, 2, "rule_set", &e.RuleSet)
	text(c, 3, "version", &e.Version)
	instant(c, 4, "at", &e.At)
	choice(c, 5, "outcome", &e.Outcome, outcomes)
	list(c, 6, "reasons", &e.Reasons, reason)
	texts(c, 7, "locations", &e.Locations)
}

func reason(c *coder, r *engagement.Reason) {
	c.begin("Reason")
	choice(c, 1, "kind", &r.Kind, reasonKinds)
	text(c, 2, "rule", &r.Rule)
	text(c, 3, "doc", &r.Doc)
	text(c, 4, "wanted", &r.Wanted)
	text(c, 5, "found", &r.Found)
	texts(c, 6, "missing", &r.Missing)
	choices(c, 7, "takes", &r.Takes, idKinds)
}
