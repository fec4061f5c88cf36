package store

import (
	"errors"
	"io"
)

// ReadAuditFile reads an exported record to its end and returns how many rows it has.
func ReadAuditFile(in io.Reader) (rows int, err error) {
	f, err := openAuditFile("file", in)
	if err != nil {
		return 0, err
	}
	for ; ; rows++ {
		if _, err := f.next(); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return rows, err
		}
	}
}
