package words

import (
	"strings"

	"github.com/partnerengage/partnerengage/internal/text"
)

// Plain returns a name as it may stand in a mail without being taken for anything
// else: short, on one line, without quotation marks or invisible characters, and so
// that no mail program makes a link of it.
func Plain(name string) string {
	return strings.TrimSuffix(strings.TrimPrefix(text.Quote(name), "“"), "”")
}
