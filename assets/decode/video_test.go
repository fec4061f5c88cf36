package decode

import (
	"context"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cinnabar/internal/fault"
)

// redBlue is a video of two seconds, 64 × 48, first red and then blue, that is to be
// turned by a quarter.
func redBlue(t testing.TB) []byte { return stored(t, "red-blue.mp4") }

const probed = `{"streams":[{"codec_name":"h264","width":64,"height":48,"side_data_list":[{"rotation":90}]}],"format":{"duration":"2.000000"}}`

// pretended are children whose ffmpeg and ffprobe are shell scripts.
func pretended(t *testing.T, ffmpeg, ffprobe string) *Children {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("scripts of a shell are no programs here")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "frame.png"), asPNG(t, corners(48, 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "probed"), []byte(probed), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{"ffmpeg": ffmpeg, "ffprobe": ffprobe} {
		script = "#!/bin/sh\nPATH=/bin:/usr/bin\nhere=" + dir + "\n" + script + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	c := NewChildren(ChildConfig{Workers: 2, Tools: dir})
	t.Cleanup(c.Close)
	return c
}

const (
	frames = `cat $here/frame.png`
	probes = `cat $here/probed`
)

func TestAVideoIsAStripOfFrames(t *testing.T) {
	t.Parallel()
	c := pretended(t, frames, probes)
	video := append(redBlue(t), t.Name()...)
	v, err := c.Strip(t.Context(), video, 4)
	if err != nil {
		t.Fatal(err)
	}
	if v.Kind != "MP4" || v.Codec != "h264" || v.Width != 48 || v.Height != 64 || v.Rotation != 270 ||
		v.Duration != 2*time.Second || v.Bytes != len(video) || len(v.Frames) != 4 {
		t.Errorf("%+v", v)
	}
	for i, f := range v.Frames {
		if f.At != time.Duration(i)*500*time.Millisecond || seen(f.Picture.Image) != [4]int{0, 1, 2, 3} {
			t.Errorf("frame %d at %v", i, f.At)
		}
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "cinnabar-video-*", "video"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range left { // those of other tests may be there
		if data, err := os.ReadFile(path); err == nil && string(data) == string(video) {
			t.Errorf("%s is left behind", path)
		}
	}
}

func TestWithoutFFmpegAVideoSaysSo(t *testing.T) {
	t.Parallel()
	c := NewChildren(ChildConfig{Tools: t.TempDir()})
	t.Cleanup(c.Close)
	if _, err := c.Strip(t.Context(), redBlue(t), 6); fault.CodeOf(err) != fault.VideoNeedsFFmpeg {
		t.Errorf("%v", err)
	}
}

func TestVideosThatCannotBeShownAreFaults(t *testing.T) {
	t.Parallel()
	video := redBlue(t)
	for _, c := range []struct {
		name            string
		ffmpeg, ffprobe string
		want            fault.Code
	}{
		{"ffprobe refuses", frames, `echo "moov atom not found" >&2; exit 1`, fault.VideoBroken},
		{"ffprobe says nothing", frames, ``, fault.VideoBroken},
		{"ffprobe talks without end", frames, `cat /dev/zero`, fault.VideoBroken},
		{"sound only", frames, `echo '{"streams":[],"format":{"duration":"2"}}'`, fault.VideoBroken},
		{"too many pixels", frames, `echo '{"streams":[{"width":16000,"height":16000}]}'`, fault.VideoLarge},
		{"ffprobe hangs", frames, `sleep 100`, fault.PictureSlow},
		{"ffprobe spins", frames, `while :; do :; done`, fault.PictureSlow},
		{"no frames", ``, probes, fault.VideoBroken},
		{"frames that are none", `echo nonsense`, probes, fault.PictureKind},
		{"frames without end", `cat /dev/zero`, probes, fault.VideoBroken},
		{"ffmpeg hangs", `sleep 100`, probes, fault.PictureSlow},
		{"ffmpeg crashes", `kill -SEGV $$`, probes, fault.VideoBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := pretended(t, c.ffmpeg, c.ffprobe)
			if c.want == fault.PictureSlow {
				pool.patience = 400 * time.Millisecond
			}
			start := time.Now()
			if v, err := pool.Strip(t.Context(), video, 1); fault.CodeOf(err) != c.want {
				t.Errorf("%+v, %v, want %s", v, err, c.want)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	pool := pretended(t, frames, probes)
	for name, c := range map[string]struct {
		data []byte
		want fault.Code
	}{
		"nothing":    {nil, fault.PictureEmpty},
		"a picture":  {asPNG(t, corners(8, 8)), fault.PictureKind},
		"a playlist": {[]byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), fault.PictureKind},
		"HEIC":       {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), fault.PictureKind},
	} {
		if _, err := pool.Strip(t.Context(), c.data, 1); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFramesThatFailAreLeftOut(t *testing.T) {
	t.Parallel()
	// The frame at one second is the one that fails.
	pool := pretended(t, `case "$*" in *"-ss 1.000"*) exit 1;; esac; `+frames, probes)
	v, err := pool.Strip(t.Context(), redBlue(t), 4)
	if err != nil || len(v.Frames) != 3 || v.Frames[2].At != 1500*time.Millisecond {
		t.Errorf("%d frames, %v", len(v.Frames), err)
	}
}

func TestAProgramForVideosHasOurLimits(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("limits are read here as Linux shows them")
	}
	dir := t.TempDir()
	pool := pretended(t, frames, `ulimit -c; ulimit -n; ulimit -t; ulimit -f; env | grep -v -e ^PWD -e ^PATH -e ^_; (echo x > `+dir+`/out) 2>/dev/null; ls `+dir+`; ls /proc/self/fd | tail -1`)
	out, err := pool.run(t.Context(), patience, maxProbe, filepath.Join(pool.tools, "ffprobe"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	want := []string{"0", "64", "20", "0", "LC_ALL=C"}
	if len(lines) < len(want) || fmt.Sprint(lines[:len(want)]) != fmt.Sprint(want) {
		t.Errorf("limits and environment: %q", lines)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "out")); err == nil && len(data) > 0 {
		t.Error("it wrote a file")
	}
}

func TestWhoLeavesAVideoStopsIt(t *testing.T) {
	t.Parallel()
	pool := pretended(t, frames, `sleep 100`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := pool.Strip(ctx, redBlue(t), 1); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("%v", err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("took %v", took)
	}
}

// TestFFmpegItself runs where ffmpeg is installed; what happens where it is not is
// TestWithoutFFmpegAVideoSaysSo.
func TestFFmpegItself(t *testing.T) {
	t.Parallel()
	if _, _, ok := FFmpeg(); !ok {
		t.Skip("no ffmpeg on this machine")
	}
	c := children(t, 2)
	v, err := c.Strip(t.Context(), redBlue(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	if v.Codec != "h264" || v.Width != 48 || v.Height != 64 || v.Duration != 2*time.Second || len(v.Frames) != 2 {
		t.Fatalf("%+v", v)
	}
	for i, want := range []color.RGBA{{254, 0, 0, 255}, {0, 0, 254, 255}} {
		p := v.Frames[i].Picture
		if p.Width != 48 || p.Height != 64 || !within(p.Image.RGBAAt(24, 32), want, 6) {
			t.Errorf("frame %d: %d × %d, %v", i, p.Width, p.Height, p.Image.RGBAAt(24, 32))
		}
	}
	for _, n := range []int{40, 900, 1600} {
		if _, err := c.Strip(t.Context(), redBlue(t)[:n], 1); err != nil && fault.CodeOf(err) != fault.VideoBroken {
			t.Errorf("cut at %d: %v", n, err)
		}
	}
	playlist := append([]byte("\x00\x00\x00\x18ftypmp42"), "\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"...)
	if _, err := c.Strip(t.Context(), playlist, 1); fault.CodeOf(err) != fault.VideoBroken {
		t.Errorf("a playlist by another name: %v", err)
	}
}
