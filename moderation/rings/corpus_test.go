package rings

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"cinnabar/moderation"
)

// Parts of sentences that different people really put together differently.
var (
	whens    = strings.Fields("上周末 前几天 昨天下班后 国庆假期 去年冬天 今天中午 生日那天 下雨的傍晚 出差路上 搬家以后 开学之前 月底 放暑假时 立秋那天 加班到半夜 清晨六点 排了半小时队 吃完晚饭 赶火车之前 休年假的第三天")
	whos     = strings.Fields("我和室友 我妈 同事小林 隔壁邻居 男朋友 带着孩子 一个人 几个老同学 大学的学姐 家里的猫 表妹 楼下的阿姨 健身教练 我爸 新来的实习生 摄影的朋友 房东太太 小组里的人 老师傅 旅伴")
	dids     = strings.Fields("绕了很远去看 随手买了 花一下午研究 借来试了试 抽空整理出 终于拆开 认真比较过 误打误撞进了 照着菜谱做了 第一次坐上 退掉了 重新粉刷了 拍了很多张 吵着要换掉 收到快递寄来的 在二手平台淘到 排队尝到 修好了 忘记带上 送给外婆")
	whats    = strings.Fields("老城墙边的面馆 那台咖啡机 一双跑鞋 小区的游泳池 蓝色的窗帘 旧书店 一盆薄荷 新的洗面奶 冰箱里的剩菜 博物馆的临展 两只水杯 电动牙刷 一锅番茄牛腩 山顶的缆车 折叠自行车 木头书架 一张黑胶唱片 酒店的早餐 羊毛围巾 儿童绘本")
	judgings = strings.Fields("说实话有点失望 比想象中轻一些 颜色和图上差不多 味道偏淡但耐吃 声音大得吵人 价格还算公道 说明书完全看不懂 第二天就坏了一个角 朋友都说值得再去 夏天用会有点黏 尺码要选大一号 停车实在麻烦 服务员态度冷淡 包装拆起来费劲 晚上的灯光最好看 孩子倒是很喜欢 洗过一次就起球 回家路上一直在聊 打算月底再试一次 拍照需要等很久")

	openersEN = strings.Split("last weekend|on my day off|after a long shift|during the heatwave|before the exams|on a rainy Monday|while visiting my aunt|half way through March|once the kids slept|right after moving house|on the night train|two years later", "|")
	doersEN   = strings.Split("my neighbour|our old teacher|the whole team|my younger brother|a friend from Leeds|the plumber|her grandmother|nobody in the office|my flatmate|an actual chef|the woman next door|our guide", "|")
	verbsEN   = strings.Split("finally repaired|could not stop praising|quietly replaced|returned|borrowed for a month|took apart|compared three shops for|painted|forgot to pack|queued an hour for|gave away|found in a skip", "|")
	thingsEN  = strings.Split("the brass kettle|a second hand tent|that corner bakery|the blue armchair|a bag of flour|the museum pass|his hiking boots|an electric heater|some oat biscuits|the leaking tap|a paper map|those curtains", "|")
	endsEN    = strings.Split("which surprised me a lot|and it rained anyway|though the price had doubled|but the zip broke on day two|so we walked home instead|and I would not do it again|because the manual was in Finnish|while the dog watched us|even if the colour looks dull|and parking was a nightmare|yet somehow it still works|which my mother found funny", "|")
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// different writes a post that nobody else wrote, in Chinese or English.
func different(r *rand.Rand, english bool, sentences int) []string {
	out := make([]string, sentences)
	for i := range out {
		if english {
			out[i] = strings.Join([]string{pick(r, openersEN), pick(r, doersEN), pick(r, verbsEN), pick(r, thingsEN), pick(r, endsEN)}, " ") + "."
		} else {
			out[i] = pick(r, whens) + pick(r, whos) + pick(r, dids) + pick(r, whats) + "，" + pick(r, judgings) + "。"
		}
	}
	return out
}

// Templates as they are handed out: {b} is the brand, {c} a city, {p} a price, {x} a code.
var templates = [][]string{
	{"姐妹们久等啦！", "这个月真的只用{b}防晒，上脸三秒成膜质感绝美。", "在{c}暴晒了一整天回来完全没有黑。", "{p}元就能拿下，学生党也不心疼。", "想试的宝子评论区置顶有惊喜，报我名字{x}还能再减。", "{b}真的不允许还有人不知道！"},
	{"谁懂啊，这家{c}的宝藏小店终于被我挖到了。", "一进门就被{b}的香味勾住，老板娘人超级好。", "人均{p}，拍照随便一拍就是大片。", "闺蜜生日聚会选这里绝对不会出错。", "记得提前一天预约，报{x}有小礼物。", "下次还要带爸妈一起来。"},
	{"熬夜党的救命恩人来了，用了{b}三周皮肤稳定到不敢相信。", "之前在{c}出差水土不服满脸闭口，现在全部消下去。", "质地像冻酸奶一样，推开就化，一点都不黏。", "算下来一天不到{p}，比奶茶便宜多了。", "油皮敏感肌都可以放心冲，闭眼入不踩雷。"},
	{"孩子挑食的家长一定要看到最后！", "朋友推荐的{b}辅食，我们家宝宝连吃三碗还要。", "配料表干净到只有三样，没有一点添加。", "{c}的仓库发货第二天就到，包装也很结实。", "{p}一大盒能吃半个月，真的不贵。", "需要的妈妈找我拿{x}，数量不多了。"},
	{"在{c}租房三年，幸福感全靠{b}。", "小小一台不占地方，声音轻得像没开一样。", "原价太贵了，活动只要{p}，错过要等明年。", "我已经给爸妈也安排上了，他们夸我会过日子。", "链接放在主页了，输入{x}再送滤芯。"},
	{"You need {b} in your life and I am not even joking.", "I took it to {c} for a whole week and my skin has never looked better.", "It melts in like butter and does not leave a single trace.", "At {p} dollars it is cheaper than my daily coffee.", "Use my code {x} at checkout before it sells out again."},
	{"Okay so everybody keeps asking how my hair got this long.", "The honest answer is {b} and a little patience.", "I started in {c} three months ago and took a picture every Sunday.", "No smell, no mess, and the bottle lasts forever.", "It costs {p} right now, so grab two while you can.", "Type {x} and thank me later!"},
	{"Sunday reset with the only vacuum I will ever recommend.", "{b} picked up what two other machines left behind.", "My tiny flat in {c} has never been this clean.", "It is light, it is quiet, and it folds behind the door.", "Down to {p} this week with {x}, which is frankly ridiculous."},
}

var (
	brands   = []string{"初岚", "Velour", "木槿记", "LUNEA", "半亩花田家", "小满", "Orrin & Co", "澄一", "鹿野", "Maison Bleu"}
	cities   = []string{"成都", "Chengdu", "呼和浩特", "三亚", "New York", "杭州", "台北", "Leeds", "乌鲁木齐", "广州"}
	prices   = []string{"99", "129.9", "1,280", "59", "¥39", "8.5", "299"}
	someMoji = []string{"😍", "🔥🔥", "✨", "❤️", "👉", "💯", "🌸", "", "", "～"}
)

// fillIn makes one hand's copy of a template: names, price and code of its own, other
// emojis, sentences in another order.
func fillIn(r *rand.Rand, template []string) string {
	swap := strings.NewReplacer("{b}", pick(r, brands), "{c}", pick(r, cities), "{p}", pick(r, prices), "{x}", fmt.Sprintf("%c%c%02d", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(100)))
	out := make([]string, len(template))
	for i, at := range r.Perm(len(template)) {
		out[i] = swap.Replace(template[at]) + pick(r, someMoji)
		if r.IntN(3) == 0 {
			out[i] += "\n"
		}
	}
	return strings.Join(out, "")
}

func post(id, author, body string) moderation.Post {
	return moderation.Post{ID: id, Body: body, Author: moderation.Author{ID: author}}
}
