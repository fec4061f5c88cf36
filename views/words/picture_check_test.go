package words

import (
	"strings"
	"testing"

	"cinnabar/assets"
)

func TestEveryFindingHasASentence(t *testing.T) {
	t.Parallel()
	for _, l := range Languages() {
		b := For(l)
		for code, names := range assets.FindingCodes() {
			args := map[string]string{}
			for _, n := range names {
				args[n] = "0.5000"
			}
			if args["side"] != "" {
				args["side"] = "above"
			}
			text := b.Finding(assets.Finding{Code: code, Region: "label", Args: args})
			if strings.ContainsAny(text, "{}⟦") || text == "" {
				t.Errorf("%s %s: %s", l, code, text)
			}
		}
		for _, s := range assets.Sides() {
			if !b.Has("crop_side." + s) {
				t.Errorf("%s has no word for %s", l, s)
			}
		}
		for _, k := range assets.Kinds() {
			if !b.Has("picture_region." + string(k)) {
				t.Errorf("%s has no word for %s", l, k)
			}
		}
		for _, v := range []assets.Verdict{assets.OK, assets.Lost, assets.CannotTell} {
			if !b.Has("crop_verdict." + string(v)) {
				t.Errorf("%s has no word for %s", l, v)
			}
		}
	}
}

func TestALineUnderASlotSaysWhatCounts(t *testing.T) {
	t.Parallel()
	region := func(k assets.RegionKind, b assets.Box) assets.Region {
		return assets.Region{Name: string(k), Kind: k, Box: b, Confirmed: true}
	}
	found := func(k assets.RegionKind, b assets.Box) assets.Region {
		return assets.Region{Name: string(k), Kind: k, Box: b}
	}
	label, subject := assets.Box{X: 100, Y: 100, W: 690, H: 214}, assets.Box{X: 720, Y: 746, W: 720, H: 1764}
	for _, c := range []struct {
		slot    assets.SlotID
		at      assets.Box
		regions []assets.Region
		en, zh  string
	}{
		{"feed-3x4", assets.Box{}, []assets.Region{region(assets.Label, label), region(assets.Subject, subject)}, "100 % of label and subject", "广告标识和主体保留 100%"},
		{"feed-1x1", assets.Box{}, []assets.Region{region(assets.Label, label), region(assets.Subject, subject)}, "label 0 %, above the cut", "广告标识 0%，在裁剪线上方"},
		{"feed-4x3", assets.Box{}, []assets.Region{region(assets.Label, label), region(assets.Subject, subject)}, "label 0 %, subject 85 %", "广告标识 0%，主体 85%"},
		{"feed-1x1", assets.Box{}, []assets.Region{region(assets.Label, assets.Box{X: 100, Y: 316, W: 690, H: 200})}, "label cut by 22 %", "广告标识被裁去 22%"},
		{"feed-1x1", assets.Box{}, []assets.Region{found(assets.Face, assets.Box{X: 100, Y: 316, W: 200, H: 200})}, "face (found) cut by 22 %", "人脸（识别）被裁去 22%"},
		{"avatar", assets.Box{}, []assets.Region{region(assets.Label, label)}, "no region asked for", "没有需要保留的区域"},
		{"meta-9x16", assets.Box{}, []assets.Region{region(assets.Label, assets.Box{X: 800, Y: 700, W: 500, H: 200})}, "clear of the safe zones", "未落入平台遮挡区"},
		{"feed-1x1", assets.Box{X: 0, Y: 0, W: 1000, H: 1000}, []assets.Region{region(assets.Label, label)}, "100 % of label; enlarged 1.08 ×: 1000 px for 1080", "广告标识保留 100%；放大 1.08 倍：1000 像素，需 1080"},
	} {
		s, _ := assets.SlotByID(c.slot)
		check := assets.Examine(assets.Creative{Width: 2160, Height: 2880, Regions: c.regions, Measured: map[string]assets.Measured{"label": {Contrast: 9}}}, s, c.at)
		if en, zh := For(EN).CropLine(check), For(ZH).CropLine(check); en != c.en || zh != c.zh {
			t.Errorf("%s: %q, %q", c.slot, en, zh)
		}
	}
}

func TestACropsMoveIsSaidFromThePlatformsOwn(t *testing.T) {
	t.Parallel()
	own := assets.Box{X: 0, Y: 360, W: 2160, H: 2160}
	for crop, want := range map[assets.Box]string{
		own:                               "as the platform cuts it",
		{X: 0, Y: 264, W: 2160, H: 2160}:  "moved up by 96 px",
		{X: 0, Y: 361, W: 2160, H: 2160}:  "moved down by 1 px",
		{X: 10, Y: 360, W: 1080, H: 1080}: "made smaller by 50 %, moved up by 540 px, moved left by 530 px",
	} {
		if got := For(EN).CropMove(own, crop); got != want {
			t.Errorf("%+v: %q, want %q", crop, got, want)
		}
	}
	if got := For(ZH).CropMove(own, assets.Box{X: 0, Y: 264, W: 2160, H: 2160}); got != "上移 96 像素" {
		t.Errorf("%q", got)
	}
}

func TestARegionKeepsTheNameThatAPersonGaveIt(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"label": "广告标识", "face-2": "人脸 2", "bottle": "bottle", "瓶身": "瓶身", "Label": "广告标识", "subject": "主体"} {
		if got := For(ZH).PictureRegion(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestAFileALittleTooLargeDoesNotReadAsLargeEnough(t *testing.T) {
	t.Parallel()
	for n, want := range map[string]string{"5242880": "5 MB", "5242881": "5.1 MB", "1000": "1 kB", "20971520": "20 MB", "x": "x"} {
		if got := megabytes(n); got != want {
			t.Errorf("%s is %s, want %s", n, got, want)
		}
	}
}
