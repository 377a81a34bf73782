package evidencetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func contentCases() []Case {
	return []Case{
		{"content", "What was put is what is opened, to the byte, whatever it is and however its reader hands it out.", checkContent},
		{"replace", "Put replaces what is there, also by something shorter.", checkReplace},
		{"missing", "Open of what is not there returns an error that matches fs.ErrNotExist.", checkMissing},
		{"delete", "Delete removes what is kept under its key, and nothing else.", checkDelete},
		{"delete nothing", "Delete of what is not there is no error.", checkDeleteNothing},
		{"visible", "What one handle has done, every handle sees.", checkVisible},
		{"own reader", "Every Open returns a reader of its own, which begins at the beginning.", checkOwnReader},
		{"open content", "A content that is open stays the one that it is, or fails: no later Put or Delete shows through.", checkOpenContent},
	}
}

const key = "northwind/claim-1/report.pdf"

// noise returns so many bytes of every value.
func noise(n int) []byte {
	all := make([]byte, n)
	rand.NewChaCha8([32]byte{}).Read(all)
	return all
}

func checkContent(ctx context.Context, a, b evidence.Store) error {
	large := noise(1<<20 + 1)
	for _, content := range []struct {
		name   string
		want   []byte
		reader func(content []byte) io.Reader
	}{
		{"an empty content", nil, plain},
		{"one byte", []byte{0}, plain},
		{"text", []byte("line\r\nline\n\xef\xbb\xbf\x1a\xff"), plain},
		{"a large content", large, plain},
		{"a content that comes byte by byte, with reads that return nothing", large[:3000], func(c []byte) io.Reader { return &drop{left: c} }},
		{"a content whose last bytes come with io.EOF", large[:3000], func(c []byte) io.Reader { return &gulp{left: c} }},
	} {
		if err := a.Put(ctx, key, content.reader(content.want)); err != nil {
			return fmt.Errorf("Put of %s fails: %w", content.name, err)
		}
		got, err := read(ctx, b, key)
		if err != nil {
			return fmt.Errorf("of %s: %w", content.name, err)
		}
		if !bytes.Equal(got, content.want) {
			return fmt.Errorf("%s: it has %s and should have %s", content.name, shown(got), shown(content.want))
		}
	}
	return nil
}

func plain(content []byte) io.Reader { return bytes.NewReader(content) }

// drop gives one byte with every other read.
type drop struct {
	left []byte
	wait bool
}

func (d *drop) Read(p []byte) (int, error) {
	d.wait = !d.wait
	if d.wait || len(p) == 0 {
		return 0, nil
	}
	if len(d.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:1], d.left)
	d.left = d.left[n:]
	return n, nil
}

// gulp gives its last bytes together with the end.
type gulp struct{ left []byte }

func (g *gulp) Read(p []byte) (int, error) {
	n := copy(p, g.left)
	g.left = g.left[n:]
	if len(g.left) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func checkReplace(ctx context.Context, a, b evidence.Store) error {
	for _, text := range []string{"first", "the second one is longer", "3rd", ""} {
		if err := put(ctx, a, key, text); err != nil {
			return err
		}
		if err := holds(ctx, b, key, text); err != nil {
			return err
		}
	}
	return nil
}

func checkMissing(ctx context.Context, a, b evidence.Store) error {
	if err := missing(ctx, a, key); err != nil {
		return err
	}
	if err := put(ctx, a, key, "there"); err != nil {
		return err
	}
	return errors.Join(
		missing(ctx, b, "northwind"),
		missing(ctx, b, "northwind/claim-1"),
		missing(ctx, b, key+"/page-1"),
		missing(ctx, b, "northwind/claim-2/report.pdf"))
}

func checkDelete(ctx context.Context, a, b evidence.Store) error {
	others := []string{"northwind", "northwind/claim-1", "northwind/claim-1/report.pd", key + "/page-1", "northwind/claim-2/report.pdf"}
	for _, k := range append(others, key) {
		if err := put(ctx, a, k, "this is "+k); err != nil {
			return err
		}
	}
	if err := a.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete fails: %w", err)
	}
	if err := missing(ctx, b, key); err != nil {
		return err
	}
	for _, k := range others {
		if err := holds(ctx, b, k, "this is "+k); err != nil {
			return err
		}
	}
	return nil
}

func checkDeleteNothing(ctx context.Context, a, b evidence.Store) error {
	if err := a.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete of what never was there returns %w", err)
	}
	if err := put(ctx, a, key, "there"); err != nil {
		return err
	}
	for _, s := range []evidence.Store{a, b} {
		if err := s.Delete(ctx, key); err != nil {
			return fmt.Errorf("Delete of what is there, or was, returns %w", err)
		}
	}
	return nil
}

func checkVisible(ctx context.Context, a, b evidence.Store) error {
	for _, text := range []string{"first", "second", "third"} {
		if err := put(ctx, a, key, text); err != nil {
			return err
		}
		if err := errors.Join(holds(ctx, a, key, text), holds(ctx, b, key, text)); err != nil {
			return err
		}
		a, b = b, a
	}
	if err := a.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete fails: %w", err)
	}
	return errors.Join(missing(ctx, a, key), missing(ctx, b, key))
}

func checkOwnReader(ctx context.Context, a, b evidence.Store) error {
	if err := put(ctx, a, key, "a text"); err != nil {
		return err
	}
	content, err := a.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("Open fails: %w", err)
	}
	defer content.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(content, first); err != nil {
		return fmt.Errorf("reading one byte fails: %w", err)
	}
	if err := errors.Join(holds(ctx, a, key, "a text"), holds(ctx, b, key, "a text")); err != nil {
		return err
	}
	rest, err := io.ReadAll(content)
	if err != nil || string(first)+string(rest) != "a text" {
		return fmt.Errorf("the first of two readers gives %q after the second one was read: %w", string(first)+string(rest), err)
	}
	return nil
}

func checkOpenContent(ctx context.Context, a, b evidence.Store) error {
	old := bytes.Repeat([]byte("old "), 1<<18)
	for what, change := range map[string]func() error{
		"Put":    func() error { return put(ctx, b, key, string(bytes.Repeat([]byte("new!"), 1<<18))) },
		"Delete": func() error { return b.Delete(ctx, key) },
	} {
		if err := put(ctx, a, key, string(old)); err != nil {
			return err
		}
		content, err := a.Open(ctx, key)
		if err != nil {
			return fmt.Errorf("Open fails: %w", err)
		}
		defer content.Close()
		first := make([]byte, 1)
		if _, err := io.ReadFull(content, first); err != nil {
			return fmt.Errorf("reading one byte fails: %w", err)
		}
		if err := change(); err != nil {
			return fmt.Errorf("%s while the content is open fails: %w", what, err)
		}
		rest, err := io.ReadAll(content)
		if got := append(first, rest...); err == nil && !bytes.Equal(got, old) {
			return fmt.Errorf("after a %s, what was open gives %s and ends well", what, shown(got))
		}
	}
	return nil
}
