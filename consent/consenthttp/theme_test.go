package consenthttp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent/consenthttp"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/consent/words"
)

var brand = words.Brand{
	Name: "Contoso Partners <Lda.>", Logo: words.Image{MediaType: "image/png", Data: []byte("\x89PNG\r\n\x1a\nnot much")},
	Accent: "#7a1fa2", ImprintURL: notices[0], PrivacyURL: notices[1],
	Note: words.Text{"en": "You are asked because a partner named you.\nContoso, Lisbon", "pt-PT": "Recebeu este pedido porque um parceiro o indicou."},
}

func themed(t *testing.T, b words.Brand) *words.Theme {
	t.Helper()
	theme, err := words.NewTheme(b)
	if err != nil {
		t.Fatal(err)
	}
	return theme
}

// A page shows the host's name or logo, its note and notices in the page's language,
// and its colours, and still loads nothing and runs nothing.
func TestTheme(t *testing.T) {
	for _, language := range []link.Language{"en", "pt"} {
		d := newDesk(language)
		w := get(consenthttp.New(d, &consenthttp.Options{Theme: themed(t, brand)}), pathOf(d.token))
		page := w.Body.String()
		checkHTML(t, page)
		compare(t, "theme_"+string(language), page)
		policy := policyOf(t, w)
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "img-src data:;") {
			t.Errorf("the policy is %s", policy)
		}
		if !strings.Contains(page, ":root{--act:#7a1fa2;--on:#ffffff}") {
			t.Errorf("no colours in\n%s", page)
		}
	}
	plain := brand
	plain.Logo = words.Image{}
	d := newSurveyDesk("en")
	w := get(consenthttp.NewSurvey(d, &consenthttp.Options{Theme: themed(t, plain)}), "/survey/"+d.token.Secret())
	if page := w.Body.String(); !strings.Contains(page, "<header><bdi>Contoso Partners &lt;Lda.&gt;</bdi></header>") || strings.Contains(policyOf(t, w), "img-src") {
		t.Errorf("a survey without a logo: %s\n%s", policyOf(t, w), page)
	}
}

// policyOf returns the policy of a page, which names the very style that it has.
func policyOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	_, style, _ := strings.Cut(w.Body.String(), "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	policy := w.Header().Get("Content-Security-Policy")
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) {
		t.Errorf("the policy %s does not allow the style, %s", policy, hash)
	}
	return policy
}
