package words_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/eligibility"
)

// A host adds languages, each in one value. Brazilian Portuguese is a variant of the
// Portuguese that there is, and says what it leaves out as that does. Spanish is none, so
// a few words of it are refused, with all that it lacks: nobody gets a mail that is half
// in one language.
func ExampleNew() {
	brazilian := words.Translation{Language: "pt-BR", Base: "pt-PT", Texts: map[words.Key]string{
		"mail.greeting": "Oi, {name}!",
		"money":         "{currency} {number}",
		"number.group":  ".",
	}}
	catalogue, err := words.New(brazilian)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := catalogue.For("pt-BR")
	amount, _ := eligibility.ParseMoney("4800.00 BRL")
	fmt.Println(w.Text("mail.greeting", words.Values{"name": "Ana"}), w.Money(amount), "·", w.Day(time.Date(2026, 12, 27, 0, 0, 0, 0, time.UTC), nil))

	spanish := words.Translation{Language: "es", Base: "en", Texts: map[words.Key]string{"mail.greeting": "Hola, {name}:"}}
	_, err = words.New(brazilian, spanish)
	lacks := strings.Split(err.Error(), "\n")
	fmt.Println(lacks[0])
	fmt.Println(lacks[len(lacks)-1])
	// Output:
	// Oi, Ana! BRL 4.800,00 · 27 de dezembro de 2026
	// words in "es": text "availability.active": it is missing
	// words in "es": text "mail.withdrawn_noted": it is missing
}

// The texts of a host's engagements are translated beside what they say first.
func ExampleTexts() {
	own := words.Texts{"Azure Migration": {"pt-PT": "Migração para o Azure"}}
	for _, tag := range words.Standard().Languages() {
		fmt.Println(words.Standard().For(tag).With(own).Own("Azure Migration"))
	}
	// Output:
	// Azure Migration
	// Migração para o Azure
}
