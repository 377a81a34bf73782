package survey_test

import (
	"crypto/rand"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

// A survey from its start to its answer.
func Example() {
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	deadline := now.AddDate(0, 0, 90) // to submit the claim
	contact, err := tenant.ParseEmail("ana@contoso.com")
	if err != nil {
		log.Fatal(err)
	}

	s, err := survey.Start(survey.CustomerForm())
	if err != nil {
		log.Fatal(err)
	}
	s, err = survey.Send(s, survey.Invitation{Contact: link.Contact{Email: contact}, Language: "pt-BR", Link: "first"}, now, deadline)
	if err != nil {
		log.Fatal(err)
	}

	// The message is written: its link holds the token, the state only the hash.
	token, hash, err := link.NewToken(rand.Reader, 0)
	if err != nil {
		log.Fatal(err)
	}
	if s, err = survey.Mint(s, "first", hash); err != nil {
		log.Fatal(err)
	}

	// The contact opens the link and forgets something.
	l, err := s.Find(token.Hash())
	if err != nil {
		log.Fatal(err)
	}
	given := map[string]string{"delivered": "yes", "satisfaction": "very"}
	_, err = survey.Answer(s, l.ID, given, now.Add(time.Hour), deadline)
	fmt.Println(err)

	given["findings"], given["satisfaction"] = "yes", "5"
	s, err = survey.Answer(s, l.ID, given, now.Add(time.Hour), deadline)
	fmt.Println(s.Status, err)

	// From then on it is not sent to anybody else.
	_, err = survey.Resend(s, "second", link.Policy{}, now.AddDate(0, 0, 2), deadline)
	fmt.Println(err)
	// Output:
	// answers.findings: an answer is needed
	// answers.satisfaction: the answer has to be one of 1, 2, 3, 4, 5
	// done <nil>
	// the survey was answered at 2026-08-03T10:00:00Z; since then its contact is frozen and nothing needs to be sent
}

// An engagement can ask questions of its own; what is wrong with them is told at once.
func ExampleForm_Validate() {
	form := survey.Form{
		ID:      "workshop-survey",
		Version: "2026-08",
		Titles:  map[link.Language]string{"en": "The workshop", "de": "Der Workshop"},
		Questions: []survey.Question{
			{ID: "attended", Kind: survey.KindYesNo, Required: true, Texts: map[link.Language]string{"en": "Did you take part?", "de": "Haben Sie teilgenommen?"}},
			{ID: "pace", Kind: survey.KindRating, Texts: map[link.Language]string{"en": "How was the pace?"}},
		},
	}
	fmt.Println(form.Validate())
	form.Questions[1].Texts["de"] = "Wie war das Tempo?"
	fmt.Println(form.Validate(), form.Languages())
	// Output:
	// form.questions[1].texts.de: it is empty
	// <nil> [en de]
}

// The answers stand under the IDs of the questions that were asked.
func ExampleState() {
	now := time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC)
	contact, err := tenant.ParseEmail("paula@fabrikam.com")
	if err != nil {
		log.Fatal(err)
	}
	s, err := survey.Start(survey.PartnerForm())
	if err != nil {
		log.Fatal(err)
	}
	if s, err = survey.Send(s, survey.Invitation{Contact: link.Contact{Email: contact}, Link: "first"}, now, now.AddDate(0, 0, 90)); err != nil {
		log.Fatal(err)
	}
	given := map[string]string{"delivered": "yes", "findings": "yes", "outcome": "4", "next-steps": "They move 120 servers."}
	if s, err = survey.Answer(s, "first", given, now, now.AddDate(0, 0, 90)); err != nil {
		log.Fatal(err)
	}
	for _, q := range s.Form.Questions {
		fmt.Printf("%s %s\n", q.Texts["en"], s.Response.Answers[q.ID])
	}
	// Output:
	// Was everything delivered that the engagement includes? yes
	// Were the findings and recommendations handed over to the customer? yes
	// How well did the engagement reach its goals? 4
	// What will the customer do next? They move 120 servers.
	// Is there anything else that you would like to say?
}
