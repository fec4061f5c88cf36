package decode

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cinnabar/internal/fault"
)

// field is one entry of a directory.
type field struct {
	tag, kind uint16
	value     []byte
}

func ascii(tag uint16, text string) field { return field{tag, typeASCII, append([]byte(text), 0)} }

func rationals(tag uint16, v ...uint32) field {
	var b []byte
	for _, n := range v {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return field{tag, typeRational, b}
}

// directories writes a TIFF structure: the first directory points to the others by
// the tags that they are named for.
func directories(main []field, others map[uint16][]field) []byte {
	unit := map[uint16]int{typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8}
	out := []byte("MM\x00*\x00\x00\x00\x08")
	write := func(fields []field) map[uint16]int {
		at := map[uint16]int{}
		out = binary.BigEndian.AppendUint16(out, uint16(len(fields)))
		place := len(out)
		out = append(out, make([]byte, 12*len(fields)+4)...)
		for i, f := range fields {
			e := out[place+12*i:]
			binary.BigEndian.PutUint16(e, f.tag)
			binary.BigEndian.PutUint16(e[2:], f.kind)
			binary.BigEndian.PutUint32(e[4:], uint32(len(f.value)/unit[f.kind]))
			at[f.tag] = place + 12*i + 8
			if len(f.value) <= 4 {
				copy(e[8:12], f.value)
				continue
			}
			binary.BigEndian.PutUint32(e[8:], uint32(len(out)))
			out = append(out, f.value...)
		}
		return at
	}
	for tag := range others {
		main = append(main, field{tag, typeLong, make([]byte, 4)})
	}
	at := write(main)
	for tag, fields := range others {
		binary.BigEndian.PutUint32(out[at[tag]:], uint32(len(out)))
		write(fields)
	}
	return out
}

func fullExif() []byte {
	return directories([]field{
		ascii(tagMake, "Canon"), ascii(tagModel, "Canon EOS R5"), ascii(tagSoftware, "Meitu\x01 9.1"),
		ascii(tagDateTime, "2026:02:01 00:00:00"), {orientationTag, typeShort, []byte{0, 6}},
	}, map[uint16][]field{
		tagExif: {ascii(tagTaken, "2026:01:31 18:04:05"), ascii(tagTakenZone, "+08:00"), ascii(tagLensModel, "RF50mm F1.2")},
		tagGPS: {
			ascii(tagLatitudeNS, "N"), rationals(tagLatitude, 31, 1, 14, 1, 0, 0),
			ascii(tagLongitudeW, "W"), rationals(tagLongitude, 121, 1, 30, 1, 3600, 100),
		},
	})
}

const packet = `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="A painter" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="31,14N">
<Iptc4xmpExt:DigitalSourceType xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>
<tiff:Make xmlns:tiff="http://ns.adobe.com/tiff/1.0/">Leica</tiff:Make><tiff:Model xmlns:tiff="http://ns.adobe.com/tiff/1.0/">Q3</tiff:Model>
<exif:DateTimeOriginal>2026-01-31T18:04:05+08:00</exif:DateTimeOriginal></rdf:Description></rdf:RDF></x:xmpmeta>`

func TestWhatAFileSaysOfItselfIsRead(t *testing.T) {
	t.Parallel()
	img := asJPEG(t, corners(48, 32))
	taken := time.Date(2026, 1, 31, 10, 4, 5, 0, time.UTC)
	withExif := withSegment(img, 0xE1, append([]byte("Exif\x00\x00"), fullExif()...))
	m := ReadMeta(withExif)
	if m.Format != JPEG || m.Bytes != len(withExif) || m.Width != 32 || m.Height != 48 || m.Orientation != 6 ||
		m.Camera != "Canon EOS R5" || m.Lens != "RF50mm F1.2" || m.Software != "Meitu 9.1" || !m.TakenAt.Equal(taken) || !m.HasPlace {
		t.Errorf("%+v taken %v", struct{ Meta }{m}, m.TakenAt)
	}
	place, ok := m.Place()
	if !ok || math.Abs(place.Latitude-(31+14.0/60)) > 1e-9 || math.Abs(place.Longitude+(121+30.0/60+36.0/3600)) > 1e-9 {
		t.Errorf("place %v, %v", place, ok)
	}

	m = ReadMeta(withSegment(img, 0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet...)))
	if m.Camera != "Leica Q3" || m.Software != "A painter" || m.SourceType != "trainedAlgorithmicMedia" || !m.TakenAt.Equal(taken) || !m.HasPlace {
		t.Errorf("XMP: %+v", struct{ Meta }{m})
	}
	if _, ok := m.Place(); ok {
		t.Error("a place in XMP is known to be there, and not read")
	}
	m = ReadMeta(withChunk(asPNG(t, corners(8, 8)), "iTXt", append([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), packet...)))
	if m.Camera != "Leica Q3" || m.Format != PNG {
		t.Errorf("XMP in a PNG: %+v", struct{ Meta }{m})
	}
	m = ReadMeta(riff(riffChunk("VP8X", []byte{12, 0, 0, 0, 15, 0, 0, 15, 0, 0}), lossyWebP(t)[12:], riffChunk("EXIF", fullExif()), riffChunk("XMP ", []byte(packet))))
	if m.Camera != "Canon EOS R5" || m.SourceType != "trainedAlgorithmicMedia" || m.Format != WebP {
		t.Errorf("WebP: %+v", struct{ Meta }{m})
	}
	m = ReadMeta(withSegment(img, 0xEB, []byte("JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumb\x00\x00\x00\x18jumdc2pa")))
	if !m.Credentials {
		t.Error("a signed account of its making is not seen")
	}
	m = ReadMeta(iCCP(t, asPNG(t, corners(8, 8)), describedProfile("Display P3")))
	if m.Profile != "Display P3" {
		t.Errorf("profile %q", m.Profile)
	}
}

// describedProfile has a description in UTF-16 and nothing else.
func describedProfile(name string) []byte {
	body := append([]byte("mluc\x00\x00\x00\x00"), 0, 0, 0, 1, 0, 0, 0, 12, 'e', 'n', 'U', 'S')
	body = binary.BigEndian.AppendUint32(body, uint32(2*len(name)))
	body = binary.BigEndian.AppendUint32(body, 28)
	for _, r := range name {
		body = binary.BigEndian.AppendUint16(body, uint16(r))
	}
	out := append(make([]byte, 128), 0, 0, 0, 1)
	out = append(out, "desc\x00\x00\x00\x90"...)
	return append(binary.BigEndian.AppendUint32(out, uint32(len(body))), body...)
}

func TestAPlaceIsNotShownByMistake(t *testing.T) {
	t.Parallel()
	m := ReadMeta(withSegment(asJPEG(t, corners(8, 8)), 0xE1, append([]byte("Exif\x00\x00"), fullExif()...)))
	if _, ok := m.Place(); !ok {
		t.Fatal("no place")
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{fmt.Sprint(m), fmt.Sprintf("%+v", m), fmt.Sprintf("%#v", m), string(text)} {
		if strings.Contains(shown, "31.2") || strings.Contains(shown, "121.5") {
			t.Errorf("%s", shown)
		}
	}
}

func TestBrokenFactsAreLeftOut(t *testing.T) {
	t.Parallel()
	img := asJPEG(t, corners(8, 8))
	for name, block := range map[string][]byte{
		"a circle":              directories(nil, map[uint16][]field{tagExif: {{tagExif, typeLong, []byte{0, 0, 0, 8}}}}),
		"a place of 0/0":        directories(nil, map[uint16][]field{tagGPS: {rationals(tagLatitude, 1, 0, 0, 0, 0, 0), rationals(tagLongitude, 0, 0, 0, 0, 0, 0)}}),
		"a count of everything": append(append([]byte("MM\x00*\x00\x00\x00\x08\xff\xff\x01\x0f\x00\x02"), 0xFF, 0xFF, 0xFF, 0xFF), 0xFF, 0xFF, 0xFF, 0xFF),
	} {
		m := ReadMeta(withSegment(img, 0xE1, append([]byte("Exif\x00\x00"), block...)))
		if _, ok := m.Place(); ok || m.Camera != "" || m.Width != 8 {
			t.Errorf("%s: %+v", name, struct{ Meta }{m})
		}
	}
	for n := range len(packet) {
		ReadMeta(withSegment(img, 0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet[:n]...)))
	}
	block := fullExif()
	for n := range len(block) {
		ReadMeta(withSegment(img, 0xE1, append([]byte("Exif\x00\x00"), block[:n]...)))
	}
	if got := shown([]byte("gnp.\u202Etxt\x00\x1b[31m日本")); got != "gnp.txt[31m日本" {
		t.Errorf("%q", got)
	}
}

func TestOnlyFilesThatCouldBePicturesAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	picture := asPNG(t, corners(8, 8))
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if data, err := ReadFile(write("a.png", picture)); err != nil || string(data) != string(picture) {
		t.Errorf("a picture: %v", err)
	}
	if data, err := ReadFile(write("empty", nil)); err != nil || len(data) != 0 {
		t.Errorf("an empty file: %v", err) // Open says what is wrong with it
	}
	sparse := write("sparse", nil)
	if err := os.Truncate(sparse, 2<<30); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path string
		code fault.Code
		kind string
	}{
		{filepath.Join(dir, "absent"), fault.FileMissing, ""},
		{dir, fault.PictureKind, "folder"},
		{sparse, fault.PictureLarge, ""},
	} {
		_, err := ReadFile(c.path)
		if f := fault.Of(err); f == nil || f.Code != c.code || f.Args["kind"] != c.kind {
			t.Errorf("%s: %v", c.path, err)
		}
	}
}

func FuzzReadMeta(f *testing.F) {
	img := asJPEG(f, corners(8, 8))
	f.Add(withSegment(img, 0xE1, append([]byte("Exif\x00\x00"), fullExif()...)))
	f.Add(withSegment(img, 0xE1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), packet...)))
	f.Add(iCCP(f, asPNG(f, corners(8, 8)), describedProfile("x")))
	f.Add(animated(lossyWebP(f), 16, 16, 0, 0, 16, 16))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := ReadMeta(data)
		if len(m.Camera) > 401 || len(m.Profile) > 200 {
			t.Fatalf("%q %q", m.Camera, m.Profile)
		}
	})
}
