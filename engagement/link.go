package engagement

import (
	"net/url"

	"github.com/partnerengage/partnerengage/internal/text"
)

// Resource is something to read about an engagement.
type Resource struct {
	Title string `json:"title"`
	URL   string `json:"url"` // https
}

// checkLink says what is wrong with an address to which people are sent, or nothing.
func checkLink(link string) string {
	const longest = 2000
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || text.Line(link, longest) != "" {
		return "is no address that people can be sent to: use one that begins with https:// and has a host"
	}
	return ""
}
