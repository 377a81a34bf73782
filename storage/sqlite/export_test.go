package sqlite

import (
	"fmt"

	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/partnerengage/partnerengage/engagement"
)

// UseDisk has all files opened on a file system from now on; nil: on the system's.
func UseDisk(d vfs.VFSFilename) {
	registerRoom()
	if d == nil {
		d = vfs.Find("").(vfs.VFSFilename)
	}
	vfs.Register(roomName, roomVFS{d})
}

// KeepLog lets the log have so many bytes instead of 64 MB.
func KeepLog(s *Store, most int64) error {
	s.queue.log.most, s.queue.log.next = most, most
	_, err := s.writer.db.Exec(fmt.Sprint("PRAGMA journal_size_limit = ", most))
	return err
}

// DecodeShown makes a value of what the entry of a record shows, without its key.
func DecodeShown(b []byte) error {
	_, err := decode[engagement.Shown](b[:len(b)-sumSize])
	return err
}
