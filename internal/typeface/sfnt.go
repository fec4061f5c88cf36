package typeface

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/bits"
	"os"
	"sort"

	"github.com/go-text/typesetting/font/opentype"
)

// table is one table of a font file. data is nil for one that is taken over
// as it is.
type table struct {
	tag  opentype.Tag
	data []byte
}

// whole keeps every table but the signature, which no longer fits.
func whole(l *opentype.Loader) ([]table, error) {
	var out []table
	for _, tag := range l.Tables() {
		if tag != opentype.MustNewTag("DSIG") {
			out = append(out, table{tag: tag})
		}
	}
	return out, nil
}

// cacheName tells cuts apart: the face, when its file was changed, and how it was cut.
func cacheName(s source, info os.FileInfo, cut string) string {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, s.path, s.index, info.Size(), info.ModTime().UnixNano(), cut)
	return fmt.Sprintf("han-%016x.otf", h.Sum64())
}

const (
	headerSize = 12
	recordSize = 16
)

// assemble writes a font file as the OpenType specification lays it out: header,
// records sorted by tag, tables at multiples of four, and in head the checksum
// that makes the whole file sum up to a fixed number.
func assemble(tables []table) []byte {
	sort.Slice(tables, func(i, j int) bool { return tables[i].tag < tables[j].tag })
	size := headerSize + recordSize*len(tables)
	for _, t := range tables {
		size += padded(len(t.data))
	}
	out := make([]byte, size)

	magic := uint32(0x00010000)
	for _, t := range tables {
		if t.tag == opentype.MustNewTag("CFF ") || t.tag == opentype.MustNewTag("CFF2") {
			magic = 0x4F54544F // "OTTO"
		}
	}
	n := len(tables)
	power := bits.Len(uint(n)) - 1
	be := binary.BigEndian
	be.PutUint32(out[0:], magic)
	be.PutUint16(out[4:], uint16(n))
	be.PutUint16(out[6:], uint16(16<<power))
	be.PutUint16(out[8:], uint16(power))
	be.PutUint16(out[10:], uint16(16*n-16<<power))

	at, head := headerSize+recordSize*n, -1
	for i, t := range tables {
		copy(out[at:], t.data)
		if t.tag == opentype.MustNewTag("head") && len(t.data) >= 12 {
			head = at
			be.PutUint32(out[at+8:], 0) // checkSumAdjustment counts as nothing
		}
		record := out[headerSize+recordSize*i:]
		be.PutUint32(record[0:], uint32(t.tag))
		be.PutUint32(record[4:], checksum(out[at:at+padded(len(t.data))]))
		be.PutUint32(record[8:], uint32(at))
		be.PutUint32(record[12:], uint32(len(t.data)))
		at += padded(len(t.data))
	}
	if head >= 0 {
		be.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	}
	return out
}

func padded(n int) int { return (n + 3) &^ 3 }

// checksum adds up 32-bit words; data has whole ones.
func checksum(data []byte) uint32 {
	var sum uint32
	for ; len(data) >= 4; data = data[4:] {
		sum += binary.BigEndian.Uint32(data)
	}
	return sum
}
