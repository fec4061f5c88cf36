package intake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/xuri/excelize/v2"

	"cinnabar/internal/fault"
)

// workbook reads the rows of one worksheet as a stream.
type workbook struct {
	file    *excelize.File
	rows    *excelize.Rows
	line    int
	old1904 bool // days counted from 1904, as old Macintoshes did
}

// headerWithin is how far down the header may stand: people put a title above.
const headerWithin = 10

func openWorkbook(f *os.File) (w *workbook, err error) {
	defer guard(&err)
	file, err := excelize.OpenReader(f, excelize.Options{
		UnzipSizeLimit:    maxUnpacked,
		UnzipXMLSizeLimit: 64 << 20, // parts above this wait in a temporary file
		// As stored: what a cell's format shows of a number may have lost digits.
		RawCellValue: true,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.FileUnreadable)
	}
	w = &workbook{file: file}
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		w.old1904 = *props.Date1904
	}
	return w, nil
}

// header finds the worksheet: the first that has a column id in one of its first
// rows. The rows that follow come from next.
func (w *workbook) header() (cells []string, err error) {
	defer guard(&err)
	for _, sheet := range w.file.GetSheetList() {
		rows, err := w.file.Rows(sheet)
		if err != nil {
			return nil, err
		}
		for line := 1; line <= headerWithin && rows.Next(); line++ {
			cells, err := rows.Columns()
			if err != nil {
				break // a broken sheet may stand beside the right one
			}
			if hasID(cells) {
				w.rows, w.line = rows, line
				return cells, nil
			}
		}
		_ = rows.Close()
	}
	return nil, fault.New(fault.FieldMissing, "field", "id")
}

func (w *workbook) next() (rec record, err error) {
	defer guard(&err)
	if !w.rows.Next() {
		if err := w.rows.Error(); err != nil {
			return record{}, err
		}
		return record{}, io.EOF
	}
	w.line++
	cells, err := w.rows.Columns()
	if err != nil {
		return record{}, err
	}
	rec = record{line: w.line, cells: cells}
	size := 0
	for _, c := range cells {
		size += len(c)
	}
	if size > maxRow {
		rec.fault, rec.raw = tooLong(maxRow), []byte(cells[0])
	}
	return rec, nil
}

// serial reads a time that a cell holds as days since 1900 (or 1904), which has
// no zone: the result says the hands of the clock, in UTC.
func (w *workbook) serial(days float64) (time.Time, error) {
	if days < 1 || days > 100_000 { // 1900 to 2173
		return time.Time{}, errors.New("not a day of a worksheet")
	}
	return excelize.ExcelDateToTime(days, w.old1904)
}

func (w *workbook) close() {
	if w.rows != nil {
		_ = w.rows.Close()
	}
	_ = w.file.Close()
}

// guard turns a panic of the library over a hostile workbook into an error.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("workbook: %v", r)
	}
}
