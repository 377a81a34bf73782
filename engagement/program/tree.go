package program

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// place is where something stands in a document: its file and its JSON pointer.
type place struct{ file, pointer string }

var escaped = strings.NewReplacer("~", "~0", "/", "~1")

// member is the place of a member of the object here.
func (p place) member(name string) place {
	return place{p.file, p.pointer + "/" + escaped.Replace(name)}
}

// element is the place of an element of the list here.
func (p place) element(i int) place {
	return place{p.file, p.pointer + "/" + strconv.Itoa(i)}
}

// within is the place that a field or path of another package leads to from here:
// "rates[0].amount", or `translations["Calls"].pt-PT`.
func (p place) within(path string) place {
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, `["`):
			quoted, err := strconv.QuotedPrefix(path[1:])
			if err != nil {
				return p
			}
			name, _ := strconv.Unquote(quoted)
			p, path = p.member(name), strings.TrimPrefix(path[1+len(quoted):], "]")
		case path[0] == '[':
			index, rest, _ := strings.Cut(path[1:], "]")
			p, path = p.member(index), rest
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			p, path = p.member(path[:end]), path[end:]
		}
	}
	return p
}

// covers reports whether q is p, or within it.
func (p place) covers(q place) bool {
	return p.file == q.file && (p.pointer == q.pointer || strings.HasPrefix(q.pointer, p.pointer+"/"))
}

// longestDocument is how many bytes one file may have.
const longestDocument = 64 << 20

// cleaned returns a file without its byte-order mark, or what is wrong with it as a
// whole.
func cleaned(data []byte) (out []byte, problem string) {
	switch {
	case len(data) > longestDocument:
		return nil, fmt.Sprintf("has %d bytes, and at most %d are read: split it into several files", len(data), longestDocument)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, "is UTF-16: save it as UTF-8"
	case !utf8.Valid(data):
		return nil, "is not UTF-8: save it in that encoding"
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors put one before a text
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return nil, notJSON(data, err)
	}
	return data, ""
}

func notJSON(data []byte, err error) string {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return "is not JSON: " + err.Error()
	}
	before := data[:min(max(0, int(syntax.Offset)-1), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("is not JSON: line %d, column %d: %s", line, column, syntax)
}

// member is one of an object, as it is written.
type member struct {
	name string
	raw  json.RawMessage
}

// members returns those of an object in their order, also those that are there twice;
// false if it is no object. What it reads is JSON.
func members(raw []byte) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, _ := d.Token(); t != json.Delim('{') {
		return nil, false
	}
	var out []member
	for d.More() {
		name, _ := d.Token()
		m := member{name: name.(string)}
		if err := d.Decode(&m.raw); err != nil {
			return nil, false
		}
		out = append(out, m)
	}
	return out, true
}

// elements returns those of a list, false if it is none. What it reads is JSON.
func elements(raw []byte) ([]json.RawMessage, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, _ := d.Token(); t != json.Delim('[') {
		return nil, false
	}
	out := []json.RawMessage{}
	for d.More() {
		var e json.RawMessage
		if err := d.Decode(&e); err != nil {
			return nil, false
		}
		out = append(out, e)
	}
	return out, true
}

// kindOf says what a JSON value is.
func kindOf(raw []byte) string {
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
