package evidencetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func raceCases() []Case {
	return []Case{
		{"under way", "While a Put is under way, nobody sees any of its content.", checkUnderWay},
		{"one whole", "Puts of one key at once all succeed and leave one content, whole, and nobody ever sees none or a mix.", checkOneWhole},
		{"come and go", "Puts and Deletes at once all succeed, and keys that are alike do not disturb each other.", checkComeAndGo},
	}
}

const (
	racers = 6
	rounds = 8
)

// race calls f from many goroutines at once, by turns with either handle.
func race(a, b evidence.Store, f func(s evidence.Store, n int) error) error {
	errs := make([]error, racers)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for n := range racers {
		wg.Go(func() {
			<-start
			errs[n] = f([]evidence.Store{a, b}[n%2], n)
		})
	}
	close(start)
	wg.Wait()
	return errors.Join(errs...)
}

// ofOne returns the content of one racer: long, and of one letter.
func ofOne(n int) string { return strings.Repeat(string(rune('a'+n)), 50_000+n) }

func checkUnderWay(ctx context.Context, a, b evidence.Store) error {
	if err := put(ctx, a, key, ofOne(0)); err != nil {
		return err
	}
	content, upload := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := a.Put(ctx, key, content)
		content.Close() // if Put did not read it all, nobody will
		done <- err
	}()
	// When the second piece is taken, something has been done with the first. An
	// error is for Put to return.
	io.WriteString(upload, ofOne(1)[:100])
	io.WriteString(upload, ofOne(1)[100:200])
	looked := make(chan error, 1)
	go func() { looked <- isWhole(ctx, b) }()
	var err error
	select {
	case err = <-looked:
		looked <- nil
	case <-time.After(time.Second): // a store may let readers wait
	}
	io.WriteString(upload, ofOne(1)[200:])
	upload.Close()
	if err := <-done; err != nil {
		return fmt.Errorf("Put fails: %w", err)
	}
	return errors.Join(err, <-looked, holds(ctx, b, key, ofOne(1)))
}

func checkOneWhole(ctx context.Context, a, b evidence.Store) error {
	if err := put(ctx, a, key, ofOne(0)); err != nil {
		return err
	}
	err := race(a, b, func(s evidence.Store, n int) error {
		for range rounds {
			if err := s.Put(ctx, key, &piecemeal{[]byte(ofOne(n))}); err != nil {
				return fmt.Errorf("Put fails: %w", err)
			}
			if err := isWhole(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, isWhole(ctx, a), isWhole(ctx, b))
}

func isWhole(ctx context.Context, s evidence.Store) error {
	got, err := read(ctx, s, key)
	if err != nil {
		return err
	}
	if n := len(got) - len(ofOne(0)); n < 0 || n >= racers || string(got) != ofOne(n) {
		return fmt.Errorf("what is there, %s, is none of the contents", shown(got))
	}
	return nil
}

// piecemeal gives a thousand bytes at a time, so that contents can mix.
type piecemeal struct{ left []byte }

func (p *piecemeal) Read(to []byte) (int, error) {
	n, err := bytes.NewReader(p.left).Read(to[:min(len(to), 1000)])
	p.left = p.left[n:]
	return n, err
}

func checkComeAndGo(ctx context.Context, a, b evidence.Store) error {
	return race(a, b, func(s evidence.Store, n int) error {
		shared := "northwind/claim-1/shared"
		mine := fmt.Sprintf("northwind/claim-1/%d", n)
		for range rounds {
			if err := errors.Join(put(ctx, s, mine, mine), put(ctx, s, shared, shared), holds(ctx, s, mine, mine)); err != nil {
				return err
			}
			if err := holds(ctx, s, shared, shared); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if err := errors.Join(s.Delete(ctx, shared), s.Delete(ctx, mine), missing(ctx, s, mine)); err != nil {
				return fmt.Errorf("after Delete: %w", err)
			}
		}
		return nil
	})
}
