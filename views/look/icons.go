package look

import (
	"embed"
	"fmt"
	"image/color"
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

// Draw returns the icon's drawing in a token's colour as it is now. The strokes
// are coloured here and not by the toolkit, which recolours fills alone.
func Draw(i Icon, t Token) fyne.Resource { return DrawIn(i, Color(t)) }

// DrawIn is Draw in any colour.
func DrawIn(i Icon, c color.Color) fyne.Resource {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	name := fmt.Sprintf("cinnabar-%s-%02x%02x%02x.svg", i, n.R, n.G, n.B)
	drawnMu.Lock()
	defer drawnMu.Unlock()
	if r, ok := drawn[name]; ok {
		return r
	}
	data, err := iconFiles.ReadFile("icons/" + string(i) + ".svg")
	if err != nil {
		data, _ = iconFiles.ReadFile("icons/image-missing.svg")
	}
	stroke := fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
	r := fyne.NewStaticResource(name, []byte(strings.Replace(string(data), "#000000", stroke, 1)))
	drawn[name] = r
	return r
}
