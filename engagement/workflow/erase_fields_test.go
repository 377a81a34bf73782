package workflow

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// erased is somebody who is to be erased, and who is spelt otherwise where it stands.
const (
	erasedAddress = "ana.sousa@contoso.com"
	erasedUser    = "u-4711-ana"
	spelt         = "Ana.SOUSA@Contoso.com"
)

// leaf is a text or an address within a value.
type leaf struct {
	path string
	set  func(text string, address tenant.Email)
}

// leaves returns those of a value, into which it puts one of everything on the way.
func leaves(v reflect.Value, path string) []leaf {
	switch x := v.Addr().Interface().(type) {
	case *tenant.Email:
		return []leaf{{path, func(_ string, e tenant.Email) { *x = e }}}
	case *time.Time, *eligibility.Money, *eligibility.Date, *eligibility.Decision, *tenant.Domain, *tenant.OpportunityID:
		return nil
	}
	var out []leaf
	switch v.Kind() {
	case reflect.String:
		out = append(out, leaf{path, func(text string, _ tenant.Email) { v.SetString(text) }})
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		out = leaves(v.Elem(), path)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			out = leaves(v.Index(0), path+"[]")
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				name := path + "." + f.Name
				if f.Anonymous {
					name = path
				}
				out = append(out, leaves(v.Field(i), name)...)
			}
		}
	}
	return out
}

// keptTexts are the texts of a participation that do not quote a person, with what they
// are. Whoever adds a text to what is stored either has it erased or says here why not.
var keptTexts = map[string][]string{
	"the library's and the host's own names of things": {
		".ID", ".Partner", ".Engagement", ".Customer", ".Location", ".ClaimNumber", ".Terms.", ".Identity.", ".ActedFor[]",
		".Consent.Links[].ID", ".Consent.Links[].Message", ".Consent.Sent[].",
		".Claim.Proof[].", ".Claim.Evidence[].ID", ".Claim.Evidence[].MediaType", ".Claim.Evidence[].SHA256", ".Claim.Evidence[].Ref",
		".Claim.Surveys[].Form.", ".Claim.Surveys[].Links[].ID", ".Claim.Surveys[].Links[].Message", ".Claim.Surveys[].Sendings[].", ".Claim.Surveys[].Response.Link",
	},
	"words of a list": {
		".Nominated", ".Origin", ".Basis", ".Language", ".Consent.Status", ".Consent.Answer.Decision", ".Consent.Withdrawal.Decision", ".Consent.Answer.Channel", ".Consent.Withdrawal.Channel",
		".Consent.Answer.Text.", ".Consent.Withdrawal.Text.", ".Failures[].Message", ".Failures[].Code", ".ContactFlags[].Doubt", ".Consent.Links[].Failed.Code",
		".Claim.Status", ".Claim.Evidence[].Kind", ".Claim.Surveys[].Kind", ".Claim.Surveys[].Status", ".Claim.Surveys[].Links[].Failed.Code",
		".Claim.Reviews[].Outcome", ".Claim.Reviews[].Items[].Kind", ".Claim.Reviews[].Codes[]", ".Claim.Comments[].By",
	},
	"what goes with the address of its contact": {
		".Consent.Partner[].Phone", ".Consent.Customer[].Phone", ".Consent.Links[].Contact.Phone", ".Claim.Surveys[].Links[].Contact.Phone",
		".Consent.Answer.Client.Address", ".Consent.Answer.Client.Agent", ".Consent.Withdrawal.Client.Address", ".Consent.Withdrawal.Client.Agent",
	},
	"a user, by itself": users,
}

var users = []string{".Owner", ".Claim.Surveys[].Response.User", ".Claim.Comments[].User"}

// withOne returns a participation in which one leaf holds the person, and everything else
// is there and empty.
func withOne(i int, text string, address tenant.Email) (engagement.Participation, leaf, int) {
	var p engagement.Participation
	all := leaves(reflect.ValueOf(&p).Elem(), "")
	all[i].set(text, address)
	if p.Consent.Links[0].ID == "" { // by which the client of an answer is known
		p.Consent.Links[0].ID, p.Consent.Answer.Link, p.Consent.Withdrawal.Link = "l", "l", "l"
	}
	return p, all[i], len(all)
}

func erasureOf(t *testing.T, person Person) erasure {
	t.Helper()
	x, err := newErasure(person)
	if err != nil {
		t.Fatal(err)
	}
	x.side = claim.SideProgram
	return x
}

// Every text and every address of a participation that could be a person's is erased,
// and whatever is erased has the customer found by the person.
func TestEveryFieldIsErased(t *testing.T) {
	address, err := tenant.ParseEmail(spelt)
	if err != nil {
		t.Fatal(err)
	}
	x := erasureOf(t, Person{Email: erasedAddress})
	key := engagement.NewPersonKey([]byte("secret"))
	digest := key.Address("northwind", x.email)
	var left []string
	for i, n := 0, 1; i < n; i++ {
		var p engagement.Participation
		var at leaf
		p, at, n = withOne(i, "told by <"+spelt+">.", address)
		named := slices.Contains(key.Digests("northwind", func(m engagement.Mentions) { m.Participation(p) }), digest)
		next, found := x.participation(p)
		if found != named {
			t.Errorf("%s: it is erased %t, and found %t", at.path, found, named)
		}
		if holds(reflect.ValueOf(&next).Elem(), erasedAddress) {
			left = append(left, at.path)
		}
	}
	compareKept(t, left)
}

// holds reports whether a text is anywhere in a value.
func holds(v reflect.Value, part string) bool {
	if e, is := v.Interface().(tenant.Email); is {
		return strings.EqualFold(e.String(), part)
	}
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(strings.ToLower(v.String()), part)
	case reflect.Pointer:
		return !v.IsNil() && holds(v.Elem(), part)
	case reflect.Slice:
		for i := range v.Len() {
			if holds(v.Index(i), part) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && holds(v.Field(i), part) {
				return true
			}
		}
	}
	return false
}

// A user is erased wherever a user is named, by either side, and has the customer found.
func TestEveryUserIsErased(t *testing.T) {
	x := erasureOf(t, Person{User: erasedUser})
	key := engagement.NewPersonKey([]byte("secret"))
	var erased []string
	for i, n := 0, 1; i < n; i++ {
		var p engagement.Participation
		var at leaf
		p, at, n = withOne(i, erasedUser, tenant.Email{})
		named := slices.Contains(key.Digests("northwind", func(m engagement.Mentions) { m.Participation(p) }), key.User("northwind", erasedUser))
		next, found := x.participation(p)
		if found != named {
			t.Errorf("%s: it is erased %t, and found %t", at.path, found, named)
		}
		if found {
			erased = append(erased, at.path)
		}
		if found && holds(reflect.ValueOf(&next).Elem(), erasedUser) {
			t.Errorf("%s still is the user", at.path)
		}
	}
	if !slices.Equal(erased, users) {
		t.Errorf("a user is erased from %v, want %v", erased, users)
	}
}

// What is known of a contact goes with its address: its name and telephone number, and
// from where it answered.
func TestErasedWithTheAddress(t *testing.T) {
	address, err := tenant.ParseEmail(spelt)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range keptTexts["what goes with the address of its contact"] {
		var p engagement.Participation
		all := leaves(reflect.ValueOf(&p).Elem(), "")
		for _, l := range all {
			if l.path == path {
				l.set(erasedAddress, address) // as if it were that
			}
			if strings.HasSuffix(l.path, ".Email") || strings.HasPrefix(l.path, ".Consent") && (strings.HasSuffix(l.path, "Links[].ID") || strings.HasSuffix(l.path, ".Link")) {
				l.set("l", address)
			}
		}
		next, found := erasureOf(t, Person{Email: erasedAddress}).participation(p)
		if !found || holds(reflect.ValueOf(&next).Elem(), erasedAddress) {
			t.Errorf("%s stays", path)
		}
	}
}

func compareKept(t *testing.T, left []string) {
	t.Helper()
	var all []string
	for _, paths := range keptTexts {
		all = append(all, paths...)
	}
	used := map[string]bool{}
	for _, path := range left {
		i := slices.IndexFunc(all, func(k string) bool { return k == path || strings.HasSuffix(k, ".") && strings.HasPrefix(path, k) })
		if i < 0 {
			t.Errorf("%s is not erased", path)
			continue
		}
		used[all[i]] = true
	}
	for _, k := range all {
		if !used[k] {
			t.Errorf("%s is said to be kept, and is erased or not there", k)
		}
	}
}
