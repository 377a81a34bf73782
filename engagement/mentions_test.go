package engagement_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
)

// Everybody is told whom a record and an event name: contacts of both sides, links,
// owners, and what texts quote.
func TestMentionsOfARecord(t *testing.T) {
	p := asked(began(northwind, engagement.OriginAdded))
	p.Consent.Partner = []link.Contact{{Name: "Rui", Email: email("rui@northwind.example")}}
	p.Owner, p.Reason, p.Labels = "owner", "said so by reason@x.example", []string{"ask label@x.example"}
	p.Failures = []engagement.MailFailure{{To: email("lost@x.example")}}
	var addresses, users, names []string
	m := engagement.Mentions{
		Address: func(e tenant.Email) { addresses = append(addresses, e.Folded()) },
		User:    func(u string) { users = append(users, u) },
		Name:    func(n string) { names = append(names, n) },
	}
	m.Record(engagement.PartnerRecord{FriendlyName: "that of friend@x.example", Participations: []engagement.Participation{p}})
	m.Event(engagement.Event{Kind: engagement.EventCustomerAdded, Person: &engagement.Person{User: "ana", Contacts: []tenant.Email{email("told@x.example")}, Why: "for why@x.example"}})
	m.Event(engagement.Event{Kind: engagement.EventPersonErased, Person: &engagement.Person{User: "eraser"}}) // who erased stays named
	m.Event(engagement.Event{Kind: engagement.EventDeadlinePassed})
	for _, want := range []string{"ana@contoso.com", "rui@northwind.example", "reason@x.example", "label@x.example", "lost@x.example", "friend@x.example", "told@x.example", "why@x.example"} {
		require.Contains(t, addresses, want)
	}
	slices.Sort(users)
	require.Equal(t, []string{"ana", "owner"}, users)
	require.Contains(t, names, "Rui")
}

// Digests are those of whom something names, each once and in order, and another
// partner's are others.
func TestDigestsOfMentions(t *testing.T) {
	k := engagement.NewPersonKey([]byte("hidden"))
	c := engagement.Customer{FriendlyName: "Ask ana@contoso.com, ANA@contoso.com or rui@x.example"}
	got := k.Digests(northwind, func(m engagement.Mentions) { m.Customer(c) })
	want := []engagement.PersonDigest{k.Address(northwind, email("ana@contoso.com")), k.Address(northwind, email("rui@x.example"))}
	slices.SortFunc(want, engagement.PersonDigest.Compare)
	require.Equal(t, want, slices.Compact(got))
	require.NotEqual(t, got, k.Digests(fabrikam, func(m engagement.Mentions) { m.Customer(c) }))
}
