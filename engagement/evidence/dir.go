package evidence

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Dir is a [Store] in a folder. Many processes of one machine may use the folder
// at once. It is made for Unix-like systems, where a file is replaced in one
// step and a folder can be synced.
//
// Nothing outside of the folder is read or written, also if somebody puts
// symbolic links into it that lead out. What Dir creates is for the user who
// runs it only: folders have the permissions 0700, files 0600.
//
// A content is written to a temporary file, synced, and renamed to its place.
// No call leaves a temporary file behind, except one that was killed: the names
// of these begin with ".put-", no key leads to them, and [Dir.Sweep] removes them.
type Dir struct {
	root *os.Root
}

var _ Store = (*Dir)(nil)

// NewDir returns a store in the folder at path. It creates the folder if it is
// not there, but not the one that it is to be in.
func NewDir(path string) (*Dir, error) {
	root, err := openRoot(path)
	if err != nil {
		return nil, fmt.Errorf("the folder for evidence cannot be used: %w", err)
	}
	return &Dir{root}, nil
}

func openRoot(path string) (*os.Root, error) {
	switch err := os.Mkdir(path, 0o700); {
	case err == nil:
		if err := syncFolder(os.Open, filepath.Dir(filepath.Clean(path))); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	return os.OpenRoot(path)
}

// Close closes the folder. Calls under way and contents that are open are not
// disturbed; later calls fail.
func (d *Dir) Close() error { return d.root.Close() }

// Put keeps content under the key: see [Store]. It looks at ctx between the
// reads of content, and cannot interrupt one.
func (d *Dir) Put(ctx context.Context, key string, content io.Reader) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := d.change(ctx, func(root *os.Root) error {
		return put(ctx, root, fileName(key), content)
	})
	if err != nil {
		return fmt.Errorf("cannot keep the evidence %q: %w", key, err)
	}
	return nil
}

// Open returns what is kept under the key: see [Store].
func (d *Dir) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := CheckKey(key); err != nil {
		return nil, err
	}
	f, err := open(ctx, d.root, fileName(key))
	if err != nil {
		return nil, fmt.Errorf("cannot open the evidence %q: %w", key, err)
	}
	return f, nil
}

// Delete removes what is kept under the key, and the folders that this leaves
// empty: see [Store].
func (d *Dir) Delete(ctx context.Context, key string) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	err := d.change(ctx, func(root *os.Root) error {
		return remove(root, fileName(key))
	})
	if err != nil {
		return fmt.Errorf("cannot delete the evidence %q: %w", key, err)
	}
	return nil
}

// change calls f with a handle of its own, so that Close does not come between
// the steps of f.
func (d *Dir) change(ctx context.Context, f func(root *os.Root) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, err := d.root.OpenRoot(".")
	if err != nil {
		return err
	}
	defer root.Close()
	return f(root)
}

// open opens a file, and nothing else: a link leads to somebody else's file, and
// a pipe makes one wait.
func open(ctx context.Context, root *os.Root, name string) (*os.File, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no ordinary file, and this store did not put it there", name)
	}
	return root.Open(name)
}

func put(ctx context.Context, root *os.Root, name string, content io.Reader) error {
	folder := path.Dir(name)
	temporary := path.Join(folder, temporaryPrefix+rand.Text())
	f, err := create(root, folder, temporary)
	defer func() { // also when content panics; after a rename, nothing is left to do
		f.Close()
		root.Remove(temporary)
		prune(root, folder)
	}()
	if err != nil {
		return err
	}
	if err := fill(ctx, f, content); err != nil {
		return err
	}
	if err := root.Rename(temporary, name); err != nil {
		return err
	}
	return syncUp(root, folder)
}

// create makes a file and the folders that it needs. A Delete elsewhere may
// remove a folder while it is still empty; then it is made again.
func create(root *os.Root, folder, name string) (f *os.File, err error) {
	for range 100 {
		if err = root.MkdirAll(folder, 0o700); err == nil {
			f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return f, err
}

func fill(ctx context.Context, f *os.File, content io.Reader) error {
	if _, err := io.Copy(f, untilEnded{ctx, content}); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close() // some file systems tell only now that the disk is full
}

// untilEnded reads until its context has ended.
type untilEnded struct {
	ctx     context.Context
	content io.Reader
}

func (u untilEnded) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.content.Read(p)
}

func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	folder := path.Dir(name)
	prune(root, folder)
	return syncUp(root, folder) // also if it was gone: whoever removed it may not have come so far
}

// prune removes a folder and those above it, as long as they are empty.
func prune(root *os.Root, folder string) {
	for ; folder != "."; folder = path.Dir(folder) {
		info, err := root.Lstat(folder)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.IsDir() || root.Remove(folder) != nil {
			return
		}
	}
}

// syncUp syncs a folder and all above it, any of which may be new. One that is
// gone was removed after what was in it.
func syncUp(root *os.Root, folder string) error {
	for {
		if err := syncFolder(root.Open, folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("it is done, but may be undone if the machine fails, so try again: %w", err)
		}
		if folder == "." {
			return nil
		}
		folder = path.Dir(folder)
	}
}

func syncFolder(open func(string) (*os.File, error), name string) error {
	f, err := open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
