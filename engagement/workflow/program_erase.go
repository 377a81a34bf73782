package workflow

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/text"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Person is somebody whose data is to be erased: a contact by e-mail address, a
// user by the name that the host gave in Actor.User, a contact or user by name, or
// all of these.
type Person struct {
	Email string `json:"email,omitempty"`
	User  string `json:"user,omitempty"`
	// Name is the full name of a contact or a user, in whatever case: as it stands
	// with the contact, or as user or address spell it ("ana.silva"). At least two
	// characters. It is also taken out of texts and names of files, where it stands
	// as words of their own.
	Name string `json:"name,omitempty"`
}

// LogValue hides the person.
func (Person) LogValue() slog.Value { return slog.StringValue("[person]") }

// ErasureResult counts what [ProgramDesk.ErasePerson] took a person out of.
type ErasureResult struct {
	Participations int `json:"participations"`
	Events         int `json:"events"`
	Left           int `json:"left"` // events and texts that name the person, too, and that only the Program can erase

	renamed int // friendly names that quoted the person, and customers for whom it was to be offered as a contact again
}

// ErasePerson takes a person out of what the partner keeps: contacts, links, evidence,
// surveys, comments, history, texts that quote the address or the name, and messages
// that have not gone out. Histories still verify, and the proof that somebody
// consented, when and to what, stays. What documents say is for the host to erase.
// Customers are processed one after the other, each whole or not at all; erasing again
// continues where it stopped. Who erased stays recorded, even if it was the person
// itself, and somebody who acted for the partner still cannot review.
//
// By address or user it reads only the customers who name the person; see
// Options.PersonSecret. By name it reads all of the partner's customers, twice, since a
// name may stand in any text. After each batch, progress, which may be nil, is told how
// many customers were looked at: Changed are those from which something was erased, and
// Failed those in which something cannot be read.
//
// A partner's incentives admin, for all locations, erases people of the partner's and
// contacts of its customers, not what the program did. It takes an address out of what
// others wrote, and a name where it was known to be a person's when it was written. The
// Program erases everybody. By a name that is no known person's, for example because
// the partner has erased it before, it erases only out of its own words.
//
// It also returns a *[PersonNotFoundError] when there was nothing to erase, and the
// *[storage.UnreadableError] of each row that it could not look into, joined.
func (d *ProgramDesk) ErasePerson(ctx context.Context, actor Actor, person Person, progress func(Progress)) (ErasureResult, error) {
	s := d.s
	var done ErasureResult
	if err := s.authorizeAll(ctx, actor, MayErasePersons); err != nil {
		return done, err
	}
	x, err := newErasure(person)
	if err != nil {
		return done, err
	}
	if x.side = claim.SidePartner; actor.program() {
		x.side = claim.SideProgram
	}
	x.erased = s.erasedDigests(actor.Partner, x)
	r := erasing{s: s, actor: actor, erasure: x, progress: progress}
	if err := r.everywhere(ctx, person.Name); err != nil {
		return r.done, errors.Join(append(r.left, err)...)
	}
	done = r.done
	if !x.email.IsZero() {
		// Nobody queues another message now; this drops those to an address that was
		// in no participation any more.
		if err := s.report(ctx, storage.Changes{
			Unsent: []storage.Recipient{{Partner: actor.Partner, To: x.email}}, Forgotten: []storage.Mailbox{mailbox(actor.Partner, x.email)},
		}); err != nil {
			return done, err
		}
	}
	if len(r.left) > 0 {
		return done, errors.Join(r.left...)
	}
	if done.Participations+done.Events+done.renamed == 0 {
		return done, &PersonNotFoundError{Field: "person"}
	}
	done.renamed = 0
	return done, nil
}

// erasure is whom to erase, by one or all of these.
type erasure struct {
	user    string
	email   tenant.Email
	address *regexp.Regexp    // within a text, in whatever case; nil: none
	words   []string          // of the name, folded; to be found with whatever stands between them
	since   time.Time         // see known
	side    claim.Side        // which one erases
	erased  engagement.Erased // how the history says who it was
	spared  *int              // counts what is left to the program; nil: nothing does
}

func newErasure(person Person) (erasure, error) {
	x := erasure{user: engine.Plain(person.User)}
	if person.Email == "" && person.User == "" && person.Name == "" {
		return x, &InputError{Field: "person", Problem: "is not named: give an e-mail address, a user or a name"}
	}
	if person.Email != "" {
		var err error
		if x.email, err = tenant.ParseEmail(person.Email); err != nil {
			return x, &InputError{Field: "email", Problem: "cannot be read: " + err.Error(), Err: err}
		}
		ascii, domain := x.email.String(), x.email.Domain()
		unicode := strings.TrimSuffix(ascii, domain.String()) + domain.Native()
		x.address = regexp.MustCompile("(?i)" + regexp.QuoteMeta(norm.NFKC.String(ascii)) + "|" + regexp.QuoteMeta(norm.NFKC.String(unicode)))
	}
	if person.Name != "" {
		x.words = text.FindWords(person.Name) // "Ana Silva", also in ana_silva.pdf
		if utf8.RuneCountInString(strings.Join(x.words, "")) < 2 {
			return x, &InputError{Field: "name", Problem: "is too short: it would be found in any text"}
		}
	}
	return x, nil
}

// event reports whether an event that the actor may erase names the person, or
// quotes the address. Who erased somebody stays.
func (x erasure) event(e engagement.Event) bool {
	if e.Person == nil || e.Kind == engagement.EventPersonErased || !x.mayErase(e.By) {
		return false
	}
	return e.Person.Names("", x.email) || x.isUser(e.Person.User) || x.clean(e.Person.Why, sideOf(e.By), e.At) != e.Person.Why
}

func (x erasure) quotedIn(s string) bool { return x.scrub(s) != s }

// scrub takes the address and the name out of a text, however they are spelt there.
// What is only a part of a longer word or address is somebody else's. A text that
// quotes neither stays as it is.
func (x erasure) scrub(s string) string {
	clean := s
	if x.address != nil {
		plain := strings.ReplaceAll(norm.NFKC.String(s), "\u00ad", "") // a soft hyphen breaks no address
		if found := cut(plain, x.address, endsAddress); found != plain {
			clean = found
		}
	}
	var out strings.Builder
	end := 0
	for _, at := range text.Find(clean, x.words) {
		out.WriteString(clean[end:at[0]] + "[erased]")
		end = at[1]
	}
	return out.String() + clean[end:]
}

// cut replaces what the expression finds, where whole says of the text before and
// behind it that nothing of the same word stands there.
func cut(text string, find *regexp.Regexp, whole func(before, after string) bool) string {
	if find == nil {
		return text
	}
	var out strings.Builder
	end := 0
	for _, at := range find.FindAllStringIndex(text, -1) {
		if !whole(text[:at[0]], text[at[1]:]) {
			continue
		}
		out.WriteString(text[end:at[0]])
		out.WriteString("[erased]")
		end = at[1]
	}
	out.WriteString(text[end:])
	return out.String()
}

// What goes on with an address before or behind it: at the
// end of a sentence a point does not.
var (
	beforeAddress = regexp.MustCompile(`[\pL\pM\pN._%+\-]$`)
	behindAddress = regexp.MustCompile(`^(\.?[\pL\pM\pN\-])`)
)

func endsAddress(before, after string) bool {
	return !beforeAddress.MatchString(before) && !behindAddress.MatchString(after)
}

// erase takes a person out of one customer's history and participations. Every
// participation has an event, so the history tells where they are.
func (u *unit) erase(ctx context.Context, actor Actor, key engagement.CustomerKey, x erasure) (ErasureResult, error) {
	var done ErasureResult
	x.spared = &done.Left
	if _, err := u.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}}); err != nil {
		return done, err
	}
	where := map[engagement.RecordKey]bool{}
	everywhere := func() error {
		all, err := u.s.engagements(ctx)
		for _, e := range all {
			where[key.In(e.ID)] = true
		}
		return err
	}
	events, err := u.s.history(ctx, u.Customer(key))
	if errors.Is(err, storage.ErrUnreadable) { // who is erased from the rest all the same
		u.lost = append(u.lost, err)
		err = everywhere()
	}
	if err != nil {
		return done, err
	}
	for _, e := range events {
		if e.Participation != "" {
			where[key.In(e.Engagement)] = true
		}
		if x.event(e) {
			u.Changes.Erased = append(u.Changes.Erased, e.Erase())
			done.Events++
		} else if x.left(e) {
			done.Left++
		}
	}
	if c, offered := x.offered(u.Customer(key)); offered {
		u.PutCustomer(c)
		done.renamed++
	}
	c := u.Customer(key)
	renamed := x.own(c.FriendlyName) != c.FriendlyName
	if renamed { // it stands wherever the customer does
		c.FriendlyName = x.own(c.FriendlyName)
		u.PutCustomer(c)
		done.renamed++
		if err := everywhere(); err != nil {
			return done, err
		}
	}
	if done.Participations, err = u.eraseIn(ctx, actor, where, x); err != nil {
		return done, err
	}
	u.lookThrough(key, events, where)
	if done.Participations+done.Events+done.renamed > 0 {
		by := engagement.ByPartner
		if actor.program() {
			by = engagement.ByProgram
		}
		person := &engagement.Person{User: actor.User, Erased: x.erased}
		u.Event(engagement.Event{Kind: engagement.EventPersonErased, By: by, Person: person}, key)
	}
	return done, nil
}

// eraseIn takes a person out of participations, and out of messages to them: from
// then on nobody queues another.
func (u *unit) eraseIn(ctx context.Context, actor Actor, where map[engagement.RecordKey]bool, x erasure) (int, error) {
	want := storage.Want{Records: slices.SortedFunc(maps.Keys(where), engagement.RecordKey.Compare), Ended: true}
	if len(want.Records) == 0 {
		return 0, nil
	}
	if _, err := u.Load(ctx, want); err != nil {
		return 0, err
	}
	n := 0
	spellings := map[tenant.Email]bool{}
	for _, key := range want.Records {
		r := u.Record(key)
		if err := r.ErrUnreadable(""); err != nil {
			u.lost = append(u.lost, err)
		}
		if name := x.own(r.FriendlyName); name != r.FriendlyName {
			r.FriendlyName = name
			u.PutRecord(r)
		}
		if forgotten, asked := r.Forgetting(x.email); asked && !x.email.IsZero() {
			u.PutAsked(forgotten)
		}
		for _, p := range r.Participations {
			for _, to := range link.Emails(p.Contacts()) {
				if to.Same(x.email) {
					spellings[to] = true
				}
			}
			erased, found := x.participation(p)
			if !found {
				continue
			}
			u.putParticipation(erased)
			n++
		}
	}
	for to := range spellings {
		u.Changes.Unsent = append(u.Changes.Unsent, storage.Recipient{Partner: actor.Partner, To: to})
	}
	return n, nil
}

// participation takes the person out of a participation, and reports whether it
// was in it.
func (x erasure) participation(p engagement.Participation) (engagement.Participation, bool) {
	found := false
	if !x.email.IsZero() {
		p.Consent, found = p.Consent.Erase(x.email)
		erased, failing := p.ErasedMail(x.email)
		p, found = erased, found || failing
	}
	if next, scrubbed := p.Consent.Scrub(x.own); scrubbed {
		p.Consent, found = next, true
	}
	if reason, friendly := x.own(p.Reason), x.own(p.FriendlyName); reason != p.Reason || friendly != p.FriendlyName {
		p.Reason, p.FriendlyName, found = reason, friendly, true
	}
	if x.isUser(p.Owner) {
		p.Owner, found = "", true
	}
	if labels := x.labels(p.Labels); !slices.Equal(labels, p.Labels) {
		p.Labels, found = labels, true
	}
	if reference := x.own(p.Referral.Reference); reference != p.Referral.Reference {
		p.Referral.Reference, found = reference, true
	}
	p.ContactFlags = slices.Clone(p.ContactFlags)
	for i, f := range p.ContactFlags {
		if reason := x.own(f.Reason); reason != f.Reason {
			p.ContactFlags[i].Reason, found = reason, true
		}
	}
	if p.Claim != nil {
		of := claim.SidePartner
		if x.side == claim.SideProgram {
			of = ""
		}
		if next, changed := p.Claim.Erase(claim.Erasure{Email: x.email, Named: x.isUser, Of: of, Clean: x.clean}); changed {
			p.Claim, found = &next, true
		}
	}
	return p, found
}

// labels returns labels without the person, each once.
func (x erasure) labels(labels []string) []string {
	var out []string
	for _, l := range labels {
		if clean := x.own(l); !slices.Contains(out, clean) {
			out = append(out, clean)
		}
	}
	return out
}

// offered takes a person out of the contacts of a customer that are offered again,
// and reports whether it was among them.
func (x erasure) offered(c engagement.Customer) (engagement.Customer, bool) {
	is := func(o link.Contact) bool {
		return !x.email.IsZero() && o.Email.Same(x.email) || x.own(o.Name) != o.Name
	}
	found := false
	c.Named = slices.Clone(c.Named)
	for i := range c.Named {
		for _, side := range []*[]link.Contact{&c.Named[i].Customer, &c.Named[i].Partner} {
			left := slices.DeleteFunc(slices.Clone(*side), is)
			if len(left) == len(*side) {
				continue
			}
			if *side, found = left, true; len(left) == 0 {
				*side = nil
			}
		}
	}
	return c, found
}
