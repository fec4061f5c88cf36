package sample

import "cinnabar/moderation"

// applicant is one brand that applies, before its papers are painted.
type applicant struct {
	brand    string
	account  string
	category string
	subject  moderation.SubjectType
	region   string // ISO 3166; "" is CN
	division string // six digits of the seat, GB/T 2260
	company  string
	rep      string
	address  string
	scope    string // "" takes the category's usual one
	goods    string // what the filing or letter speaks of
	classes  []int
	owner    string   // of the mark; "" is the company itself
	via      []string // who stands between the owner and the company
	filing   string   // number of the category's paper
	contact  string
	hours    float64 // how long ago it was submitted
	founded  int     // years ago
	wide     bool    // the licence is the lying form
	by       string  // whose wish; "" is the brand's own account
	flaw     flaw
	logo     emblem
}

// cast lists the applicants in the order of their refs, from A-0401 on. Every
// name is invented; companies, people and papers carry 样例 or "Specimen" so
// that nobody looks them up.
var cast = []applicant{
	{brand: "素屿 SUYU", account: "素屿护肤", category: "cosmetics", subject: moderation.Company, division: "330106",
		company: "杭州素屿（样例）生物科技有限公司", rep: "沈砚秋（样例）", address: "浙江省杭州市西湖区样例路66号2幢1203室",
		goods: "素屿积雪草修护精华液", classes: []int{3, 35}, filing: "浙G妆网备字{-2}008812", contact: "品牌部 沈老师 · hello@suyu.example",
		hours: 70.5, founded: 7, flaw: nearName, logo: emblem{"屿", island, 7}},
	{brand: "谷雨粮仓", account: "谷雨粮仓", category: "food", subject: moderation.Company, division: "230183",
		company: "尚志谷雨（样例）粮油有限公司", rep: "韩立春（样例）", address: "黑龙江省尚志市样例镇稻香街18号",
		goods: "五常样例香米 5 kg", classes: []int{30}, filing: foodNumber("101", "230183", 27), contact: "运营 小韩 · grain@guyu.example",
		hours: 75.6, founded: 9, by: "marketer2", logo: emblem{"谷", sheaf, 3}},
	{brand: "MAISON ORÉA", account: "MAISON ORÉA 香水", category: "perfume", subject: moderation.Company, division: "310101",
		company: "上海欧芮雅（样例）贸易有限公司", rep: "顾明远（样例）", address: "上海市黄浦区样例东路210号9层",
		goods: "Oréa Eau de Parfum Nº 4", classes: []int{3}, owner: "Maison Oréa (Specimen) SAS", via: []string{"Oréa Asia (Specimen) Limited", "华南欧芮雅（样例）代理有限公司"},
		filing: "国妆网备进字（沪）{-1}003417", contact: "Élodie · cn@orea.example", hours: 63, founded: 4, flaw: brokenChain, logo: emblem{"O", rings, 1}},
	{brand: "青釉小铺", account: "青釉小铺", category: "home", subject: moderation.SoleTrader, division: "360203",
		company: "景德镇市珠山区青釉（样例）陶瓷店", rep: "程砚（样例）", address: "江西省景德镇市珠山区样例弄堂7号",
		classes: []int{21}, contact: "程师傅 · 微店留言", hours: 73.1, founded: 5, wide: true, logo: emblem{"釉", moon, 2}},
	{brand: "Fjord & Fell", account: "Fjord & Fell", category: "outdoor", subject: moderation.Overseas, region: "NO",
		company: "Fjord & Fell (Specimen) AS", rep: "Sigrid Aune (specimen)", address: "14 Specimen Street, 6002 Ålesund, Norway",
		scope: "Design and sale of tents, sleeping bags and outdoor clothing", classes: []int{20, 22, 25}, contact: "Sigrid · china@fjordfell.example", hours: 58, founded: 21, logo: emblem{"F", peaks, 4}},
	{brand: "和悦堂", account: "和悦堂营养", category: "health_food", subject: moderation.Company, division: "440106",
		company: "广州和悦堂（样例）健康科技有限公司", rep: "梁以安（样例）", address: "广东省广州市天河区样例大道中9号1805房",
		goods: "和悦堂牌钙维生素D软胶囊", classes: []int{5}, filing: "国食健注G{-3}0417", contact: "梁经理 · he@heyue.example", hours: 55.7, founded: 8, flaw: licenceSoon, logo: emblem{"和", leafy, 2}},
	{brand: "镜海光学", account: "镜海光学", category: "medical_device", subject: moderation.Company, division: "320505",
		company: "苏州镜海（样例）光学科技有限公司", rep: "陆听雨（样例）", address: "江苏省苏州市虎丘区样例路39号A座",
		goods: "软性亲水接触镜（日抛）", classes: []int{9, 10}, filing: "苏械注准{-2}2160318", contact: "陆小姐 · lens@jinghai.example", hours: 53.1, founded: 6, wide: true, logo: emblem{"镜", rings, 4}},
	{brand: "Petit Lapin", account: "Petit Lapin 小兔", category: "baby", subject: moderation.Overseas, region: "FR",
		company: "Petit Lapin (Specimen) SARL", rep: "Camille Roche (specimen)", address: "5 rue du Spécimen, 69002 Lyon, France",
		scope: "Clothing and accessories for babies and small children", classes: []int{25, 28}, contact: "Camille · bonjour@petitlapin.example", hours: 50.3, founded: 12, logo: emblem{"P", hare, 5}},
	{brand: "雾岛茶事", account: "雾岛茶事", category: "tea", subject: moderation.Company, division: "350128",
		company: "平潭雾岛（样例）茶业有限公司", rep: "林若川（样例）", address: "福建省平潭县样例村茶山1号",
		goods: "雾岛高山乌龙 120 g", classes: []int{30}, filing: foodNumber("114", "350128", 9), contact: "林若川 · tea@wudao.example", hours: 48.6, founded: 10, logo: emblem{"雾", waves, 7}},
	{brand: "霁色 JISE", account: "霁色防晒", category: "cosmetics", subject: moderation.Company, division: "440305",
		company: "深圳霁色（样例）化妆品有限公司", rep: "方知微（样例）", address: "广东省深圳市南山区样例科技园4栋6层",
		goods: "霁色水感防晒霜 SPF50", classes: []int{3}, filing: "国妆备字{-1}第0123号", contact: "方知微 · pr@jise.example", hours: 47.2, founded: 3, flaw: oddFiling, logo: emblem{"霁", sunrise, 3}},
	{brand: norrlys, account: "Norrlys Audio", category: "electronics", subject: moderation.Overseas, region: "NO",
		company: "Norrlys Audio (Specimen) AS", rep: "Ingrid Solheim (specimen)", address: "8 Specimen Quay, 5003 Bergen, Norway",
		scope: "Design and sale of headphones, loudspeakers and audio accessories", classes: []int{9}, contact: "Ingrid · hei@norrlys.example", hours: 45.9, founded: 12, logo: emblem{"N", arcs, 8}},
	{brand: chulan, account: "初岚官方", category: "cosmetics", subject: moderation.Company, division: "310115",
		company: "上海初岚（样例）化妆品有限公司", rep: "林知夏（样例）", address: "上海市浦东新区样例路88号3幢501室",
		goods: "初岚轻羽防晒乳 SPF50+", classes: []int{3}, owner: "初岚控股（样例）有限公司", via: []string{"华东初岚（样例）总代有限公司"},
		filing: "沪G妆网备字{-1}012345", contact: "营销部 · pr@chulan.example", hours: 70.2, founded: 10, by: "marketer1", logo: emblem{"岚", peaks, 0}},
	{brand: "兰汀 LANTING", account: "兰汀身体护理", category: "cosmetics", subject: moderation.Company, division: "330203",
		company: "宁波兰汀（样例）日化有限公司", rep: "俞兰亭（样例）", address: "浙江省宁波市海曙区样例巷21号",
		goods: "兰汀桂花身体乳", classes: []int{3}, filing: "浙G妆网备字{-1}020086", contact: "俞小姐 · lan@lanting.example", hours: 42.8, founded: 6, flaw: otherScript, logo: emblem{"兰", leafy, 10}},
	{brand: "麦垛先生", account: "麦垛先生烘焙", category: "food", subject: moderation.SoleTrader, division: "510107",
		company: "成都市武侯区麦垛先生（样例）面包店", rep: "唐小麦（样例）", address: "四川省成都市武侯区样例横街3号附5号",
		goods: "乡村酸面包", classes: []int{30}, filing: "JY15101070088126", contact: "唐老板 · 店内电话", hours: 41, founded: 2, wide: true, logo: emblem{"麦", sheaf, 6}},
	{brand: "一山海", account: "一山海零食", category: "food", subject: moderation.Company, division: "370203",
		company: "青岛一山海（样例）文化传媒有限公司", rep: "孙一帆（样例）", address: "山东省青岛市市北区样例三路12号",
		scope: "文化艺术交流策划；广告设计、制作、代理；企业形象策划；摄影服务", goods: "海苔夹心脆", classes: []int{29, 30}, filing: foodNumber("118", "370203", 41), contact: "孙一帆 · snack@yishanhai.example", hours: 39.5, founded: 3, flaw: narrowScope, logo: emblem{"海", waves, 4}},
	{brand: "岁安", account: "国家级养生专家岁安", category: "health_food", subject: moderation.Company, division: "110105",
		company: "北京岁安（样例）生物医药有限公司", rep: "贺长宁（样例）", address: "北京市朝阳区样例北路甲6号1号楼",
		goods: "岁安牌辅酶Q10胶囊", classes: []int{5, 30}, filing: "国食健注G{-3}0566", contact: "贺总 · suian@suian.example", hours: 37.7, founded: 5, flaw: bannedWords, logo: emblem{"岁", sunrise, 1}},
	{brand: "回声谷 ECHOVALE", account: "回声谷", category: "electronics", subject: moderation.Company, division: "441900",
		company: "东莞回声谷（样例）声学科技有限公司", rep: "罗予安（样例）", address: "广东省东莞市样例镇工业北路77号",
		classes: []int{9}, contact: "罗予安 · bd@echovale.example", hours: 36.1, founded: 2, flaw: markPending, logo: emblem{"谷", arcs, 5}},
	{brand: "拾光智能", account: "拾光智能家电", category: "electronics", subject: moderation.Company, division: "340104",
		company: "合肥拾光（样例）智能科技有限公司", rep: "徐拾光（样例）", address: "安徽省合肥市蜀山区样例科创园B3",
		classes: []int{41, 42}, contact: "市场部 · shi@shiguang.example", hours: 34.4, founded: 4, flaw: otherClass, logo: emblem{"光", sunrise, 8}},
	{brand: "山野来信", account: "山野来信", category: "outdoor", subject: moderation.Company, division: "532901",
		company: "大理山野来信（样例）户外用品有限公司", rep: "杨牧（样例）", address: "云南省大理市样例镇苍山路55号",
		classes: []int{18, 22}, contact: "杨牧 · camp@shanye.example", hours: 32.9, founded: 4, logo: emblem{"野", peaks, 2}},
	{brand: "团子与月亮", account: "团子与月亮", category: "baby", subject: moderation.Company, division: "330110",
		company: "杭州团子与月亮（样例）母婴用品有限公司", rep: "宋团圆（样例）", address: "浙江省杭州市余杭区样例西路900号",
		classes: []int{10, 25}, contact: "宋团圆 · mama@tuanzi.example", hours: 31.2, founded: 5, wide: true, logo: emblem{"月", moon, 3}},
	{brand: "木与白", account: "木与白家居", category: "home", subject: moderation.Company, division: "320282",
		company: "宜兴木与白（样例）家居有限公司", rep: "邵青木（样例）", address: "江苏省宜兴市样例街道竹海路8号",
		classes: []int{20, 21}, contact: "邵青木 · wood@muyubai.example", hours: 30, founded: 7, flaw: smallPicture, logo: emblem{"木", grid, 6}},
	{brand: "听澜助听", account: "听澜助听器", category: "medical_device", subject: moderation.Company, division: "350211",
		company: "厦门听澜（样例）医疗器械有限公司", rep: "潘听澜（样例）", address: "福建省厦门市集美区样例软件园12号",
		goods: "耳背式助听器", classes: []int{10}, filing: "闽械注准{-3}2190077", contact: "潘医生 · ear@tinglan.example", hours: 28.6, founded: 8, flaw: absentPaper, logo: emblem{"听", arcs, 7}},
	{brand: "织云 ZHIYUN", account: "织云女装", category: "fashion", subject: moderation.Company, division: "440104",
		company: "广州织云（样例）服饰有限公司", rep: "甄云（样例）", address: "广东省广州市越秀区样例南路128号",
		classes: []int{25}, contact: "甄云 · look@zhiyun.example", hours: 27.1, founded: 9, logo: emblem{"云", waves, 5}},
	{brand: "旧船票", account: "旧船票中古", category: "fashion", subject: moderation.Company, division: "310104",
		company: "上海旧船票（样例）皮具有限公司", rep: "邱帆（样例）", address: "上海市徐汇区样例西路30弄2号",
		classes: []int{18}, contact: "邱帆 · old@jiuchuanpiao.example", hours: 25.8, founded: 3, flaw: otherPerson, logo: emblem{"船", waves, 6}},
	{brand: "夜航 NIGHTSAIL", account: "夜航香水", category: "perfume", subject: moderation.Company, division: "120101",
		company: "天津夜航（样例）香氛有限公司", rep: "白聿（样例）", address: "天津市和平区样例道45号",
		goods: "夜航「雨后」淡香水", classes: []int{3}, filing: "津G妆网备字{-2}600231", contact: "白聿 · scent@yehang.example", hours: 24.5, founded: 4, logo: emblem{"航", moon, 8}},
	{brand: "橘座食堂", account: "橘座食堂", category: "pets", subject: moderation.Company, division: "370102",
		company: "济南橘座（样例）宠物食品有限公司", rep: "于大橘（样例）", address: "山东省济南市历下区样例路11号",
		classes: []int{31}, contact: "于大橘 · meow@juzuo.example", hours: 22.7, founded: 3, logo: emblem{"橘", hare, 1}},
	{brand: "汪星邮局", account: "汪星邮局", category: "pets", subject: moderation.Company, division: "420106",
		company: "武汉汪星邮局（样例）宠物用品有限公司", rep: "卫旺（样例）", address: "湖北省武汉市武昌区样例路256号",
		classes: []int{21, 31}, owner: "汪星（样例）品牌管理有限公司", contact: "卫旺 · woof@wangxing.example", hours: 21.3, founded: 2, flaw: otherName, logo: emblem{"汪", grid, 3}},
	{brand: "纸上岛屿", account: "纸上岛屿书店", category: "culture", subject: moderation.Company, division: "320106",
		company: "南京纸上岛屿（样例）文化有限公司", rep: "闻书（样例）", address: "江苏省南京市鼓楼区样例路1号书巷",
		classes: []int{16, 41}, contact: "闻书 · read@zhishang.example", hours: 20.2, founded: 6, wide: true, logo: emblem{"纸", island, 9}},
	{brand: "海盐与银", account: "海盐与银", category: "jewellery", subject: moderation.SoleTrader, division: "460203",
		company: "三亚市吉阳区海盐与银（样例）首饰工作室", rep: "岑海盐（样例）", address: "海南省三亚市吉阳区样例湾路6号",
		classes: []int{14}, contact: "岑海盐 · 私信", hours: 18.8, founded: 6, flaw: licenceOver, logo: emblem{"银", rings, 8}},
	{brand: "晨跑社", account: "晨跑社运动", category: "sports", subject: moderation.Company, division: "500103",
		company: "重庆晨跑社（样例）体育用品有限公司", rep: "雷晨（样例）", address: "重庆市渝中区样例正街100号",
		classes: []int{25, 28}, contact: "雷晨 · run@chenpao.example", hours: 17.6, founded: 3, flaw: brokenCode, logo: emblem{"跑", sunrise, 1}},
	{brand: "墨白文具", account: "墨白文具", category: "culture", subject: moderation.Company, division: "330282",
		company: "慈溪墨白（样例）文化用品有限公司", rep: "戚墨（样例）", address: "浙江省慈溪市样例工业区7号",
		classes: []int{16}, contact: "戚墨 · ink@mobai.example", hours: 15.9, founded: 11, flaw: misreadCode, logo: emblem{"墨", grid, 8}},
	{brand: "半坡咖啡", account: "半坡咖啡", category: "beverages", subject: moderation.Company, division: "610112",
		company: "西安半坡（样例）咖啡食品有限公司", rep: "秦半山（样例）", address: "陕西省西安市未央区样例路88号",
		goods: "半坡意式拼配咖啡豆", classes: []int{30}, filing: foodNumber("126", "610112", 13), contact: "秦半山 · bean@banpo.example", hours: 14.4, founded: 4, flaw: brokenPicture, logo: emblem{"坡", peaks, 6}},
	{brand: "灶边 ZAOBIAN", account: "灶边厨房", category: "home", subject: moderation.Company, division: "440607",
		company: "佛山灶边（样例）厨具有限公司", rep: "麦志成（样例）", address: "广东省佛山市三水区样例大道19号",
		classes: []int{8, 21}, contact: "麦志成 · pan@zaobian.example", hours: 46.6, founded: 8, flaw: sharedLicence, logo: emblem{"灶", sunrise, 9}},
	{brand: "灶边优选", account: "灶边优选好物", category: "home", subject: moderation.Company, division: "440607",
		company: "佛山灶边（样例）厨具有限公司", rep: "麦志成（样例）", address: "广东省佛山市三水区样例大道19号",
		classes: []int{21}, contact: "客服 小优 · you@zaobian-select.example", hours: 12.8, founded: 8, flaw: sharedLicence, logo: emblem{"优", grid, 1}},
	{brand: "慢渡", account: "慢渡旅行箱", category: "fashion", subject: moderation.Company, division: "330483",
		company: "桐乡慢渡（样例）箱包有限公司", rep: "钟渡（样例）", address: "浙江省桐乡市样例镇运河路3号",
		classes: []int{18}, contact: "钟渡 · slow@mandu.example", hours: 11.5, founded: 5, logo: emblem{"渡", island, 4}},
	{brand: "松下听泉", account: "松下听泉", category: "tea", subject: moderation.Company, division: "530102",
		company: "昆明松下听泉（样例）茶叶有限公司", rep: "段听泉（样例）", address: "云南省昆明市五华区样例茶城2号",
		goods: "景迈古树普洱 200 g", classes: []int{30}, filing: foodNumber("114", "530102", 62), contact: "段听泉 · spring@songxia.example", hours: 10.1, founded: 7, flaw: wrongFiling, logo: emblem{"泉", waves, 2}},
	{brand: "Hvit Skog", account: "Hvit Skog 护肤", category: "cosmetics", subject: moderation.Overseas, region: "SE",
		company: "Hvit Skog (Specimen) AB", rep: "Astrid Lund (specimen)", address: "22 Specimen Lane, 903 26 Umeå, Sweden",
		scope: "Manufacture and sale of skin care products", goods: "Hvit Skog Birch Cream", classes: []int{3}, filing: "国妆网备进字（沪）{-2}001188", contact: "Astrid · cn@hvitskog.example", hours: 8.7, founded: 16, logo: emblem{"H", leafy, 6}},
	{brand: "小满花事", account: "小满花事", category: "home", subject: moderation.SoleTrader, division: "530111",
		company: "昆明市官渡区小满花事（样例）花店", rep: "苗小满（样例）", address: "云南省昆明市官渡区样例花市3排12号",
		classes: []int{21, 24}, contact: "苗小满 · 店内电话", hours: 7.3, founded: 2, logo: emblem{"花", leafy, 5}},
	{brand: "Tsukiyo Paper", account: "月夜纸品", category: "culture", subject: moderation.Overseas, region: "JP",
		company: "Tsukiyo Paper (Specimen) K.K.", rep: "Haruka Mori (specimen)", address: "3-1 Specimen-cho, Kanazawa, Ishikawa 920-0000, Japan",
		scope: "Production and sale of paper goods and stationery", classes: []int{16}, owner: "Mori Craft (Specimen) K.K.", contact: "Haruka · hello@tsukiyo.example", hours: 5.6, founded: 28, flaw: chainSoon, logo: emblem{"月", moon, 9}},
	{brand: "照夜 ZHAOYE", account: "照夜彩妆", category: "cosmetics", subject: moderation.Company, division: "430102",
		company: "长沙照夜（样例）美妆有限公司", rep: "夏照（样例）", address: "湖南省长沙市芙蓉区样例路5号国金层",
		goods: "照夜哑光唇釉", classes: []int{3}, contact: "夏照 · glow@zhaoye.example", hours: 3.4, founded: 2, flaw: noFiling, logo: emblem{"照", moon, 5}},
	{brand: "素嶼 SUYU+", account: "素嶼护肤", category: "cosmetics", subject: moderation.Company, division: "350582",
		company: "晋江素嶼（样例）日化有限公司", rep: "吴嘉（样例）", address: "福建省晋江市样例路333号",
		goods: "素嶼玻尿酸面霜", classes: []int{3}, filing: "闽G妆网备字{-1}004456", contact: "吴嘉 · sy@suyuplus.example", hours: 1.8, founded: 1, flaw: nearName, logo: emblem{"素", island, 2}},
}

// usualScope is what licences of a line of trade list.
var usualScope = map[string]string{
	"cosmetics":      "化妆品批发；化妆品零售；日用百货销售；互联网销售（除销售需要许可的商品）；货物进出口",
	"perfume":        "化妆品批发；香水、香精香料销售；日用百货销售；进出口代理；货物进出口",
	"food":           "食品生产；食品销售；食用农产品批发；互联网销售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
	"tea":            "茶叶种植；茶叶制品生产；食品销售；茶具销售；互联网销售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
	"beverages":      "食品生产；咖啡豆烘焙及销售；饮料生产；食品互联网销售（依法须经批准的项目，经相关部门批准后方可开展经营活动）",
	"health_food":    "保健食品（预包装）销售；食品销售；生物技术开发、技术咨询；货物进出口",
	"medical_device": "第二类医疗器械销售；第三类医疗器械经营；眼镜销售；技术服务、技术转让",
	"baby":           "母婴用品销售；婴幼儿服装及用品销售；玩具销售；日用品销售；互联网销售",
	"fashion":        "服装服饰零售；鞋帽批发；箱包销售；皮革制品销售；针纺织品销售；日用百货销售",
	"jewellery":      "珠宝首饰零售；工艺美术品及收藏品零售；饰品设计；贵金属加工",
	"electronics":    "电子产品销售；音响设备制造；家用电器销售；智能家庭消费设备制造；技术服务",
	"home":           "家居用品销售；日用陶瓷制品销售；厨具卫具批发；家具零售；工艺美术品销售",
	"outdoor":        "户外用品销售；体育用品及器材零售；露营装备租赁；服装服饰零售",
	"pets":           "宠物食品及用品零售；宠物食品及用品批发；饲料生产；互联网销售",
	"sports":         "体育用品及器材零售；体育用品及器材批发；服装服饰零售；体育赛事策划",
	"culture":        "文具用品零售；图书零售；文化用品批发；工艺美术品销售；会议及展览服务",
}

// niceGoods is what a certificate lists for a class.
var niceGoods = map[int]string{
	3: "化妆品；护肤用化妆剂；防晒剂；洗面奶；香水", 5: "医用营养品；膳食补充剂；维生素制剂", 8: "刀；餐具（刀、叉和匙）", 9: "耳机；扬声器音箱；眼镜；充电器",
	10: "医疗器械和仪器；奶瓶；助听器", 14: "首饰；银饰品；戒指", 16: "笔记本；文具；印刷出版物", 18: "旅行箱；手提包；背包；皮革",
	20: "家具；木制家居饰品；枕头", 21: "瓷器；厨房用器皿；花瓶；喂食碗", 22: "帐篷；防水帆布；吊床", 24: "纺织品；桌布", 25: "服装；鞋；帽；婴儿全套衣",
	28: "玩具；体育活动器械", 29: "坚果；干海苔；肉干", 30: "米；茶；咖啡；面包；糕点", 31: "宠物食品；动物栖息用干草", 35: "替他人推销；市场营销", 41: "教育；书籍出版", 42: "技术研究；工业品外观设计",
}
