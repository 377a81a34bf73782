package sqlite

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"syscall"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

// roomVFS is the file system of the system, as which a file that has no room says so: of
// what the system says SQLite keeps no more than that writing failed, and after a COMMIT
// not even the file.
type roomVFS struct{ vfs.VFSFilename }

const roomName = "partnerengage"

var registerRoom = sync.OnceFunc(func() { vfs.Register(roomName, roomVFS{vfs.Find("").(vfs.VFSFilename)}) })

// Codes of a file that is full, which SQLite hands through as kinds of FULL.
const (
	databaseFull  = sqlite3.ExtendedErrorCode(sqlite3.FULL) | (iota+1)<<8
	logFull       // or a rollback journal's
	temporaryFull // of statements, sorts and the like
)

// osFile is what the system's files can do that is not asked for one by one.
type osFile interface {
	vfs.FileLockState
	vfs.FilePersistWAL
	vfs.FilePowersafeOverwrite
	vfs.FileSizeHint
	vfs.FileHasMoved
}

func (v roomVFS) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, out, err := v.VFSFilename.OpenFilename(name, flags)
	of, ok := f.(osFile)
	if err != nil || !ok {
		return f, out, err
	}
	full := temporaryFull
	switch {
	case flags&vfs.OPEN_MAIN_DB != 0:
		full = databaseFull
	case flags&(vfs.OPEN_WAL|vfs.OPEN_MAIN_JOURNAL) != 0:
		full = logFull
	}
	return &roomFile{osFile: of, full: full}, out, nil
}

type roomFile struct {
	osFile
	full sqlite3.ExtendedErrorCode
}

// told returns the error with the code of the file, when it has no room.
func (f *roomFile) told(err error) error {
	if noRoom(err) {
		return vfs.SystemError(err, f.full)
	}
	return err
}

func noRoom(err error) bool {
	if runtime.GOOS == "windows" && (errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))) { // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

func (f *roomFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.osFile.WriteAt(p, off)
	return n, f.told(err)
}

func (f *roomFile) Truncate(size int64) error     { return f.told(f.osFile.Truncate(size)) }
func (f *roomFile) Sync(flags vfs.SyncFlag) error { return f.told(f.osFile.Sync(flags)) }
func (f *roomFile) SizeHint(size int64) error     { return f.told(f.osFile.SizeHint(size)) }
func (f *roomFile) Unwrap() vfs.File              { return f.osFile }

// DeviceCharacteristics leaves out what the file system of some telephones can do and
// this one does not hand on.
func (f *roomFile) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return f.osFile.DeviceCharacteristics() &^ vfs.IOCAP_BATCH_ATOMIC
}

func (f *roomFile) SharedMemory() vfs.SharedMemory {
	if of, ok := f.osFile.(vfs.FileSharedMemory); ok {
		return of.SharedMemory()
	}
	return nil
}

func (f *roomFile) MemoryMapper() vfs.MemoryMapper {
	if of, ok := f.osFile.(vfs.FileMemoryMapper); ok {
		return of.MemoryMapper()
	}
	return nil
}

// fullFile returns the path of the file that an error says is full, or of the folder
// of temporary ones, or "".
func fullFile(database string, err error) string {
	var code sqlite3.ExtendedErrorCode
	if !errors.As(err, &code) {
		return ""
	}
	switch code {
	case databaseFull:
		return database
	case logFull:
		return database + "-wal"
	case sqlite3.IOERR_SHMSIZE:
		return database + "-shm"
	case temporaryFull:
		if dir := os.Getenv("SQLITE_TMPDIR"); dir != "" {
			return dir
		}
		return os.TempDir()
	}
	return ""
}
