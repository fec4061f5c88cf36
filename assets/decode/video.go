package decode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"cinnabar/internal/fault"
)

// Limits of videos. A frame comes out no larger than what a screen shows of it.
const (
	MaxVideoBytes = 200 << 20
	maxFrames     = 24
	frameSide     = 1280 // pixels
	maxProbe      = 64 << 10
)

// Video is what is looked at of a video: what it is, and some of its frames.
type Video struct {
	Kind          string // "MP4", "MOV" or "WebM"
	Codec         string // as ffmpeg names it: "h264", "hevc", "vp9"
	Bytes         int
	Width, Height int // pixels, upright
	Rotation      int // degrees clockwise that made it upright: 0, 90, 180 or 270
	Duration      time.Duration
	Frames        []Frame
}

// Frame is a picture of a video. The first of a strip is where the video begins.
type Frame struct {
	At      time.Duration
	Picture *Picture // its longest side has at most 1,280 pixels
}

// VideoKind tells by the first bytes whether a file is a video that Strip opens, and
// its kind; "" for anything else.
func VideoKind(data []byte) string {
	switch {
	case len(data) >= 12 && string(data[4:8]) == "ftyp":
		if kind := otherKind(data); kind != "MP4" {
			return "" // HEIC and AVIF are of the same family
		}
		if string(data[8:12]) == "qt  " {
			return "MOV"
		}
		return "MP4"
	case bytes.HasPrefix(data, []byte("\x1a\x45\xdf\xa3")) && bytes.Contains(data[:min(len(data), 64)], []byte("webm")):
		return "WebM"
	}
	return ""
}

// demuxers are ffmpeg's names of what a video of each kind may be read as. Without
// one, ffmpeg takes a playlist by any other name for a playlist, and opens what
// stands in it.
var demuxers = map[string]string{"MP4": "mov", "MOV": "mov", "WebM": "matroska"}

// FFmpeg returns where the programs are that open videos, and whether they are.
func FFmpeg() (ffmpeg, ffprobe string, ok bool) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		return "", "", false
	}
	ffprobe, err = exec.LookPath("ffprobe")
	return ffmpeg, ffprobe, err == nil
}

func (c *Children) programs() (ffmpeg, ffprobe string, ok bool) {
	if c.tools == "" {
		return FFmpeg()
	}
	ffmpeg, ffprobe = filepath.Join(c.tools, "ffmpeg"), filepath.Join(c.tools, "ffprobe")
	for _, path := range []string{ffmpeg, ffprobe} {
		if _, err := os.Stat(path); err != nil {
			return "", "", false
		}
	}
	return ffmpeg, ffprobe, true
}

// Strip opens a video: what it is, and n frames (at most 24) at equal distances, the
// first of which is its beginning. Frames that do not decode are left out. Its faults:
// PictureEmpty and PictureKind as for pictures, VideoLarge (Args: have, limit),
// VideoNeedsFFmpeg, VideoBroken (Args: detail), PictureSlow, and Cancelled.
func (c *Children) Strip(ctx context.Context, data []byte, n int) (Video, error) {
	v := Video{Kind: VideoKind(data), Bytes: len(data)}
	switch {
	case len(data) == 0:
		return Video{}, fault.New(fault.PictureEmpty)
	case v.Kind == "":
		return Video{}, fault.New(fault.PictureKind, "kind", otherKind(data))
	case len(data) > MaxVideoBytes:
		return Video{}, fault.New(fault.VideoLarge, "have", megabytes(int64(len(data))), "limit", megabytes(MaxVideoBytes))
	}
	ffmpeg, ffprobe, ok := c.programs()
	if !ok {
		return Video{}, fault.New(fault.VideoNeedsFFmpeg)
	}
	// ffmpeg has to jump about in the file, which no pipe allows.
	dir, err := os.MkdirTemp("", "cinnabar-video-")
	if err != nil {
		return Video{}, fault.Wrap(err, fault.FileWrite, "path", os.TempDir())
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "video")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return Video{}, fault.Wrap(err, fault.FileWrite, "path", path)
	}
	source := []string{"-protocol_whitelist", "file", "-f", demuxers[v.Kind], "-i", "file:" + path}

	said, err := c.run(ctx, c.patience, maxProbe, ffprobe, append([]string{"-v", "error", "-print_format", "json", "-select_streams", "v:0",
		"-show_entries", "format=duration:stream=codec_name,width,height,duration:stream_side_data=rotation:stream_tags=rotate"}, source...)...)
	if err != nil {
		return Video{}, err
	}
	if err := v.understand(said); err != nil {
		return Video{}, err
	}
	var last error
	for i := range min(max(n, 1), maxFrames) {
		at := v.Duration * time.Duration(i) / time.Duration(min(max(n, 1), maxFrames))
		p, err := c.frame(ctx, ffmpeg, source, at)
		switch {
		case err == nil:
			v.Frames = append(v.Frames, Frame{at, p})
		case ctx.Err() != nil:
			return Video{}, fault.Wrap(context.Cause(ctx), fault.Cancelled)
		default:
			last = err
		}
	}
	if len(v.Frames) == 0 {
		return Video{}, last
	}
	return v, nil
}

// understand reads what ffprobe printed.
func (v *Video) understand(said []byte) error {
	var probe struct {
		Streams []struct {
			Codec    string            `json:"codec_name"`
			Width    int               `json:"width"`
			Height   int               `json:"height"`
			Duration string            `json:"duration"`
			Tags     map[string]string `json:"tags"`
			Side     []struct {
				Rotation float64 `json:"rotation"`
			} `json:"side_data_list"`
		} `json:"streams"`
		Format struct {
			Duration string `json:"duration"`
		} `json:"format"`
	}
	if err := json.Unmarshal(said, &probe); err != nil {
		return brokenVideo(err)
	}
	if len(probe.Streams) == 0 {
		return brokenVideo(errors.New("no pictures in it"))
	}
	s := probe.Streams[0]
	area := int64(s.Width) * int64(s.Height)
	switch {
	case s.Width < 1 || s.Height < 1:
		return brokenVideo(fmt.Errorf("%d × %d pixels", s.Width, s.Height))
	case s.Width > MaxSide || s.Height > MaxSide || area > MaxPixels:
		return fault.New(fault.VideoLarge, "have", fmt.Sprintf("%d × %d px", s.Width, s.Height), "limit", megapixels(MaxPixels))
	}
	v.Codec, v.Width, v.Height = shown([]byte(s.Codec)), s.Width, s.Height
	for _, text := range []string{probe.Format.Duration, s.Duration} {
		// A day is longer than anything that fits the limit of bytes.
		if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 86_400 && v.Duration == 0 {
			v.Duration = time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
		}
	}
	degrees, _ := strconv.ParseFloat(s.Tags["rotate"], 64)
	for _, side := range s.Side {
		if side.Rotation != 0 {
			degrees = -side.Rotation // a matrix that turns the other way
		}
	}
	if quarters := math.Round(degrees / 90); math.Abs(quarters) < 1000 {
		v.Rotation = ((int(quarters)%4 + 4) % 4) * 90
	}
	if v.Rotation == 90 || v.Rotation == 270 {
		v.Width, v.Height = v.Height, v.Width
	}
	return nil
}

// frame opens what is seen at a time, or, where that takes too long because the last
// whole picture is far before it, that picture. Nobody waits for a frame before a screen,
// and which of the two it is should not hang on what else the machine does: the same film
// imported twice is the same. So the first has longer than a picture has.
func (c *Children) frame(ctx context.Context, ffmpeg string, source []string, at time.Duration) (*Picture, error) {
	seek := []string{"-v", "error", "-nostdin", "-threads", "1", "-ss", strconv.FormatFloat(at.Seconds(), 'f', 3, 64)}
	give := []string{"-map", "0:v:0", "-frames:v", "1",
		"-vf", fmt.Sprintf("scale='min(%d,iw)':'min(%d,ih)':force_original_aspect_ratio=decrease", frameSide, frameSide),
		"-f", "image2pipe", "-c:v", "png", "pipe:1"}
	exact := append(append(append([]string{}, seek...), source...), give...)
	png, err := c.run(ctx, 3*c.patience, MaxBytes, ffmpeg, exact...)
	if fault.CodeOf(err) == fault.PictureSlow {
		near := append(append(append(append([]string{}, seek...), "-noaccurate_seek", "-skip_frame", "nokey"), source...), give...)
		png, err = c.run(ctx, c.patience/2, MaxBytes, ffmpeg, near...)
	}
	if err != nil {
		return nil, err
	}
	if len(png) == 0 {
		return nil, brokenVideo(errors.New("no picture at " + at.String()))
	}
	return c.Open(ctx, png, Want{})
}

// run has another program work within the limits of pictures, and returns what it
// printed, which may be as much as most bytes.
func (c *Children) run(ctx context.Context, patience time.Duration, most int, program string, args ...string) ([]byte, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil, fault.Wrap(errClosed, fault.Cancelled)
	}
	c.under.Add(1)
	c.mu.Unlock()
	defer c.under.Done()

	limited, cancel := context.WithTimeoutCause(ctx, patience, errTooSlow)
	defer cancel()
	cmd, err := confined(limited, program, args)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	stop := context.AfterFunc(c.closing, cancel)
	defer stop()
	out, words := &bounded{most: most}, &firstWords{}
	cmd.Stdout, cmd.Stderr = out, words
	cmd.WaitDelay = time.Second
	endGroup(cmd)
	cmd.Dir = rootFolder
	if err := cmd.Start(); err != nil {
		return nil, fault.Wrap(err, fault.Internal)
	}
	wall, err := fence(cmd.Process)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	waited := cmd.Wait()
	if wall != nil {
		wall.Close()
	}
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Internal)
	case ctx.Err() != nil:
		return nil, fault.Wrap(context.Cause(ctx), fault.Cancelled)
	case c.closing.Err() != nil:
		return nil, fault.Wrap(errClosed, fault.Cancelled)
	case errors.Is(context.Cause(limited), errTooSlow):
		return nil, tooSlow()
	case waited != nil:
		return nil, brokenVideo(fmt.Errorf("%s: %w %q", filepath.Base(program), waited, firstLine(words.String())))
	}
	return out.text.Bytes(), nil
}

// confined returns a command for another program. Where a program may take another's
// place, that is ours until it has limited itself.
func confined(ctx context.Context, program string, args []string) (*exec.Cmd, error) {
	if runtime.GOOS == "windows" {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.SysProcAttr = ownGroup()
		return cmd, nil
	}
	if !served {
		return nil, errNotServed
	}
	own, err := ownProgram()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, own, append([]string{program}, args...)...)
	cmd.Env = []string{childMark + "=" + markRun}
	cmd.SysProcAttr = ownGroup()
	return cmd, nil
}

func brokenVideo(cause error) error {
	return fault.Wrap(cause, fault.VideoBroken, "detail", cause.Error())
}

// bounded keeps what is written as long as it is not too much.
type bounded struct {
	text bytes.Buffer
	most int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > b.most {
		return 0, io.ErrShortWrite
	}
	return b.text.Write(p)
}
