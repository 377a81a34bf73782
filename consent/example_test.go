package consent_test

import (
	"crypto/rand"
	"fmt"
	"log"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/tenant"
)

// A consent from its start to its withdrawal.
func Example() {
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	contact, err := tenant.ParseEmail("ana@contoso.com")
	if err != nil {
		log.Fatal(err)
	}
	terms := consent.NewTerms(consent.StandardTexts().For("pt-BR"),
		consent.Subject{ID: "azure-migration", Name: "Azure Migration Workshop"},
		consent.Party{Role: consent.RoleCustomer, ID: "tpid:4711", Name: "Contoso"},
		consent.Party{Role: consent.RolePartner, ID: "fabrikam", Name: "Fabrikam"})

	s := consent.Start(now.AddDate(0, 0, 30))
	s, err = consent.Apply(s, consent.Request{
		Customer: []link.Contact{{Email: contact}}, Links: []link.ID{"first"}, Terms: terms}, now)
	if err != nil {
		log.Fatal(err)
	}

	// The message is written: its link holds the token, the state only the hash.
	token, hash, err := link.NewToken(rand.Reader, 0)
	if err != nil {
		log.Fatal(err)
	}
	if s, err = consent.Mint(s, "first", hash); err != nil {
		log.Fatal(err)
	}

	// The contact opens the link and accepts.
	now = now.Add(2 * time.Hour)
	link, err := s.Find(token.Hash())
	if err != nil {
		log.Fatal(err)
	}
	if s, err = consent.Apply(s, consent.Accept{Link: link.ID}, now); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.StatusAt(now), s.Answer.Text.Language)

	// A second answer comes too late; a withdrawal does not.
	_, err = consent.Apply(s, consent.Decline{Link: link.ID}, now.Add(time.Hour))
	fmt.Println(err)
	s, err = consent.Apply(s, consent.Withdraw{Link: link.ID}, now.Add(time.Hour))
	fmt.Println(s.Status, err)
	// Output:
	// granted pt-PT
	// already answered with "accept" at 2026-07-01T11:00:00Z; the first answer counts
	// withdrawn <nil>
}

// A host's own text joins the library's. Who wants a language that there is none
// in gets the default.
func ExampleNewTexts() {
	french := consent.Text{
		Version: "2026-08", Language: "fr", Title: "Consentement",
		Paragraphs: []string{"Le partenaire souhaite réaliser la mission décrite ici."},
		Purposes:   []consent.Purpose{{ID: "delivery", Text: "Le partenaire réalise la mission."}},
		Validity:   "Jusqu'à la fin de la mission.",
		Withdrawal: "À tout moment, par le même lien.",
		Accept:     "Je consens", Decline: "Je ne consens pas", Withdraw: "Retirer mon consentement",
	}
	texts, err := consent.NewTexts(append(consent.StandardTexts().All(), french)...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(texts.For("fr-CA").Title)
	fmt.Println(texts.For("ja", "pt").Title)
	fmt.Println(texts.For("ja").Title)
	// Output:
	// Consentement
	// Consentimento para participar num projeto
	// Consent to take part in an engagement
}
