package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// CheckRest implements storage.Inspector. It goes from lot to lot, each in a transaction
// of its own, but for the counts, the figures and the persons, which are held to all rows at once:
// whoever writes waits that long while they are mended, and not while they are checked.
func (s *Store) CheckRest(ctx context.Context, mend bool, report func(storage.Finding) error) error {
	c := restCheck{store: s, ctx: ctx, mend: mend, report: report}
	for _, check := range []func() error{
		func() error { return inLots(c, "", checkCounts) },
		func() error { return inLots(c, "", checkFigures) },
		func() error { return inLots(c, 0, checkFiguresOfEntries) },
		func() error { return inLots(c, 0, checkParticipations) },
		func() error { return inLots(c, [2]string{}, checkShared) },
		func() error { return inLots(c, [2]string{}, checkKnown) },
		func() error { return inLots(c, 0, checkWordsOfEntries) },
		func() error { return inLots(c, [3]string{}, checkWords) },
		func() error { return inLots(c, "", checkPersons) },
		func() error { return inLots(c, "", checkMessages) },
		func() error { return inLots(c, 0, checkCommands) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// restLot is how many rows are looked at in one transaction.
const restLot = 500

type restCheck struct {
	store  *Store
	ctx    context.Context
	mend   bool
	report func(storage.Finding) error
}

// inLots calls check with where the last lot ended until there is nothing more. What is
// found is made anew, if that is wanted, by another call that may write.
func inLots[At any](c restCheck, at At, check func(s *session, after At, mend bool) (found []storage.Finding, end At, more bool, err error)) error {
	for more := true; more; {
		var found []storage.Finding
		var end At
		run := func(mend bool) func(*session) error {
			return func(se *session) (err error) {
				found, end, more, err = check(se, at, mend)
				return err
			}
		}
		err := c.store.read(c.ctx, "check the tables", run(false))
		if err == nil && c.mend && slices.ContainsFunc(found, func(f storage.Finding) bool { return f.Kind.Derived() }) {
			err = c.store.write(c.ctx, "repair the tables", run(true))
		}
		if err != nil {
			return err
		}
		for _, f := range found {
			if err := c.report(f); err != nil {
				return err
			}
		}
		at = end
	}
	return nil
}

// countRow is by how much a count is too small.
type countRow struct {
	counter
	n int64
}

func (r *countRow) fields() []any { return []any{&r.partner, &r.engagement, &r.tab, &r.status, &r.n} }

const selectWrongCounts = `SELECT partner, engagement, tab, status, sum(n) FROM (
		SELECT partner, engagement, tab, '' AS status, count(*) AS n FROM pe_entry WHERE tab <> '' GROUP BY partner, engagement, tab
		UNION ALL SELECT partner, engagement, tab, '', -entries FROM pe_tab_count
		UNION ALL SELECT partner, '', '', status, count(*) FROM pe_entry WHERE tab <> '' AND participation = 1 GROUP BY partner, status
		UNION ALL SELECT partner, '', '', status, -participations FROM pe_status_count
	) GROUP BY partner, engagement, tab, status HAVING sum(n) <> 0 ORDER BY partner, engagement, tab, status`

func checkCounts(s *session, _ string, mend bool) (found []storage.Finding, end string, more bool, err error) {
	wrong, err := collectOnce(s, (*countRow).fields, selectWrongCounts)
	if err != nil {
		return nil, "", false, err
	}
	all := tally{}
	for _, r := range wrong {
		all[r.counter] = r.n
		what := fmt.Sprintf("tab %q", r.tab)
		if r.tab == "" {
			what = fmt.Sprintf("status %q", r.status)
		}
		found = append(found, storage.Finding{
			Kind: storage.FindingCount, Partner: engagement.PartnerID(r.partner), Engagement: engagement.ID(r.engagement), Mended: mend,
			Problem: fmt.Sprintf("the count of %s is %+d off", what, -r.n),
		})
	}
	if mend {
		err = s.count(all)
	}
	return found, "", false, err
}

// participationColumnsRow is what is made of a participation.
type participationColumnsRow struct {
	participationRow
	id int64
	is state
}

func (r *participationColumnsRow) fields() []any {
	return append([]any{&r.id, &r.is.live, &r.is.wake}, r.participationRow.fields()...)
}

const selectParticipationColumns = `SELECT rowid, live, wake, ` + participationColumns + ` FROM pe_participation p WHERE rowid > ? ORDER BY rowid LIMIT ?`

func checkParticipations(s *session, after int64, mend bool) (found []storage.Finding, end int64, more bool, err error) {
	rows, err := collect(s, (*participationColumnsRow).fields, selectParticipationColumns, after, restLot)
	for _, r := range rows {
		end = r.id
		p, unread := r.value()
		if unread != nil {
			continue // which is found where it is read
		}
		state := stateOf(p)
		if state.live == r.is.live && state.wake == r.is.wake {
			continue
		}
		f := storage.Finding{
			Kind: storage.FindingColumn, Partner: p.Partner, Engagement: p.Engagement, Customer: p.Customer, Participation: p.ID,
			Problem: "whether it has ended, or when something is due of it, is not what the participation says",
		}
		if mend {
			n, err := s.exec("UPDATE OR IGNORE pe_participation SET live = ?, wake = ? WHERE rowid = ?", state.live, state.wake, r.id)
			if err != nil {
				return nil, 0, false, err
			}
			f.Mended = n > 0
		}
		found = append(found, f)
	}
	return found, end, len(rows) == restLot, err
}

// sharedColumnsRow is what is shared with how many are said to hold a part.
type sharedColumnsRow struct {
	sharedRow
	granted int
}

func (r *sharedColumnsRow) fields() []any { return append([]any{&r.granted}, r.sharedRow.fields()...) }

const selectSharedColumns = `SELECT granted, engagement, customer, version, claim_limit, consented, participated, as_of, holders FROM pe_shared
	WHERE (customer, engagement) > (?, ?) ORDER BY customer, engagement LIMIT ?`

func checkShared(s *session, after [2]string, mend bool) (found []storage.Finding, end [2]string, more bool, err error) {
	rows, err := collect(s, (*sharedColumnsRow).fields, selectSharedColumns, after[0], after[1], restLot)
	for _, r := range rows {
		end = [2]string{r.customer, r.engagement}
		c, unread := r.value()
		if unread != nil || len(c.Holders) == r.granted {
			continue
		}
		f := storage.Finding{
			Kind: storage.FindingColumn, Engagement: c.Key.Engagement, Customer: c.Key.Customer, Mended: mend,
			Problem: "how many hold a part of the claim limit is not as many as there are",
		}
		if mend {
			if _, err := s.exec("UPDATE OR IGNORE pe_shared SET granted = ? WHERE customer = ? AND engagement = ?", len(c.Holders), r.customer, r.engagement); err != nil {
				return nil, end, false, err
			}
		}
		found = append(found, f)
	}
	return found, end, len(rows) == restLot, err
}

// knownRow is a customer with whether it is said to be known.
type knownRow struct {
	customerRow
	known bool
}

func (r *knownRow) fields() []any { return append([]any{&r.known}, r.customerRow.fields()...) }

const selectKnownColumns = `SELECT known, ` + customerColumns + ` FROM pe_customer t WHERE (partner, customer) > (?, ?) ORDER BY partner, customer LIMIT ?`

func checkKnown(s *session, after [2]string, mend bool) (found []storage.Finding, end [2]string, more bool, err error) {
	rows, err := collect(s, (*knownRow).fields, selectKnownColumns, after[0], after[1], restLot)
	for _, r := range rows {
		end = [2]string{r.partner, r.customer}
		c, unread := r.value()
		if unread != nil || c.Known() == r.known {
			continue
		}
		if mend {
			if _, err := s.exec("UPDATE pe_customer SET known = ? WHERE partner = ? AND customer = ?", c.Known(), r.partner, r.customer); err != nil {
				return nil, end, false, err
			}
		}
		found = append(found, storage.Finding{
			Kind: storage.FindingColumn, Partner: c.Key.Partner, Customer: c.Key.Customer, Mended: mend, Problem: "whether it is known is not what the customer says",
		})
	}
	return found, end, len(rows) == restLot, err
}

const (
	selectSearchOf = `SELECT rowid, partner, customer, search FROM pe_entry WHERE rowid > ? ORDER BY rowid LIMIT ?`
	hasWord        = `SELECT count(*) FROM pe_word WHERE partner = ? AND word = ? AND customer = ?`
	nextWords      = `SELECT partner, word, customer FROM pe_word WHERE (partner, word, customer) > (?, ?, ?) ORDER BY partner, word, customer LIMIT ?`
)

type searchRow struct {
	id                        int64
	partner, customer, search string
}

func (r *searchRow) fields() []any { return []any{&r.id, &r.partner, &r.customer, &r.search} }

// checkWordsOfEntries finds the words of entries that are not kept.
func checkWordsOfEntries(s *session, after int64, mend bool) (found []storage.Finding, end int64, more bool, err error) {
	rows, err := collect(s, (*searchRow).fields, selectSearchOf, after, restLot)
	for _, r := range rows {
		end = r.id
		missing := 0
		for _, word := range wordsOf(r.search) {
			n, err := collect(s, (*number).fields, hasWord, r.partner, word, r.customer)
			if err != nil {
				return nil, end, false, err
			}
			if n[0].n > 0 {
				continue
			}
			missing++
			if mend {
				if _, err := s.exec(insertWords, r.partner, r.customer, jsonText([]string{word})); err != nil {
					return nil, end, false, err
				}
			}
		}
		if missing > 0 {
			found = append(found, ofWords(r.partner, r.customer, mend, "it is not found by %d of its words", missing))
		}
	}
	return found, end, len(rows) == restLot, err
}

func ofWords(partner, customer string, mend bool, problem string, args ...any) storage.Finding {
	return storage.Finding{
		Kind: storage.FindingWords, Partner: engagement.PartnerID(partner), Customer: tenant.Key(customer), Mended: mend, Problem: fmt.Sprintf(problem, args...),
	}
}

type wordRow struct{ partner, word, customer string }

func (r *wordRow) fields() []any { return []any{&r.partner, &r.word, &r.customer} }

// checkWords finds the words that no entry has.
func checkWords(s *session, after [3]string, mend bool) (found []storage.Finding, end [3]string, more bool, err error) {
	rows, err := collect(s, (*wordRow).fields, nextWords, after[0], after[1], after[2], restLot)
	for _, r := range rows {
		end = [3]string{r.partner, r.word, r.customer}
		searches, err := collect(s, (*text).fields, selectSearches, r.customer, r.partner)
		if err != nil {
			return nil, end, false, err
		}
		if slices.ContainsFunc(searches, func(t text) bool { return slices.Contains(wordsOf(t.s), r.word) }) {
			continue
		}
		if mend {
			if _, err := s.exec(deleteWords, r.partner, r.customer, jsonText([]string{r.word})); err != nil {
				return nil, end, false, err
			}
		}
		found = append(found, ofWords(r.partner, r.customer, mend, "it is looked for by a word that it has not"))
	}
	return found, end, len(rows) == restLot, err
}

const (
	nextMessages = `SELECT id, partner, receiver, created_at, attempts, body FROM pe_message WHERE id > ? ORDER BY id LIMIT ?`
	nextCommands = `SELECT rowid, partner, key, body FROM pe_command WHERE rowid > ? ORDER BY rowid LIMIT ?`
)

func checkMessages(s *session, after string, _ bool) (found []storage.Finding, end string, more bool, err error) {
	rows, err := collect(s, (*messageRow).fields, nextMessages, after, restLot)
	for _, r := range rows {
		end = r.id
		if _, unread := r.value(); unread != nil {
			found = append(found, storage.Finding{Kind: storage.FindingUnreadable, Partner: engagement.PartnerID(r.partner), Problem: fmt.Sprintf("the message %s cannot be read", r.id)})
		}
	}
	return found, end, len(rows) == restLot, err
}

type commandColumns struct {
	id           int64
	partner, key string
	body         []byte
}

func (r *commandColumns) fields() []any { return []any{&r.id, &r.partner, &r.key, &r.body} }

// checkCommands does not say which key: it is the host's text.
func checkCommands(s *session, after int64, _ bool) (found []storage.Finding, end int64, more bool, err error) {
	rows, err := collect(s, (*commandColumns).fields, nextCommands, after, restLot)
	for _, r := range rows {
		end = r.id
		if _, unread := digestOf(r.body); unread != nil {
			found = append(found, storage.Finding{Kind: storage.FindingUnreadable, Partner: engagement.PartnerID(r.partner), Problem: fmt.Sprintf("the command record %d cannot be read", r.id)})
		}
	}
	return found, end, len(rows) == restLot, err
}
