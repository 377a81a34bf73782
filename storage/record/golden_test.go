package record_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/record"
	"github.com/partnerengage/partnerengage/tenant"
)

var add = flag.Bool("add", false, "keep rows that testdata does not have yet")

// renamed are fields of the domain that have another name since rows with them were
// kept: from the one that they have now to the one that testdata has.
var renamed = map[string]string{}

// kind is a kind of row, for the tests that go over all of them.
type kind struct {
	name    string // of its files in testdata
	message string
	samples map[string]any // rows worth keeping
	decode  func(body []byte) (v any, err error)
	encode  func(v any) ([]byte, error)
}

func kindOf[T record.Value](name, message string, samples map[string]any) kind {
	samples["filled"] = filled[T]()
	return kind{
		name: name, message: message, samples: samples,
		decode: func(body []byte) (any, error) { return record.Decode[T](body) },
		encode: func(v any) ([]byte, error) { return record.Encode(v.(T)) },
	}
}

func kinds(t testing.TB) []kind {
	note := filled[engagement.Event]()
	note.Format, note.From, note.To, note.Detail = engagement.FormatNote, "eligible", "ineligible", engagement.Detail{}
	nobody := engagement.Event{Person: &engagement.Person{Salt: "salt", Contacts: []tenant.Email{}}}
	return []kind{
		kindOf[engagement.Participation]("participation", "Participation", map[string]any{"draft": draft(t), "paid": paid(t)}),
		kindOf[engagement.Customer]("customer", "Customer", map[string]any{}),
		kindOf[engagement.Event]("event", "Event", map[string]any{"note": note, "nobody": nobody}),
		kindOf[engagement.Message]("message", "Message", map[string]any{}),
		kindOf[engagement.Evaluation]("evaluation", "Evaluation", map[string]any{}),
		kindOf[engagement.Elsewhere]("elsewhere", "Elsewhere", map[string]any{}),
		kindOf[storage.CommandRecord]("command", "CommandRecord", map[string]any{}),
		kindOf[storage.Sending]("sending", "Sending", map[string]any{}),
	}
}

// kept returns the rows of a kind in testdata, by the names of their files.
func kept(t testing.TB, k kind) map[string][]byte {
	names, err := filepath.Glob(filepath.Join("testdata", k.name+"-*.bin"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// What was stored once is read as what it was, for good. Rows are only ever added to
// testdata; a field that no row there has is missing.
func TestGoldens(t *testing.T) {
	missing := map[string]bool{}
	for _, m := range schema {
		for _, f := range m.Fields {
			missing[m.Name+"."+f.Name] = true
		}
	}
	for _, k := range kinds(t) {
		if *add {
			keep(t, k)
		}
		rows := kept(t, k)
		for what := range k.samples {
			if !slices.ContainsFunc(mapKeys(rows), func(name string) bool { return strings.Contains(name, k.name+"-"+what+"-") }) {
				t.Errorf("no row %s-%s was kept: add it with -add", k.name, what)
			}
		}
		for name, body := range rows {
			v, err := k.decode(body)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".bin") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), dump(v)); d != "" {
				t.Errorf("%s is read otherwise:\n%s", name, d)
			}
			if again, err := k.encode(v); err != nil || !bytes.Equal(again, body) {
				t.Errorf("%s is written otherwise: %v", name, err)
			}
			within(k.message, body, func(message string, body []byte) []byte {
				for _, p := range parts(message, body) {
					delete(missing, message+"."+p.field.Name)
				}
				return body
			})
		}
	}
	for field := range missing {
		t.Errorf("no row with %s was kept: add one with -add", field)
	}
}

// keep writes the samples of which testdata has none, and a filled one that has more
// fields than those which are there.
func keep(t *testing.T, k kind) {
	for what, v := range k.samples {
		body, err := k.encode(v)
		if err != nil {
			t.Fatal(err)
		}
		n := 1
		name := func() string { return filepath.Join("testdata", fmt.Sprintf("%s-%s-%d", k.name, what, n)) }
		full := false
		for ; exists(name() + ".bin"); n++ {
			there, err := os.ReadFile(name() + ".bin")
			if err != nil {
				t.Fatal(err)
			}
			full = full || what != "filled" || shape(k, there) == shape(k, body)
		}
		if full {
			continue
		}
		for ending, data := range map[string][]byte{".bin": body, ".txt": []byte(dump(v))} {
			if err := os.WriteFile(name()+ending, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func exists(name string) bool { _, err := os.Stat(name); return err == nil }

// shape is which fields a row has.
func shape(k kind, body []byte) string {
	var names []string
	within(k.message, body, func(message string, body []byte) []byte {
		for _, p := range parts(message, body) {
			names = append(names, message+"."+p.field.Name)
		}
		return body
	})
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

func mapKeys(m map[string][]byte) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// dump writes a value one field a line, without those that are zero.
func dump(v any) string {
	var b strings.Builder
	dumpValue(&b, "", reflect.ValueOf(v))
	return b.String()
}

var indexes = regexp.MustCompile(`\[[^]]*\]`)

func dumpValue(b *strings.Builder, path string, v reflect.Value) {
	line := func(what any) {
		if old, ok := renamed[indexes.ReplaceAllString(path, "")]; ok {
			path = old
		}
		fmt.Fprintf(b, "%s = %v\n", strings.TrimPrefix(path, "."), what)
	}
	if v.IsZero() && v.Kind() != reflect.String {
		return
	}
	switch x := v.Interface().(type) {
	case time.Time:
		line(x.Format(time.RFC3339Nano))
		return
	case eligibility.Decision:
		dumpValue(b, path+".RuleSet", reflect.ValueOf(x.RuleSet))
		dumpValue(b, path+".Version", reflect.ValueOf(x.Version))
		dumpValue(b, path+".At", reflect.ValueOf(x.At))
		dumpValue(b, path+".Outcome", reflect.ValueOf(x.Outcome))
		dumpValue(b, path+".Findings", reflect.ValueOf(x.Findings()))
		for name, value := range x.Facts.Values() {
			fmt.Fprintf(b, "%s.Facts[%s] = %T %v\n", strings.TrimPrefix(path, "."), name, value, value)
		}
		return
	case fmt.Stringer:
		if v.Kind() != reflect.String {
			line(x.String())
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		if v.Len() > 0 || strings.HasSuffix(path, "]") {
			line(fmt.Sprintf("%q", v.String()))
		}
	case reflect.Pointer:
		dumpValue(b, path, v.Elem())
	case reflect.Array:
		line(fmt.Sprintf("%x", v.Interface()))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			line(fmt.Sprintf("%x", v.Interface()))
			return
		}
		for i := range v.Len() {
			dumpValue(b, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			dumpValue(b, fmt.Sprintf("%s[%s]", path, k), v.MapIndex(k))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			dumpValue(b, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	default:
		line(v.Interface())
	}
}
