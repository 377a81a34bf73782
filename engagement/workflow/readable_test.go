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
	"string": "Feed.Lag: a cursor; Surveys.Get: looked for",
	"Cursor": "is opaque, and made by the desk",

	"MoveFeedConsumer.From": "a cursor", "MoveFeedConsumer.To": "a cursor",

	"ClaimsQuery.Search": "looked for, and not kept", "ClaimsQuery.SolutionAreas": "looked for", "ClaimsQuery.Owners": "looked for", "ClaimsQuery.Labels": "looked for",
	"FiguresQuery.SolutionAreas": "looked for",
	"CustomersQuery.Search":      "looked for, and not kept", "CustomersQuery.Owners": "looked for", "CustomersQuery.Labels": "looked for", "SearchQuery.Search": "looked for, and not kept",
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
	found := 0
	for _, method := range deskMethods(w.Desk) {
		for n := 1; n < method.Type().NumIn(); n++ { // after the context
			in := method.Type().In(n)
			for _, l := range leaves(in, leaf{}) {
				if notForAnybody(l) || l.owner == "Actor" && in != reflect.TypeFor[workflow.Actor]() && in != reflect.TypeFor[workflow.Request]() {
					continue
				}
				found++
				make := calls[method.name]
				if make == nil && l.owner == "Actor" {
					make = func() []any {
						return []any{w.Actor}
					}
				}
				if make == nil {
					t.Errorf("%s takes %s.%s: give it a valid call in readableCalls, or say in notForPeople why nobody reads it", method.name, l.owner, l.field)
					continue
				}
				for what, text := range nobodyReads {
					if l.owner == "map" && (what == "zero-width spaces" || what == "only another direction") {
						continue // an answer without anything to see is none, as a blank one
					}
					args := readableArguments(method.Value, make())
					l.set(args[n], text)
					before := spy.count()
					err := errorsOf(method.Value.Call(args))
					if !typed(err) || !strings.Contains(strings.ToLower(err.Error()), l.name) {
						t.Errorf("%s: %s in %s.%s: the error is %v", method.name, what, l.owner, l.field, err)
					}
					if spy.count() != before {
						t.Errorf("%s: %s in %s.%s: something is stored", method.name, what, l.owner, l.field)
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
		all := deskMethods(w.Desk)
		i := slices.IndexFunc(all, func(m deskMethod) bool { return m.name == name })
		if i < 0 {
			t.Errorf("there is no %s", name)
			continue
		}
		if err := errorsOf(all[i].Call(readableArguments(all[i].Value, args))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// typed reports whether an error is one that names what is wrong with the input.
func typed(err error) bool {
	malformed, answers := (*tenant.MalformedError)(nil), (*survey.AnswersError)(nil)
	return errors.As(err, new(*workflow.InputError)) || errors.As(err, new(*workflow.ForbiddenError)) || errors.As(err, new(*workflow.NotFoundError)) ||
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
		if strings.HasPrefix(in.String(), "iter.Seq[") || strings.HasPrefix(in.String(), "iter.Seq2[string,") {
			all = leaves(in.In(0).In(in.In(0).NumIn()-1), into(at, -1))
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
	case reflect.Func: // an iter.Seq of one, or an iter.Seq2 with its key
		yields := v.Type().In(0)
		one := reflect.New(yields.In(yields.NumIn() - 1)).Elem()
		var given []reflect.Value
		v.Call([]reflect.Value{reflect.MakeFunc(yields, func(got []reflect.Value) []reflect.Value {
			given = slices.Clone(got)
			one.Set(got[len(got)-1])
			return []reflect.Value{reflect.ValueOf(false)}
		})})
		rest.set(one, text)
		given[len(given)-1] = one
		v.Set(reflect.MakeFunc(v.Type(), func(yield []reflect.Value) []reflect.Value {
			yield[0].Call(given)
			return nil
		}))
	}
}

// readableArguments are those of a valid call, which can be changed.
func readableArguments(method reflect.Value, given []any) []reflect.Value {
	args := arguments(method, workflowtest.Northwind, "")
	for i, v := range given {
		if actor, is := v.(workflow.Actor); is && method.Type().In(i+1) == reflect.TypeFor[workflow.Request]() {
			v = actor.Request("readable")
		}
		args[i+1].Set(reflect.ValueOf(v))
	}
	if method.Type().IsVariadic() {
		args = args[:len(args)-1]
	}
	for i, v := range args {
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
	ask := workflow.RequestConsent{Customer: []workflow.Contact{contact}, Partner: []workflow.Contact{partner}, Language: "en", Reason: "Because.", PartnerLanguage: "en"}
	adding := workflow.AddCustomer{Candidate: workflow.Candidate{Location: lisboa, Domain: "added.example", FriendlyName: "Big"}, Engagements: []engagement.ID{pilot}}
	answers := func(grade string) map[string]string {
		return map[string]string{"delivered": "yes", "findings": "yes", grade: "5"}
	}
	name, owner, labels := "Big", "ana", []string{"one"}
	calls := map[string]func() []any{
		"Feed.MoveConsumer": func() []any {
			return []any{w.Actor, workflow.MoveFeedConsumer{Name: "crm", To: base64.RawURLEncoding.EncodeToString([]byte(storage.Numbered(1, engagement.Digest{})))}}
		},
		"Customers.Add": func() []any { return []any{w.Actor, adding} },
		"Customers.AddAll": func() []any {
			return []any{w.Actor, keyed("adding", adding), workflow.BulkOptions{}}
		},
		"Customers.Identify": func() []any { return []any{w.Actor, adding.Candidate} },
		"Customers.Claim": func() []any {
			return []any{w.Actor, workflow.ClaimCustomer{Customer: w.Customer("known.example"), Location: lisboa, Engagements: []engagement.ID{pilot}}}
		},
		"Program.Import": func() []any {
			return []any{workflowtest.Vendor, engagement.PartnerID("northwind"), slices.Values([]workflow.KnownCustomer{{Identity: tenant.Identity{TPID: 73, Name: "Imported"}, FriendlyName: "Big"}})}
		},
		"Claims.Update": func() []any {
			return []any{w.Actor, started, workflow.UpdateDetails{FriendlyName: &name, Owner: &owner, Labels: &labels}}
		},
		"Consents.Request":        func() []any { return []any{w.Actor, started, ask} },
		"Consents.Preview":        func() []any { return []any{w.Actor, started, ask} },
		"Consents.ChangeContacts": func() []any { return []any{w.Actor, asked, workflow.ChangeContacts(ask)} },
		"Consents.ChangePartnerContacts": func() []any {
			return []any{w.Actor, asked, workflow.ChangePartnerContacts{Partner: []workflow.Contact{partner}, Language: "en"}}
		},
		"Claims.Cancel": func() []any { return []any{w.Actor, started, workflow.Cancel{Reason: "No."}} },
		"Customers.Disassociate": func() []any {
			return []any{w.Actor, w.Customer("known.example"), workflow.Disassociate{Reason: "Merged."}}
		},
		"Claims.Comment":   func() []any { return []any{w.Actor, draft, workflow.Comment{Text: "Yes."}} },
		"Documents.Add":    func() []any { return []any{w.Actor, draft, pdf(claim.ProofInvoice), strings.NewReader("%PDF")} },
		"Documents.Record": func() []any { return []any{w.Actor, draft, recorded("s3://one")} },
		"Surveys.Send": func() []any {
			return []any{w.Actor, draft, workflow.SendSurvey{Survey: claim.ProofCustomerSurvey, Contact: contact}}
		},
		"Surveys.Resend":     func() []any { return []any{w.Actor, draft, workflow.ResendSurvey{Survey: claim.ProofCustomerSurvey}} },
		"Links.AnswerSurvey": func() []any { return []any{toAnswer, answers("satisfaction")} },
		"Surveys.Answer": func() []any {
			return []any{w.Actor, draft, workflow.AnswerPartnerSurvey{Survey: claim.ProofPartnerSurvey, Answers: answers("outcome")}}
		},
		"Claims.Recall": func() []any { return []any{w.Actor, submitted, workflow.RecallClaim{Reason: "Mine."}} },
		"Reviews.RequestAction": func() []any {
			return []any{w.Reviewer(), review, workflow.RequestAction{Items: []claim.ActionItem{{Kind: claim.ProofInvoice, Text: "Sign."}}}}
		},
		"Reviews.Approve": func() []any {
			return []any{w.Reviewer(), review, workflow.ApproveClaim{Amount: w.Money("1.00 USD"), Text: "Fine."}}
		},
		"Reviews.Reject": func() []any {
			return []any{w.Reviewer(), review, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionOther}, Text: "No."}}
		},
		"Program.ErasePerson": func() []any { return []any{w.Actor, workflow.Person{Email: "rui@contoso.com"}} },
		"Jobs.RecordBounce": func() []any {
			return []any{workflow.Bounce{Partner: "northwind", Participation: asked, Address: "eva@adatum.com"}}
		},
	}
	calls["Claims.RecordReferral"] = func() []any { return []any{w.Actor, draft, workflow.RecordReferral{Reference: "R-1"}} }
	calls["Customers.Associate"] = func() []any {
		return []any{w.Actor, w.Customer("known.example"), workflow.Associate{Reason: "Split off."}}
	}
	calls["Consents.Resend"] = func() []any { return []any{w.Actor.Request("resend"), asked} }
	calls["Reviews.Start"] = func() []any { return []any{w.Reviewer(), submitted, workflow.StartReview{}} }
	calls["Program.Reevaluate"] = func() []any { return []any{workflowtest.Vendor, workflow.Reevaluation{Partner: "northwind"}} }
	calls["Customers.PreviewClaim"] = calls["Customers.Claim"]
	other := w.As(workflowtest.Fabrikam)
	rejected := reachedWith(t, other, migration, "adatum.com", engagement.StatusRejected)
	approved := reachedWith(t, other, pilot, "adatum.com", engagement.StatusApproved)
	calls["Claims.Dispute"] = func() []any { return []any{other.Actor, rejected, workflow.DisputeClaim{Reason: "It was."}} }
	calls["Reviews.RecordPayment"] = func() []any {
		return []any{other.Reviewer(), approved, workflow.RecordPayment{Amount: w.Money("1.00 USD"), Reference: "T-1"}}
	}

	return calls
}
