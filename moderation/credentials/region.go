package credentials

// provinces are the first two digits of an administrative division (GB/T 2260),
// with the one-character abbreviation that stands in filing numbers. 10 is not a
// province: codes given out by the state's own register carry it.
var provinces = map[string]string{
	"10": "国",
	"11": "京", "12": "津", "13": "冀", "14": "晋", "15": "蒙",
	"21": "辽", "22": "吉", "23": "黑",
	"31": "沪", "32": "苏", "33": "浙", "34": "皖", "35": "闽", "36": "赣", "37": "鲁",
	"41": "豫", "42": "鄂", "43": "湘", "44": "粤", "45": "桂", "46": "琼",
	"50": "渝", "51": "川", "52": "贵", "53": "云", "54": "藏",
	"61": "陕", "62": "甘", "63": "青", "64": "宁", "65": "新",
	"71": "台", "81": "港", "82": "澳",
}

// Province returns the one-character abbreviation of the province that a
// division code of at least two digits lies in, "" for none.
func Province(division string) string {
	if len(division) < 2 {
		return ""
	}
	return provinces[division[:2]]
}

// abbreviations are the provinces' characters, for patterns.
const abbreviations = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
