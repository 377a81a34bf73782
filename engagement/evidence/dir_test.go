package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/partnerengage/partnerengage/engagement/evidence"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
)

const key = "northwind/claim-1/Report.pdf"

// newDir returns a store in a new folder, and the folder.
func newDir(t *testing.T) (*evidence.Dir, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "evidence")
	return again(t, folder), folder
}

// again returns a store in a folder that may be in use.
func again(t *testing.T, folder string) *evidence.Dir {
	t.Helper()
	dir, err := evidence.NewDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dir.Close(); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func put(t *testing.T, dir *evidence.Dir, key, content string) {
	t.Helper()
	if err := dir.Put(t.Context(), key, strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
}

// expect checks what is kept under a key.
func expect(t *testing.T, dir *evidence.Dir, key, want string) {
	t.Helper()
	content, err := dir.Open(t.Context(), key)
	if err != nil {
		t.Error(err)
		return
	}
	defer content.Close()
	if got, err := io.ReadAll(content); err != nil || string(got) != want {
		t.Errorf("%s has %q, %v, want %q", key, got, err, want)
	}
}

func TestDirKeepsTheRules(t *testing.T) {
	for _, c := range evidencetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			a, folder := newDir(t)
			if err := c.Run(t.Context(), a, again(t, folder)); err != nil {
				t.Error(err)
			}
			for _, name := range files(t, folder) {
				if strings.Contains(name, ".put-") {
					t.Errorf("%s is left over", name)
				}
			}
		})
	}
}

func TestDirOutlivesItsHandle(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, key, "kept")
	content, err := dir.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	err = dir.Put(t.Context(), "a/b", io.MultiReader(strings.NewReader("under way"), during(func() {
		if err := dir.Close(); err != nil {
			t.Error(err)
		}
	})))
	if err != nil {
		t.Errorf("a Put that is under way when the store is closed returns %v", err)
	}
	if got, err := io.ReadAll(content); err != nil || string(got) != "kept" {
		t.Errorf("a content that is open when the store is closed gives %q, %v", got, err)
	}
	_, opened := dir.Open(t.Context(), key)
	_, swept := dir.Sweep(t.Context(), time.Now())
	for method, err := range map[string]error{
		"Put": dir.Put(t.Context(), key, strings.NewReader("")), "Open": opened, "Delete": dir.Delete(t.Context(), key), "Sweep": swept,
	} {
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("after Close, %s returns %v", method, err)
		}
	}
	next := again(t, folder)
	expect(t, next, key, "kept")
	expect(t, next, "a/b", "under way")
}

// during is an empty content that calls something when it is read.
type during func()

func (f during) Read([]byte) (int, error) {
	f()
	return 0, io.EOF
}

func TestDirNames(t *testing.T) {
	dir, folder := newDir(t)
	for key, name := range map[string]string{
		"a":           "a",
		"A":           "a+8",
		"aB":          "ab+4",
		"abcdE":       "abcde+08",
		"abcD":        "abcd+1",
		"ABCDEF":      "abcdef+fc",
		"Report.PDF":  "report.pdf+81c",
		"a/b":         "a+/b",
		"A/b/C":       "a+8+/b+/c+8",
		"x.y/claim-1": "x.y+/claim-1",
	} {
		put(t, dir, key, key)
		if all := files(t, folder); !slices.Equal(all, []string{name}) {
			t.Errorf("%s is in %q, want %q", key, all, name)
		}
		if err := dir.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDirPermissions(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, "a/b/c", "")
	for name, want := range map[string]fs.FileMode{"": fs.ModeDir | 0o700, "a+": fs.ModeDir | 0o700, "a+/b+": fs.ModeDir | 0o700, "a+/b+/c": 0o600} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.Mode() != want {
			t.Errorf("%q has %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestNewDirRefuses(t *testing.T) {
	outer := t.TempDir()
	if err := os.WriteFile(filepath.Join(outer, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(outer, "file"):          "not a directory",
		filepath.Join(outer, "typo", "store"): "no such file or directory",
		"":                                    "no such file or directory",
	} {
		dir, err := evidence.NewDir(path)
		if dir != nil || err == nil || !strings.HasPrefix(err.Error(), "the folder for evidence cannot be used: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v", path, dir, err)
		}
	}
}

// TestDirAfterFailure shows that a Put that fails leaves the folder as it was.
func TestDirAfterFailure(t *testing.T) {
	torn := errors.New("the sender hung up")
	long := strings.NewReader(strings.Repeat("new", 100_000))
	for name, attempt := range map[string]func(ctx context.Context, cancel func(), put func(content io.Reader) error) error{
		"the content fails": func(_ context.Context, _ func(), put func(io.Reader) error) error {
			if err := put(io.MultiReader(long, iotest.ErrReader(torn))); !errors.Is(err, torn) {
				return err
			}
			return nil
		},
		"the content is too large": func(_ context.Context, _ func(), put func(io.Reader) error) error {
			var all counter
			if err := put(evidence.NewMeter(&all, 100_000)); !errors.As(err, new(*evidence.TooLargeError)) {
				return err
			}
			return nil
		},
		"the context ends": func(_ context.Context, cancel func(), put func(io.Reader) error) error {
			var all counter // it ends because the context does
			if err := put(io.MultiReader(long, during(cancel), &all)); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
		"the context ends with the content": func(_ context.Context, cancel func(), put func(io.Reader) error) error {
			if err := put(io.MultiReader(long, during(cancel))); !errors.Is(err, context.Canceled) {
				return err
			}
			return nil
		},
		"the content panics": func(_ context.Context, _ func(), put func(io.Reader) error) (err error) {
			defer func() {
				if recover() != torn {
					err = errors.New("it does not")
				}
			}()
			return put(io.MultiReader(long, during(func() { panic(torn) })))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, folder := newDir(t)
			put(t, dir, key, "old")
			before := names(t, folder)
			for _, k := range []string{key, "contoso/claim-2/new.pdf"} {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				long.Seek(0, io.SeekStart)
				if err := attempt(ctx, cancel, func(content io.Reader) error { return dir.Put(ctx, k, content) }); err != nil {
					t.Errorf("%s: got %v", k, err)
				}
			}
			expect(t, dir, key, "old")
			if after := names(t, folder); !slices.Equal(after, before) {
				t.Errorf("the folder has %q, and had %q", after, before)
			}
		})
	}
}

// names returns the paths of all that is below a folder.
func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, _ fs.DirEntry, err error) error {
		all = append(all, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestDirDeletesEmptyFolders(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, "a/b/c", "")
	put(t, dir, "a/d", "")
	for _, test := range []struct {
		key  string
		want []string
	}{
		{"a/b/x", []string{".", "a+", "a+/b+", "a+/b+/c", "a+/d"}},
		{"a/b/c", []string{".", "a+", "a+/d"}},
		{"a/d", []string{"."}},
	} {
		if err := dir.Delete(t.Context(), test.key); err != nil {
			t.Fatal(err)
		}
		if got := names(t, folder); !slices.Equal(got, test.want) {
			t.Errorf("after Delete of %s there is %q, want %q", test.key, got, test.want)
		}
	}
}

// TestDirStaysInside puts links into the folder that lead out of it.
func TestDirStaysInside(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := errors.Join(os.Mkdir(outside, 0o700), os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, link := range map[string]struct {
		at, to   string
		relative bool
		key      string
	}{
		"a file":                  {"a", filepath.Join(outside, "secret"), false, "a"},
		"a file, relatively":      {"a", filepath.Join(outside, "secret"), true, "a"},
		"a new file":              {"a", filepath.Join(outside, "new"), false, "a"},
		"a new file, relatively":  {"a", filepath.Join(outside, "new"), true, "a"},
		"a folder":                {"a+", outside, false, "a/secret"},
		"a folder, relatively":    {"a+", outside, true, "a/secret"},
		"the folder above it all": {"a+", filepath.Dir(outside), true, "a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, folder := newDir(t)
			if link.relative {
				var err error
				if link.to, err = filepath.Rel(folder, link.to); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Symlink(link.to, filepath.Join(folder, link.at)); err != nil {
				t.Fatal(err)
			}
			content, err := dir.Open(t.Context(), link.key)
			if err == nil {
				t.Error("Open opens it")
				content.Close()
			}
			ofFile := link.key == link.at // then the link is replaced or removed, not followed
			if err := dir.Put(t.Context(), link.key, strings.NewReader("written")); ofFile != (err == nil) {
				t.Errorf("Put returns %v", err)
			}
			if ofFile {
				expect(t, dir, link.key, "written")
			}
			if err := dir.Delete(t.Context(), link.key); ofFile != (err == nil) {
				t.Errorf("Delete returns %v", err)
			}
			if _, err := dir.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil {
				t.Error(err)
			}
			if got := names(t, outside); !slices.Equal(got, []string{".", "secret"}) {
				t.Errorf("outside there is %q", got)
			}
			if got, err := os.ReadFile(filepath.Join(outside, "secret")); err != nil || string(got) != "secret" {
				t.Errorf("the secret is %q: %v", got, err)
			}
		})
	}
}

// TestDirOpensFilesOnly also shows that what is foreign is left alone.
func TestDirOpensFilesOnly(t *testing.T) {
	dir, folder := newDir(t)
	put(t, dir, "b", "another one's")
	if err := errors.Join(
		os.Symlink("b", filepath.Join(folder, "link")),
		os.MkdirAll(filepath.Join(folder, "folder", "full"), 0o700),
		os.WriteFile(filepath.Join(folder, "file+"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	before := names(t, folder)
	for _, key := range []string{"link", "folder"} {
		if _, err := dir.Open(t.Context(), key); err == nil || !strings.Contains(err.Error(), key+" is no ordinary file") {
			t.Errorf("Open of %s returns %v", key, err)
		}
	}
	for what, got := range map[string]struct {
		err  error
		want string
	}{
		"Put where a folder is":               {dir.Put(t.Context(), "folder", strings.NewReader("")), `cannot keep the evidence "folder": `},
		"Put below a file":                    {dir.Put(t.Context(), "file/b/c", strings.NewReader("")), `cannot keep the evidence "file/b/c": `},
		"Delete of a folder with files in it": {dir.Delete(t.Context(), "folder"), `cannot delete the evidence "folder": `},
	} {
		if got.err == nil || !strings.HasPrefix(got.err.Error(), got.want) || strings.Contains(got.err.Error(), "\n") {
			t.Errorf("%s returns %v", what, got.err)
		}
	}
	if after := names(t, folder); !slices.Equal(after, before) {
		t.Errorf("the folder has %q, and had %q", after, before)
	}
}

// TestDirWithoutItsFolder takes the folder away, before a Put and during one.
func TestDirWithoutItsFolder(t *testing.T) {
	dir, folder := newDir(t)
	err := dir.Put(t.Context(), key, io.MultiReader(strings.NewReader("new"), during(func() { os.RemoveAll(folder) })))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a Put whose folder goes away returns %v", err)
	}
	if err := dir.Put(t.Context(), key, bytes.NewReader(nil)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a Put without a folder returns %v", err)
	}
}
