package consent

import (
	"context"
	"log/slog"
	"strings"
	"unicode"
)

// Client is where an answer came from, as far as a host chooses to keep it. Both
// fields are personal data, and are erased with the person who answered. The zero
// Client is nothing. It hides itself in structured logs.
type Client struct {
	Address string `json:"address,omitempty"` // of the network, such as "192.0.2.1"
	Agent   string `json:"agent,omitempty"`   // as the browser names itself
}

// IsZero reports whether nothing is kept.
func (c Client) IsZero() bool { return c == Client{} }

// LogValue hides both.
func (c Client) LogValue() slog.Value { return slog.StringValue("[client]") }

// What is kept of a client is short, and shows.
const (
	longestAddress = 64
	longestAgent   = 300
)

func (c Client) kept() Client {
	return Client{Address: cut(c.Address, longestAddress), Agent: cut(c.Agent, longestAgent)}
}

func cut(text string, most int) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "")))
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most])
	}
	return text
}

type clientKey struct{}

// WithClient returns a context in which an answer is recorded with its client.
func WithClient(ctx context.Context, c Client) context.Context {
	return context.WithValue(ctx, clientKey{}, c)
}

// ClientOf returns the client of [WithClient], or the zero one.
func ClientOf(ctx context.Context) Client {
	c, _ := ctx.Value(clientKey{}).(Client)
	return c
}
