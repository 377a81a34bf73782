package workflow_test

import (
	"encoding/base64"
	"errors"
	"iter"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Texts that nobody can read, whatever they are for.
var nobodyReads = map[string]string{
	"zero-width spaces":        "\u200b\u200b",
	"only another direction":   "\u202e",
	"a NUL":                    "a\x00b",
	"Latin-1":                  "caf\xe9",
	"half a pair of UTF-16":    "a\xed\xa0\x80",
	"the bell and an escape":   "a\a\x1b[31m",
	"a control of the C1 area": "a\u009bb",
}

// notForPeople are the texts that the desk takes and does not hold to that, with why.
var notForPeople = map[string]string{
	"Key":    "an idempotency key, which has a check of its own",
	"string": "Search: looked for, and not kept; ResendConsent: its key; FeedLag: a cursor",
	"Cursor": "is opaque, and made by the desk",

	"MoveFeedConsumer.From": "a cursor", "MoveFeedConsumer.To": "a cursor",

	"ClaimsQuery.Search": "looked for, and not kept", "ClaimsQuery.SolutionAreas": "looked for", "ClaimsQuery.Owners": "looked for", "ClaimsQuery.Labels": "looked for",
	"CustomersQuery.Search": "looked for, and not kept", "CustomersQuery.Owners": "looked for", "CustomersQuery.Labels": "looked for",
	"EngagementsQuery.Roles": "looked for",
	"Person.User":            "looked for: somebody is erased under the name that the host gave, whatever it is",
	"Person.Name":            "looked for, as words; one without two characters that show is refused",
	"Identity.Name":          "of a directory, which nobody can be asked to correct: it is kept as far as it can be read",
	"ReceiptDetails.":        "the host's own words about itself, in a document that is not kept",
	"RecordParty.":           "the host's own words about itself, in a document that is not kept",
	"PII.":                   "the host's own words about itself, in a document that is not kept",
}

func notForAnybody(l leaf) bool {
	for _, name := range []string{l.field, l.owner + "." + l.field, l.owner + "."} {
		if notForPeople[name] != "" {
			return true
		}
	}
	return false
}

// What people have to read is refused where it cannot be read, with its field, in
// every command; nothing of it is stored. The walk finds every text by its type, so
// that a new one is checked, or stands with why not in notForPeople.
func TestEveryTextCanBeRead(t *testing.T) {
	w, spy := newWorld(t)
	calls := readableCalls(t, w)
	desk := reflect.ValueOf(w.Desk)
	found := 0
	for i := range desk.NumMethod() {
		method := desk.Type().Method(i)
		for n := 2; n < method.Type.NumIn(); n++ { // after the context
			for _, l := range leaves(method.Type.In(n), leaf{}) {
				if notForAnybody(l) || l.owner == "Actor" && method.Type.In(n) != reflect.TypeFor[workflow.Actor]() {
					continue
				}
				found++
				make := calls[method.Name]
				if make == nil && l.owner == "Actor" {
					make = func() []any {
						return []any{w.Actor}
					}
				}
				if make == nil {
					t.Errorf("%s takes %s.%s: give it a valid call in readableCalls, or say in notForPeople why nobody reads it", method.Name, l.owner, l.field)
					continue
				}
				for what, text := range nobodyReads {
					if l.owner == "map" && (what == "zero-width spaces" || what == "only another direction") {
						continue // an answer without anything to see is none, as a blank one
					}
					args := readableArguments(desk.Method(i), make())
					l.set(args[n-1], text)
					before := spy.count()
					err := errorsOf(desk.Method(i).Call(args))
					if !typed(err) || !strings.Contains(strings.ToLower(err.Error()), l.name) {
						t.Errorf("%s: %s in %s.%s: the error is %v", method.Name, what, l.owner, l.field, err)
					}
					if spy.count() != before {
						t.Errorf("%s: %s in %s.%s: something is stored", method.Name, what, l.owner, l.field)
					}
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("the walk found %d texts: it overlooks some", found)
	}
}

// The calls of the walk are refused for nothing but the text.
func TestReadableCalls(t *testing.T) {
	methods := slices.Collect(maps.Keys(func() map[string]func() []any { w, _ := newWorld(t); return readableCalls(t, w) }()))
	for _, name := range methods {
		w, _ := newWorld(t)
		args := readableCalls(t, w)[name]()
		method := reflect.ValueOf(w.Desk).MethodByName(name)
		if err := errorsOf(method.Call(readableArguments(method, args))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// typed reports whether an error is one that names what is wrong with the input.
func typed(err error) bool {
	malformed, answers := (*tenant.MalformedError)(nil), (*survey.AnswersError)(nil)
	return errors.Is(err, workflow.ErrInvalidInput) || errors.Is(err, workflow.ErrForbidden) || errors.Is(err, workflow.ErrNotFound) ||
		errors.As(err, &malformed) || errors.As(err, &answers)
}

var capitals = regexp.MustCompile("[A-Z]+")

// leaf is a text within what a method takes.
type leaf struct {
	owner, field string // the type whose field it is, and its name
	name         string // as errors call it
	path         []int  // fields; -1 is what is pointed at or listed
}

func leaves(in reflect.Type, at leaf) (all []leaf) {
	into := func(to leaf, step int) leaf {
		to.path = append(slices.Clone(at.path), step)
		return to
	}
	switch in.Kind() {
	case reflect.String:
		if in == reflect.TypeFor[string]() { // the others are keys and words of a list, and no text
			if at.field == "" {
				at.field = "string"
			}
			all = append(all, at)
		}
	case reflect.Pointer, reflect.Slice:
		if in.Elem().Kind() != reflect.Uint8 {
			all = leaves(in.Elem(), into(at, -1))
		}
	case reflect.Map:
		all = leaves(in.Elem(), into(leaf{owner: "map", field: in.String(), name: "comments"}, -1))
	case reflect.Func:
		if strings.HasPrefix(in.String(), "iter.Seq[") {
			all = leaves(in.In(0).In(0), into(at, -1))
		}
	case reflect.Struct:
		for i := range in.NumField() {
			f := in.Field(i)
			if !f.IsExported() || f.Type == reflect.TypeFor[eligibility.Money]() || f.Type == reflect.TypeFor[*eligibility.Money]() {
				continue // amounts have a walk of their own
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" || name == "-" {
				name = strings.TrimPrefix(strings.ToLower(capitals.ReplaceAllString(f.Name, "_$0")), "_")
			}
			all = append(all, leaves(f.Type, into(leaf{owner: in.Name(), field: f.Name, name: name}, i))...)
		}
	}
	return all
}

// set puts a text where the leaf is.
func (l leaf) set(v reflect.Value, text string) {
	if len(l.path) == 0 {
		v.SetString(text)
		return
	}
	rest := l
	rest.path = l.path[1:]
	switch v.Kind() {
	case reflect.Struct:
		rest.set(v.Field(l.path[0]), text)
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			to.Elem().Set(v.Elem())
		}
		rest.set(to.Elem(), text)
		v.Set(to)
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), max(v.Len(), 1), max(v.Len(), 1))
		reflect.Copy(list, v)
		rest.set(list.Index(0), text)
		v.Set(list)
	case reflect.Map:
		v.SetMapIndex(reflect.ValueOf("comments"), reflect.ValueOf(text))
	case reflect.Func: // an iter.Seq of one
		one := reflect.New(v.Type().In(0).In(0)).Elem()
		v.Call([]reflect.Value{reflect.MakeFunc(v.Type().In(0), func(got []reflect.Value) []reflect.Value {
			one.Set(got[0])
			return []reflect.Value{reflect.ValueOf(false)}
		})})
		rest.set(one, text)
		v.Set(reflect.MakeFunc(v.Type(), func(yield []reflect.Value) []reflect.Value {
			yield[0].Call([]reflect.Value{one})
			return nil
		}))
	}
}

// readableArguments are those of a valid call, which can be changed.
func readableArguments(method reflect.Value, given []any) []reflect.Value {
	args := arguments(method, workflowtest.Northwind, "")
	for i, v := range given {
		args[i+1].Set(reflect.ValueOf(v))
	}
	if method.Type().IsVariadic() {
		args = args[:len(args)-1]
	}
	for i, v := range args {
		if v.Kind() == reflect.Struct && v.FieldByName("Key").IsValid() {
			v.FieldByName("Key").SetString("readable")
		}
		if v.Kind() == reflect.Func && v.IsNil() && strings.HasPrefix(v.Type().String(), "iter.Seq[") {
			args[i].Set(reflect.MakeFunc(v.Type(), func([]reflect.Value) []reflect.Value { return nil }))
		}
	}
	return args
}

// errorsOf is errorOf, also for results that have an error each.
func errorsOf(out []reflect.Value) error {
	if results, is := out[0].Interface().(iter.Seq[workflow.BulkResult]); is {
		for r := range results {
			return r.Err
		}
		return nil
	}
	return errorOf(out)
}

// readableCalls are valid calls of methods that take texts, by the method.
func readableCalls(t *testing.T, w *workflowtest.World) map[string]func() []any {
	for n, name := range []string{"Added", "Known"} {
		c := workflowtest.Customer{Domain: strings.ToLower(name) + ".example", Entry: tenant.Entry{TPID: tenant.TPID(71 + n), Name: name}}
		workflowtest.Seats.Set(&c.Facts, 300)
		workflowtest.Segment.Set(&c.Facts, "enterprise")
		w.PutCustomer(c)
	}
	w.Known("known.example")
	asksReferral(t, w, migration)
	started := begun(w, pilot, "contoso.com")
	asked := begun(w, pilot, "adatum.com")
	w.Requested(asked, "eva@adatum.com")
	draft := reached(t, w, migration, engagement.StatusConsentReceived)
	toAnswer := sendSurvey(t, w, draft, "rui@contoso.com")
	submitted := reachedWith(t, w, workshop, "contoso.com", engagement.StatusSubmitted)
	review := reachedWith(t, w, workshop, "adatum.com", engagement.StatusUnderReview)
	w.Advance(2 * day)

	contact := workflow.Contact{Name: "Ana", Email: "ana@contoso.com", Phone: "+351 1"}
	partner := workflow.Contact{Name: "Joe", Email: "joe@northwind.example", Phone: "+351 2"}
	ask := workflow.ConsentRequest{Customer: []workflow.Contact{contact}, Partner: []workflow.Contact{partner}, Language: "en", Reason: "Because.", PartnerLanguage: "en"}
	adding := workflow.AddCustomer{Key: "adding", Candidate: workflow.Candidate{Location: lisboa, Domain: "added.example", FriendlyName: "Big"}, Engagements: []engagement.ID{pilot}}
	answers := func(grade string) map[string]string {
		return map[string]string{"delivered": "yes", "findings": "yes", grade: "5"}
	}
	name, owner, labels := "Big", "ana", []string{"one"}
	calls := map[string]func() []any{
		"MoveFeedConsumer": func() []any {
			return []any{w.Actor, workflow.MoveFeedConsumer{Name: "crm", To: base64.RawURLEncoding.EncodeToString([]byte(storage.Numbered(1, engagement.Digest{})))}}
		},
		"AddCustomer": func() []any { return []any{w.Actor, adding} },
		"AddCustomers": func() []any {
			return []any{w.Actor, slices.Values([]workflow.AddCustomer{adding}), workflow.BulkOptions{}}
		},
		"Identify": func() []any { return []any{w.Actor, adding.Candidate} },
		"ClaimCustomer": func() []any {
			return []any{w.Actor, workflow.ClaimCustomer{Customer: w.Customer("known.example"), Location: lisboa, Engagements: []engagement.ID{pilot}}}
		},
		"ImportKnown": func() []any {
			return []any{workflowtest.Vendor, engagement.PartnerID("northwind"), slices.Values([]workflow.KnownCustomer{{Identity: tenant.Identity{TPID: 73, Name: "Imported"}, FriendlyName: "Big"}})}
		},
		"ChangeDetails": func() []any {
			return []any{w.Actor, started, workflow.UpdateDetails{FriendlyName: &name, Owner: &owner, Labels: &labels}}
		},
		"RequestConsent": func() []any { return []any{w.Actor, started, ask} },
		"PreviewConsent": func() []any { return []any{w.Actor, started, ask} },
		"ChangeContacts": func() []any { return []any{w.Actor, asked, ask} },
		"ChangePartnerContacts": func() []any {
			return []any{w.Actor, asked, workflow.ChangePartnerContacts{Partner: []workflow.Contact{partner}, Language: "en"}}
		},
		"Cancel": func() []any { return []any{w.Actor, started, workflow.Cancel{Reason: "No."}} },
		"Disassociate": func() []any {
			return []any{w.Actor, w.Customer("known.example"), workflow.Association{Reason: "Merged."}}
		},
		"Comment":        func() []any { return []any{w.Actor, draft, workflow.Comment{Text: "Yes."}} },
		"AddEvidence":    func() []any { return []any{w.Actor, draft, pdf("", claim.ProofInvoice), strings.NewReader("%PDF")} },
		"RecordEvidence": func() []any { return []any{w.Actor, draft, recorded("", "s3://one")} },
		"RequestSurvey": func() []any {
			return []any{w.Actor, draft, workflow.SurveyRequest{Survey: claim.ProofCustomerSurvey, Contact: contact}}
		},
		"ResendSurvey": func() []any { return []any{w.Actor, draft, workflow.ResendSurvey{Survey: claim.ProofCustomerSurvey}} },
		"AnswerSurvey": func() []any { return []any{toAnswer, answers("satisfaction")} },
		"AnswerPartnerSurvey": func() []any {
			return []any{w.Actor, draft, workflow.AnswerPartnerSurvey{Survey: claim.ProofPartnerSurvey, Answers: answers("outcome")}}
		},
		"RecallClaim": func() []any { return []any{w.Actor, submitted, workflow.RecallClaim{Reason: "Mine."}} },
		"AskForAction": func() []any {
			return []any{w.Reviewer(), review, workflow.RequestAction{Items: []claim.ActionItem{{Kind: claim.ProofInvoice, Text: "Sign."}}}}
		},
		"ApproveClaim": func() []any {
			return []any{w.Reviewer(), review, workflow.ApproveClaim{Amount: w.Money("1.00 USD"), Text: "Fine."}}
		},
		"RejectClaim": func() []any {
			return []any{w.Reviewer(), review, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: "No."}}
		},
		"ErasePerson": func() []any { return []any{w.Actor, workflow.Person{Email: "rui@contoso.com"}} },
		"RecordBounce": func() []any {
			return []any{workflow.Bounce{Partner: "northwind", Participation: asked, Address: "eva@adatum.com"}}
		},
	}
	calls["RecordReferral"] = func() []any { return []any{w.Actor, draft, workflow.RecordReferral{Reference: "R-1"}} }
	calls["Associate"] = calls["Disassociate"]
	calls["ResendConsent"] = func() []any { return []any{w.Actor, asked, "resend"} }
	calls["StartReview"] = func() []any { return []any{w.Reviewer(), submitted, workflow.StartReview{}} }
	calls["Reevaluate"] = func() []any { return []any{workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}} }
	calls["OfferClaim"] = calls["ClaimCustomer"]
	other := w.As(workflowtest.Fabrikam)
	rejected := reachedWith(t, other, migration, "adatum.com", engagement.StatusRejected)
	approved := reachedWith(t, other, pilot, "adatum.com", engagement.StatusApproved)
	calls["DisputeClaim"] = func() []any { return []any{other.Actor, rejected, workflow.DisputeClaim{Reason: "It was."}} }
	calls["RecordPayment"] = func() []any {
		return []any{other.Reviewer(), approved, workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reference: "T-1"}}
	}

	return calls
}
