//go:build !linux

package postgrestest

import "syscall"

// attributes are the defaults: the server runs as whoever runs the tests.
func attributes() (*syscall.SysProcAttr, error) { return nil, nil }

func handOver(string) error { return nil }
