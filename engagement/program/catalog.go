package program

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
)

// CatalogOptions are how a Catalog looks at its files.
type CatalogOptions struct {
	Documents Documents
	Patterns  []string         // which files, see [Documents.ReadFS]; none: *.json
	Every     time.Duration    // how often to look whether the files have changed; zero: 10 seconds; negative: only by Reload
	Now       func() time.Time // for tests; nil: time.Now
	Logger    *slog.Logger     // is told of new versions, and of those that cannot be used; nil: nobody is
}

// Catalog is a program that is read from files and kept: a workflow.Catalog which
// notices a new version of them. It is safe for concurrent use.
//
// A version counts as a whole. One that cannot be used, because a document has a mistake
// or is only half written, or because it forgets what the program has
// (see [Program.Follows]), leaves the one before in force, and Err says why.
type Catalog struct {
	files   fs.FS
	o       CatalogOptions
	current atomic.Pointer[version]
	next    atomic.Int64 // when to look again, in nanoseconds since 1970

	mu    sync.Mutex // of whoever looks
	stamp []stamp    // of what was read last, also if it could not be used
	err   atomic.Pointer[error]
}

// version is one that is in force.
type version struct {
	program *Program
	catalog *engagement.Catalog
}

// stamp is by what a file is known to be the same.
type stamp struct {
	name     string
	size     int64
	modified time.Time
}

// NewCatalog reads a program, from a directory with os.DirFS for example, and returns it
// as a catalog. Its errors are those of [Documents.ReadFS].
func NewCatalog(files fs.FS, o CatalogOptions) (*Catalog, error) {
	if o.Every == 0 {
		o.Every = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Catalog{files: files, o: o}
	if err := c.Reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Reload reads the files now, whether or not they seem to have changed, and returns why
// they cannot be used.
func (c *Catalog) Reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamps, err := c.stamps()
	if err != nil {
		return c.keep(err)
	}
	return c.load(stamps)
}

// Err returns why the newest version of the files is not in force, and nil while it is.
func (c *Catalog) Err() error {
	if err := c.err.Load(); err != nil {
		return *err
	}
	return nil
}

// Program returns the program that is in force, which nobody may change.
func (c *Catalog) Program() *Program { return c.look().program }

// Engagements returns every engagement, in the order of the documents.
func (c *Catalog) Engagements(ctx context.Context) ([]engagement.Engagement, error) {
	return c.look().catalog.Engagements(ctx)
}

// Engagement returns an engagement, and false when there is none with that ID.
func (c *Catalog) Engagement(ctx context.Context, id engagement.ID) (engagement.Engagement, bool, error) {
	return c.look().catalog.Engagement(ctx, id)
}

// Partner returns a partner, and false when there is none with that ID.
func (c *Catalog) Partner(ctx context.Context, id engagement.PartnerID) (engagement.Partner, bool, error) {
	return c.look().catalog.Partner(ctx, id)
}

// look returns what is in force, after it has looked for a new version if it is time to.
// One caller looks, and others go on with what they have.
func (c *Catalog) look() *version {
	if c.o.Every > 0 && c.o.Now().UnixNano() >= c.next.Load() && c.mu.TryLock() {
		defer c.mu.Unlock()
		c.next.Store(c.o.Now().Add(c.o.Every).UnixNano())
		if stamps, err := c.stamps(); err != nil {
			_ = c.keep(err) // which Err says
		} else if !slices.Equal(stamps, c.stamp) {
			_ = c.load(stamps)
		}
	}
	return c.current.Load()
}

func (c *Catalog) stamps() ([]stamp, error) {
	names, err := match(c.files, c.o.Patterns)
	if err != nil {
		return nil, err
	}
	stamps := make([]stamp, len(names))
	for i, name := range names {
		info, err := fs.Stat(c.files, name)
		if err != nil {
			return nil, err
		}
		stamps[i] = stamp{name, info.Size(), info.ModTime().UTC()}
	}
	return stamps, nil
}

// load reads the files and has them in force, if they can be used.
func (c *Catalog) load(stamps []stamp) error {
	c.next.Store(c.o.Now().Add(c.o.Every).UnixNano())
	c.stamp = stamps
	p, err := c.o.Documents.ReadFS(c.files, c.o.Patterns...)
	if err != nil {
		if !errors.As(err, new(*DocumentError)) {
			c.stamp = nil // the files could not be read: try again, though they look the same
		}
		return c.keep(err)
	}
	before := c.current.Load()
	if before != nil {
		if err := p.Follows(before.program); err != nil {
			return c.keep(err)
		}
	}
	catalog, err := p.Catalog(c.o.Documents.Currencies)
	if err != nil {
		return c.keep(err)
	}
	c.current.Store(&version{p, catalog})
	c.err.Store(nil)
	if before != nil {
		c.o.Logger.Info("a new version of the program is in force", "version", p.Version, "was", before.program.Version)
	}
	return nil
}

// keep leaves what is in force, and says why.
func (c *Catalog) keep(err error) error {
	if was := c.Err(); was == nil || was.Error() != err.Error() {
		c.o.Logger.Error("a new version of the program cannot be used; the one before stays in force", "error", err)
	}
	c.err.Store(&err)
	return err
}
