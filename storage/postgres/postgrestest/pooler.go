package postgrestest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPooler says that there is no pooler to start.
var ErrNoPooler = errors.New("no PgBouncer is installed: apt-get install pgbouncer")

// Pooler is a PgBouncer between clients and a Cluster.
type Pooler struct {
	c       *Cluster
	dir     string
	port    int
	process *exec.Cmd
	exited  chan struct{}
}

// StartPooler starts a PgBouncer in front of the cluster that gives out connections
// by transaction and keeps no track of prepared statements, unless settings such as
// "pool_mode=session" say otherwise. The error matches ErrNoPooler, or says why it
// does not run.
func (c *Cluster) StartPooler(settings ...string) (*Pooler, error) {
	path, err := poolerPath()
	if err != nil {
		return nil, err
	}
	p := &Pooler{c: c}
	if p.port, err = freePort(); err != nil {
		return nil, err
	}
	if p.dir, err = os.MkdirTemp("", "postgrestest-pooler-"); err != nil {
		return nil, err
	}
	if err := p.start(path, settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(p.dir))
	}
	return p, nil
}

func poolerPath() (string, error) {
	path, err := exec.LookPath("pgbouncer")
	if err == nil {
		return path, nil
	}
	path = "/usr/sbin/pgbouncer" // which is on root's path only
	if _, err := os.Stat(path); err != nil {
		return "", ErrNoPooler
	}
	return path, nil
}

// PoolerKeepsStatements reports whether the PgBouncer that is installed can keep track of
// prepared statements: whether it knows the setting max_prepared_statements.
func PoolerKeepsStatements() bool {
	path, err := poolerPath()
	return err == nil && keepsStatements(path)
}

// DSN is the connection string of the cluster's database through the pooler.
func (p *Pooler) DSN() string { return p.c.DSN() + " port=" + strconv.Itoa(p.port) } // the last one counts

// Remove ends the pooler and takes everything away that it kept.
func (p *Pooler) Remove() {
	_ = p.process.Process.Kill()
	<-p.exited
	_ = os.RemoveAll(p.dir)
}

func (p *Pooler) start(path string, settings []string) error {
	lines := []string{
		"[databases]", fmt.Sprintf("%s = host=127.0.0.1 port=%d", database, p.c.port),
		"[pgbouncer]", "listen_addr = 127.0.0.1", "listen_port = " + strconv.Itoa(p.port), "unix_socket_dir =",
		"auth_type = scram-sha-256", "auth_file = " + filepath.Join(p.dir, "users"), "pool_mode = transaction",
	}
	if keepsStatements(path) {
		lines = append(lines, "max_prepared_statements = 0")
	}
	lines = append(lines, settings...) // the last one counts
	err := errors.Join(
		os.WriteFile(filepath.Join(p.dir, "ini"), []byte(strings.Join(lines, "\n")+"\n"), 0o644),
		os.WriteFile(filepath.Join(p.dir, "users"), []byte(fmt.Sprintf("%q %q\n", admin, password)), 0o644),
		handOver(p.dir))
	if err != nil {
		return err
	}
	as, err := attributes()
	if err != nil {
		return err
	}
	var log bytes.Buffer
	p.process = exec.Command(path, filepath.Join(p.dir, "ini"))
	p.process.Dir, p.process.SysProcAttr, p.process.Stderr = p.dir, as, &log
	if err := p.process.Start(); err != nil {
		return err
	}
	p.exited = make(chan struct{})
	go func() {
		_ = p.process.Wait()
		close(p.exited)
	}()
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		err = p.answers()
		select {
		case <-p.exited:
			return fmt.Errorf("the pooler has stopped: %s", log.String())
		default:
		}
		if err == nil {
			return nil
		}
	}
	_ = p.process.Process.Kill()
	<-p.exited
	return fmt.Errorf("the pooler takes no connections: %w: %s", err, log.String())
}

func (p *Pooler) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.DSN())
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

var poolerVersion = regexp.MustCompile(`PgBouncer (\d+)\.(\d+)`)

// keepsStatements reports whether the pooler can keep track of prepared statements,
// which PgBouncer can from 1.21 on.
func keepsStatements(path string) bool {
	out, _ := exec.Command(path, "--version").Output()
	found := poolerVersion.FindSubmatch(out)
	if found == nil {
		return false
	}
	major, _ := strconv.Atoi(string(found[1]))
	minor, _ := strconv.Atoi(string(found[2]))
	return major > 1 || minor >= 21
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
