package workflow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Catalog is the program: what it offers, and who takes part.
// *engagement.Catalog is one.
type Catalog interface {
	// Engagements returns every engagement in its current version, also expired
	// ones: an engagement stays for as long as participations in it run. Each has
	// passed Engagement.Validate.
	Engagements(ctx context.Context) ([]engagement.Engagement, error)
	// Engagement returns one of them, and false when there is none with that ID. It
	// is asked for at nearly every command, so it should not read all.
	Engagement(ctx context.Context, id engagement.ID) (engagement.Engagement, bool, error)
	// Partner returns a partner with its locations, and false when there is none
	// with that ID.
	Partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, bool, error)
}

// FactSource fetches what the rules ask of customers.
type FactSource interface {
	// Facts returns the facts of each customer, in the order of the customers.
	// A fact that is not there is unknown; an error is for when nobody can say. Values
	// that Facts.Check refuses are an *eligibility.ValueError for whoever asked.
	Facts(ctx context.Context, partner engagement.PartnerID, customers []tenant.Identity) ([]eligibility.Facts, error)
}

// FactFunc is a FactSource that is asked for one customer after the other.
type FactFunc func(ctx context.Context, partner engagement.PartnerID, customer tenant.Identity) (eligibility.Facts, error)

// Facts implements FactSource.
func (f FactFunc) Facts(ctx context.Context, partner engagement.PartnerID, customers []tenant.Identity) ([]eligibility.Facts, error) {
	out := make([]eligibility.Facts, len(customers))
	for i, c := range customers {
		facts, err := f(ctx, partner, c)
		if err != nil {
			return nil, err
		}
		out[i] = facts
	}
	return out, nil
}

// ExternalHoldings says what the program knows of participations that other portals
// keep. What it says counts like the library's own records.
type ExternalHoldings interface {
	// Held returns for each customer in an engagement, in order, how many
	// participations are granted or delivered outside this library. AsOf does not
	// matter.
	Held(ctx context.Context, of []engagement.CustomerEngagementKey) ([]engagement.ExternalHoldings, error)
}

// Options are what a host can choose. The zero value of each field is a usable
// default.
type Options struct {
	Notifier   Notifier         // sends what Relay hands it; nil: Relay refuses to run
	Evidence   evidence.Store   // keeps the documents of claims; nil: the host keeps them, see DocumentsDesk.Record
	External   ExternalHoldings // nil: nobody else keeps participations
	Authorizer Authorizer       // nil: the roles say it all
	FourEyes   FourEyes         // zero: Actor.User tells who reviews what
	Resolver   tenant.Resolver  // zero: tenant.Resolve
	Policy     link.Policy      // how often customers are written to; zero: the library's limits
	Sides      ContactSides     // zero: whoever would answer for the other side is refused, and foreign domains are shown to the reviewer

	// KnownPerson says whether a name is that of a person whom the host knows, so that
	// the actor can erase by it. Besides those, and where it is nil, the names of
	// contacts and users that the partner's records hold will do.
	KnownPerson func(ctx context.Context, actor Actor, name string) (bool, error)

	// Derive adds facts about a customer together with a location, such as "same
	// area", before rules are asked. It must be pure; nil: there are none.
	Derive func(facts *eligibility.Facts, location engagement.Location)

	// FiguresOfStated lets partners see what was wanted and found of a customer whose
	// ID they merely stated, or that no directory could be asked for. Otherwise they
	// see which criteria it meets, and no figures: such an ID can be a stranger's.
	FiguresOfStated bool

	// Currencies are those in which amounts can be, with their decimals; nil: those
	// of ISO 4217. A catalog that checks amounts takes the same ones.
	Currencies *eligibility.Currencies

	Program string         // the program's name, as customers are told it; "": "Commerce Incentives"
	Texts   *consent.Texts // what customers agree to; nil: the library's texts
	LinkURL string         // what a consent link's token is put behind: "https://portal.example/consent/"; "": the token alone

	SurveyURL string // the same for the links of surveys: "https://portal.example/survey/"
	// PortalURL is what the ID of a participation is put behind in mails to
	// partners: "https://portal.example/claims/"; "": they have no link to it.
	PortalURL string
	// Words are what people read, in every language, of which each language of Texts has
	// to be one; nil: words.Standard.
	Words *words.Catalogue
	Theme *words.Theme // whose note and notices stand below each mail; nil: nothing
	// Reminders are when partners are told what is due; nil:
	// engagement.DefaultReminders. A schedule that changes is followed from a
	// participation's next change or planned reminder on.
	Reminders *engagement.Reminders

	// ClockSkew is how far this process's clock may be from the storage's for it to
	// sweep and relay; 0: five minutes, negative: as far as it likes. It does not count
	// with a Now, nor on a storage without a storage.Clock.
	ClockSkew time.Duration

	// PersonSecret is a secret of the host's, 32 random bytes for example and the same in
	// every process, with which digests of persons are made. By these,
	// ProgramDesk.ErasePerson finds the customers who name somebody, and history and feed
	// say who was erased. Without a secret, whoever reads the storage could test a guess
	// against a digest. For people whose data is there that reveals nothing new, as their
	// addresses stand beside the digests; for those who were erased it would, so then
	// nothing says who was erased, and ProgramDesk.RepeatErasure has nothing to go by.
	// After a change of the secret, the next erasure at each partner reads all of its
	// customers once, as it does after an upgrade from a version without digests.
	PersonSecret []byte

	Keep Retention // for how long Prune leaves what it takes away; zero: for as long as the library says

	Now    func() time.Time // nil: time.Now
	Random io.Reader        // safe for concurrent use, and never fails; nil: crypto/rand.Reader
	Logger *slog.Logger     // nil: nothing is logged
}

// Service is a program, at whose desks partners, customers and the program's own people
// do what it lets them do. [New] makes one. Desks may be used from many goroutines and
// many processes at once.
type Service struct {
	Engagements *EngagementsDesk // what the program offers, and through which locations
	Customers   *CustomersDesk   // who can be added or claimed, and the Customers pages
	Consents    *ConsentsDesk    // asking customers for consent, its proof, and the contacts of both sides
	Claims      *ClaimsDesk      // participations and their claims, from the first look to the submission
	Documents   *DocumentsDesk   // the documents that prove a claim
	Surveys     *SurveysDesk     // the surveys that a claim needs answered
	Reviews     *ReviewsDesk     // what the program decides and pays
	Histories   *HistoriesDesk   // what happened, and whether the records of it are whole
	Feed        *FeedDesk        // what happened, for other systems to follow
	Program     *ProgramDesk     // known customers, their evaluation, and the erasure of persons
	Links       *LinksDesk       // what customers see and answer through the links that they were sent
	Jobs        *JobsDesk        // what a host runs every now and then

	engine     engine.Engine
	store      storage.Store
	directory  tenant.Directory
	catalog    Catalog
	facts      FactSource
	notifier   Notifier
	external   ExternalHoldings
	authorizer Authorizer
	fourEyes   FourEyes
	resolver   tenant.Resolver
	policy     link.Policy
	sides      ContactSides
	derive     func(*eligibility.Facts, engagement.Location)
	currencies *eligibility.Currencies
	figures    bool // also of customers whose identity was stated
	program    string
	texts      *consent.Texts
	linkURL    string
	surveyURL  string
	portalURL  string
	words      *words.Catalogue
	theme      *words.Theme
	links      *links
	skew       time.Duration // how far the clocks may differ; negative: as far as they like
	keep       Retention
	persons    engagement.PersonKey
	given      bool         // whether the host gives the time, so that the storage's clock is nobody's business
	memo       *engine.Memo // of the attempt that is being made; nil outside of one
	reminders  engagement.Reminders
	evidence   evidence.Store
	clock      func() time.Time
	random     io.Reader
	log        *slog.Logger

	knownPerson func(context.Context, Actor, string) (bool, error)
	transaction func(context.Context, func(storage.Store) error) error // of the host's, in which commands are written; nil: the storage's own
}

// New returns a Service on these. None of the four may be nil; the options may.
// Its error is for one that is nil, for Reminders that cannot be used, or for Texts in a
// language that Words do not have.
func New(store storage.Store, directory tenant.Directory, catalog Catalog, facts FactSource, opts *Options) (*Service, error) {
	if store == nil || directory == nil || catalog == nil || facts == nil {
		return nil, errors.New("workflow: New needs a store, a directory, a catalog and a source of facts")
	}
	if opts == nil {
		opts = &Options{}
	}
	s := &Service{
		store: store, directory: directory, catalog: catalog, facts: facts,
		notifier: opts.Notifier, external: opts.External, authorizer: opts.Authorizer, fourEyes: opts.FourEyes, resolver: opts.Resolver, policy: opts.Policy, sides: opts.Sides,
		derive: opts.Derive, currencies: opts.Currencies, figures: opts.FiguresOfStated, program: opts.Program, texts: opts.Texts, linkURL: opts.LinkURL,
		surveyURL: opts.SurveyURL, portalURL: opts.PortalURL, words: opts.Words, theme: opts.Theme, reminders: engagement.DefaultReminders(), evidence: opts.Evidence,
		clock: opts.Now, links: &links{}, random: opts.Random, log: opts.Logger, knownPerson: opts.KnownPerson,
	}
	s.keep, s.persons = opts.Keep, engagement.NewPersonKey(opts.PersonSecret)
	if opts.Reminders != nil {
		if err := opts.Reminders.Validate(); err != nil {
			return nil, err
		}
		s.reminders = *opts.Reminders
	}
	if s.texts == nil {
		s.texts = consent.StandardTexts()
	}
	if s.words == nil {
		s.words = words.Standard()
	}
	for _, l := range s.texts.Languages() {
		if _, ok := link.MatchLanguage(s.words.Languages(), l); !ok {
			return nil, fmt.Errorf("workflow: customers are asked in %s, and no mail could be written in it: give Options.Words a translation", l)
		}
	}
	if s.program == "" {
		s.program = "Commerce Incentives"
	}
	if s.skew = opts.ClockSkew; s.skew == 0 {
		s.skew = defaultSkew
	}
	if s.clock == nil {
		s.clock = time.Now
	} else {
		s.skew, s.given = -1, true
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.startEngine()
	s.openDesks()
	return s, nil
}

// now is the one moment of a command or a query, as precise as storage is.
func (s *Service) now() time.Time { return s.engine.Now() }

// engagement returns an engagement of the catalog, with the texts of today.
func (s *Service) engagement(ctx context.Context, id engagement.ID) (engagement.Engagement, error) {
	return engine.Remember(s.memo, "engagement", id, func() (engagement.Engagement, error) {
		e, ok, err := s.catalog.Engagement(ctx, id)
		if err != nil {
			return e, unavailable("catalog", err)
		}
		if !ok {
			return e, &NotFoundError{Kind: "engagement", Value: string(id)}
		}
		return e.WithTextsAt(s.now()), nil
	})
}

// engagementLeft is engagement, or one with the ID alone when the catalog no longer
// has it.
func (s *Service) engagementLeft(ctx context.Context, id engagement.ID) (engagement.Engagement, error) {
	e, err := s.engagement(ctx, id)
	if is[*NotFoundError](err) {
		return engagement.Engagement{ID: id}, nil
	}
	return e, err
}

// engagements returns all engagements of the catalog, with the texts of today.
func (s *Service) engagements(ctx context.Context) ([]engagement.Engagement, error) {
	return engine.Remember(s.memo, "engagements", nil, func() ([]engagement.Engagement, error) {
		all, err := s.catalog.Engagements(ctx)
		now, own := s.now(), false
		for i, e := range all {
			if len(e.LaterTexts) == 0 {
				continue
			}
			if !own { // what is handed out is the catalog's
				all, own = slices.Clone(all), true
			}
			all[i] = e.WithTextsAt(now)
		}
		return all, unavailable("catalog", err)
	})
}

func (s *Service) partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, error) {
	return engine.Remember(s.memo, "partner", id, func() (engagement.Partner, error) {
		p, ok, err := s.catalog.Partner(ctx, id)
		if err != nil {
			return p, unavailable("catalog", err)
		}
		if !ok {
			return p, &NotFoundError{Kind: "partner", Value: string(id)}
		}
		return p, nil
	})
}

// partnerWithin returns the actor's partner with the locations of a scope.
func (s *Service) partnerWithin(ctx context.Context, actor Actor, scope Scope) (engagement.Partner, error) {
	p, err := s.partner(ctx, actor.Partner)
	return scope.partner(p), err
}

// unavailable wraps the error of something that the host plugged in. What the
// caller cancelled, what is wrapped already, a row that cannot be read and a call that
// storage calls invalid, which are defects and no trouble that passes, stay what
// they are. A time-out is wrapped: it need not be the caller's. What trying again does
// not mend is an *InternalError.
func unavailable(source string, err error) error {
	switch {
	case err == nil, troubled(err), errors.Is(err, context.Canceled), errors.Is(err, storage.ErrInvalid), errors.Is(err, storage.ErrUnreadable):
		return err
	case permanent(err):
		return &InternalError{Source: source, Err: err}
	}
	return &UnavailableError{Source: source, Err: err}
}
