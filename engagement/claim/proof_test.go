package claim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

func TestDefaultProof(t *testing.T) {
	var kinds []string
	for _, p := range claim.DefaultProof() {
		require.NoError(t, p.Validate(), p.Kind)
		require.True(t, p.Required, p.Kind)
		kinds = append(kinds, p.Kind)
	}
	require.Equal(t, []string{"findings", "invoice", "partner-survey", "customer-survey"}, kinds)
	claim.DefaultProof()[2].Survey.ID = "changed"
	require.Equal(t, "partner-survey", claim.DefaultProof()[2].Survey.ID, "what is handed out is the caller's")
}

func TestValidateProofItem(t *testing.T) {
	form := survey.CustomerForm()
	document := claim.ProofItem{Kind: "invoice", Title: "Invoice", AtLeast: 20, MaxSize: 1, MediaTypes: []string{"application/pdf", "image/svg+xml", "application/vnd.ms-excel"}}
	require.NoError(t, document.Validate())
	require.NoError(t, claim.ProofItem{Kind: "survey", Title: "Survey", AtLeast: 1, Survey: &form}.Validate())
	require.EqualValues(t, 1, document.Limit())
	require.EqualValues(t, 25<<20, claim.ProofItem{}.Limit())

	for _, c := range []struct {
		change  func(*claim.ProofItem)
		problem string
	}{
		{func(p *claim.ProofItem) { p.Kind = "" }, "kind is empty: give it a short name"},
		{func(p *claim.ProofItem) { p.Title = "" }, "title is empty: people read it"},
		{func(p *claim.ProofItem) { p.AtLeast = -1 }, "at_least is -1: use 1 to 20, or 0 for 1"},
		{func(p *claim.ProofItem) { p.AtLeast = 21 }, "at_least is 21: use 1 to 20, or 0 for 1"},
		{func(p *claim.ProofItem) { p.MaxSize = -1 }, "max_size is negative: use a number of bytes, or 0 for the default"},
		{func(p *claim.ProofItem) { p.MediaTypes = []string{"application/pdf", "PDF"} }, `media_types hold "PDF": write them as in "application/pdf"`},
		{func(p *claim.ProofItem) { p.MediaTypes = []string{"text/*"} }, `media_types hold "text/*": write them as in "application/pdf"`},
		{func(p *claim.ProofItem) { p.Survey = &form }, "survey is answered once and has no documents: leave at_least, media_types and max_size out"},
		{func(p *claim.ProofItem) { *p = claim.ProofItem{Kind: "s", Title: "S", MaxSize: 1, Survey: &form} },
			"survey is answered once and has no documents: leave at_least, media_types and max_size out"},
	} {
		p := document
		c.change(&p)
		err := p.Validate()
		require.ErrorAs(t, err, new(*claim.InvalidError))
		require.EqualError(t, err, c.problem)
	}
	err := claim.ProofItem{Kind: "s", Title: "S", Survey: &survey.Form{}}.Validate()
	require.ErrorAs(t, err, new(*claim.InvalidError))
	require.ErrorContains(t, err, "survey cannot be used: form.id")
}

// What a claim takes as a document, and by which field it refuses the others: what
// people upload is not to be trusted.
func TestCheckEvidence(t *testing.T) {
	o := opening()
	o.Proof = append(o.Proof, claim.ProofItem{Kind: claim.ProofInvoice, Title: "Invoice", MediaTypes: []string{"application/pdf", "image/png"}, MaxSize: 1000})
	s := then(t, must(claim.Open(o)), start, addDocument("e1"))
	const fine = ""
	for _, c := range []struct {
		name   string
		change func(*claim.Evidence)
		field  string
	}{
		{"a document", func(*claim.Evidence) {}, fine},
		{"a name beyond ASCII", func(e *claim.Evidence) { e.Name = "Conclusões – final (2).pdf" }, fine},
		{"a hidden file's name", func(e *claim.Evidence) { e.Name = ".profile" }, fine},
		{"a name of 255 bytes", func(e *claim.Evidence) { e.Name = strings.Repeat("é", 127) + "x" }, fine},
		{"exactly the most", func(e *claim.Evidence) { e.Size = 25 << 20 }, fine},
		{"a byte", func(e *claim.Evidence) { e.Size = 1 }, fine},
		{"any media type, where none is asked for", func(e *claim.Evidence) { e.MediaType = "application/vnd.oasis.opendocument.text" }, fine},
		{"one of those asked for", func(e *claim.Evidence) { e.Kind, e.MediaType, e.Size = claim.ProofInvoice, "image/png", 1000 }, fine},

		{"of no kind", func(e *claim.Evidence) { e.Kind = "" }, "evidence.kind"},
		{"of a kind that nobody asks for", func(e *claim.Evidence) { e.Kind = "photo" }, "evidence.kind"},
		{"of a survey", func(e *claim.Evidence) { e.Kind = claim.ProofCustomerSurvey }, "evidence.kind"},
		{"without a name", func(e *claim.Evidence) { e.Name = "" }, "evidence.name"},
		{"blanks for a name", func(e *claim.Evidence) { e.Name = " \u00a0" }, "evidence.name"},
		{"the folder", func(e *claim.Evidence) { e.Name = "." }, "evidence.name"},
		{"the folder above", func(e *claim.Evidence) { e.Name = ".." }, "evidence.name"},
		{"a way out", func(e *claim.Evidence) { e.Name = "../../etc/passwd" }, "evidence.name"},
		{"a way out on Windows", func(e *claim.Evidence) { e.Name = `..\x.pdf` }, "evidence.name"},
		{"a name of 256 bytes", func(e *claim.Evidence) { e.Name = strings.Repeat("é", 128) }, "evidence.name"},
		{"a name that ends a header", func(e *claim.Evidence) { e.Name = "x.pdf\r\nSet-Cookie: a=b" }, "evidence.name"},
		{"a name with a zero", func(e *claim.Evidence) { e.Name = "x.pdf\x00.exe" }, "evidence.name"},
		{"a name with a control character of Latin 1", func(e *claim.Evidence) { e.Name = "x\u0085.pdf" }, "evidence.name"},
		{"a name on two lines", func(e *claim.Evidence) { e.Name = "x\u2028.pdf" }, "evidence.name"},
		{"a name that reads backwards", func(e *claim.Evidence) { e.Name = "invoice\u202efdp.exe" }, "evidence.name"},
		{"a name that is not UTF-8", func(e *claim.Evidence) { e.Name = "x\xff.pdf" }, "evidence.name"},
		{"no media type", func(e *claim.Evidence) { e.MediaType = "" }, "evidence.media_type"},
		{"half a media type", func(e *claim.Evidence) { e.MediaType = "application/" }, "evidence.media_type"},
		{"the other half", func(e *claim.Evidence) { e.MediaType = "/pdf" }, "evidence.media_type"},
		{"a media type with a parameter", func(e *claim.Evidence) { e.MediaType = "text/html; charset=utf-8" }, "evidence.media_type"},
		{"a media type in capitals", func(e *claim.Evidence) { e.MediaType = "Application/PDF" }, "evidence.media_type"},
		{"a media type that ends a header", func(e *claim.Evidence) { e.MediaType = "a/b\r\nX: y" }, "evidence.media_type"},
		{"a media type with three parts", func(e *claim.Evidence) { e.MediaType = "a/b/c" }, "evidence.media_type"},
		{"a long media type", func(e *claim.Evidence) { e.MediaType = "a/" + strings.Repeat("b", 126) }, "evidence.media_type"},
		{"a media type that is not asked for", func(e *claim.Evidence) { e.Kind, e.MediaType, e.Size = claim.ProofInvoice, "text/html", 1 }, "evidence.media_type"},
		{"nothing in it", func(e *claim.Evidence) { e.Size = 0 }, "evidence.size"},
		{"less than nothing", func(e *claim.Evidence) { e.Size = -1 }, "evidence.size"},
		{"too large", func(e *claim.Evidence) { e.Size = 25<<20 + 1 }, "evidence.size"},
		{"larger than its item says", func(e *claim.Evidence) { e.Kind, e.MediaType, e.Size = claim.ProofInvoice, "image/png", 1001 }, "evidence.size"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := document("e2")
			c.change(&e)
			err := s.CheckEvidence(e)
			if c.field == fine {
				require.NoError(t, err)
				require.Equal(t, e.Name, then(t, s, after(1), claim.AddEvidence{Evidence: e}).Evidence[1].Name)
				return
			}
			var invalid *claim.InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, c.field, invalid.Field)
			if name := e.Name; len(name) > 5 && c.field == "evidence.name" {
				require.NotContains(t, err.Error(), name, "what is hostile is not repeated")
			}
			refused(t, s, after(1), claim.AddEvidence{Evidence: e}, errtest.Type[*claim.InvalidError]())
			if c.field == "evidence.name" {
				require.Equal(t, err, claim.CheckName(e.Name))
			}
		})
	}
}

// What the library itself gives a document is checked when it is added.
func TestAddEvidence(t *testing.T) {
	s := draft(t)
	const id, ref, hash = " each document needs an ID of its own", "has to say where the document is kept, in 1 to 1,000 bytes",
		"is not one: use 64 lower-case hexadecimal digits"
	for _, c := range []struct {
		change  func(*claim.Evidence)
		problem string
	}{
		{func(e *claim.Evidence) { e.ID = "" }, `evidence.id is "":` + id},
		{func(e *claim.Evidence) { e.ID = "e1" }, `evidence.id is "e1":` + id},
		{func(e *claim.Evidence) { e.Ref = "" }, "evidence.ref " + ref},
		{func(e *claim.Evidence) { e.Ref = strings.Repeat("r", 1001) }, "evidence.ref " + ref},
		{func(e *claim.Evidence) { e.SHA256 = "" }, "evidence.sha256 " + hash},
		{func(e *claim.Evidence) { e.SHA256 = strings.Repeat("5A", 32) }, "evidence.sha256 " + hash},
		{func(e *claim.Evidence) { e.SHA256 = strings.Repeat("5a", 31) }, "evidence.sha256 " + hash},
		{func(e *claim.Evidence) { e.SHA256 = strings.Repeat("zz", 32) }, "evidence.sha256 " + hash},
	} {
		e := document("e2")
		c.change(&e)
		require.EqualError(t, refused(t, s, after(1), claim.AddEvidence{Evidence: e}, errtest.Type[*claim.InvalidError]()), c.problem)
	}
	e := document("e2")
	e.AddedAt = after(500)
	s = then(t, s, after(1), claim.AddEvidence{Evidence: e})
	e.AddedAt = after(1)
	require.Equal(t, e, s.Evidence[1], "when it was added is when it is added")

	s = then(t, s, after(2), claim.RemoveEvidence{ID: "e1"})
	require.Equal(t, []claim.Evidence{e}, s.Evidence)
	err := refused(t, s, after(2), claim.RemoveEvidence{ID: "e1"}, errtest.Type[*claim.NotFoundError]())
	require.EqualError(t, err, `the claim has no evidence "e1"`)
	require.Nil(t, then(t, s, after(2), claim.RemoveEvidence{ID: "e2"}).Evidence)
}

func TestMaxDocuments(t *testing.T) {
	s := must(claim.Open(opening()))
	for i := range claim.MaxDocuments {
		s = then(t, s, after(1), addDocument(claim.EvidenceID(fmt.Sprint("e", i))))
	}
	err := refused(t, s, after(2), addDocument("more"), errtest.Type[*claim.InvalidError]())
	require.EqualError(t, err, `evidence.kind is "findings", of which there are 20: remove one first`)
	then(t, s, after(2), claim.RemoveEvidence{ID: "e7"}, addDocument("more"))
}

// A claim that lacks proof is told all that is missing, in the order in which it
// is asked for, and nothing that may be left out.
func TestMissing(t *testing.T) {
	customer := survey.CustomerForm()
	o := opening()
	o.Proof = []claim.ProofItem{
		{Kind: "sheets", Title: "Attendance sheets", Required: true, AtLeast: 2},
		{Kind: claim.ProofCustomerSurvey, Title: "Customer survey", Required: true, Survey: &customer},
		{Kind: "letter", Title: "Letter"},
		{Kind: claim.ProofFindings, Title: "Findings", Required: true},
	}
	s := must(claim.Open(o))
	err := refused(t, s, after(1), claim.Submit{}, errtest.Type[*claim.IncompleteError]())
	require.EqualError(t, err, "the claim cannot be submitted yet: Attendance sheets: 0 of 2 are there; Customer survey has not been answered; Findings is missing")
	var incomplete *claim.IncompleteError
	require.ErrorAs(t, err, &incomplete)
	require.Equal(t, []claim.Missing{
		{Kind: "sheets", Title: "Attendance sheets", Wanted: 2},
		{Kind: claim.ProofCustomerSurvey, Title: "Customer survey", Survey: true, Wanted: 1},
		{Kind: claim.ProofFindings, Title: "Findings", Wanted: 1},
	}, incomplete.Missing)
	require.Equal(t, incomplete.Missing, s.Missing())

	sheet := func(id claim.EvidenceID) claim.AddEvidence {
		e := document(id)
		e.Kind = "sheets"
		return claim.AddEvidence{Evidence: e}
	}
	s = then(t, s, after(1), sheet("s1"), addDocument("e1"), addDocument("e2"), send(claim.ProofCustomerSurvey, ana, "c1"))
	err = refused(t, s, after(1), claim.Submit{}, errtest.Type[*claim.IncompleteError]())
	require.EqualError(t, err, "the claim cannot be submitted yet: Attendance sheets: 1 of 2 are there; Customer survey has not been answered")
	s = then(t, s, after(1), sheet("s2"), claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: "c1", Answers: customerAnswers()})
	require.Empty(t, s.Missing())
	require.Equal(t, claim.StatusSubmitted, then(t, s, after(1), sheet("s3"), claim.Submit{}).Status)

	nothing := opening()
	nothing.Proof = []claim.ProofItem{}
	require.Equal(t, claim.StatusSubmitted, then(t, must(claim.Open(nothing)), after(1), claim.Submit{}).Status, "an engagement may ask for no proof")
}

func TestItem(t *testing.T) {
	s := draft(t)
	require.Equal(t, "Customer survey", must(s.Item(claim.ProofCustomerSurvey)).Title)
	_, err := s.Item("photo")
	require.EqualError(t, err, `evidence.kind is "photo", which the engagement does not ask for: use one of ["findings" "customer-survey" "partner-survey"]`)
}
