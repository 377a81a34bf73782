package engagement

import (
	"iter"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/tenant"
)

// KeysVersion names the rules by which [Entry.Name], [Entry.Search] and [FiguresText] are
// made. Those of different versions must not be compared: storage keeps the version
// beside them, and makes them anew when it is another one.
const KeysVersion = text.Version + " with figures"

// Word is something that a search looks for in an entry.
type Word struct {
	Texts       []string // one of these is in the entry's Search
	Engagements []ID     // or the entry is of one of these
}

// In reports whether the word is found in an entry.
func (w Word) In(e Entry) bool {
	return slices.ContainsFunc(w.Texts, func(s string) bool { return strings.Contains(e.Search, s) }) || slices.Contains(w.Engagements, e.Record.Engagement)
}

// What precedes a word in Entry.Search, and what surrounds an ID: of words the
// beginning is enough, of IDs it is not.
const (
	wordMark = " "
	idMark   = "="
)

// SearchWords returns what a search for a text looks for: all of the words have to
// be found, by their beginnings, whatever their case and accents, or else the
// whole ID that the word is part of, in any usual spelling of it. A text without
// anything to see looks for nothing and finds every entry; one of punctuation
// alone finds none.
func SearchWords(search string) []Word {
	var out []Word
	labels := 0 // how many words directly before say of what kind the next ID is
	for token := range strings.FieldsSeq(text.Fold(search)) {
		if isLabel(token) {
			for w := range text.Words(token) {
				out, labels = append(out, Word{Texts: []string{wordMark + w}}), labels+1
			}
			continue
		}
		ids, also := idsIn(token), []string(nil)
		for w := range text.Joined(token) {
			also = append(also, wordMark+w)
		}
		for w := range text.Words(token) {
			out = append(out, Word{Texts: slices.Concat([]string{wordMark + w}, also, ids)})
		}
		if len(ids) > 0 { // what is called an ID is found as that ID, too
			for i := len(out) - 1; i >= 0 && labels > 0; i-- {
				if len(out[i].Texts) == 1 && isLabel(out[i].Texts[0][len(wordMark):]) {
					out[i].Texts, labels = append(out[i].Texts, ids...), labels-1
				}
			}
		}
		labels = 0
	}
	if len(out) == 0 && text.Visible(search) {
		return []Word{{}}
	}
	return out
}

// Named returns the words with the engagements in whose names each of them is
// found: in lists over engagements a search looks there too.
func Named(words []Word, engagements []Engagement) []Word {
	words = slices.Clone(words)
	for _, e := range engagements {
		name := searchable(e.Name)
		for i, w := range words {
			if w.In(Entry{Search: name}) {
				words[i].Engagements = append(slices.Clip(words[i].Engagements), e.ID)
			}
		}
	}
	return words
}

// idsIn returns how Entry.Search has the IDs that a folded word can be.
func idsIn(token string) []string {
	token = strings.TrimLeft(token, ":=#")
	for label, id, found := cutLabel(token); found; label, id, found = cutLabel(token) {
		if token = id; !isLabel(label) {
			return nil
		}
	}
	var out []string
	add := func(id string, err error) {
		if id = idMark + text.Fold(id) + idMark; err == nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	guid, err := tenant.ParseID(token)
	add(guid.String(), err)
	tpid, err := tenant.ParseTPID(token)
	add(tpid.String(), err)
	opportunity, err := tenant.ParseOpportunityID(token)
	add(opportunity.String(), err)
	return out
}

// idLabels are the words by which people, and [tenant.Key], say of what kind an ID is.
var idLabels = []string{
	"id", "tenant", "tenantid", "directory", "tpid", "top", "parent", "subscription", "subscriptionid", "opportunity", "opportunityid", "customer", "claim", "number", "no",
}

// isLabel reports whether a folded word says of what kind the ID behind it is.
func isLabel(token string) bool {
	words := slices.Collect(text.Words(token))
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(idLabels, w) })
}

// cutLabel parts "tpid:123" into its label and the ID.
func cutLabel(token string) (label, id string, found bool) {
	i := strings.IndexAny(token, ":=#")
	if i <= 0 || i == len(token)-1 {
		return "", token, false
	}
	return token[:i], token[i+1:], true
}

// searchText returns what a row is found by.
func searchText(r Row) string {
	var ids strings.Builder
	for _, id := range []string{r.Identity.Tenant.String(), r.Identity.TPID.String(), r.Identity.Subscription.String(), r.Identity.Opportunity.String(), r.ClaimNumber} {
		if id != "" {
			ids.WriteString(idMark + text.Fold(id) + idMark)
		}
	}
	if r.Owner != "" {
		ids.WriteString(OwnerWord(r.Owner).Texts[0])
	}
	for _, l := range r.Labels {
		ids.WriteString(LabelWord(l).Texts[0])
	}
	domain := r.Identity.Domain
	texts := append([]string{CleanName(r.FriendlyName), r.Identity.Name, domain.String(), domain.Native(), r.ClaimNumber, r.Owner, r.Referral}, r.Labels...)
	return searchable(texts...) + ids.String()
}

// OwnerWord is found in the entries of participations that one of these users looks
// after, whole and in any usual spelling.
func OwnerWord(users ...string) Word { return marked("@", users) }

// LabelWord is found in the entries of participations with one of these labels, in
// any usual spelling.
func LabelWord(labels ...string) Word { return marked("#", labels) }

func marked(mark string, texts []string) Word {
	var w Word
	for _, s := range texts {
		w.Texts = append(w.Texts, idMark+mark+strings.ReplaceAll(text.Fold(s), idMark, " ")+idMark)
	}
	return w
}

// searchable returns the words of texts, each once, after a mark.
func searchable(texts ...string) string {
	var seen []string
	for _, s := range texts {
		folded := text.Fold(s)
		for _, words := range []iter.Seq[string]{text.Words(folded), text.Joined(folded)} {
			for w := range words {
				if !slices.Contains(seen, w) {
					seen = append(seen, w)
				}
			}
		}
	}
	if len(seen) == 0 {
		return ""
	}
	return wordMark + strings.Join(seen, wordMark)
}
