package rows

import "errors"

// Readable turns rows into values. A row that cannot be read is left out, and its
// error is among the joined ones.
func Readable[R any, V any](list []R, value func(R) (V, error)) ([]V, error) {
	out := make([]V, 0, len(list))
	var errs []error
	for _, row := range list {
		v, err := value(row)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}
