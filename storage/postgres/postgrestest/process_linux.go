package postgrestest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// attributes let the server run as a user that may, which root may not, and end
// with its parent.
func attributes() (*syscall.SysProcAttr, error) {
	who, err := credential()
	return &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}, err
}

func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("root may not run a server, and there is neither a user postgres nor nobody")
}

// handOver gives a folder to the user that runs the server.
func handOver(dir string) error {
	who, err := credential()
	if err != nil || who == nil {
		return err
	}
	return os.Chown(dir, int(who.Uid), int(who.Gid))
}
