package workflow

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/partnerengage/partnerengage/consent/link"
)

// CSVOptions are what spreadsheets differ in. The zero value is what RFC 4180 and
// most programs want.
type CSVOptions struct {
	Separator     rune // between cells: a comma, a semicolon or a tab; zero: a comma
	ByteOrderMark bool // a mark before the header, by which some spreadsheets know UTF-8
	// Language is in which headings, statuses, actions and the like are said; "": they
	// stand in their documented spellings, for programs, and to-dos and reasons are said in the
	// default language of Options.Words. Times are RFC 3339 in any case.
	Language link.Language
}

// csvWriter returns a writer of records, or an *InputError for a separator that
// cannot be told from what stands in cells.
func csvWriter(to io.Writer, opts *CSVOptions) (*csv.Writer, error) {
	if opts == nil {
		opts = &CSVOptions{}
	}
	w := csv.NewWriter(to)
	w.UseCRLF = true
	switch opts.Separator {
	case 0:
	case ',', ';', '\t':
		w.Comma = opts.Separator
	default:
		return nil, &InputError{Field: "separator", Problem: fmt.Sprintf("is %q: use a comma, a semicolon or a tab", opts.Separator)}
	}
	if opts.ByteOrderMark {
		if _, err := io.WriteString(to, "\ufeff"); err != nil {
			return nil, err
		}
	}
	return w, nil
}
