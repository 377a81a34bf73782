package consent_test

import (
	"context"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/consent"
)

// A client travels with the context of its answer, and hides itself in logs.
func TestClient(t *testing.T) {
	client := consent.Client{Address: "192.0.2.1", Agent: "Browser"}
	if got := consent.ClientOf(consent.WithClient(context.Background(), client)); got != client {
		t.Errorf("the client is %+v", got)
	}
	if got := consent.ClientOf(context.Background()); !got.IsZero() {
		t.Errorf("no client is %+v", got)
	}
	if text := client.LogValue().String(); strings.Contains(text, "192") || strings.Contains(text, "Browser") {
		t.Errorf("the log says %q", text)
	}
}
