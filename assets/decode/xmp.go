package decode

import (
	"bytes"
	"encoding/xml"
	"strings"
	"time"
)

// maxPacket is how much of an XMP packet is read. Usual ones have some kilobytes;
// those of editing programs may hold whole histories behind what is read here.
const maxPacket = 256 << 10

// readXMP fills in what EXIF left open. A packet is RDF (ISO 16684-1), in which a
// property may stand as an attribute or as an element; both are looked at, and
// nothing else of RDF is needed.
func (m *Meta) readXMP(packet []byte) {
	d := xml.NewDecoder(bytes.NewReader(packet[:min(len(packet), maxPacket)]))
	d.Strict = false
	found := map[string]string{}
	keep := func(name xml.Name, value string) {
		if value = strings.TrimSpace(value); value != "" && found[name.Local] == "" {
			found[name.Local] = shown([]byte(value))
		}
	}
	var within []xml.Name
	for {
		token, err := d.Token()
		if err != nil {
			break // its end, or where it is broken: what was read holds
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(within) >= 64 {
				return
			}
			within = append(within, t.Name)
			for _, a := range t.Attr {
				keep(a.Name, a.Value)
			}
		case xml.EndElement:
			if len(within) > 0 {
				within = within[:len(within)-1]
			}
		case xml.CharData:
			if len(within) > 0 {
				keep(within[len(within)-1], string(t))
			}
		}
	}
	if m.Camera == "" {
		m.Camera = camera(found["Make"], found["Model"])
	}
	for _, name := range []string{"Lens", "LensModel"} {
		if m.Lens == "" {
			m.Lens = found[name]
		}
	}
	if m.Software == "" {
		m.Software = found["CreatorTool"]
	}
	for _, name := range []string{"DateTimeOriginal", "CreateDate", "DateCreated"} {
		for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04"} {
			if at, err := time.Parse(form, found[name]); err == nil && m.TakenAt.IsZero() {
				m.TakenAt = at
			}
		}
	}
	m.SourceType = found["DigitalSourceType"]
	if at := strings.LastIndexByte(m.SourceType, '/'); at >= 0 {
		m.SourceType = m.SourceType[at+1:] // of an address at cv.iptc.org
	}
	m.HasPlace = m.HasPlace || found["GPSLatitude"] != "" || found["GPSLongitude"] != ""
}
