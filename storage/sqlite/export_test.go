package sqlite

import "github.com/partnerengage/partnerengage/engagement"

// KeepLog lets the log have so many frames, and looks after so many writes.
func KeepLog(s *Store, most, every int) {
	s.queue.log.most, s.queue.log.every, s.queue.log.left = most, every, every
}

// DecodeShown makes a value of what the entry of a record shows, without its key.
func DecodeShown(b []byte) error {
	_, err := decode[engagement.Shown](b[:len(b)-sumSize])
	return err
}
