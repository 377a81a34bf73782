package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/engagement/relay/webhook"
)

// The signature is that of the libraries of Standard Webhooks: their own test vector.
func TestVerify(t *testing.T) {
	secret, err := webhook.ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	ok(t, err)
	const signature, body = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", `{"test": 2432232314}`
	at := time.Unix(1614265330, 0)
	for _, try := range []struct {
		what, id, timestamp, signature, body string
		now                                  time.Time
		secrets                              []webhook.Secret
		good                                 bool
	}{
		{"as it is", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body, at, []webhook.Secret{secret}, true},
		{"one of several", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1a,xx v1,AAAA " + signature, body, at.Add(4 * time.Minute), []webhook.Secret{webhook.NewSecret(), secret}, true},
		{"another body", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body + " ", at, []webhook.Secret{secret}, false},
		{"another ID", "msg_p5jXN8AQM9LWM0D4loKWxJel", "1614265330", signature, body, at, []webhook.Secret{secret}, false},
		{"another time", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265331", signature, body, at, []webhook.Secret{secret}, false},
		{"another secret", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body, at, []webhook.Secret{webhook.NewSecret()}, false},
		{"no secret", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body, at, []webhook.Secret{{}}, false},
		{"too late", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body, at.Add(6 * time.Minute), []webhook.Secret{secret}, false},
		{"too early", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature, body, at.Add(-6 * time.Minute), []webhook.Secret{secret}, false},
		{"unsigned", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "", body, at, []webhook.Secret{secret}, false},
		{"no time", "msg_p5jXN8AQM9LWM0D4loKWxJek", "", signature, body, at, []webhook.Secret{secret}, false},
	} {
		h := http.Header{}
		h.Set("webhook-id", try.id)
		h.Set("webhook-timestamp", try.timestamp)
		h.Set("webhook-signature", try.signature)
		if err := webhook.Verify(h, []byte(try.body), try.now, try.secrets...); (err == nil) != try.good {
			t.Errorf("%s: %v", try.what, err)
		}
	}
}

// A secret can be kept and read again, and stands in no log, print or JSON.
func TestSecret(t *testing.T) {
	secret := webhook.NewSecret()
	again, err := webhook.ParseSecret(secret.Reveal())
	if err != nil || again != secret || secret == webhook.NewSecret() {
		t.Errorf("%v", err)
	}
	var shown bytes.Buffer
	e := webhook.Endpoint{Name: "crm", URL: "https://crm.example/hook?token=hunter2", Secrets: []webhook.Secret{secret}}
	fmt.Fprintf(&shown, "%v %+v %#v %s", secret, []webhook.Secret{secret}, secret, secret)
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("x", "secret", secret, "endpoint", e)
	ok(t, json.NewEncoder(&shown).Encode(secret))
	if key := secret.Reveal()[6:20]; strings.Contains(shown.String(), key) || strings.Contains(shown.String(), "hunter2") {
		t.Errorf("it shows: %s", shown.String())
	}
	for _, bad := range []string{"", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + strings.Repeat("AAAA", 30), "whsec_!"} {
		if _, err := webhook.ParseSecret(bad); err == nil || len(bad) > 6 && strings.Contains(err.Error(), bad[6:]) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
