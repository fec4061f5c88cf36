package decode

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"unicode/utf8"

	"cinnabar/internal/fault"
)

// What goes over the two pipes. A process greets once; then every request is
// answered by one reply, in order. All numbers are little-endian.
//
//	greeting  8 bytes, which change with the protocol
//	request   magic 4, order 4, longest 4, better 4, length 4, the file
//	reply     magic 4, width 4, height 4, length of the account 4, account (JSON), RGBA pixels
//
// The parent believes nothing that comes back before it has checked it: whoever
// takes over a decoder holds the other end.
const (
	greeting     = "cbrpic1\n"
	requestMagic = 0x71726263
	replyMagic   = 0x70726263
	maxAccount   = 64 << 10
)

// orderOpen asks for a picture. Tests know other orders, see orders.
const orderOpen = 0

// request is one picture to open.
type request struct {
	order uint32
	want  Want
	data  []byte
}

func (r request) write(w io.Writer) error {
	var head [20]byte
	better := uint32(0)
	if r.want.Better {
		better = 1
	}
	longest := min(max(r.want.Longest, 0), MaxSide)
	for i, v := range []uint32{requestMagic, r.order, uint32(longest), better, uint32(len(r.data))} {
		binary.LittleEndian.PutUint32(head[4*i:], v)
	}
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(r.data)
	return err
}

var errProtocol = errors.New("not what was agreed on")

// readRequest reads a request; the file goes into buffer where it has the room.
// io.EOF means that the parent is done.
func readRequest(r io.Reader, buffer []byte) (request, error) {
	var head [20]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return request{}, err
	}
	var v [5]uint32
	for i := range v {
		v[i] = binary.LittleEndian.Uint32(head[4*i:])
	}
	if v[0] != requestMagic || v[2] > MaxSide || v[3] > 1 || v[4] > MaxBytes {
		return request{}, errProtocol
	}
	req := request{order: v[1], want: Want{Longest: int(v[2]), Better: v[3] == 1}}
	if cap(buffer) < int(v[4]) {
		buffer = make([]byte, v[4])
	}
	req.data = buffer[:v[4]]
	_, err := io.ReadFull(r, req.data)
	return req, err
}

// account is what a process says about a picture beside its pixels.
type account struct {
	Code fault.Code        `json:"code,omitempty"` // "" for a picture that opened
	Args map[string]string `json:"args,omitempty"`
}

// writeReply sends a picture, or the fault that it is.
func writeReply(w io.Writer, img *image.RGBA, err error) error {
	var said account
	var size image.Point
	if err != nil {
		f := fault.Of(err)
		said = account{f.Code, f.Args}
	} else {
		size = img.Rect.Size()
	}
	text, err := json.Marshal(said)
	if err != nil {
		return err
	}
	head := make([]byte, 16, 16+len(text))
	for i, v := range []int{replyMagic, size.X, size.Y, len(text)} {
		binary.LittleEndian.PutUint32(head[4*i:], uint32(v))
	}
	if _, err := w.Write(append(head, text...)); err != nil || img == nil {
		return err
	}
	if img.Stride == 4*size.X {
		_, err = w.Write(img.Pix[:4*size.X*size.Y])
		return err
	}
	for y := range size.Y {
		if _, err := w.Write(img.Pix[y*img.Stride:][:4*size.X]); err != nil {
			return err
		}
	}
	return nil
}

// readReply reads a picture of what info and w allow, or a fault about a picture.
// Any other error means that the process cannot be trusted any more.
func readReply(r io.Reader, info Info, w Want) (img *image.RGBA, refusal, err error) {
	var head [16]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, nil, err
	}
	var v [4]int
	for i := range v {
		v[i] = int(binary.LittleEndian.Uint32(head[4*i:]))
	}
	if v[0] != replyMagic || v[3] > maxAccount {
		return nil, nil, errProtocol
	}
	text := make([]byte, v[3])
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, nil, err
	}
	var said account
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, nil, errProtocol
	}
	if said.Code != "" {
		refusal, err := said.refusal()
		return nil, refusal, err
	}
	if !info.plausible(v[1], v[2], w) {
		return nil, nil, fmt.Errorf("%w: %d × %d pixels of %d × %d", errProtocol, v[1], v[2], info.Width, info.Height)
	}
	img = image.NewRGBA(image.Rect(0, 0, v[1], v[2]))
	if _, err := io.ReadFull(r, img.Pix); err != nil {
		return nil, nil, err
	}
	return img, nil, nil
}

// refusal is the fault that a process reports: about the picture, in words short
// enough for a screen.
func (a account) refusal() (refusal, err error) {
	about := []fault.Code{fault.PictureEmpty, fault.PictureKind, fault.PictureLarge, fault.PictureBroken, fault.PictureSlow}
	if !slices.Contains(about, a.Code) || len(a.Args) > 4 {
		return nil, errProtocol
	}
	var pairs []string
	for name, value := range a.Args {
		if len(name) > 32 || len(value) > 1000 || !utf8.ValidString(value) {
			return nil, errProtocol
		}
		pairs = append(pairs, name, value)
	}
	return fault.New(a.Code, pairs...), nil
}

// plausible reports whether a picture may come back in this size: not larger than
// it is, not smaller than asked for, of the same proportions.
func (i Info) plausible(width, height int, w Want) bool {
	if width < 1 || height < 1 || width > i.Width || height > i.Height {
		return false
	}
	longest := max(i.Width, i.Height)
	least := longest
	if w.Longest > 0 {
		least = w.Longest
		if w.Better {
			least *= 2
		}
	}
	if max(width, height) < min(least, longest) {
		return false
	}
	skew := width*i.Height - height*i.Width
	return max(skew, -skew) <= 2*longest // each side is rounded up
}
