package criteria

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// node is a JSON value that knows where in the document it is.
type node struct {
	path  string
	value any    // nil, bool, json.Number, string, []node or object
	raw   []byte // as it is in the document
}

// object has its members in the order of the document.
type object []member

type member struct {
	name  string
	value node
}

// mostNested is how deep lists and objects may go into each other; nobody can
// follow a rule that goes deeper.
const mostNested = 32

// longestDocument is how many bytes a document may have: more than anybody writes,
// and little enough to be read at once.
const longestDocument = 4 << 20

// parse reads one JSON value and nothing behind it. Unlike encoding/json it
// refuses a field that is there twice and what is not UTF-8.
func parse(data []byte) (node, error) {
	switch {
	case len(data) > longestDocument:
		return node{}, &DocumentError{Problem: fmt.Sprintf("has %d bytes, and at most %d are read: split it", len(data), longestDocument)}
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return node{}, &DocumentError{Problem: "is UTF-16: save it as UTF-8"}
	case !utf8.Valid(data):
		return node{}, &DocumentError{Problem: "is not UTF-8: save it in that encoding"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors put a byte-order mark before a text
	// The decoder below would find every fault too, but not say where.
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		return node{}, &DocumentError{Problem: notJSON(data, err)}
	}
	p := parser{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	p.dec.UseNumber()
	return p.value("", 0)
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

type parser struct {
	data []byte
	dec  *json.Decoder
}

func (p *parser) value(path string, depth int) (node, error) {
	start := p.dec.InputOffset()
	n := node{path: path}
	t, err := p.dec.Token()
	if err != nil {
		return n, &DocumentError{Path: path, Problem: "is not JSON: " + err.Error()}
	}
	if depth > mostNested {
		return n, &DocumentError{Path: path, Problem: fmt.Sprintf("is nested more than %d deep: split the rule", mostNested)}
	}
	switch t {
	case json.Delim('['):
		n.value, err = p.list(path, depth)
	case json.Delim('{'):
		n.value, err = p.object(path, depth)
	default:
		n.value = t
	}
	n.raw = bytes.TrimLeft(p.data[start:p.dec.InputOffset()], ":, \t\r\n")
	return n, err
}

func (p *parser) list(path string, depth int) ([]node, error) {
	items := []node{}
	for p.dec.More() {
		item, err := p.value(path+"["+strconv.Itoa(len(items))+"]", depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := p.dec.Token()
	return items, err
}

func (p *parser) object(path string, depth int) (object, error) {
	members := object{}
	seen := map[string]bool{}
	for p.dec.More() {
		t, err := p.dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		at := join(path, name)
		if seen[name] {
			return nil, &DocumentError{Path: at, Problem: "is there twice: keep one"}
		}
		seen[name] = true
		value, err := p.value(at, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, value})
	}
	_, err := p.dec.Token()
	return members, err
}

func (o object) get(name string) (node, bool) {
	for _, m := range o {
		if m.name == name {
			return m.value, true
		}
	}
	return node{}, false
}

// join appends a field's name to a path.
func join(path, name string) string {
	name = short(name)
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`.[]"`, r) }):
		return path + "[" + strconv.Quote(name) + "]"
	case path == "":
		return name
	default:
		return path + "." + name
	}
}

// text returns the node's text, or says that it should be one, what for.
func (n node) text(what string) (string, error) {
	if s, ok := n.value.(string); ok {
		return s, nil
	}
	return "", n.wrongType("a text, " + what)
}

func (n node) wrongType(wanted string) error {
	return &DocumentError{Path: n.path, Problem: "is " + n.typeName() + ", and has to be " + wanted}
}

func (n node) typeName() string {
	switch n.value.(type) {
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case string:
		return "a text"
	case []node:
		return "a list"
	case object:
		return "an object"
	default:
		return "null"
	}
}
