package link_test

import (
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/stretchr/testify/require"
)

var (
	ana   = contact("ana@contoso.com")
	bruno = contact("bruno@contoso.com")
)

// issued has replaced ana's link by those of ana and bruno.
func issued(t *testing.T) []link.Link {
	t.Helper()
	links, err := link.Issue(nil, []link.Contact{ana}, []link.ID{"l1"}, start)
	require.NoError(t, err)
	links, err = link.Issue(links, []link.Contact{ana, bruno}, []link.ID{"l2", "l3"}, start.Add(day+time.Nanosecond))
	require.NoError(t, err)
	return links
}

// New links void all earlier ones at that moment, to the microsecond.
func TestIssue(t *testing.T) {
	links := issued(t)
	require.Equal(t, []link.Link{
		{ID: "l1", Contact: ana, IssuedAt: start, VoidedAt: start.Add(day)},
		{ID: "l2", Contact: ana, IssuedAt: start.Add(day)},
		{ID: "l3", Contact: bruno, IssuedAt: start.Add(day)},
	}, links)
	later, err := link.Issue(links, []link.Contact{bruno}, []link.ID{"l4"}, start.Add(2*day))
	require.NoError(t, err)
	require.Equal(t, start.Add(day), later[0].VoidedAt, "what is void stays void since then")
	require.Equal(t, start.Add(2*day), later[1].VoidedAt)

	for name, ids := range map[string][]link.ID{
		"none": nil, "one of two": {"l4"}, "three for two": {"l4", "l5", "l6"}, "one that was used": {"l4", "l1"}, "twice the same": {"l4", "l4"}, "no ID": {"l4", "a b"}, "empty": {"l4", ""},
	} {
		before := issued(t)
		after, err := link.Issue(before, []link.Contact{ana, bruno}, ids, start.Add(2*day))
		require.ErrorAs(t, err, new(*link.InvalidError), name)
		require.Equal(t, issued(t), before, name)
		require.Equal(t, before, after, name)
	}
}

func TestGetAndLive(t *testing.T) {
	links := issued(t)
	for _, l := range links {
		got, err := link.Get(links, l.ID)
		require.NoError(t, err)
		require.Equal(t, l, got)
	}
	_, err := link.Live(links, "l2")
	require.NoError(t, err)
	_, err = link.Live(links, "l1")
	require.Equal(t, &link.VoidError{VoidedAt: start.Add(day)}, err)
	require.ErrorAs(t, err, new(*link.VoidError))
	for _, get := range []func([]link.Link, link.ID) (link.Link, error){link.Get, link.Live} {
		_, err := get(links, "l9")
		require.ErrorIs(t, err, link.ErrUnknown)
	}
}

// Each token opens the one link that it was minted for, for as long as there is one.
func TestMintAndFind(t *testing.T) {
	links := issued(t)
	for id, hash := range map[link.ID]link.Hash{"l2": {2}, "l3": {3}} {
		var err error
		links, err = link.Mint(links, id, hash)
		require.NoError(t, err)
	}
	links, err := link.Mint(links, "l2", link.Hash{4})
	require.NoError(t, err)
	for hash, id := range map[link.Hash]link.ID{{2}: "l2", {3}: "l3", {4}: "l2"} {
		l, err := link.Find(links, hash)
		require.NoError(t, err)
		require.Equal(t, id, l.ID)
	}
	same, err := link.Mint(links, "l2", link.Hash{4})
	require.NoError(t, err)
	require.Equal(t, links, same)
	later, err := link.Issue(links, []link.Contact{ana}, []link.ID{"l4"}, start.Add(2*day))
	require.NoError(t, err)
	l, err := link.Find(later, link.Hash{3})
	require.NoError(t, err, "a void link is found, too")
	require.True(t, l.Void())
	_, err = link.Find(links, link.Hash{})
	require.ErrorIs(t, err, link.ErrUnknown)

	for _, refused := range []struct {
		id   link.ID
		hash link.Hash
		err  error
	}{{"l9", link.Hash{9}, link.ErrUnknown}, {"l1", link.Hash{9}, errtest.Type[*link.VoidError]()}, {"l2", link.Hash{}, errtest.Type[*link.InvalidError]()}, {"l2", link.Hash{3}, errtest.Type[*link.InvalidError]()}} {
		after, err := link.Mint(links, refused.id, refused.hash)
		require.Truef(t, errtest.Is(err, refused.err), "the error is %v", err)
		require.Equal(t, links, after)
	}
}

// Who has links keeps them as they are, whatever is made of them.
func TestLinksShareNothing(t *testing.T) {
	links, err := link.Mint(issued(t), "l2", link.Hash{1})
	require.NoError(t, err)
	was := link.Clone(links)
	require.Equal(t, links, was)
	for _, next := range []func() ([]link.Link, error){
		func() ([]link.Link, error) { return link.Clone(links), nil },
		func() ([]link.Link, error) { return link.Mint(links, "l2", link.Hash{2}) },
		func() ([]link.Link, error) { return link.MarkSent(links, "l3", "m1", start) },
		func() ([]link.Link, error) {
			return link.MarkFailed(links, "l3", link.Failure{Code: link.FailureBounced})
		},
		func() ([]link.Link, error) { return link.Issue(links, []link.Contact{ana}, []link.ID{"l4"}, start) },
	} {
		made, err := next()
		require.NoError(t, err)
		for i := range made {
			made[i].ID = "x"
			for j := range made[i].Tokens {
				made[i].Tokens[j] = link.Hash{99}
			}
		}
		require.Equal(t, was, links)
	}
}

func TestWrittenTo(t *testing.T) {
	links, err := link.Issue(issued(t), []link.Contact{ana}, []link.ID{"l4"}, start.Add(3*day))
	require.NoError(t, err)
	require.Equal(t, start.Add(3*day), link.WrittenTo(links, ana))
	require.Equal(t, start.Add(day), link.WrittenTo(links, contact("BRUNO+work@contoso.com")), "the same mailbox")
	require.Equal(t, start.Add(3*day), link.WrittenTo(links, bruno, ana), "the latest of all")
	require.Zero(t, link.WrittenTo(links, contact("carla@contoso.com")))
	require.Zero(t, link.WrittenTo(links))
	require.Zero(t, link.WrittenTo(links, link.Contact{}), "nobody was written to")
}
