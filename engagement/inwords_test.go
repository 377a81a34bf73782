package engagement_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
)

// sayings are what the values of an enumeration are called in a language.
func sayings[T interface{ In(words.Words) string }](all []T, w words.Words) (said []string) {
	for _, v := range all {
		said = append(said, v.In(w))
	}
	return said
}

// Every value has a name of its own in each language.
func TestValuesInWords(t *testing.T) {
	for _, language := range []link.Language{"en", "pt-PT"} {
		w := words.Standard().For(language)
		for name, said := range map[string][]string{
			"statuses":       sayings(engagement.AllStatuses(), w),
			"tabs":           sayings(engagement.AllTabs(), w),
			"row types":      sayings(engagement.AllRowTypes(), w),
			"actions":        sayings(engagement.AllActions(), w),
			"origins":        sayings(engagement.AllOrigins(), w),
			"availabilities": sayings(engagement.AllAvailabilities(), w),
			"parties":        sayings(engagement.AllParties(), w),
			"messages":       sayings(engagement.AllMessageKinds(), w),
		} {
			seen := map[string]bool{}
			for _, s := range said {
				assert.NotEmpty(t, s, "%s in %s", name, language)
				assert.False(t, seen[s], "%s in %s: two are called %q", name, language, s)
				seen[s] = true
			}
		}
	}
	assert.Equal(t, "Workshop", engagement.Type("workshop").In(words.Standard().For("en")))
	assert.Equal(t, "a type of our own", engagement.Type("a type of our own").In(words.Standard().For("pt-PT")))
}

// What is to do is told with the days that are left, or with the moment.
func TestTodo(t *testing.T) {
	r := engagement.Row{Tab: engagement.TabEligible, Type: engagement.RowNotStarted, Participation: "p-1", Status: engagement.StatusCustomerClaimed,
		Deadline: at("2026-12-27T09:00:00Z"), DaysLeft: 3}
	for _, test := range []struct {
		name      string
		change    func(*engagement.Row)
		todo, due string
	}{
		{"consent", func(*engagement.Row) {}, "3 days left to obtain consent", "Obtain consent before 27 December 2026, 09:00 (Lisbon time)"},
		{"submit", func(r *engagement.Row) { r.Type, r.Status = engagement.RowActive, engagement.StatusConsentReceived }, "3 days left to submit the claim", "Submit the claim before 27 December 2026, 09:00 (Lisbon time)"},
		{"not eligible", func(r *engagement.Row) { r.Tab = engagement.TabIneligible }, "Not eligible", ""},
		{"complete", func(r *engagement.Row) { r.Type, r.Status = engagement.RowComplete, engagement.StatusPaid }, engagement.StatusPaid.In(words.Words{}), ""},
		{"nothing", func(r *engagement.Row) {
			r.Type, r.Status, r.Deadline = engagement.RowActive, engagement.StatusSubmitted, time.Time{}
		}, "", ""},
	} {
		row := r
		test.change(&row)
		todo, due := row.Todo(words.Words{}), row.TodoBy(words.Words{}, zone("Europe/Lisbon"))
		if test.todo != "" {
			assert.Equal(t, test.todo, todo, test.name)
		}
		if test.due == "" { // without a moment it is the same
			test.due = todo
		}
		if test.name != "not eligible" {
			assert.Equal(t, test.due, due, test.name)
		}
		assert.NotEqual(t, todo, row.Todo(words.Standard().For("pt-PT")), test.name)
	}
}

// Who was not reached is told by address, or as the partner as a whole.
func TestUnreachedInWords(t *testing.T) {
	u := engagement.Unreached{Contact: link.Contact{Email: email("ana@contoso.com")}, Message: engagement.MessageConsentRequest, Failure: link.Failure{Code: link.AllFailureCodes()[0]}}
	assert.Contains(t, u.In(words.Words{}), "ana@contoso.com")
	u.Contact = link.Contact{}
	assert.NotContains(t, u.In(words.Words{}), "@")
	assert.NotEmpty(t, u.In(words.Words{}))
}
