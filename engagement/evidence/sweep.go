package evidence

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"
)

// temporaryPrefix begins the name of every temporary file, and of nothing else.
const temporaryPrefix = ".put-"

// Sweep removes the temporary files that were last written to before then, and
// returns how many those were. An hour ago is a good time: a Put that is under
// way writes all the time, and fails if its file is swept. Run it when a
// process starts, or daily.
func (d *Dir) Sweep(ctx context.Context, before time.Time) (swept int, err error) {
	err = fs.WalkDir(d.root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if ended := ctx.Err(); ended != nil {
			return ended
		}
		if err == nil && strings.HasPrefix(entry.Name(), temporaryPrefix) && entry.Type().IsRegular() {
			var n int
			n, err = sweepFile(d.root, name, before)
			swept += n
		}
		if errors.Is(err, fs.ErrNotExist) { // somebody else was faster
			return nil
		}
		return err
	})
	if err != nil {
		return swept, fmt.Errorf("cannot sweep all temporary files of evidence: %w", err)
	}
	return swept, nil
}

func sweepFile(root *os.Root, name string, before time.Time) (int, error) {
	info, err := root.Lstat(name)
	if err != nil || !info.ModTime().Before(before) {
		return 0, err
	}
	if err := root.Remove(name); err != nil {
		return 0, err
	}
	prune(root, path.Dir(name))
	return 1, nil
}
