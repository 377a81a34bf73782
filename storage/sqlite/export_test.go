package sqlite

// KeepLog lets the log have so many frames, and looks after so many writes.
func KeepLog(s *Store, most, every int) { s.log.most, s.log.every, s.log.left = most, every, every }
