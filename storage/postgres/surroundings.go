package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// settingsText asks for settings, of which a server need not know each.
const settingsText = "SELECT coalesce(current_setting('server_encoding', true), ''), coalesce(current_setting('client_encoding', true), '')," +
	" coalesce(current_setting('bytea_output', true), ''), coalesce(current_setting('array_nulls', true), '')," +
	" coalesce(current_setting('standard_conforming_strings', true), '')"

// surroundings are settings with which statements of this package could be made but
// not read, or fail much later. What a server does not know is empty.
type surroundings struct {
	serverEncoding, clientEncoding string
	byteaOutput, arrayNulls        string
	conforming                     string // standard_conforming_strings
	mode                           pgx.QueryExecMode
	pooled                         bool // known of the mode describe_exec
}

// checkSurroundings returns an error that says what has to be set.
func checkSurroundings(ctx context.Context, pool *pgxpool.Pool) error {
	const op = "look at the settings"
	is := surroundings{mode: pool.Config().ConnConfig.DefaultQueryExecMode}
	ask := func() error { // in a way that none of them can break, and a transaction, which not each pooler allows
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			return tx.QueryRow(ctx, settingsText, pgx.QueryExecModeExec).Scan(&is.serverEncoding, &is.clientEncoding, &is.byteaOutput, &is.arrayNulls, &is.conforming)
		})
	}
	err := ask()
	for n := 1; err != nil && n < attempts && readable(err); n++ { // connections that were idle can have ended
		err = ask()
	}
	if err == nil && is.mode == pgx.QueryExecModeDescribeExec {
		err = pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
			var err error
			is.pooled, err = pooled(ctx, conn.Conn())
			return err
		})
	}
	if err != nil {
		return explain(ctx, op, err)
	}
	if what, problem := is.problem(); problem != nil {
		return &Error{Op: op, Problem: problem, Err: plain("%s", what)}
	}
	return nil
}

// pooled reports whether something stands between the process and the server: what
// answers when a connection is made then is another process than that which works.
func pooled(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var pid uint32
	err := conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&pid)
	return pid != conn.PgConn().PID(), err
}

// problem returns what is set so that it cannot work, and the error for that.
func (is surroundings) problem() (what string, problem error) {
	asText := is.mode == pgx.QueryExecModeSimpleProtocol || is.mode == pgx.QueryExecModeExec
	switch {
	case !isUTF8(is.serverEncoding):
		return "the database is in " + is.serverEncoding, ErrEncoding
	case !isUTF8(is.clientEncoding):
		return "client_encoding is " + is.clientEncoding + " and has to be UTF8", ErrSetting
	case asText && is.byteaOutput != "" && is.byteaOutput != "hex":
		return "bytea_output is " + is.byteaOutput + " and has to be hex for pgx's modes exec and simple_protocol", ErrSetting
	case asText && is.arrayNulls == "off":
		return "array_nulls is off and has to be on for pgx's modes exec and simple_protocol", ErrSetting
	case is.mode == pgx.QueryExecModeSimpleProtocol && is.conforming == "off":
		return "standard_conforming_strings is off and has to be on for pgx's mode simple_protocol", ErrSetting
	case is.pooled:
		// It runs the statement that was described last on a connection, which by then
		// can be another one, with another client's statement.
		return "with describe_exec it can run another client's statement", ErrPooler
	}
	return "", nil
}

func isUTF8(encoding string) bool {
	return encoding == "" || strings.EqualFold(encoding, "UTF8") || strings.EqualFold(encoding, "UTF-8")
}
