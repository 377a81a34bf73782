package program_test

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/program"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

var _ workflow.Catalog = (*program.Catalog)(nil)

// files are files that a test writes while a catalog reads them.
type files struct {
	mu      sync.Mutex
	at      time.Time
	fs      fstest.MapFS
	opened  int
	failing error
}

func (f *files) Open(name string) (fs.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened++
	if f.failing != nil && name != "." {
		return nil, f.failing
	}
	return f.fs.Open(name)
}

func (f *files) write(name, document string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(time.Second)
	next := fstest.MapFS{}
	for n, file := range f.fs {
		next[n] = file
	}
	next[name] = &fstest.MapFile{Data: []byte(document), ModTime: f.at}
	f.fs = next
}

func TestCatalogNoticesANewVersion(t *testing.T) {
	ctx := t.Context()
	f := &files{}
	f.write("program.json", plain(t))
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	c, err := program.NewCatalog(f, program.CatalogOptions{
		Every: time.Minute, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.NoError(t, err)
	name := func() string {
		e, ok, err := c.Engagement(ctx, "calls")
		require.NoError(t, err)
		require.True(t, ok)
		return e.Name
	}
	require.Equal(t, "Calls & Meetings", name())

	// Files are looked at once a minute, and read only when they have changed.
	second := strings.NewReplacer("2026.1", "2026.2", "Calls & Meetings", "Calls").Replace(plain(t))
	f.write("program.json", second)
	opened := f.opened
	require.Equal(t, "Calls & Meetings", name(), "it is not time to look")
	require.Equal(t, opened, f.opened)
	now = now.Add(time.Minute)
	require.Equal(t, "Calls", name())
	require.Equal(t, "2026.2", c.Program().Version)
	require.Contains(t, log.String(), "a new version of the program is in force")

	// A version that cannot be used leaves the one before, is told once, and is not
	// read again until it changes.
	f.write("program.json", `{"program": "sm`)
	log.Reset()
	now = now.Add(time.Minute)
	require.Equal(t, "Calls", name())
	require.ErrorAs(t, c.Err(), new(*program.DocumentError))
	now = now.Add(time.Minute)
	require.Equal(t, "Calls", name())
	require.Equal(t, 1, strings.Count(log.String(), "cannot be used"))

	// So does one that forgets what histories name.
	f.write("program.json", strings.Replace(second, `"4711203"`, `"4711204"`, 1))
	require.EqualError(t, c.Reload(), `partner "northwind": locations no longer have "4711203": keep it, not enrolled, for as long as histories name it`)
	require.Equal(t, "Calls", name())

	// And files that cannot be read.
	f.failing = errors.New("the disk is gone")
	now = now.Add(time.Minute)
	require.Equal(t, "Calls", name())
	require.ErrorContains(t, c.Err(), "the disk is gone")
	f.failing = nil

	third := strings.Replace(second, "2026.2", "2026.3", 1)
	f.write("program.json", third)
	f.write("fabrikam.json", `{"partners": [{"id": "fabrikam", "name": "Fabrikam"}]}`)
	now = now.Add(time.Minute)
	_, ok, err := c.Partner(ctx, "fabrikam")
	require.NoError(t, err)
	require.True(t, ok, "a file more")
	require.NoError(t, c.Err())
	all, err := c.Engagements(ctx)
	require.NoError(t, err)
	require.Len(t, all, 1)

	_, err = program.NewCatalog(fstest.MapFS{}, program.CatalogOptions{})
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// Readers go on while one of them looks, and see one version or the other.
func TestCatalogWhileItChanges(t *testing.T) {
	f := &files{}
	f.write("program.json", plain(t))
	c, err := program.NewCatalog(f, program.CatalogOptions{Every: 1})
	require.NoError(t, err)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 50 {
				if p := c.Program(); p.Version == "" || p.Engagements[0].Version != p.Version {
					t.Error("a version in part")
				}
			}
		})
	}
	for _, version := range []string{"2", "3", "4", "5"} {
		f.write("program.json", strings.Replace(plain(t), "2026.1", version, 1))
	}
	readers.Wait()
	require.Equal(t, "5", c.Program().Version)
}

func TestFollows(t *testing.T) {
	for want, change := range map[string]func(p *program.Program){
		``: func(p *program.Program) {
			p.Engagements[0].Translations = nil
			p.Partners[0].Name = "Northwind"
			p.Partners[0].Locations[0].Enrolled = false
			p.Engagements = append(p.Engagements, engagement.Engagement{ID: "more"})
		},
		`engagement "everything": id is no longer there: `:                func(p *program.Program) { p.Engagements = p.Engagements[1:] },
		`partner "leaving": id is no longer there: `:                      func(p *program.Program) { p.Partners = p.Partners[:1] },
		`partner "northwind": locations no longer have "1": `:             func(p *program.Program) { p.Partners[0].Locations = p.Partners[0].Locations[1:] },
		`engagement "everything": version is still "7", and `:             func(p *program.Program) { p.Engagements[0].ClaimLimit++ },
		`engagement "everything": version is still "7", and the `:         func(p *program.Program) { p.Engagements[0].Zone = time.UTC },
		`engagement "short": version is still "2026.1", and the engageme`: func(p *program.Program) { p.Engagements[1].CustomerRules = p.Engagements[0].CustomerRules },
		`engagement "short": rules of "short/customer" still have the ve`: func(p *program.Program) {
			set, err := new(program.Documents).Read("p", []byte(strings.Replace(mustWrite(t, p), "365 days", "366 days", 1)))
			require.NoError(t, err)
			p.Engagements[1].CustomerRules, p.Engagements[1].Version = set.Engagements[1].CustomerRules, "2026.2"
		},
	} {
		earlier, next := readWhole(t), readWhole(t)
		change(next)
		if err := next.Follows(earlier); want == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want)
		}
	}
}

func mustWrite(t testing.TB, p *program.Program) string {
	t.Helper()
	data, err := program.Documents{}.Write(p)
	require.NoError(t, err)
	return string(data)
}
