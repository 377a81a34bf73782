package claim

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/partnerengage/partnerengage/consent/words"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/text"
)

// The kinds of proof that [DefaultProof] asks for.
const (
	ProofFindings       = "findings"
	ProofInvoice        = "invoice"
	ProofPartnerSurvey  = "partner-survey"
	ProofCustomerSurvey = "customer-survey"
)

// ProofItem is one thing that a claim has to prove. It is data of an engagement's
// version.
type ProofItem struct {
	Kind       string       `json:"kind"`
	Title      string       `json:"title"`
	Required   bool         `json:"required"`              // else only if it applies
	AtLeast    int          `json:"at_least,omitzero"`     // how many documents are needed; zero: 1
	MediaTypes []string     `json:"media_types,omitempty"` // that a document may have, such as "application/pdf"; none: any
	MaxSize    int64        `json:"max_size,omitzero"`     // of a document, in bytes; zero: DefaultMaxSize
	Survey     *survey.Form `json:"survey,omitempty"`      // set: a survey instead of documents
}

// DefaultMaxSize is how large a document may be unless its ProofItem says
// otherwise, in bytes: 25 MiB. It is the library's default.
const DefaultMaxSize = 25 << 20

// MaxDocuments is how many documents a claim may have of one kind.
const MaxDocuments = 20

// DefaultProof returns the four items of proof that the published program,
// Microsoft's Commerce Incentives, asks for unless an engagement says otherwise. The
// two survey forms among them are the library's own.
func DefaultProof() []ProofItem {
	partner, customer := survey.PartnerForm(), survey.CustomerForm()
	return []ProofItem{
		{Kind: ProofFindings, Title: "Findings and recommendations document", Required: true},
		{Kind: ProofInvoice, Title: "Invoice", Required: true},
		{Kind: ProofPartnerSurvey, Title: "Partner survey", Required: true, Survey: &partner},
		{Kind: ProofCustomerSurvey, Title: "Customer survey", Required: true, Survey: &customer},
	}
}

// Limit returns how large a document may be, in bytes.
func (p ProofItem) Limit() int64 {
	if p.MaxSize == 0 {
		return DefaultMaxSize
	}
	return p.MaxSize
}

// needed is how many documents, or surveys, the item takes.
func (p ProofItem) needed() int { return max(p.AtLeast, 1) }

// Validate returns the *InvalidError of an item that cannot be used.
func (p ProofItem) Validate() error {
	title := text.Line(p.Title, 200)
	switch {
	case p.Kind == "":
		return invalid("kind", "is empty: give it a short name")
	case p.Title == "":
		return invalid("title", "is empty: people read it")
	case title != "":
		return invalid("title", title)
	case p.AtLeast < 0 || p.AtLeast > MaxDocuments:
		return invalid("at_least", fmt.Sprintf("is %d: use 1 to %d, or 0 for 1", p.AtLeast, MaxDocuments))
	case p.MaxSize < 0:
		return invalid("max_size", "is negative: use a number of bytes, or 0 for the default")
	case p.Survey != nil && (p.AtLeast > 1 || p.MaxSize != 0 || len(p.MediaTypes) > 0):
		return invalid("survey", "is answered once and has no documents: leave at_least, media_types and max_size out")
	}
	for _, m := range p.MediaTypes {
		if !isMediaType(m) {
			return invalid("media_types", fmt.Sprintf("hold %.60q: write them as in \"application/pdf\"", m))
		}
	}
	if p.Survey != nil {
		if err := p.Survey.Validate(); err != nil {
			return invalid("survey", "cannot be used: "+err.Error())
		}
	}
	return nil
}

// EvidenceID names a piece of evidence within the library.
type EvidenceID string

// Evidence is a document that proves something, held by reference.
type Evidence struct {
	ID        EvidenceID `json:"id"`
	Kind      string     `json:"kind"` // of its ProofItem
	Name      string     `json:"name"` // of the file, for people
	MediaType string     `json:"media_type"`
	Size      int64      `json:"size"`   // in bytes
	SHA256    string     `json:"sha256"` // 64 lower-case hexadecimal digits
	Ref       string     `json:"ref"`    // where the host keeps it
	AddedAt   time.Time  `json:"added_at"`
}

// LogValue hides the name of the file, which can be a person's.
func (e Evidence) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(e.ID)), slog.String("kind", e.Kind), slog.Int64("size", e.Size))
}

// CheckName returns the *InvalidError of a file name that cannot be used.
func CheckName(name string) error {
	if problem := text.Line(name, 255); problem != "" {
		return invalid("evidence.name", problem)
	}
	if strings.Trim(strings.TrimSpace(name), ".") == "" || len(name) > 255 || strings.ContainsAny(name, `/\`+string(unicode.ReplacementChar)) {
		return invalid("evidence.name", "has to be 1 to 255 bytes of UTF-8, with more than blanks and dots, and without slashes")
	}
	return nil
}

// CheckEvidence returns why the claim does not take such a document, an
// *InvalidError, or nil. It looks at everything but the ID, the reference and the
// hash.
func (s State) CheckEvidence(e Evidence) error {
	p, err := s.Item(e.Kind)
	if err != nil {
		return err
	}
	if err := CheckName(e.Name); err != nil {
		return err
	}
	if _, err := s.Survey(p.Kind); err == nil {
		return invalid("evidence.kind", fmt.Sprintf("is %q, which is a survey: send it to its contact instead", p.Kind))
	}
	switch {
	case s.count(p) >= MaxDocuments:
		return invalid("evidence.kind", fmt.Sprintf("is %q, of which there are %d: remove one first", p.Kind, MaxDocuments))
	case !isMediaType(e.MediaType):
		return invalid("evidence.media_type", fmt.Sprintf("is %.60q: write it as in \"application/pdf\"", e.MediaType))
	case len(p.MediaTypes) > 0 && !slices.Contains(p.MediaTypes, e.MediaType):
		return invalid("evidence.media_type", fmt.Sprintf("is %q: the %s can be one of %q", e.MediaType, p.Title, p.MediaTypes))
	case e.Size <= 0:
		return invalid("evidence.size", "is not positive: an empty file proves nothing")
	case e.Size > p.Limit():
		return invalid("evidence.size", fmt.Sprintf("is %d bytes: the %s can have at most %d", e.Size, p.Title, p.Limit()))
	}
	return nil
}

// isMediaType reports whether s is a type and a subtype in lower case, without
// parameters.
func isMediaType(s string) bool {
	kind, sub, ok := strings.Cut(s, "/")
	return ok && len(s) <= 127 && isMediaName(kind) && isMediaName(sub)
}

func isMediaName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+") == ""
}

// Item returns the item of the claim's proof with that kind, or an *InvalidError.
func (s State) Item(kind string) (ProofItem, error) {
	for _, p := range s.Proof {
		if p.Kind == kind {
			return p, nil
		}
	}
	return ProofItem{}, invalid("evidence.kind", fmt.Sprintf("is %.60q, which the engagement does not ask for: use one of %q", kind, s.kinds()))
}

func (s State) kinds() []string {
	kinds := make([]string, len(s.Proof))
	for i, p := range s.Proof {
		kinds[i] = p.Kind
	}
	return kinds
}

// Missing is a required item that a claim lacks.
type Missing struct {
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Survey bool   `json:"survey,omitzero"` // that has not been answered
	Wanted int    `json:"wanted"`
	Found  int    `json:"found"`
}

// In says it in a language, in one line.
func (m Missing) In(w words.Words) string {
	w = w.Of(words.GroupErrors)
	key := words.Key("missing.some")
	switch {
	case m.Survey:
		key = "missing.survey"
	case m.Wanted == 1:
		key = "missing.one"
	}
	return w.Text(key, words.Values{"proof": w.Own(m.Title), "found": fmt.Sprint(m.Found), "wanted": fmt.Sprint(m.Wanted)})
}

// String says it in the library's English.
func (m Missing) String() string { return m.In(words.Words{}) }

// Missing returns every required item that the claim lacks, in the order of its
// Proof.
func (s State) Missing() []Missing {
	var out []Missing
	for _, p := range s.Proof {
		if !p.Required {
			continue
		}
		m := Missing{Kind: p.Kind, Title: p.Title, Wanted: p.needed(), Found: s.count(p)}
		if m.Found < m.Wanted {
			_, notSurvey := s.Survey(p.Kind)
			m.Survey = notSurvey == nil
			out = append(out, m)
		}
	}
	return out
}

// count returns how many documents, or answered surveys, there are of an item.
func (s State) count(p ProofItem) int {
	n := 0
	for _, e := range s.Evidence {
		if e.Kind == p.Kind {
			n++
		}
	}
	for _, v := range s.Surveys {
		if v.Kind == p.Kind && v.Status == survey.StatusDone {
			n++
		}
	}
	return n
}
