package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// StartReplica starts a server that follows the cluster: a base backup of it that is kept
// up to date by streaming, and can be read from. dsn is how it reaches the cluster: DSN, or
// that of something which stands between the two. The settings are its own.
func (c *Cluster) StartReplica(dsn string, settings ...string) (*Cluster, error) {
	return c.copied(settings, "-d", dsn, "-R")
}

// StartBackup makes a base backup of the cluster while that runs, and starts a server of
// its own on it.
func (c *Cluster) StartBackup(settings ...string) (*Cluster, error) {
	return c.copied(settings, "-d", c.DSN())
}

func (c *Cluster) copied(settings []string, args ...string) (*Cluster, error) {
	dir, err := os.MkdirTemp("", "postgrestest-")
	if err != nil {
		return nil, err
	}
	r := &Cluster{bin: c.bin, dir: dir, settings: append(common(), settings...)}
	err = handOver(dir)
	if err == nil {
		r.port, err = freePort()
	}
	if err == nil {
		err = r.Run("pg_basebackup", append(args, "-D", filepath.Join(dir, "data"), "-X", "stream", "--checkpoint=fast", "--no-sync")...)
	}
	if err == nil {
		err = r.Restart()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return r, nil
}

// Promote makes a replica a primary, and returns when it is one.
func (c *Cluster) Promote(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.DSN())
	if err != nil {
		return err
	}
	// Not within one statement, whose snapshot could be in the way of what is to be
	// replayed before.
	_, err = conn.Exec(ctx, "SELECT pg_promote(false)")
	for follows := true; follows && err == nil; {
		err = conn.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&follows)
	}
	return errors.Join(err, conn.Close(ctx))
}

// Run runs one of the server's programs, "pg_dump" for example, in the cluster's folder
// and as the user that runs the server, until it ends.
func (c *Cluster) Run(program string, args ...string) error {
	cmd, err := c.command(program, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return nil
}
