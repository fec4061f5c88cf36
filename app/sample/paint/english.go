package paint

// say returns a word of a paper in Chinese where the machine can set it, else in
// English.
func (p *Painter) say(zh string) string {
	if p.letters.faces.han {
		return zh
	}
	if en, ok := english[zh]; ok {
		return en
	}
	return zh
}

// english has the fixed words of papers for machines without a Chinese font.
var english = map[string]string{
	"样例":          "specimen",
	"样例专用":        "specimen",
	"（副 本）":       "(duplicate)",
	"（正 本）":       "(original)",
	"营业执照":        "Business Licence",
	"商标注册证":       "Trademark Certificate",
	"商标注册申请受理通知书": "Trademark Application Notice",
	"商标使用授权书":     "Letter of Authorisation",
	"统一社会信用代码":    "Credit code",
	"名称":          "Name",
	"类型":          "Type",
	"法定代表人":       "Representative",
	"经营者":         "Proprietor",
	"注册资本":        "Capital",
	"成立日期":        "Established",
	"营业期限":        "Valid",
	"住所":          "Address",
	"经营场所":        "Premises",
	"经营范围":        "Scope",
	"注册号":         "No.",
	"申请号":         "Application no.",
	"商标":          "Mark",
	"注册人":         "Owner",
	"申请人":         "Applicant",
	"国际分类":        "Nice class",
	"申请项目":        "Goods",
	"核定项目":        "Goods",
	"注册日期":        "Registered",
	"申请日期":        "Filed",
	"有效期至":        "Valid to",
	"状态":          "Status",
	"授权人":         "From",
	"被授权人":        "To",
	"授权级别":        "Level",
	"授权商标":        "Mark",
	"授权范围":        "For",
	"授权地域":        "Territory",
	"授权期限":        "Until",
	"编号":          "Number",
	"持有人":         "Holder",
	"产品":          "Product",
	"发证日期":        "Issued",
	"样例市登记处":      "Specimen registry",
	"商标登记处（样例）":   "Mark registry (specimen)",
	"样例文件，内容均为虚构，不作任何证明之用": "Specimen. Everything on it is invented; it proves nothing.",
}
