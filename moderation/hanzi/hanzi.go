// Package hanzi folds traditional Chinese characters to simplified ones, one by
// one. Rules compare texts with it; nothing that a person reads is converted by
// it, because good conversion goes by words and this goes by characters.
package hanzi

import (
	_ "embed"
	"strings"
	"sync"
)

// The blocks that OpenCC's table of single characters covers: CJK with extension
// A and compatibility ideographs. Rarer blocks stay as they are.
const (
	first = 0x3400
	last  = 0xFAFF
)

// simplifiedData has a line for each simplified character: itself, and those that
// OpenCC folds to it. OpenCC itself takes longer to load than a short scan takes.
//
//go:embed simplified.txt
var simplifiedData string

var table = sync.OnceValue(func() []rune {
	t := make([]rune, last-first+1)
	for i := range t {
		t[i] = rune(first + i)
	}
	to := rune(0) // of the line at hand
	for _, r := range simplifiedData[strings.IndexByte(simplifiedData, '\n')+1:] {
		switch {
		case r == '\n':
			to = 0
		case to == 0:
			to = r
		default:
			t[r-first] = to
		}
	}
	for from, to := range variants {
		t[from-first] = to
	}
	// 薴 → 苧 → 苎: follow such steps to their end, so that folded text is stable.
	for i, r := range t {
		if r >= first && r <= last {
			t[i] = t[r-first]
		}
	}
	return t
})

// variants are forms that OpenCC does not know as traditional: those in everyday
// use in Taiwan and Hong Kong, old print forms, and the Japanese ones, which also
// serve to write 広告 past a list of words. Each pair is a form and what it
// stands for.
var variants = func() map[rune]rune {
	const pairs = "妳你牠它祂它佔占佈布裏里著着" +
		"囘回靑青吿告硏研値值尙尚鄕乡劵券囍喜" +
		"価价広广転转売卖読读円圆気气単单囲围検检楽乐薬药経经帰归駅驿図图団团戸户舗铺覧览様样両两発发変变対对応应実实" +
		"蔵藏観观択择沢泽訳译騒骚験验権权歩步歳岁毎每黙默亜亚悪恶圧压営营栄荣塩盐桜樱仮假関关巻卷陥陷戯戏拠据挙举" +
		"郷乡暁晓恵惠掲揭渓溪継继蛍萤軽轻鶏鸡県县倹俭剣剑圏圈険险顕显厳严効效鉱矿砕碎済济" +
		"斎斋剤剂雑杂賛赞児儿釈释収收従从渋涩獣兽縦纵粛肃処处奨奖焼烧乗乘浄净剰剩畳叠嬢娘譲让" +
		"醸酿粋粹酔醉穂穗瀬濑斉齐摂摄銭钱繊纤捜搜挿插総总聡聪" +
		"荘庄続续帯带滝泷弾弹遅迟鋳铸庁厅聴听鉄铁伝传稲稻" +
		"弐贰拝拜廃废髪发抜拔晩晚浜滨払拂仏佛辺边豊丰槇槙満满" +
		"揺摇頼赖塁垒涙泪隷隶霊灵齢龄労劳"
	m := map[rune]rune{}
	all := []rune(pairs)
	for i := 0; i < len(all); i += 2 {
		m[all[i]] = all[i+1]
	}
	return m
}()

// Simplify returns the simplified form of a character, or the character itself.
func Simplify(r rune) rune {
	if r < first || r > last {
		return r
	}
	return table()[r-first]
}

// SimplifyString folds every character of a text.
func SimplifyString(s string) string {
	out := make([]rune, 0, len(s)/3)
	for _, r := range s {
		out = append(out, Simplify(r))
	}
	return string(out)
}

// Is reports whether a rune is a Chinese character (Han, without kana, radicals
// and marks), by its block; it is asked for every rune of a scan.
func Is(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF || r == '〇'
}
