package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/longbridgeapp/opencc"
)

// way is a disguise that people use so that a machine reads past a word.
type way struct {
	name string
	turn func(string) string
}

var ways = []way{
	{"full width", each(func(r rune) string {
		if r > ' ' && r <= '~' {
			return string(r + 0xfee0)
		}
		return string(r)
	})},
	{"zero width", after("\u200b", "\u200d", "\u2060", "\ufeff")},
	{"variation selectors", after("\ufe0f", "\ufe01", "\U000e0101")},
	{"mathematical letters", each(mathematical)},
	{"enclosed letters", each(enclosed)},
	{"Cyrillic and Greek", spelled("aаeеoоpрcсxхyуiіsѕjјAАBВEЕKКMМHНOОPРCСTТXХnпuυvν")},
	{"look-alike digits", spelled("0О1l3З6б")},
	{"emoji between", between("❤", "🌸", "✨")},
	{"dash between", between("-")},
	{"dot between", between("·")},
	{"space between", between(" ")},
	{"slash and bar between", between("/", "|")},
	{"parts of characters", spelled(parts)},
	{"homophones in use", strings.NewReplacer("最", "蕞", "微信", "薇芯", "加微", "加薇", "加v", "➕v", "加V", "➕V", "信", "芯", "券", "劵", "购", "够", "購", "够", "卖", "麦", "賣", "麥",
		"码", "马", "碼", "馬", "福利", "福莉", "免费", "免废", "免費", "免廢", "粉丝", "粉丝儿", "链接", "莲接", "连结", "莲结", "優惠", "優蕙", "优惠", "优蕙", "折扣", "折口").Replace},
	{"homophones at large", spelled(homophones)},
	{"other names", strings.NewReplacer("小红书", "🍠", "小紅書", "🍠", "微信", "卫星", "加微", "➕V", "加我", "➕我", "红包", "🧧", "紅包", "🧧", "点击", "戳", "點擊", "戳", "下单", "下🥚", "下單", "下🥚", "私信", "滴滴", "私訊", "滴滴").Replace},
	{"pinyin initials", strings.NewReplacer(initials...).Replace},
	{"other script", converted("s2t", "t2s")},
}

func each(turn func(rune) string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(turn(r))
		}
		return b.String()
	}
}

// after puts something that nobody sees behind each character, in turn.
func after(unseen ...string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		n := 0
		for _, r := range s {
			b.WriteRune(r)
			if !unicode.IsSpace(r) {
				b.WriteString(unseen[n%len(unseen)])
				n++
			}
		}
		return b.String()
	}
}

// between puts something between two Chinese characters that stand together, in turn.
func between(what ...string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		n := 0
		var last rune
		for _, r := range s {
			if unicode.Is(unicode.Han, last) && unicode.Is(unicode.Han, r) {
				b.WriteString(what[n%len(what)])
				n++
			}
			b.WriteRune(r)
			last = r
		}
		return b.String()
	}
}

// spelled reads a table: a character, and what to write for it up to the next space, or
// without spaces pairs of characters.
func spelled(table string) func(string) string {
	instead := map[rune]string{}
	if words := strings.Fields(table); len(words) > 1 {
		for _, w := range words {
			r := []rune(w)
			instead[r[0]] = string(r[1:])
		}
	} else {
		r := []rune(table)
		for i := 0; i+1 < len(r); i += 2 {
			instead[r[i]] = string(r[i+1])
		}
	}
	return each(func(r rune) string {
		if other, is := instead[r]; is {
			return other
		}
		return string(r)
	})
}

func mathematical(r rune) string {
	switch {
	case r >= 'A' && r <= 'Z':
		return string(0x1d400 + r - 'A') // bold
	case r >= 'a' && r <= 'z':
		return string(0x1d552 + r - 'a') // double-struck
	case r >= '0' && r <= '9':
		return string(0x1d7ce + r - '0')
	}
	return string(r)
}

func enclosed(r rune) string {
	switch {
	case r >= 'A' && r <= 'Z':
		return string(0x1f170 + r - 'A')
	case r >= 'a' && r <= 'z':
		return string(0x24d0 + r - 'a')
	case r >= '1' && r <= '9':
		return string(0x2460 + r - '1')
	}
	return string(r)
}

func converted(kinds ...string) func(string) string {
	// Loading a dictionary takes a second.
	converters := sync.OnceValue(func() []*opencc.OpenCC {
		var all []*opencc.OpenCC
		for _, kind := range kinds {
			if c, err := opencc.New(kind); err == nil {
				all = append(all, c)
			}
		}
		return all
	})
	return func(s string) string {
		for _, c := range converters() {
			if other, err := c.Convert(s); err == nil && other != s {
				return other
			}
		}
		return s
	}
}

// parts are characters that fall into two others side by side, simplified and traditional.
const parts = "行彳亍 加力口 好女子 动云力 動重力 给纟合 給糹合 新亲斤 折扌斤 扣扌口 和禾口 的白勺 码石马 碼石馬 粉米分 种禾中 " +
	"利禾刂 到至刂 打扌丁 找扌戈 拍扌白 抢扌仓 搶扌倉 推扌隹 换扌奂 换扌奐 报扌卩又 信亻言 你亻尔 他亻也 们亻门 們亻門 价亻介 價亻賈 优亻尤 優亻憂 " +
	"促亻足 保亻呆 低亻氐 代亻弋 使亻吏 作亻乍 便亻更 私禾厶 程禾呈 购贝勾 購貝冓 财贝才 賺貝兼 请讠青 請言青 订讠丁 訂言丁 评讠平 評言平 详讠羊 " +
	"详讠羊 試言式 试讠式 课讠果 课讠果 群君羊 微彳山几攵 得彳旦寸 復彳复 秒禾少 鲜鱼羊 鮮魚羊 朋月月 服月卩又 胖月半 明日月 时日寸 時日寺 取耳又 " +
	"故古攵 效交攵 教孝攵 放方攵 收丩攵 链钅连 鏈釒連 钱钅戋 錢釒戔 销钅肖 銷釒肖 铺钅甫 現王見 现王见 玩王元 理王里 球王求 站立占 端立耑 " +
	"结纟吉 結糹吉 组纟且 組糹且 红纟工 紅糹工 级纟及 級糹及 线纟戋 線糹泉 约纟勺 約糹勺 经纟圣 编纟扁 編糹扁 神礻申 福礻畐 礼礻乚 社礻土 " +
	"饭饣反 飯飠反 馆饣官 館飠官 饮饣欠 飲飠欠 餐歺又食 酒氵酉 海氵每 清氵青 活氵舌 法氵去 沐氵木 洗氵先 油氵由 泡氵包 滑氵骨 滿氵㒼 濕氵㬎 " +
	"讯讠卂 訊言卂 喝口曷 吃口乞 咖口加 啡口非 呵口可 叫口丩 嗎口馬 吗口马 呢口尼 吧口巴 啦口拉 店广占 部立口阝 都者阝 那月阝 限阝艮 除阝余 陪阝咅"

// homophones are other characters of the same sound, as they are used in notes.
const homophones = "最蕞 微薇 信芯 加伽 卖麦 賣麥 买埋 券劵 优悠 優悠 惠慧 团湍 團湍 购够 購夠 价架 價架 私丝 私思 链莲 鏈蓮 折哲 扣叩 码马 碼馬 " +
	"广咣 告诰 推蓷 荐见 薦見 送颂 免勉 费废 費廢 限线 限線 时石 時石 特忒 抢呛 搶嗆 单丹 單丹 订定 訂定 店电 品榀 牌排 质制 質制 赠增 贈增 " +
	"活火 动洞 動洞 粉芬 丝斯 福幅 利力 评平 評平 测侧 測側 体题 體題 验艳 驗豔 官关 官關 网往 網往 站占 客课 房防 住驻 住駐 宿素 旅吕 旅呂 行型 " +
	"程成 报抱 報抱 名铭 名銘 话画 話畫 电店 電店 讯训 訊訓 联连 聯連 系细 繫細 薪新 钱前 錢前 元圆 元圓 块筷 塊筷 美镁 美鎂 白柏 瘦受 减碱 減鹼 " +
	"肥飞 肥飛 护户 護戶 肤夫 膚夫 好郝 必毕 必畢 推蓷 超抄 赞暂 讚暫 贴帖 貼帖 分芬 享想 下夏 手首 入汝 请清 請清 点典 點典 击机 擊機 看瞰 我窝 我窩"

var initials = []string{
	"优惠码", "yhm", "優惠碼", "yhm", "折扣码", "zkm", "折扣碼", "zkm", "优惠券", "yhq", "優惠券", "yhq", "优惠", "yh", "優惠", "yh", "折扣", "zk",
	"微信", "wx", "公众号", "gzh", "公眾號", "gzh", "小程序", "xcx", "淘宝", "tb", "淘寶", "tb", "拼多多", "pdd", "京东", "jd", "京東", "jd", "闲鱼", "xy",
	"团购", "tg", "團購", "tg", "代购", "dg", "代購", "dg", "下单", "xd", "下單", "xd", "购买", "gm", "購買", "gm", "链接", "lj", "連結", "lj", "鏈接", "lj",
	"私信", "sx", "私訊", "sx", "加我", "jw", "联系", "lx", "聯絡", "ll", "报名", "bm", "報名", "bm", "免费", "mf", "免費", "mf", "抽奖", "cj", "抽獎", "cj",
	"广告", "gg", "廣告", "gg", "推广", "tg", "推廣", "tg", "品牌", "pp", "福利", "fl", "回购", "hg", "回購", "hg", "推荐", "tj", "推薦", "tj", "粉丝", "fs", "粉絲", "fs",
	"预订", "yd", "預訂", "yd", "预约", "yy", "預約", "yy", "官网", "gw", "官網", "gw", "客服", "kf", "价格", "jg", "價格", "jg", "特价", "tj", "特價", "tj", "门票", "mp", "門票", "mp",
}

// finding and verdict are what cinnabar scan answers, as far as this needs it.
type finding struct {
	Rule   string  `json:"rule"`
	Field  string  `json:"field"`
	Start  *int    `json:"start"`
	End    *int    `json:"end"`
	Weight float64 `json:"weight"`
}

type verdict struct {
	ID       string    `json:"id"`
	Flag     bool      `json:"flag"`
	Evidence []finding `json:"evidence"`
}

// disguise flags posts, writes their words as somebody would who wants to stay unseen,
// and counts how many are flagged still. Links stay as they are: a disguised link leads
// nowhere. With -learn each post is judged by a model that was learned from the others:
// whoever has learned a post by heart knows it in any dress.
func disguise(o options, path string) error {
	if o.what != "words" && o.what != "text" {
		return fmt.Errorf("-what is words or text")
	}
	rows, err := readLines[map[string]any](path)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-text")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	judges, err := o.judges(dir, path, rows)
	if err != nil {
		return err
	}
	changed, still := make([]int, len(ways)), make([]int, len(ways))
	flagged := 0
	for _, j := range judges {
		n, err := j.disguise(dir, changed, still)
		if err != nil {
			return err
		}
		flagged += n
	}
	fmt.Printf("%d of %d posts are flagged; disguised: %s\n", flagged, len(rows), o.what)
	fmt.Println("way                    changed  flagged still  share of the changed")
	for i, w := range ways {
		fmt.Printf("%-22s %7d %14d %21.3f\n", w.name, changed[i], still[i], float64(still[i])/float64(max(1, changed[i])))
	}
	return nil
}

// judge is a model and the posts that it may judge.
type judge struct {
	options
	rows []map[string]any
}

func (o options) judges(dir, path string, rows []map[string]any) ([]judge, error) {
	if !o.learn {
		return []judge{{o, rows}}, nil
	}
	// The program says which posts belong together; the rules alone are quickest to ask.
	args := []string{"detector", "eval", "--json", "--in", path, "--folds", strconv.Itoa(o.folds), "--scores", filepath.Join(dir, "folds.jsonl")}
	rules := filepath.Join(dir, "rules.json")
	if err := os.WriteFile(rules, plainRules, 0o600); err != nil {
		return nil, err
	}
	args = append(args, "--model", rules)
	if o.group != "" {
		args = append(args, "--group", o.group)
	}
	if _, err := output(o.program, args...); err != nil {
		return nil, err
	}
	folds, err := readLines[scored](filepath.Join(dir, "folds.jsonl"))
	if err != nil {
		return nil, err
	}
	of := make(map[string]int)
	for _, s := range folds {
		of[s.ID] = s.Fold
	}
	var all []judge
	for fold := range o.folds {
		j := judge{options: o}
		var others []map[string]any
		for _, row := range rows {
			if of[row["id"].(string)] == fold {
				j.rows = append(j.rows, row)
			} else {
				others = append(others, row)
			}
		}
		in := filepath.Join(dir, "others.jsonl")
		if err := writeLines(in, others); err != nil {
			return nil, err
		}
		j.model = filepath.Join(dir, fmt.Sprintf("fold-%d.json", fold))
		args := []string{"detector", "train", "--json", "--in", in, "--out", j.model}
		if o.group != "" {
			args = append(args, "--group", o.group)
		}
		if _, err := output(o.program, args...); err != nil {
			return nil, err
		}
		all = append(all, j)
	}
	return all, nil
}

// plainRules is a model file with nothing in it.
var plainRules = []byte(`{"version":"none","threshold":0.5,"full_length":1,"phrases":[],"links":[],"patterns":[],"figures":[]}`)

// disguise adds to the counts, by way, and returns how many posts it flags undisguised.
func (j judge) disguise(dir string, changed, still []int) (flagged int, err error) {
	in := filepath.Join(dir, "posts.jsonl")
	if err := writeLines(in, j.rows); err != nil {
		return 0, err
	}
	plain, err := scan(j.options, in)
	if err != nil {
		return 0, err
	}
	said := map[string]verdict{}
	for _, v := range plain {
		said[v.ID] = v
	}
	var rows []map[string]any
	for _, row := range j.rows {
		if said[row["id"].(string)].Flag {
			rows = append(rows, row)
		}
	}
	for i, w := range ways {
		var turned []map[string]any
		for _, row := range rows {
			other, differs := map[string]any{}, false
			for name, v := range row {
				text, is := v.(string)
				if is && (name == "title" || name == "body") {
					v = j.disguised(text, name, said[row["id"].(string)].Evidence, w.turn)
					differs = differs || v != text
				}
				other[name] = v
			}
			if differs {
				delete(other, "spans") // they count other runes now
				turned = append(turned, other)
			}
		}
		if len(turned) == 0 {
			continue
		}
		if err := writeLines(in, turned); err != nil {
			return 0, err
		}
		again, err := scan(j.options, in)
		if err != nil {
			return 0, err
		}
		changed[i] += len(turned)
		for _, v := range again {
			if v.Flag {
				still[i]++
			}
		}
	}
	return len(rows), nil
}

var address = regexp.MustCompile(`(?i)(https?://|www\.)[!-~]+`)

// disguised turns the words of a field, links aside.
func (o options) disguised(text, field string, evidence []finding, turn func(string) string) string {
	runes := []rune(text)
	chosen := make([]bool, len(runes))
	if o.what == "text" {
		for i := range chosen {
			chosen[i] = true
		}
	}
	for _, f := range evidence {
		if f.Field == field && f.Weight > 0 && f.Start != nil && *f.End <= len(runes) {
			for i := *f.Start; i < *f.End; i++ {
				chosen[i] = true
			}
		}
	}
	for _, at := range address.FindAllStringIndex(text, -1) {
		from := len([]rune(text[:at[0]]))
		for i := range []rune(text[at[0]:at[1]]) {
			chosen[from+i] = false
		}
	}
	var b strings.Builder
	for i := 0; i < len(runes); {
		j := i
		for j < len(runes) && chosen[j] == chosen[i] {
			j++
		}
		if part := string(runes[i:j]); chosen[i] {
			b.WriteString(turn(part))
		} else {
			b.WriteString(part)
		}
		i = j
	}
	return b.String()
}

func scan(o options, path string) ([]verdict, error) {
	args := []string{"scan", "--in", path}
	if o.model != "" {
		args = append(args, "--model", o.model)
	}
	if o.cold {
		args = append(args, "--cold")
	}
	cmd := exec.Command(o.program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	var all []verdict
	lines := json.NewDecoder(&out)
	for lines.More() {
		var v verdict
		if err := lines.Decode(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
