package postgres_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/storagetest"
	"github.com/partnerengage/partnerengage/tenant"
)

// A store works with a setting, or New refuses it and says which one it is.
func TestSettings(t *testing.T) {
	c := running(t)
	refused := map[string][]string{ // in which modes
		"client_encoding=LATIN1":          {"cached", "exec", "simple"},
		"client_encoding=SQL_ASCII":       {"cached", "exec", "simple"},
		"bytea_output=escape":             {"exec", "simple"},
		"array_nulls=off":                 {"exec", "simple"},
		"standard_conforming_strings=off": {"simple"},

		"backslash_quote=off": nil, "DateStyle=German": nil, "IntervalStyle=sql_standard": nil, "TimeZone=Asia/Kathmandu": nil, "extra_float_digits=-15": nil,
		"default_transaction_isolation=serializable": nil, "default_transaction_deferrable=on": nil, "plan_cache_mode=force_generic_plan": nil,
		"quote_all_identifiers=on": nil, "search_path=''": nil, "transform_null_equals=on": nil, "xmloption=document": nil, "jit=on": nil,
	}
	for setting, modesRefused := range refused {
		for mode := range modes {
			t.Run(setting+"/"+mode, func(t *testing.T) {
				schema := newSchema()
				name, value, _ := strings.Cut(setting, "=")
				pool := poolOf(t, c.DSN()+" "+name+"='"+strings.ReplaceAll(value, "'", `\'`)+"'", modes[mode], 2)
				s, err := postgres.New(t.Context(), pool, &postgres.Options{Schema: schema})
				if slices.Contains(modesRefused, mode) {
					told(t, err, postgres.ErrSetting, false)
					if err != nil && !strings.Contains(err.Error(), name) {
						t.Errorf("the error does not name %s: %v", name, err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := s.Migrate(t.Context()); err != nil {
					t.Fatal(err)
				}
				works(t, s)
			})
		}
	}
}

// works runs the case of the kit that writes and reads everything.
func works(t *testing.T, s *postgres.Store) {
	t.Helper()
	for _, k := range storagetest.Cases() {
		if k.Name == "exact" {
			if err := k.Run(t.Context(), s, s); err != nil {
				t.Error(err)
			}
		}
	}
}

// A database that cannot keep every text is refused at once.
func TestEncodings(t *testing.T) {
	c := running(t)
	pool := c.pool(t, modes["cached"], 2)
	for _, encoding := range []string{"LATIN1", "WIN1252", "SQL_ASCII", "EUC_JP", "UTF8"} {
		name := "in_" + strings.ToLower(encoding)
		run(t, pool, "", "CREATE DATABASE "+name+" ENCODING '"+encoding+"' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
		for mode := range modes {
			for _, client := range []string{"", " client_encoding=UTF8"} {
				_, err := postgres.New(t.Context(), poolOf(t, c.with("dbname", name)+client, modes[mode], 2), nil)
				if encoding == "UTF8" {
					if err != nil {
						t.Errorf("a database in UTF8, in mode %s: %v", mode, err)
					}
					continue
				}
				told(t, err, postgres.ErrEncoding, false)
			}
		}
	}
}

// A pooler that gives out connections by transaction works with the modes that use
// no prepared statements, and with the others says what has to be set.
func TestPooler(t *testing.T) {
	c := running(t)
	p, err := c.StartPooler("default_pool_size = 4")
	need(t, err)
	t.Cleanup(p.Remove)
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			schema := newSchema()
			store(t, c.pool(t, modes["exec"], 2), schema) // past the pooler
			if mode != "cached" {
				works(t, store(t, poolOf(t, p.DSN(), modes[mode], 4), schema))
				return
			}
			// So many connections that they change.
			var lost error
			for range 8 {
				s, err := postgres.New(t.Context(), poolOf(t, p.DSN(), modes[mode], 8), &postgres.Options{Schema: schema})
				if err == nil {
					err = crowded(t, s)
				}
				if err != nil {
					told(t, err, postgres.ErrPooler, false)
					lost = err
				}
			}
			if lost == nil {
				t.Fatal("the pooler has lost no prepared statement: the test shows nothing")
			}
			if !strings.Contains(lost.Error(), "default_query_exec_mode=exec") || !strings.Contains(lost.Error(), "max_prepared_statements") {
				t.Errorf("the error does not say what to set: %v", lost)
			}
		})
	}
	for dsn, refused := range map[string]bool{p.DSN(): true, c.DSN(): false} {
		_, err := postgres.New(t.Context(), poolOf(t, dsn, pgx.QueryExecModeDescribeExec, 2), nil)
		if refused {
			told(t, err, postgres.ErrPooler, false)
		} else if err != nil {
			t.Errorf("describe_exec without a pooler: %v", err)
		}
	}
	_, err = newStore(t, p.DSN()+" lock_timeout=1000")
	told(t, err, postgres.ErrParameter, false)
	if err != nil && !strings.Contains(err.Error(), "lock_timeout") {
		t.Errorf("the error does not name the setting: %v", err)
	}
}

// crowded makes calls at once, and returns the first error.
func crowded(t *testing.T, s *postgres.Store) error {
	const callers = 16
	errs := make(chan error, callers)
	for i := range callers {
		go func() {
			for n := range 4 {
				if _, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{somebody("c")}}); err != nil {
					errs <- err
					return
				}
				if err := s.Apply(t.Context(), plainly(0, tenant.Key(fmt.Sprintf("c%d-%d", i, n)))); err != nil && !errors.Is(err, storage.ErrConflict) {
					errs <- err
					return
				}
				if _, err := s.Lease(t.Context(), storage.LeaseQuery{Limit: i + 1}); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	var first error
	for range callers {
		if err := <-errs; err != nil {
			if first != nil && !errors.Is(err, postgres.ErrPooler) {
				t.Error(err)
			}
			first = err
		}
	}
	return first
}

// Through the workflow, too, an ID that the server cannot have is not found, and a
// search for it finds nothing.
func TestOddTextsInTheWorkflow(t *testing.T) {
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Store = store(t, running(t).pool(t, modes["cached"], 4), newSchema())
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	for _, odd := range []string{"a\x00b", "a\xff"} {
		if _, err := w.Desk.Claims.Get(t.Context(), w.Actor, engagement.ParticipationID(odd)); !errors.As(err, new(*workflow.NotFoundError)) {
			t.Errorf("the claim %q: %v", odd, err)
		}
		if _, err := w.Desk.Claims.Comment(t.Context(), w.Actor.Request(w.Key()), engagement.ParticipationID(odd), workflow.Comment{Text: "?"}); !errors.As(err, new(*workflow.NotFoundError)) {
			t.Errorf("a comment on %q: %v", odd, err)
		}
		page, err := w.Desk.Claims.List(t.Context(), w.Actor, workflow.ClaimsQuery{Search: odd})
		if err != nil && !errors.As(err, new(*workflow.InputError)) || len(page.Rows) > 0 {
			t.Errorf("a search for %q finds %d rows: %v", odd, len(page.Rows), err)
		}
		page, err = w.Desk.Claims.List(t.Context(), w.Actor, workflow.ClaimsQuery{Customer: tenant.Key(odd)})
		if err != nil && !errors.As(err, new(*workflow.InputError)) || len(page.Rows) > 0 {
			t.Errorf("the claims of %q are %d: %v", odd, len(page.Rows), err)
		}
	}
}

// A server that is gone behind its pooler is out of reach, and comes back.
func TestServerGoneBehindPooler(t *testing.T) {
	c := own(t)
	p, err := c.StartPooler("query_wait_timeout = 2", "server_login_retry = 1")
	need(t, err)
	t.Cleanup(p.Remove)
	s := store(t, poolOf(t, p.DSN(), modes["exec"], 2), newSchema())
	c.Stop(syscall.SIGQUIT)
	told(t, s.Apply(t.Context(), letter("a")), postgres.ErrUnknown, true) // the pooler took it, so nobody knows
	load := func() error {
		_, err := s.Load(t.Context(), storage.Want{Records: []engagement.RecordKey{somebody("c")}})
		return err
	}
	told(t, load(), postgres.ErrUnreachable, true)
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		if err = load(); err == nil {
			break
		}
		if time.Since(began) > 5*time.Minute {
			t.Fatalf("after the server is back: %v", err)
		}
	}
}
