package record_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/partnerengage/partnerengage/storage/record"
)

// record.proto has the messages and the fields that are written, and no others: who
// renames, renumbers or adds one has to do it there, too.
func TestTheSchemaIsWhatIsWritten(t *testing.T) {
	text, err := os.ReadFile("record.proto")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(messagesIn(string(text)), record.Schema()); d != "" {
		t.Errorf("record.proto says -, the package writes +:\n%s", d)
	}
}

var (
	messageLine = regexp.MustCompile(`^message (\w+) \{$`)
	oneofLine   = regexp.MustCompile(`^  oneof (\w+) \{$`)
	fieldLine   = regexp.MustCompile(`^ +(repeated |optional )?([\w<>, ]+) (\w+) = (\d+);( //.*)?$`)
)

func messagesIn(proto string) []record.Message {
	var all []record.Message
	oneof := ""
	for line := range strings.Lines(proto) {
		line = strings.TrimSuffix(line, "\n")
		if m := messageLine.FindStringSubmatch(line); m != nil {
			all = append(all, record.Message{Name: m[1]})
		} else if m := oneofLine.FindStringSubmatch(line); m != nil {
			oneof = m[1]
		} else if m := fieldLine.FindStringSubmatch(line); m != nil {
			last := &all[len(all)-1]
			number, _ := strconv.Atoi(m[4])
			last.Fields = append(last.Fields, record.Field{
				Number: number, Name: m[3], Type: m[2], Repeated: m[1] == "repeated ", Optional: m[1] == "optional ", OneOf: oneof,
			})
		} else if line == "  }" {
			oneof = ""
		}
	}
	return all
}

// Numbers go up, since fields are read in their order, and no name is there twice.
func TestFieldsStandInOrder(t *testing.T) {
	for _, m := range record.Schema() {
		names := map[string]bool{}
		for i, f := range m.Fields {
			if f.Number <= 0 || i > 0 && f.Number <= m.Fields[i-1].Number || names[f.Name] {
				t.Errorf("%s.%s has number %d, behind one that is not smaller, or its name is there twice", m.Name, f.Name, f.Number)
			}
			names[f.Name] = true
		}
	}
}
