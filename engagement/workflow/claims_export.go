package workflow

import (
	"cmp"
	"context"
	"errors"
	"io"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Export writes every claim that the query finds as CSV, in the form of
// [CustomersDesk.Export]. It returns what [ClaimsDesk.List] returns, or the error of
// writing.
func (d *ClaimsDesk) Export(ctx context.Context, actor Actor, query ClaimsQuery, to io.Writer, opts *CSVOptions) error {
	s := d.s
	query.Limit, query.Cursor = maxLimit, ""
	in := s.sheet(opts)
	w, err := csvWriter(to, opts)
	if err != nil {
		return err
	}
	if err := w.Write(in.header(claimColumns)); err != nil {
		return err
	}
	var offered []engagement.Engagement
	if in.inWords {
		if offered, err = s.engagements(ctx); err != nil {
			return err
		}
	}
	var left error
	for row, err := range s.Claims.All(ctx, actor, query) {
		if errors.Is(err, storage.ErrUnreadable) {
			left = err
			break // it is the last
		}
		if err != nil {
			return err
		}
		in.Words = engagementOf(offered, row.Engagement).In(in.Words)
		if err := w.Write(in.cells(claimColumns, row)); err != nil {
			return err
		}
	}
	w.Flush()
	return cmp.Or(w.Error(), left)
}
