package decode

import (
	"bytes"

	"cinnabar/internal/fault"
)

// Sniff tells the format by the first bytes. It returns PictureEmpty for no
// bytes at all and PictureKind (Args: kind) for everything that is not opened,
// by the name people know it by where that can be told.
func Sniff(data []byte) (Format, error) {
	switch {
	case len(data) == 0:
		return "", fault.New(fault.PictureEmpty)
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return JPEG, nil
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return GIF, nil
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return WebP, nil
	}
	return "", fault.New(fault.PictureKind, "kind", otherKind(data))
}

// otherKind names what people do send and we do not open. "unknown" is anything else.
func otherKind(data []byte) string {
	if len(data) >= 12 && string(data[4:8]) == "ftyp" {
		// ISO base media: the brand says what is inside.
		switch string(data[8:12]) {
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			return "HEIC"
		case "avif", "avis":
			return "AVIF"
		}
		return "MP4"
	}
	for _, known := range []struct{ magic, kind string }{
		{"II*\x00", "TIFF"},
		{"MM\x00*", "TIFF"},
		{"II+\x00", "TIFF"},
		{"MM\x00+", "TIFF"},
		{"BM", "BMP"},
		{"%PDF-", "PDF"},
		{"8BPS", "PSD"},
		{"\x00\x00\x01\x00", "ICO"},
		{"\x00\x00\x00\x0cJXL ", "JPEG XL"},
		{"\xff\x0a", "JPEG XL"},
		{"\x00\x00\x00\x0cjP  ", "JPEG 2000"},
		{"\xff\x4f\xff\x51", "JPEG 2000"},
		{"PK\x03\x04", "ZIP"},
		{"\x1a\x45\xdf\xa3", "WebM"},
	} {
		if bytes.HasPrefix(data, []byte(known.magic)) {
			return known.kind
		}
	}
	head := bytes.ToLower(data[:min(len(data), 512)])
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("<svg")), bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")):
		return "SVG"
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")):
		return "HTML"
	}
	return "unknown"
}

// Acceptable reports by size and first bytes whether a file may be kept as a
// picture at all, with the faults PictureEmpty, PictureKind and PictureLarge. It
// does not say that it opens.
func Acceptable(data []byte) error {
	if len(data) > MaxBytes {
		return large(megabytes(int64(len(data))), megabytes(MaxBytes))
	}
	_, err := Sniff(data)
	return err
}
