package stress

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
)

// recordRows are the kinds of row in record's testdata: how they are named there, their
// message, and what reads them.
var recordRows = []struct {
	name    string
	message protoreflect.Name
	again   func([]byte) ([]byte, error) // read and written by package record
}{
	{"participation", "Participation", again[engagement.Participation]},
	{"customer", "Customer", again[engagement.Customer]},
	{"event", "Event", again[engagement.Event]},
	{"message", "Message", again[engagement.Message]},
	{"evaluation", "Evaluation", again[engagement.Evaluation]},
	{"elsewhere", "Elsewhere", again[engagement.Elsewhere]},
	{"command", "CommandRecord", again[storage.CommandRecord]},
	{"sending", "Sending", again[storage.Sending]},
}

func again[T record.Value](row []byte) ([]byte, error) {
	v, err := record.Decode[T](row)
	if err != nil {
		return nil, err
	}
	return record.Encode(v)
}

// recordSchema is record.proto as a compiler of others' reads it.
func recordSchema(t *testing.T) protoreflect.FileDescriptor {
	compiler := protocompile.Compiler{Resolver: &protocompile.SourceResolver{ImportPaths: []string{"../record"}}}
	files, err := compiler.Compile(context.Background(), "record.proto")
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// The schema has the messages and the fields that package record writes, each with that
// number and that type, and no others.
func TestRecordSchema(t *testing.T) {
	file := recordSchema(t)
	messages := record.Schema()
	if got := file.Messages().Len(); got != len(messages) {
		t.Errorf("the schema has %d messages, and %d are written", got, len(messages))
	}
	for _, m := range messages {
		described := file.Messages().ByName(protoreflect.Name(m.Name))
		if described == nil {
			t.Errorf("the schema has no message %s", m.Name)
			continue
		}
		if got := described.Fields().Len(); got != len(m.Fields) {
			t.Errorf("the schema has %d fields of %s, and %d are written", got, m.Name, len(m.Fields))
		}
		for _, f := range m.Fields {
			if got, want := describe(described.Fields().ByNumber(protoreflect.FieldNumber(f.Number))), fmt.Sprintf("%+v", f); got != want {
				t.Errorf("the schema has in %s %s, and written is %s", m.Name, got, want)
			}
		}
	}
}

// describe says of a field what record.Field says.
func describe(f protoreflect.FieldDescriptor) string {
	if f == nil {
		return "no such field"
	}
	out := record.Field{Number: int(f.Number()), Name: string(f.Name()), Type: typeOf(f), Repeated: f.IsList(), Optional: f.HasOptionalKeyword()}
	if f.IsMap() {
		out.Type = fmt.Sprintf("map<%s, %s>", typeOf(f.MapKey()), typeOf(f.MapValue()))
	}
	if o := f.ContainingOneof(); o != nil && !o.IsSynthetic() {
		out.OneOf = string(o.Name())
	}
	return fmt.Sprintf("%+v", out)
}

func typeOf(f protoreflect.FieldDescriptor) string {
	if f.Kind() == protoreflect.MessageKind {
		return string(f.Message().Name())
	}
	return f.Kind().String()
}

// Every kept row is a message of the schema to a library of others': without unknown
// fields, and the same bytes when that library writes it again.
func TestRecordRowsAreMessagesOfTheSchema(t *testing.T) {
	file := recordSchema(t)
	rows := 0
	for _, k := range recordRows {
		names, err := filepath.Glob("../record/testdata/" + k.name + "-*.bin")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			row, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rows++
			m := dynamicpb.NewMessage(file.Messages().ByName(k.message))
			if err := proto.Unmarshal(row, m); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if path := unknownIn(m); path != "" {
				t.Errorf("%s has in %s what is not in the schema", name, path)
			}
			written, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(written, row) {
				t.Errorf("%s is other bytes when another library writes it", name)
			}
			read, err := k.again(written)
			if err != nil || !bytes.Equal(read, row) {
				t.Errorf("%s, written by another library, is not the same value: %v", name, err)
			}
		}
	}
	if rows < len(recordRows) {
		t.Errorf("only %d rows were found", rows)
	}
}

// unknownIn returns where a message has fields that its schema does not have, or "".
func unknownIn(m protoreflect.Message) (path string) {
	if len(m.GetUnknown()) > 0 {
		return string(m.Descriptor().Name())
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				path = path + unknownIn(v.List().Get(i).Message())
			}
		default:
			path = path + unknownIn(v.Message())
		}
		return path == ""
	})
	return path
}

// What a newer version would add, whatever its type, is refused by package record and
// kept by a library of others': the row is a message all the same.
func TestRecordsOfANewerSchema(t *testing.T) {
	file := recordSchema(t)
	row, err := os.ReadFile("../record/testdata/elsewhere-filled-1.bin")
	if err != nil {
		t.Fatal(err)
	}
	newer := protowire.AppendFixed64(protowire.AppendTag(row, 5, protowire.Fixed64Type), math.MaxUint64)
	m := dynamicpb.NewMessage(file.Messages().ByName("Elsewhere"))
	if err := proto.Unmarshal(newer, m); err != nil || unknownIn(m) == "" {
		t.Errorf("it is no message with an unknown field: %v", err)
	}
	if _, err := again[engagement.Elsewhere](newer); err == nil || !strings.Contains(err.Error(), "field 5 of Elsewhere") {
		t.Errorf("it is read: %v", err)
	}
}
