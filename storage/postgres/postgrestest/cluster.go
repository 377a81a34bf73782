// Package postgrestest starts a PostgreSQL server for tests: of the binaries that
// are installed, on loopback, in a temporary folder.
//
//	cluster, err := postgrestest.Start()
//	if err != nil {
//		t.Skip(err) // no server is installed
//	}
//	defer cluster.Remove()
//	pool, err := pgxpool.New(ctx, cluster.DSN())
//
// Nothing of it is for production: a cluster trades durability for speed.
package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNotInstalled says that there is no server to start.
var ErrNotInstalled = errors.New("no PostgreSQL server is installed: apt-get install postgresql")

// Cluster is a server with a database of its own, whose one user may do
// everything.
type Cluster struct {
	bin, dir string
	port     int
	settings []string
	server   *exec.Cmd
	exited   chan struct{}
}

const (
	admin    = "engage"
	password = "correct horse battery"
	database = "postgres"
)

// Start makes a cluster and starts its server, with settings such as
// "max_connections=50". Changes need not survive the machine, unless the settings
// say "fsync=on". The error matches ErrNotInstalled, or says why the server does
// not run. A cluster is for one process: when that dies, the server ends.
func Start(settings ...string) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "postgrestest-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, dir: dir, settings: append(common(), settings...)}
	if err := c.init(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.Restart(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// common are the settings of every cluster.
func common() []string { return []string{"fsync=off", "max_connections=200", "shared_buffers=128MB"} }

// binaries returns the folder of the newest server that Debian has installed, or
// of the one on the path.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	return "", ErrNotInstalled
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

// DSN is the connection string of the database.
func (c *Cluster) DSN() string { return c.DSNAs(admin, password) }

// DSNAs is the connection string for another user.
func (c *Cluster) DSNAs(user, password string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=%s password='%s' dbname=%s sslmode=disable connect_timeout=5", c.port, user, password, database)
}

// Port is the port on which the server listens.
func (c *Cluster) Port() int { return c.port }

// Stop ends the server: with SIGQUIT at once, as when it crashes; with SIGINT it
// rolls back what is under way.
func (c *Cluster) Stop(signal syscall.Signal) {
	_ = c.server.Process.Signal(signal)
	<-c.exited
}

// Remove ends the server and takes everything away that it kept.
func (c *Cluster) Remove() {
	c.Stop(syscall.SIGQUIT)
	_ = os.RemoveAll(c.dir)
}

// Restart starts a server that was stopped. The processes of one that crashed may
// be there for a moment, which lets a new one give up; so it tries for a while.
func (c *Cluster) Restart() error {
	var err error
	for range 10 {
		if err = c.start(); err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return err
}

func (c *Cluster) command(name string, args ...string) (*exec.Cmd, error) {
	attributes, err := attributes()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.Env = []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = attributes
	return cmd, nil
}

func (c *Cluster) init() error {
	secret := filepath.Join(c.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return err
	}
	if err := handOver(c.dir); err != nil {
		return err
	}
	err := c.Run("initdb", "-D", filepath.Join(c.dir, "data"), "-U", admin, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	c.port, err = freePort()
	return err
}

func (c *Cluster) start() error {
	args := []string{"-D", filepath.Join(c.dir, "data"), "-p", strconv.Itoa(c.port), "-k", c.dir, "-h", "127.0.0.1"}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	cmd, err := c.command("postgres", args...)
	if err != nil {
		return err
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	c.server, c.exited = cmd, exited
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		err := c.answers()
		select {
		case <-exited:
			return fmt.Errorf("the server has stopped: %s", log.String())
		default:
		}
		if err == nil {
			return nil
		}
	}
	return errors.New("the server takes no connections")
}

func (c *Cluster) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.DSN())
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}
