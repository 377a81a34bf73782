package sqlite

import "errors"

// bringOver is for tables of a version before the first script.
func (s *session) bringOver(at int64, first script) error { return errors.New("TODO") }
