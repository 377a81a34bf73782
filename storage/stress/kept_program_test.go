package stress_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	claims "github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// The program of the kept stores. It is written out here, and must stay as it is,
// because what pages show of a store depends on it.

// The engagements: migration is for one partner a customer, pilot for two, and asks
// for proof of its own; workshop pays by the hour; copilot has not begun.
const (
	migration = engagement.ID("azure-migration")
	pilot     = engagement.ID("data-pilot")
	workshop  = engagement.ID("security-workshop")
	copilot   = engagement.ID("copilot-readiness")
)

// keptStart is when the story of the kept stores begins.
var keptStart = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

// keptActors act for the partners of the kept stores.
var keptActors = []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam, litware}

// keptPartners are the partners. Northwind's second location cannot be paid.
func keptPartners() []engagement.Partner {
	site := func(id engagement.LocationID, name, payee string) engagement.Location {
		l := engagement.Location{ID: id, Name: name, Enrolled: true, Payee: payee}
		workflowtest.Enrolled.Set(&l.Facts, true)
		return l
	}
	return []engagement.Partner{
		{ID: "northwind", Name: "Northwind Consulting", Locations: []engagement.Location{
			site("4711201", "Lisboa", engagement.PayeeValid), site("4711202", "Évora", "bank details missing"),
		}},
		{ID: "fabrikam", Name: "Fabrikam Servicios, S.à r.l.", Locations: []engagement.Location{site("5822301", "Málaga", engagement.PayeeValid)}},
		{ID: "litware", Name: "Litware", Locations: []engagement.Location{site("6933401", "Graz", engagement.PayeeValid)}},
	}
}

// keptEngagements are the engagements, of which migration has two versions.
func keptEngagements(version int) []engagement.Engagement {
	rules := func(id string, list ...eligibility.Rule) *eligibility.RuleSet {
		return must(eligibility.NewRuleSet(eligibility.RuleSetConfig{ID: id, Version: fmt.Sprint(version), Rules: list}))
	}
	day := func(text string) eligibility.Date { return must(eligibility.ParseDate(text)) }
	offer := func(id engagement.ID, name, area string, size engagement.Type, customer ...eligibility.Rule) engagement.Engagement {
		return engagement.Engagement{
			ID: id, Version: "1", Name: name, Summary: "About " + name + ".", SolutionArea: area, Type: size,
			Opens: day("2026-07-01"), Closes: day("2027-07-01"),
			Rates: []engagement.Rate{{From: day("2026-07-01"), Amount: must(eligibility.ParseMoney("5000.00 USD"))}},
			LocationRules: rules(string(id)+"/location", eligibility.Rule{
				ID: "enrolled", Doc: "The location is enrolled in the program.", Check: eligibility.Is(workflowtest.Enrolled, true),
			}),
			CustomerRules: rules(string(id)+"/customer", append(customer, eligibility.Rule{
				ID: "not_consumer", Doc: "The customer is an organisation.", Check: eligibility.NotOneOf(workflowtest.Segment, "consumer"),
			})...),
		}
	}
	seats := int64(300)
	if version == 2 {
		seats = 250
	}
	first := offer(migration, "Azure Migration", "Infrastructure", engagement.TypeAssessment, eligibility.Rule{
		ID: "enough_seats", Doc: "The customer has enough seats.", Check: eligibility.AtLeast(workflowtest.Seats, seats),
	})
	first.Zone = must(time.LoadLocation("Europe/Lisbon")) // its clocks change within the story
	if version == 2 {
		first.Version = "2"
		first.Windows = engagement.Windows{Consent: 30, FirstSubmission: 75, ReviewDone: 100, Dispute: 30, AfterDispute: 30}
		first.Rates = append(first.Rates, engagement.Rate{From: day("2026-12-01"), Amount: must(eligibility.ParseMoney("6000.00 USD"))})
	}
	second := offer(pilot, "Data Pilot", "Data & AI", engagement.TypeMediumProject)
	second.ClaimLimit = 2
	second.AcceptsIDs = append(tenant.AllIDKinds()[:0:0], tenant.IDKindDomain, tenant.IDKindTenant, tenant.IDKindTPID, tenant.IDKindSubscription)
	second.Rates = []engagement.Rate{{From: day("2026-07-01"), Amount: must(eligibility.ParseMoney("7500.50 EUR")), Cap: must(eligibility.ParseMoney("9000.00 EUR"))}}
	second.Proof = []claims.ProofItem{
		{Kind: "report", Title: "Relatório final", Required: true, AtLeast: 2, MediaTypes: []string{"application/pdf"}, MaxSize: 1 << 20},
		{Kind: "photo", Title: "Photo of the team"},
		{Kind: "pilot-survey", Title: "Survey of the pilot", Required: true, Survey: pilotForm()},
	}
	third := offer(workshop, "Security Workshop", "Security", engagement.TypeWorkshop, eligibility.Rule{
		ID: "enterprise", Doc: "The customer is an enterprise.", Check: eligibility.Is(workflowtest.Segment, "enterprise"),
	})
	third.Payment = engagement.PaymentVariable
	third.Rates = []engagement.Rate{{From: day("2026-07-01"), Amount: must(eligibility.ParseMoney("120.25 EUR")), Cap: must(eligibility.ParseMoney("10000.00 EUR"))}}
	last := offer(copilot, "Copilot Readiness", "Modern Work", engagement.TypeWorkshop)
	last.Opens = day("2027-04-01")
	return []engagement.Engagement{first, second, third, last}
}

// pilotForm is a form that the library does not know.
func pilotForm() *survey.Form {
	both := func(en, de string) map[link.Language]string {
		return map[link.Language]string{"en": en, "de": de}
	}
	return &survey.Form{
		ID: "pilot", Version: "1", Titles: both("How was the pilot?", "Wie war das Pilotprojekt?"), Intro: both("Three questions.", "Drei Fragen für Sie."),
		Questions: []survey.Question{
			{ID: "useful", Kind: survey.KindRating, Required: true, Texts: both("How useful was it?", "Wie nützlich war es?")},
			{ID: "again", Kind: survey.KindYesNo, Required: true, Texts: both("Would you do it again?", "Würden Sie es wieder tun?")},
			{ID: "more", Kind: survey.KindText, Texts: both("Anything else?", "Sonst noch etwas?")},
		},
	}
}

// keptNames are the customers, each called after what becomes of it. Those with a
// name of their own have one that is hard to keep.
var keptNames = []struct{ who, name string }{
	{"müller", "Müller & Söhne GmbH"}, {"unasked", "Ünäsked Oy"}, {"silent", "株式会社サイレント"}, {"cancelled", "O'Brien \"Quoted\" \\ Sons"},
	{"cancelled-late", ""}, {"withdrawn", "Pão d’Avó, Lda."}, {"never-submitted", ""}, {"withdrawn-late", ""}, {"no-action", ""},
	{"undisputed", "Ärger AG"}, {"dispute-lost", ""}, {"final", "Παραδείγματα Α.Ε."}, {"cafe", "Café São João"}, {"shared", "Łódź Wspólna"}, {"pair", ""},
	{"hours", "Ora per Ora S.p.A."}, {"many-hours", ""}, {"stated", ""}, {"subscribed", ""},
	{"late-draft", ""}, {"late-action", ""}, {"late-silent", ""}, {"late-unasked", ""}, {"late-undisputed", ""}, {"late-dispute", ""},
	{"claimed", ""}, {"asked", ""}, {"granted", "Çağdaş A.Ş."}, {"submitted", ""}, {"withdrawing", ""}, {"reviewing", ""}, {"acting", ""}, {"approved", ""},
	{"rejected", ""}, {"disputed", ""}, {"known", "Éclair"}, {"small", ""}, {"unknown", ""}, {"elsewhere", ""}, {"delivered", ""}, {"parked", "Zażółć Gęślą"},
	{"returned", ""}, {"unevaluated", ""}, {"again", ""}, {"rivals", ""}, {"waiting", ""}, {"held", ""}, {"failed", ""},
}

func keptCustomers() []workflowtest.Customer {
	customers := make([]workflowtest.Customer, len(keptNames))
	for i, c := range keptNames {
		entry := tenant.Entry{Tenant: must(tenant.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1))), Name: c.name, Cloud: tenant.CloudPublic}
		if c.name == "" {
			entry.Name = c.who
		}
		if c.who == "cafe" {
			entry.TPID = 4711
		}
		out := workflowtest.Customer{Domain: c.who + ".example", Entry: entry}
		workflowtest.Segment.Set(&out.Facts, "enterprise")
		switch c.who {
		case "small":
			workflowtest.Seats.Set(&out.Facts, 20)
			workflowtest.Segment.Set(&out.Facts, "smb")
		case "again":
			workflowtest.Seats.Set(&out.Facts, 270) // enough for the second version
		case "unknown":
		default:
			workflowtest.Seats.Set(&out.Facts, 500)
		}
		customers[i] = out
	}
	return customers
}

// keptFacts is what the rules can know of a customer.
func keptFacts(who string) eligibility.Facts {
	i := slices.IndexFunc(keptCustomers(), func(c workflowtest.Customer) bool { return c.Domain == who+".example" })
	return keptCustomers()[i].Facts
}

// keptDerive says of customers who are named by an ID of which nothing is known
// that they are enterprises.
func keptDerive(facts *eligibility.Facts, _ engagement.Location) {
	if _, known := workflowtest.Segment.Get(*facts); !known {
		workflowtest.Segment.Set(facts, "enterprise")
	}
}

// keptDesk is the desk of that program, in its newest version, on a store at now.
func keptDesk(t *testing.T, s storage.Store, mail *mailbox, now time.Time) *workflow.Service {
	t.Helper()
	facts := map[tenant.Key]eligibility.Facts{}
	for _, c := range keptCustomers() {
		facts[c.Entry.Key()] = c.Facts
	}
	catalog, err := engagement.NewCatalog(keptEngagements(2), keptPartners())
	if err != nil {
		t.Fatal(err)
	}
	desk, err := workflow.New(s, customers{}, catalog, workflow.FactFunc(func(_ context.Context, _ engagement.PartnerID, c tenant.Identity) (eligibility.Facts, error) {
		return facts[c.Key()], nil
	}), &workflow.Options{Notifier: mail, Derive: keptDerive, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

// must is for values that are written in the tests.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
