package evidence_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func TestCheckKey(t *testing.T) {
	for _, key := range []string{
		"a", "Z", "0", "-", "_", "a.", "a..b", "northwind/claim-1/Report_2.pdf", "-rf", "CON",
		strings.Repeat("a", 200), strings.Repeat("a/", 99) + "aa",
	} {
		if err := evidence.CheckKey(key); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
	for key, problem := range map[string]string{
		"":                         "it is empty",
		strings.Repeat("a", 201):   "it has 201 bytes",
		"/":                        "a segment is empty",
		"/etc/passwd":              "a segment is empty",
		"a/":                       "a segment is empty",
		"a//b":                     "a segment is empty",
		".":                        `the segment "." begins with '.'`,
		"..":                       `the segment ".." begins with '.'`,
		"../../etc/passwd":         `the segment ".." begins with '.'`,
		"a/../../b":                `the segment ".." begins with '.'`,
		"a/./b":                    `the segment "." begins with '.'`,
		".put-X":                   `the segment ".put-X" begins with '.'`,
		"a/.ssh/authorized_keys":   `the segment ".ssh" begins with '.'`,
		`..\..\windows`:            "begins with '.'",
		`a\b`:                      `it has '\\'`,
		"C:/windows":               "it has ':'",
		"a b":                      "it has ' '",
		"a\x00.pdf":                `it has '\x00'`,
		"a\r\nb":                   `it has '\r'`,
		"relatório.pdf":            "it has 'ó'",
		"a\u2215b":                 "it has '∕'", // looks like a slash
		"a\u202efdp.exe":           `it has '\u202e'`,
		"\xff":                     "it has '\ufffd'",
		"%2e%2e/a":                 "it has '%'",
		"a+":                       "it has '+'",
		"a?versionId=1":            "it has '?'",
		"a*":                       "it has '*'",
		"~root/a":                  "it has '~'",
		"$HOME/a":                  "it has '$'",
		"a;rm":                     "it has ';'",
		strings.Repeat("../", 100): "it has 300 bytes",
	} {
		err := evidence.CheckKey(key)
		refused, ok := errors.AsType[*evidence.KeyError](err)
		if !ok || refused.Key != key || !strings.Contains(refused.Problem, problem) || !errors.As(err, new(*evidence.KeyError)) {
			t.Errorf("%q: got %v, want a problem with %q", key, err, problem)
			continue
		}
		if text := err.Error(); len(text) > 400 || strings.ContainsAny(text, "\r\n\x00") {
			t.Errorf("%q: the error %q is not for one line", key, text)
		}
	}
}

// FuzzKey shows that a content is in one file below the folder, with a name that
// every file system takes, if its key passes CheckKey; and nowhere if not.
func FuzzKey(f *testing.F) {
	for _, key := range []string{
		"a", "a/b", "A/b.C", "northwind/claim-1/Report_2.pdf", "a.", "a..b/c", "-", "CON/nul",
		strings.Repeat("Aa", 100), strings.Repeat("a/", 99) + "aa",
		"", "/", "/etc/passwd", "..", "../a", "a/../../b", "a//b", "a/", "./a", ".put-a", "a/.put-a",
		`..\a`, "C:a", "a\x00b", "a\nb", "\xff", "a\u2215b", "a+", strings.Repeat("a", 201), strings.Repeat("../", 60) + "etc/passwd",
	} {
		f.Add(key)
	}
	outer := f.TempDir()
	dir, err := evidence.NewDir(filepath.Join(outer, "evidence"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { dir.Close() })
	f.Fuzz(func(t *testing.T, key string) {
		refused := evidence.CheckKey(key)
		err := dir.Put(t.Context(), key, strings.NewReader(key))
		switch {
		case (err != nil) != (refused != nil):
			t.Fatalf("CheckKey returns %v and Put %v", refused, err)
		case err != nil:
			if all := files(t, outer); len(all) != 0 {
				t.Fatalf("a refused key leaves %q", all)
			}
			return
		}
		all := files(t, outer)
		if len(all) != 1 || !strings.HasPrefix(all[0], "evidence/") || all[0] != strings.ToLower(all[0]) {
			t.Fatalf("it is in %q", all)
		}
		for name := range strings.SplitSeq(all[0], "/") {
			if len(name) > 255 {
				t.Fatalf("%q is too long for a file's name", name)
			}
		}
		content, err := dir.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer content.Close()
		if got, err := io.ReadAll(content); err != nil || string(got) != key {
			t.Fatalf("it has %q: %v", got, err)
		}
		if err := dir.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if left, err := os.ReadDir(filepath.Join(outer, "evidence")); err != nil || len(left) != 0 {
			t.Fatalf("after Delete there is %v: %v", left, err)
		}
	})
}

// files returns the paths of all that is below a folder and not a folder.
func files(t *testing.T, folder string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
