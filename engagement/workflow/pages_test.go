package workflow_test

import (
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// searchRows are the rows of the first page that a search finds.
func searchRows(desk *workflow.Service, actor workflow.Actor, text string, limit int) ([]workflow.Row, error) {
	page, err := desk.Customers.Search(background, actor, workflow.SearchQuery{Search: text, Limit: limit})
	return page.Rows, err
}

// attentionRows are the rows of the first page of what the partner has to do.
func attentionRows(desk *workflow.Service, actor workflow.Actor, limit int) ([]workflow.Row, error) {
	page, err := desk.Customers.NeedingAttention(background, actor, workflow.AttentionQuery{Limit: limit})
	return page.Rows, err
}

// bare are rows without what is said of them in words.
func bare(rows []workflow.Row) []engagement.Row {
	out := make([]engagement.Row, len(rows))
	for i, r := range rows {
		out[i] = r.Row
	}
	return out
}
