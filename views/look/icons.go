package look

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
)

// The icons are our own: 24 by 24, one stroke of 1.5, round ends, no fills.
//
//go:embed icons/*.svg
var iconFiles embed.FS

// Icon names one of the drawings.
type Icon string

// The set.
const (
	IconActual       Icon = "actual"
	IconAudit        Icon = "audit"
	IconBrands       Icon = "brands"
	IconCampaigns    Icon = "campaigns"
	IconCheck        Icon = "check"
	IconChevronDown  Icon = "chevron-down"
	IconChevronRight Icon = "chevron-right"
	IconClock        Icon = "clock"
	IconClose        Icon = "close"
	IconComment      Icon = "comment"
	IconCopy         Icon = "copy"
	IconCross        Icon = "cross"
	IconDatabase     Icon = "database"
	IconDropFile     Icon = "drop-file"
	IconEmpty        Icon = "empty"
	IconExternal     Icon = "external"
	IconEye          Icon = "eye"
	IconFilter       Icon = "filter"
	IconFit          Icon = "fit"
	IconFlag         Icon = "flag"
	IconGifts        Icon = "gifts"
	IconHeart        Icon = "heart"
	IconImageMissing Icon = "image-missing"
	IconKeyboard     Icon = "keyboard"
	IconKOLs         Icon = "kols"
	IconLanguage     Icon = "language"
	IconLink         Icon = "link"
	IconLock         Icon = "lock"
	IconMinus        Icon = "minus"
	IconMoon         Icon = "moon"
	IconNote         Icon = "note"
	IconOffline      Icon = "offline"
	IconPerson       Icon = "person"
	IconPictures     Icon = "pictures"
	IconPlus         Icon = "plus"
	IconPosts        Icon = "posts"
	IconReports      Icon = "reports"
	IconRules        Icon = "rules"
	IconSearch       Icon = "search"
	IconSettings     Icon = "settings"
	IconShare        Icon = "share"
	IconStar         Icon = "star"
	IconSun          Icon = "sun"
	IconToday        Icon = "today"
	IconUndo         Icon = "undo"
	IconWarn         Icon = "warn"
	IconZoomIn       Icon = "zoom-in"
	IconZoomOut      Icon = "zoom-out"
)

// Icons lists the whole set, so that a test can look at each.
func Icons() []Icon {
	return []Icon{
		IconActual,
		IconAudit,
		IconBrands,
		IconCampaigns,
		IconCheck,
		IconChevronDown,
		IconChevronRight,
		IconClock,
		IconClose,
		IconComment,
		IconCopy,
		IconCross,
		IconDatabase,
		IconDropFile,
		IconEmpty,
		IconExternal,
		IconEye,
		IconFilter,
		IconFit,
		IconFlag,
		IconGifts,
		IconHeart,
		IconImageMissing,
		IconKeyboard,
		IconKOLs,
		IconLanguage,
		IconLink,
		IconLock,
		IconMinus,
		IconMoon,
		IconNote,
		IconOffline,
		IconPerson,
		IconPictures,
		IconPlus,
		IconPosts,
		IconReports,
		IconRules,
		IconSearch,
		IconSettings,
		IconShare,
		IconStar,
		IconSun,
		IconToday,
		IconUndo,
		IconWarn,
		IconZoomIn,
		IconZoomOut,
	}
}

var (
	drawnMu sync.Mutex
	drawn   = map[string]*fyne.StaticResource{}
)

// Draw returns the icon's drawing in a token's colour as it is now, for px device
// pixels a side. Colour and width of the strokes are set here: the toolkit
// recolours fills alone and scales no stroke, so that a drawing for a small
// screen would come out thin on a dense one.
func Draw(i Icon, t Token, px float32) fyne.Resource {
	n := Value(t, IsDark())
	width := strokeWidth(px)
	name := fmt.Sprintf("cinnabar-%s-%02x%02x%02x-%.2f.svg", i, n.R, n.G, n.B, width)
	return remembered(name, func() []byte {
		data, err := iconFiles.ReadFile("icons/" + string(i) + ".svg")
		if err != nil {
			data, _ = iconFiles.ReadFile("icons/" + string(IconImageMissing) + ".svg")
		}
		return []byte(strings.NewReplacer(
			"#000000", fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B),
			`stroke-width="1.5"`, fmt.Sprintf(`stroke-width="%.2f"`, width),
		).Replace(string(data)))
	})
}

// strokeWidth is 1.5 in 24 parts of the side, in device pixels, but no hairline.
func strokeWidth(px float32) float32 { return max(1.2, px*1.5/24) }

func remembered(name string, draw func() []byte) fyne.Resource {
	drawnMu.Lock()
	defer drawnMu.Unlock()
	r, ok := drawn[name]
	if !ok {
		r = fyne.NewStaticResource(name, draw())
		drawn[name] = r
	}
	return r
}
