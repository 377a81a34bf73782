// Package locale chooses languages for people, by the data of CLDR.
package locale

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
)

// Match returns the index of the language at hand for somebody who wants these, best
// first: for the first of them for which there is its own language at hand, in
// whatever script or region comes closest, so that who wants pt-AO gets pt-PT before
// pt-BR. Another language is never chosen, however close. It returns -1 if there is none.
func Match(have []string, wanted ...string) int {
	if len(have) == 0 {
		return -1
	}
	var of *matcher
	for _, w := range wanted {
		if i := slices.Index(have, w); i >= 0 && w != "" {
			return i
		}
		tag, err := language.Parse(w)
		if err != nil || tag.IsRoot() {
			continue
		}
		if of == nil {
			of = matcherOf(have)
		}
		_, i, confidence := of.Match(tag)
		if confidence == language.Exact || confidence > language.No && base(tag) == base(of.tags[i]) {
			return i
		}
	}
	return -1
}

func base(tag language.Tag) language.Base {
	b, _ := tag.Base()
	return b
}

// matcher chooses among languages at hand.
type matcher struct {
	language.Matcher
	tags []language.Tag
}

// matchers are kept, since they are slow to make and a program has few sets of
// languages; of one that has many, the first ones.
var (
	matchers sync.Map
	kept     atomic.Int32
)

const mostKept = 256

func matcherOf(have []string) *matcher {
	key := strings.Join(have, ",")
	if m, ok := matchers.Load(key); ok {
		return m.(*matcher)
	}
	m := &matcher{tags: make([]language.Tag, len(have))}
	for i, h := range have {
		m.tags[i] = language.Make(h)
	}
	m.Matcher = language.NewMatcher(m.tags)
	if kept.Add(1) <= mostKept {
		matchers.Store(key, m)
	}
	return m
}
