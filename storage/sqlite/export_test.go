package sqlite

// KeepLog lets the log have so many frames, and looks after so many writes.
func KeepLog(s *Store, most, every int) {
	s.queue.log.most, s.queue.log.every, s.queue.log.left = most, every, every
}
