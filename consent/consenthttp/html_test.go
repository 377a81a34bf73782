package consenthttp_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// notices are the addresses in the footer of pages with a theme.
var notices = []string{"https://vendor.example/legal", "https://vendor.example/privacy"}

// checkHTML holds a page to what every page keeps: well formed, in a language, with
// one heading, and nothing in it that runs or loads.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	var open []string
	count := make(map[string]int)
	var ids, refers []string
	void := []string{"meta", "br", "input", "img"}
	known := []string{"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "a", "dl", "dt", "dd", "bdi", "br",
		"small", "time", "section", "div", "ul", "li", "form", "button", "details", "summary",
		"fieldset", "legend", "label", "input", "textarea", "span", "header", "footer", "img"}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) != 0 {
				t.Errorf("never closed: %v", open)
			}
			for _, once := range []string{"html", "title", "main", "h1"} {
				if count[once] != 1 {
					t.Errorf("%d elements %s", count[once], once)
				}
			}
			for _, id := range refers {
				if !slices.Contains(ids, id) {
					t.Errorf("nothing has the ID %s", id)
				}
			}
			return
		case html.StartTagToken:
			token := z.Token()
			count[token.Data]++
			if !slices.Contains(known, token.Data) {
				t.Errorf("an element %s", token.Data)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/") {
					t.Errorf("an attribute %s of %s", a.Key, token.Data)
				}
				fragment, within := strings.CutPrefix(a.Val, "#")
				switch {
				case a.Key == "id" && slices.Contains(ids, a.Val):
					t.Errorf("two elements with the ID %s", a.Val)
				case a.Key == "id":
					ids = append(ids, a.Val)
				case a.Key == "for", a.Key == "aria-describedby":
					refers = append(refers, a.Val)
				case a.Key == "href" && within:
					refers = append(refers, fragment)
				case a.Key == "href" && a.Val != "" && !strings.HasPrefix(a.Val, "mailto:") && !slices.Contains(notices, a.Val):
					t.Errorf("a link to %s", a.Val)
				}
				if a.Key == "lang" && a.Val == "" {
					t.Errorf("an empty language of %s", token.Data)
				}
			}
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			token := z.Token()
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Errorf("</%s> closes %v", token.Data, open)
				return
			}
			open = open[:len(open)-1]
		}
	}
}
