package engagement_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
)

// Every text of an engagement that people read can be translated, and nothing else;
// translations are held to what the text itself is held to.
func TestTranslations(t *testing.T) {
	e := offer()
	e.Summary = "Two days on your servers."
	e.Resources = []engagement.Resource{{Title: "Guide", URL: "https://vendor.example/guide"}}
	doc := e.CustomerRules.Rules()[0].Doc
	e.Translations = words.Texts{
		e.Name: {"pt-PT": "Migração para o Azure", "fr": "Migration vers Azure"}, e.Summary: {"pt-PT": "Dois dias sobre os seus servidores.\nE mais."},
		"Invoice": {"pt-PT": "Fatura"}, "Guide": {"pt-PT": "Guia"}, doc: {"pt-PT": "O cliente tem pelo menos 300 lugares."},
	}
	require.NoError(t, e.Validate())

	portuguese, german := e.In(words.Standard().For("pt")), e.In(words.Words{})
	require.Equal(t, "Migração para o Azure", portuguese.Own(e.Name))
	require.Equal(t, e.Name, german.Own(e.Name))
	require.Equal(t, "another", portuguese.Own("another"))
	reason := engagement.Reason{Kind: engagement.ReasonCriteriaNotMet, Rule: "seats", Doc: doc, Wanted: "at least 300", Found: "20"}
	require.Equal(t, "Critério não cumprido: O cliente tem pelo menos 300 lugares (exigido: no mínimo 300; encontrado: 20)", reason.In(portuguese))
	require.Equal(t, "Fatura: em falta", claim.Missing{Title: "Invoice", Wanted: 1}.In(portuguese))

	e.Translations = words.Texts{
		"Azure Migratoin": {"pt-PT": "Migração"}, e.Name: {"pt-PT": "two\nlines", "Portuguese": "x"}, doc: {"pt-PT": "two\nlines"}, e.Summary: {"pt-PT": "\u200b"}, "": {"en": "x"},
	}
	err := e.Validate()
	for _, want := range []string{
		`translations["Azure Migratoin"] is of no text of the engagement`, `"].pt-PT `, `"].Portuguese is not a language tag`,
	} {
		require.ErrorContains(t, err, want)
	}
	var bad *engagement.InvalidError
	require.ErrorAs(t, err, &bad)
	require.Len(t, err.(interface{ Unwrap() []error }).Unwrap(), 6)
}
