package tenant

import (
	"encoding/hex"
	"strings"
)

// parseGUID reads a GUID in any of its usual spellings as the ID of a thing. Its
// errors are of the field.
func parseGUID(s, field, thing string) ([16]byte, error) {
	text := trim(s)
	if text == "" {
		return [16]byte{}, malformed(field, "a "+thing+" ID is needed")
	}
	if n := len(text); n > 2 && (text[0] == '{' && text[n-1] == '}' || text[0] == '(' && text[n-1] == ')') {
		text = text[1 : n-1]
	} else if urn := len("urn:uuid:"); n > urn && strings.EqualFold(text[:urn], "urn:uuid:") {
		text = text[urn:]
	}
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	var guid [16]byte
	isGUID := len(text) == 2*len(guid)
	if isGUID {
		_, err := hex.Decode(guid[:], []byte(text))
		isGUID = err == nil
	}
	switch {
	case !isGUID:
		return [16]byte{}, malformed(field, quote(s)+" is not a GUID; one looks like 3f2504e0-4f89-41d3-9a0c-0305e82c3301")
	case guid == [16]byte{}:
		return [16]byte{}, malformed(field, "the GUID of zeros names no "+thing)
	}
	return guid, nil
}

// formatGUID returns the canonical spelling, or "" for the GUID of zeros.
func formatGUID(guid [16]byte) string {
	if guid == ([16]byte{}) {
		return ""
	}
	b := make([]byte, 0, 36)
	for i, part := range [][]byte{guid[:4], guid[4:6], guid[6:8], guid[8:10], guid[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return string(b)
}
