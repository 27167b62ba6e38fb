"""By what a holder is known again: writings of one thing become one text before they are hashed. Pure.

Full and half width, case, blanks and punctuation do not count, nor do legal suffixes of a firm's name, nor traditional
characters where their simplified form is in the table below. What stays different stays unlike: a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from mingbai.admission.rules.words import Trait
from mingbai.kernel import msisdn

SHORTEST = 2  # characters of what is left: less says nothing of anybody
_SIGNS = re.compile(r"[\W_]+")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212#/]")
_TRADITIONAL = (
    "國国 東东 華华 業业 廣广 門门 電电 話话 訊讯 運运 營营 網网 絡络 聯联 發发 資资 產产 寶宝 實实 務务 "
    "團团 際际 億亿 萬万 龍龙 鳳凤 鴻鸿 陳陈 張张 劉刘 楊杨 黃黄 趙赵 吳吴 孫孙 鄭郑 馮冯 許许 鄧邓 韓韩 "
    "蕭萧 謝谢 鄒邹 蘇苏 盧卢 蔣蒋 賈贾 葉叶 閻阎 鍾钟 範范 譚谭 陸陆 萊莱 顧顾 龐庞 錢钱 湯汤 賴赖 龔龚 "
    "嚴严 喬乔 賀贺 溫温 齊齐 倫伦 偉伟 傑杰 軍军 強强 藝艺 麗丽 蘭兰 鳴鸣 慶庆 衛卫 輝辉 雲云 飛飞 鵬鹏 "
    "銀银 鐵铁 鋼钢 錦锦 鎮镇 區区 縣县 號号 樓楼 棟栋 單单 層层 園园 灣湾 濱滨 濟济 瀋沈 陽阳 陝陕 遼辽 "
    "貴贵 滬沪 漢汉 雞鸡 鄉乡 莊庄 橋桥 場场 廠厂 車车 廳厅 館馆 麵面 農农 機机 腦脑 軟软 體体 術术 開开 "
    "關关 設设 計计 諮咨 詢询 諾诺 貿贸 買买 賣卖 購购 銷销 儲储 財财 險险 證证 債债 貸贷 還还 豐丰 興兴 "
    "達达 順顺 創创 顯显 視视 聽听 讀读 書书 報报 紙纸 傳传 醫医 藥药 療疗 護护 養养 學学 習习 師师 優优 "
    "質质 備备 線线 級级 細细 維维 統统 總总 結结 紅红 綠绿 藍蓝 長长 風风 馬马 魚鱼 鳥鸟 爾尔 與与 為为 "
    "無无 臺台 灘滩 澤泽 濤涛 潤润 濃浓 淨净 凱凯 勝胜 勞劳 勵励 協协 參参 雙双 變变 圓圆 圖图 塊块 壽寿 "
    "夢梦 奪夺 奮奋 婦妇 寧宁 審审 寬宽 導导 將将 嶺岭 幣币 幫帮 庫库 廢废 彈弹 後后 徑径 從从 復复 恆恒 "
    "愛爱 應应 懷怀 戰战 戲戏 擔担 據据 擴扩 擊击 數数 斷断 時时 晉晋 曉晓 曆历 會会 條条 樂乐 標标 樹树 "
    "權权 歐欧 歡欢 歲岁 歷历 殘残 氣气 況况 涼凉 滿满 漁渔 環环 瑪玛 畢毕 當当 碼码 確确 禮礼 稱称 種种 "
    "積积 穩稳 築筑 簡简 糧粮 緊紧 縱纵 繼继 續续 羅罗 義义 聖圣 職职 聲声 肅肃 膚肤 舊旧 莖茎 蓋盖 處处 "
    "虛虚 蟲虫 補补 裝装 複复 觀观 規规 訂订 記记 訓训 託托 詞词 試试 誠诚 調调 課课 論论 講讲 識识 議议 "
    "負负 責责 貨货 費费 賓宾 賽赛 贏赢 趨趋 跡迹 轉转 輪轮 輸输 辦办 連连 進进 遊游 過过 遠远 適适 選选 "
    "郵邮 鄰邻 醬酱 釋释 針针 鈔钞 錄录 鍵键 鏡镜 閉闭 間间 閣阁 陰阴 隊队 階阶 隨随 難难 靈灵 靜静 頂顶 "
    "項项 須须 預预 領领 頭头 題题 類类 願愿 顏颜 飯饭 飲饮 駐驻 驗验 髮发 鬥斗 鮮鲜 麥麦 點点 黨党 龜龟 "
    "齡龄 "
)
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in _TRADITIONAL.split()})
_LEGAL = (
    "股份有限责任公司", "有限责任公司", "集团股份有限公司", "股份有限公司", "集团有限公司", "有限公司",
    "合伙企业有限合伙", "有限合伙", "合伙企业", "个体工商户", "个人独资企业", "集团公司",
    "总公司", "分公司", "公司", "集团", "coltd", "limited",
    "ltd", "inc", "llc", "corporation", "corp",
)  # fmt: skip
_PROVINCES = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西",
    "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏", "宁夏", "新疆", "香港", "澳门",
)  # fmt: skip
_REGION = re.compile(r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)")
_BRACKETED = re.compile(r"[(\[【〔]\s*[\u4e00-\u9fff]{2,6}\s*[)\]】〕]")  # “青禾（上海）…”: a region, or a legal form
_BRANCH = re.compile(r"(?<=公司)[\u4e00-\u9fff0-9]{1,12}?(?:分公司|支公司|营业部|办事处|代表处|分店|分部)$")
# A city that a name begins with: “青山市南湖区…”, not “美佳超市…”; and the larger ones without “市”.
_CITY = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:(?:(?<![超城都门上股夜菜集花楼闹])|(?<=[盐宣晋运聊诸禹宜麻韩]城)|(?<=成都)|(?<=[荆天海江]门))市|自治州|地区|县)"
    r"(?:[\u4e00-\u9fff]{1,4}?(?:新区|开发区|区|县))?"
)
_CITIES = re.compile(
    "石家庄|太原|呼和浩特|沈阳|大连|长春|哈尔滨|南京|苏州|无锡|常州|徐州|南通|杭州|宁波|温州|嘉兴|绍兴|金华|合肥|福州|厦门|泉州|"
    "南昌|济南|青岛|烟台|潍坊|临沂|郑州|洛阳|武汉|长沙|广州|深圳|珠海|佛山|东莞|中山|惠州|南宁|海口|三亚|成都|绵阳|贵阳|昆明|"
    "拉萨|西安|兰州|西宁|银川|乌鲁木齐|唐山|保定|廊坊"
)
_UNITS = re.compile(r"号楼|号院|号房|号铺|[栋幢座楼层室号房户铺]|单元")
_DIGITS = str.maketrans("〇零一二两三四五六七八九", "001223456789")
_TEN = re.compile(r"([1-9]?)十([1-9]?)")
_HUNDRED = re.compile(r"([1-9])百(0[1-9]|[1-9]\d)?(?!\d)")


def plain(trait: Trait, text: str) -> str:
    """What of `text` is hashed; "" when it says nothing."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED)
    if trait is Trait.ADDRESS:
        return _long_enough(_address(_DASHES.sub("号", folded)))
    if trait is Trait.NAME:
        folded = _BRACKETED.sub("", folded) or folded
    bare = _SIGNS.sub("", folded)
    found = _BY[trait](bare) if trait in _BY else bare
    return _long_enough(found)


def _long_enough(text: str) -> str:
    return text if len(text) >= SHORTEST else ""


def firm(bare: str) -> str:
    """A firm's name without legal suffixes and its branch, and without the region and city that it begins with."""
    bare = _BRANCH.sub("", bare)
    while (suffix := next((one for one in _LEGAL if bare.endswith(one) and len(bare) > len(one)), "")) != "":
        bare = bare[: -len(suffix)]
    return _without_city(_without_province(bare))


def _without_city(bare: str) -> str:
    """Without the cities that a name begins with, unless nothing would be left that says anything."""
    while (cut := _CITY.match(bare) or _CITIES.match(bare)) is not None and len(bare) - cut.end() >= SHORTEST:
        bare = bare[cut.end() :]
    return bare


def _without_province(bare: str) -> str:
    for province in _PROVINCES:
        if bare.startswith(province):
            rest = bare[len(province) :]
            cut = _REGION.match(rest)
            rest = rest[cut.end() :] if cut else rest
            return rest if len(rest) >= SHORTEST else bare
    return bare


def _address(folded: str) -> str:
    """“河北省石家庄市裕华区槐安东路三十二号 3号楼2单元501室” → its places and figures, however they are written."""
    bare = _SIGNS.sub("", folded).translate(_DIGITS)
    digits = _TEN.sub(lambda found: f"{found[1] or 1}{found[2] or 0}", bare)
    digits = _HUNDRED.sub(lambda found: f"{found[1]}{found[2] or '00'}", digits)
    rest = _without_province(digits.removeprefix("中国"))
    rest = re.sub(r"(?<=[^\d])[省市区县镇乡](?=[^\d])", "", rest)
    return re.sub(r"-{2,}", "-", _UNITS.sub("-", rest)).strip("-")


def _contact(bare: str) -> str:
    number = msisdn.parse(bare)
    return number.digits if number.valid else re.sub(r"\D", "", bare)


_BY = {
    Trait.NAME: firm,
    Trait.CONTACT: _contact,
    Trait.BANK: lambda bare: re.sub(r"\D", "", bare),
    Trait.LICENCE: str.upper,
}


def score(agree: Collection[Trait], scores: Mapping[str, int]) -> tuple[int, list[Trait]]:
    """The sum of what agrees, 100 at most, and the traits that made it, the strongest first."""
    told = sorted((one for one in set(agree) if scores.get(one, 0)), key=lambda one: (-scores[one], one))
    return min(100, sum(scores[one] for one in told)), told
