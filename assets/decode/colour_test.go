package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// profile writes an ICC profile: three curves and the colorants in the columns of
// toXYZ, seen under D50; or one curve, when there are no colorants.
func profile(curve []byte, toXYZ *matrix) []byte {
	type tag struct {
		name string
		body []byte
	}
	var tags []tag
	space := "GRAY"
	if toXYZ == nil {
		tags = append(tags, tag{"kTRC", curve})
	} else {
		space = "RGB "
		for i, name := range []string{"r", "g", "b"} {
			xyz := []byte("XYZ \x00\x00\x00\x00")
			for row := range 3 {
				xyz = binary.BigEndian.AppendUint32(xyz, uint32(int32(math.Round(toXYZ[3*row+i]*65536))))
			}
			tags = append(tags, tag{name + "XYZ", xyz}, tag{name + "TRC", curve})
		}
	}
	head := make([]byte, 128)
	copy(head[12:], "mntr"+space+"XYZ ")
	copy(head[36:], "acsp")
	head = binary.BigEndian.AppendUint32(head, uint32(len(tags)))
	at := len(head) + 12*len(tags)
	var bodies []byte
	for _, t := range tags {
		head = append(head, t.name...)
		head = binary.BigEndian.AppendUint32(head, uint32(at+len(bodies)))
		head = binary.BigEndian.AppendUint32(head, uint32(len(t.body)))
		bodies = append(bodies, t.body...)
	}
	out := append(head, bodies...)
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

func gamma(g float64) []byte {
	b := append([]byte("curv\x00\x00\x00\x00"), 0, 0, 0, 1)
	return binary.BigEndian.AppendUint16(b, uint16(math.Round(g*256)))
}

func parametricSRGB() []byte {
	b := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, .055 / 1.055, 1 / 12.92, .04045} {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

func tableSRGB() []byte {
	b := append([]byte("curv\x00\x00\x00\x00"), 0, 0, 4, 0)
	for i := range 1024 {
		b = binary.BigEndian.AppendUint16(b, uint16(math.Round(linear(float64(i)/1023)*65535)))
	}
	return b
}

// Colorants under D50 as their profiles state them.
var (
	xyzP3 = matrix{
		.51512, .29198, .15710,
		.24120, .69225, .06657,
		-.00105, .04189, .78407,
	}
	xyzAdobe = matrix{
		.60974, .20528, .14919,
		.31111, .62567, .06322,
		.01947, .06087, .74457,
	}
	xyzProPhoto = matrix{
		.79767, .13519, .03134,
		.28804, .71188, .00009,
		0, 0, .82491,
	}
	xyzSRGB = matrix{
		.43607, .38515, .14307,
		.22249, .71687, .06061,
		.01392, .09708, .71410,
	}
)

func within(a, b color.RGBA, d int) bool {
	return apart(a.R, int(b.R)) <= d && apart(a.G, int(b.G)) <= d && apart(a.B, int(b.B)) <= d && a.A == b.A
}

func compressed(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func iCCP(t testing.TB, data, profile []byte) []byte {
	return withChunk(data, "iCCP", append([]byte("any name\x00\x00"), compressed(t, profile)...))
}

func flat(c color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	for y := range 16 {
		for x := range 16 {
			img.Set(x, y, c)
		}
	}
	return img
}

func TestWideColoursComeOutAsTheSameColoursInSRGB(t *testing.T) {
	t.Parallel()
	p3 := profile(parametricSRGB(), &xyzP3)
	adobe := profile(gamma(563.0/256), &xyzAdobe)
	pro := profile(gamma(1.8), &xyzProPhoto)
	for _, c := range []struct {
		name     string
		profile  []byte
		in, want color.RGBA
	}{
		// sRGB's primaries as other spaces write them.
		{"P3: the red of sRGB", p3, color.RGBA{234, 51, 35, 255}, color.RGBA{255, 0, 0, 255}},
		{"P3: the green of sRGB", p3, color.RGBA{117, 251, 76, 255}, color.RGBA{0, 255, 0, 255}},
		{"P3: the blue of sRGB", p3, color.RGBA{0, 0, 245, 255}, color.RGBA{0, 0, 255, 255}},
		{"P3: red beyond sRGB", p3, color.RGBA{255, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
		{"P3: grey", p3, color.RGBA{119, 119, 119, 255}, color.RGBA{119, 119, 119, 255}},
		{"Adobe RGB: the red of sRGB", adobe, color.RGBA{219, 0, 0, 255}, color.RGBA{255, 0, 0, 255}},
		{"Adobe RGB: the green of sRGB", adobe, color.RGBA{144, 255, 60, 255}, color.RGBA{0, 255, 0, 255}},
		{"Adobe RGB: white", adobe, color.RGBA{255, 255, 255, 255}, color.RGBA{255, 255, 255, 255}},
		{"ProPhoto: the red of sRGB", pro, color.RGBA{179, 70, 26, 255}, color.RGBA{255, 0, 0, 255}},
		{"ProPhoto: middle grey", pro, color.RGBA{100, 100, 100, 255}, color.RGBA{118, 118, 118, 255}},
	} {
		p, err := Decode(t.Context(), iCCP(t, asPNG(t, flat(c.in)), c.profile))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := p.Image.RGBAAt(8, 8); !within(got, c.want, 3) || len(p.Notes) != 0 {
			t.Errorf("%s: %v, want %v; notes %v", c.name, got, c.want, p.Notes)
		}
	}
}

func TestTransparentColoursAreConvertedAsColours(t *testing.T) {
	t.Parallel()
	p, err := Decode(t.Context(), iCCP(t, asPNG(t, flat(color.NRGBA{234, 51, 35, 128})), profile(parametricSRGB(), &xyzP3)))
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Image.RGBAAt(8, 8); !within(got, color.RGBA{128, 0, 0, 128}, 3) {
		t.Errorf("half a red: %v", got)
	}
}

func TestOnlyWhatCannotBeConvertedIsSaid(t *testing.T) {
	t.Parallel()
	jpegData := asJPEG(t, flat(color.RGBA{200, 100, 50, 255}))
	grey := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range grey.Pix {
		grey.Pix[i] = 100
	}
	app2 := func(data []byte, parts ...[]byte) []byte {
		for i := len(parts) - 1; i >= 0; i-- { // each goes before the last
			data = withSegment(data, 0xE2, append([]byte{'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0, byte(i + 1), byte(len(parts))}, parts[i]...))
		}
		return data
	}
	p3 := profile(parametricSRGB(), &xyzP3)
	lut := append([]byte{}, p3...)
	copy(lut[20:], "Lab ")
	cmyk := append([]byte{}, p3...)
	copy(cmyk[16:], "CMYK")
	said := []Note{ColourNotManaged}
	for _, c := range []struct {
		name  string
		data  []byte
		notes []Note
		want  color.RGBA
	}{
		{"no profile", jpegData, nil, color.RGBA{200, 100, 50, 255}},
		{"sRGB by formula", app2(jpegData, profile(parametricSRGB(), &xyzSRGB)), nil, color.RGBA{200, 100, 50, 255}},
		{"sRGB by table", app2(jpegData, profile(tableSRGB(), &xyzSRGB)), nil, color.RGBA{200, 100, 50, 255}},
		{"P3", app2(jpegData, p3), nil, color.RGBA{215, 93, 31, 255}},
		{"P3 in three parts", app2(jpegData, p3[:100], p3[100:200], p3[200:]), nil, color.RGBA{215, 93, 31, 255}},
		{"tables", app2(jpegData, lut), said, color.RGBA{200, 100, 50, 255}},
		{"inks", app2(jpegData, cmyk), said, color.RGBA{200, 100, 50, 255}},
		{"cut off", app2(jpegData, p3[:200]), said, color.RGBA{200, 100, 50, 255}},
		{"nonsense", app2(jpegData, []byte("Display P3")), said, color.RGBA{200, 100, 50, 255}},
		{"grey profile on colours", app2(jpegData, profile(gamma(1.8), nil)), said, color.RGBA{200, 100, 50, 255}},
		{"grey profile on grey", app2(asJPEG(t, grey), profile(gamma(1.8), nil)), nil, color.RGBA{118, 118, 118, 255}},
		{"PNG, sRGB chunk over gamma", withChunk(withChunk(asPNG(t, grey), "gAMA", []byte{0, 1, 0x86, 0xA0}), "sRGB", []byte{0}), nil, color.RGBA{100, 100, 100, 255}},
		{"PNG, linear light", withChunk(asPNG(t, grey), "gAMA", []byte{0, 1, 0x86, 0xA0}), nil, color.RGBA{168, 168, 168, 255}},
		{"PNG, the usual gamma", withChunk(asPNG(t, grey), "gAMA", []byte{0, 0, 0xB1, 0x8F}), nil, color.RGBA{100, 100, 100, 255}},
		{"PNG, gamma of nothing", withChunk(asPNG(t, grey), "gAMA", []byte{0, 0, 0, 1}), said, color.RGBA{100, 100, 100, 255}},
		{"PNG, P3 by code point", withChunk(asPNG(t, flat(color.RGBA{234, 51, 35, 255})), "cICP", []byte{12, 13, 0, 1}), nil, color.RGBA{255, 0, 0, 255}},
		{"PNG, HDR by code point", withChunk(asPNG(t, grey), "cICP", []byte{9, 16, 0, 1}), said, color.RGBA{100, 100, 100, 255}},
		{"PNG, P3 by primaries", withChunk(asPNG(t, flat(color.RGBA{234, 51, 35, 255})), "cHRM", primaries(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)), nil, color.RGBA{255, 0, 0, 255}},
		{"PNG, primaries of nothing", withChunk(asPNG(t, grey), "cHRM", primaries(0, 0, 0, 0, 0, 0, 0, 0)), said, color.RGBA{100, 100, 100, 255}},
	} {
		p, err := Decode(t.Context(), c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.notes, p.Notes); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if got := p.Image.RGBAAt(8, 8); !within(got, c.want, 4) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	parts := app2(jpegData, p3[:100], p3[100:])
	second := bytes.LastIndex(parts, []byte("ICC_PROFILE"))
	parts[second] = 'X'
	if info, err := Config(parts); err != nil || len(info.Notes) != 1 {
		t.Errorf("a profile of which half is missing: %v, %v", info.Notes, err)
	}
	huge := iCCP(t, asPNG(t, grey), make([]byte, 64<<20))
	if info, err := Config(huge); err != nil || len(info.Notes) != 1 {
		t.Errorf("a profile that unpacks to 64 MB: %v, %v", info.Notes, err)
	}
}

func primaries(v ...uint32) (b []byte) {
	for _, n := range v {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func TestBlackAndWhiteFromAfarAreTheGreyOfTheirLight(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			v := uint8((x + y) % 2 * 255)
			img.SetRGBA(x, y, color.RGBA{v, v, v, 255})
		}
	}
	p, err := Here{}.Open(t.Context(), asPNG(t, img), Want{Longest: 32})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Image.RGBAAt(5, 5); p.Image.Rect.Dx() != 32 || p.Width != 64 || !within(got, color.RGBA{188, 188, 188, 255}, 1) {
		t.Errorf("%v, %v", p.Image.Rect, got)
	}
	// What is transparent does not darken what is not.
	half := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	half.SetNRGBA(0, 0, color.NRGBA{255, 0, 0, 255})
	half.SetNRGBA(1, 0, color.NRGBA{255, 0, 0, 255})
	got := reduce(toRGBA(half, half.Rect), 2)
	if got.Rect != image.Rect(0, 0, 2, 1) || got.RGBAAt(0, 0) != (color.RGBA{128, 0, 0, 128}) || got.RGBAAt(1, 0).A != 0 {
		t.Errorf("%v: %v, %v", got.Rect, got.RGBAAt(0, 0), got.RGBAAt(1, 0))
	}
}

func FuzzReadICC(f *testing.F) {
	f.Add(profile(parametricSRGB(), &xyzP3))
	f.Add(profile(tableSRGB(), &xyzSRGB))
	f.Add(profile(gamma(2.2), nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := readICC(data)
		if err != nil {
			return
		}
		img := flatRGBA()
		c.apply(img)
		c.changes()
	})
}

func flatRGBA() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 5)
	}
	return img
}
