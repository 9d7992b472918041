"""More invented pages, as in pages.py: tables of metadata, message accounts, portals, printed pages, legal databases, long lines."""

MORE_PAGES: dict[str, str] = {
    "county columns with a table of metadata": """
chrome 石桥县人民政府门户网站
chrome 今天是：2023年11月8日 星期三
chrome 网站支持IPv6
chrome 搜索
chrome 首页
chrome 走进石桥
chrome 政务公开
chrome 政务服务
chrome 互动交流
chrome 当前位置：首页>政务公开>政府信息公开目录>规划计划
metadata 信息名称：
metadata|title|duplicate 石桥县“十四五”乡村振兴规划任务分解
metadata 索引号：
metadata 000014349/2021-00312
metadata 生成日期：
metadata 2021-12-20
metadata 发布机构：
metadata 石桥县乡村振兴局
metadata 文　　号：
metadata 石乡振发〔2021〕15号
metadata 信息分类：
metadata 规划计划
metadata 关 键 词：
metadata 乡村振兴
title 石桥县“十四五”乡村振兴规划任务分解
metadata 石乡振发〔2021〕15号
recipients 各乡镇人民政府，县直各部门：
body 为扎实推进“十四五”乡村振兴工作，现将规划任务分解如下，请认真组织实施。
heading 一、产业振兴
body 1.建设优质茶园5万亩，培育县级以上龙头企业30家。（责任单位：县农业农村局）
body 2.创建省级现代农业产业园1个。（责任单位：县农业农村局、县财政局）
heading 二、生态振兴
body 3.农村生活污水治理率达到40%以上。（责任单位：县生态环境分局）
signature 石桥县乡村振兴局
date 2021年12月20日
chrome 【字体：大 中 小】
chrome 打印本页
chrome 关闭窗口
chrome 扫一扫在手机打开当前页
chrome 友情链接：
chrome 中国政府网
chrome 省政府网站群
chrome 市直部门网站
chrome 主办：石桥县人民政府办公室 承办：石桥县大数据中心
chrome 网站标识码：5223000001 黔ICP备06000000号 黔公网安备52230000000001号
""",
    "technical plan with decimal numbers, its lines cut where a heading follows": """
title 青湖市智慧社区建设导则
heading 三、总体要求
body 智慧社区的规划、建设、运行和维护各环节都面临新的要求，既有设施老化带来的压力，也有居民服务需求变化带来的挑战，
heading 3.1 项目建设目标
heading 3.1.1 近期目标
body 到2025年，全市建成智慧社区一百个，居民满意度明显提高，社区服务事项网上办理更加便利。
heading 3.1.2 远期目标
body 到2030年，智慧社区实现全覆盖，服务水平走在全省前列，形成可以推广的建设经验和运行机制。
heading 3.2 人工智能应用要求
heading 3.2.1 数据安全
body 涉及居民个人信息的，应当依法取得同意，并采取加密、脱敏等措施加以保护，防止泄露和滥用。
""",
    "notice signed off on one day and published on another": """
title 科学技术部关于发布重点专项2018年度项目申报指南的通知
recipients 各省、自治区、直辖市科技厅（委、局）：
body 现将重点专项2018年度项目申报指南予以发布，请按要求组织申报。
attachment 附件：
attachment 1.“网络协同制造”重点专项2018年度项目申报指南
attachment 2.“制造基础技术”重点专项2018年度项目申报指南
signature 科 技 部
date 2018年7月30日签发
date 2018年8月3日发布
note （此件主动公开）
""",
    "message account with blue words": """
title 青湖市2024年推动制造业高质量发展十条措施来了
chrome 点击上方蓝字关注我们
chrome ▲
metadata 2024-04-12
body 为深入实施制造强市战略，近日，青湖市人民政府印发《2024年推动制造业高质量发展十条措施》，一起来看。
heading 一、支持技术改造
body 对实施智能化改造的企业，按设备投资额的10%给予补助，最高500万元。
heading 二、支持创新平台
body 对新认定的国家级制造业创新中心，一次性奖励300万元。
chrome END
metadata 来源：青湖发布
metadata 编辑：孙晓
metadata 校对：钱明 审核：赵亮
chrome 长按识别二维码关注“青湖发布”
chrome 点分享
chrome 点收藏
chrome 点在看
chrome 往期推荐
""",
    "news portal with an editor and recommendations": """
chrome 东江新闻网首页 | 新闻 | 政务 | 财经 | 视频
chrome 您所在的位置：东江新闻网 > 要闻
title 东江省出台促进民营经济发展壮大三年行动计划
metadata 时间：2023-09-18 07:52 来源：东江日报
chrome 字号：A- A+
chrome 微信扫一扫分享
body 记者9月17日从省政府新闻办获悉，《东江省促进民营经济发展壮大三年行动计划》日前印发，提出24条具体举措。
body 根据行动计划，到2025年，全省民营经济增加值占地区生产总值比重达到60%以上，民营企业超过200万户。
body 行动计划强调，各地各部门要强化政策落实，定期开展评估，推动各项举措落地见效。
metadata 责任编辑：何静
chrome 相关推荐
chrome 东江省民营经济发展大会召开
chrome 全省前三季度外贸进出口增长5.2%
chrome 新闻热线：0571-00000000
chrome 关于我们 | 广告服务 | 联系方式 | 版权声明
chrome 东江新闻网版权所有 未经书面授权禁止使用
chrome 增值电信业务经营许可证：东B2-20050001 互联网新闻信息服务许可证33120180001
""",
    "printed plan with page numbers": """
title 海州市“十四五”新能源汽车产业
title+ 发展规划
metadata|date|body 2021年9月
chrome - 1 -
heading 一、发展基础
body “十三五”以来，全市新能源汽车产业快速发展，2020年产量达到8万辆，规模以上企业45家。
chrome - 2 -
heading 二、发展目标
body 到2025年，新能源汽车年产量达到50万辆，产业规模突破1500亿元，建成充电桩3万个。
chrome - 3 -
heading 三、重点任务
heading （一）做强整车
body 支持龙头企业扩大产能，引进整车项目2个以上，本地配套率达到50%。
chrome - 4 -
""",
    "copy of a legal database with a date of force": """
chrome 北大法宝
chrome 首页 > 法律法规 > 地方性法规
title|chrome 西岭市扬尘污染防治条例
metadata 发布部门： 西岭市人大及其常委会
metadata 发文字号： 西岭市人民代表大会常务委员会公告第12号
metadata 发布日期： 2020.06.15
metadata 实施日期： 2020.08.01
metadata 时效性： 现行有效
metadata 效力级别： 设区的市地方性法规
title 西岭市扬尘污染防治条例
metadata （2020年4月28日西岭市第七届人民代表大会常务委员会第三十次会议通过
metadata+ 2020年5月29日省第十三届人民代表大会常务委员会第十七次会议批准）
heading|body 目录
heading|body 第一章 总则
heading|body 第二章 防治措施
heading 第一章 总则
body 第一条 为了防治扬尘污染，保护和改善大气环境，保障公众健康，制定本条例。
body 第二条 本市行政区域内的扬尘污染防治活动，适用本条例。
heading 第二章 防治措施
body 第三条 建设单位应当将扬尘污染防治费用列入工程造价。
body 第四条 本条例自2020年8月1日起施行。
chrome|body 法宝联想
chrome ©北大法宝：(www.pkulaw.com)专业提供法律信息、法学知识和法律软件领域各类解决方案。北大法宝为您提供丰富\
的参考资料，正式引用法规条文时请与标准文本核对。
chrome 欢迎查看所有产品和服务。法宝快讯：如何快速找到您需要的检索结果？
""",
    "questions and answers of a page of explanation": """
chrome 首页 政务公开 政策解读
chrome 您的位置：首页 - 政策解读 - 文字解读
title 关于《青湖市既有住宅加装电梯实施意见》的政策问答
metadata 发布时间：2022-08-08 10:10
metadata 来源：市住房城乡建设局
chrome|metadata 浏览量：302
body 问：为什么要出台《实施意见》？
body 答：为完善既有住宅使用功能，方便居民出行，市政府组织制定了本实施意见，自2022年9月1日起施行。
body 问：补助标准是多少？
body 答：每台补助15万元，由市、区财政各承担50%。
body 问：如何申请？
body 答：由业主委托的实施主体向所在街道办事处提出申请。
chrome 相关文件
chrome 青湖市人民政府办公室关于印发既有住宅加装电梯实施意见的通知
chrome 分享到：
chrome 版权所有：青湖市住房和城乡建设局 皖ICP备05000001号
""",
    "the whole text in one line": """
chrome 首页>>信息公开>>通知公告 关于做好2021年高标准农田建设工作的通知
chrome 加入收藏 设为首页 联系我们
title 关于做好2021年高标准农田建设工作的通知
metadata 发布时间:2021-03-30 浏览次数:168 来源:县农业农村局
body 各乡镇人民政府：为做好2021年高标准农田建设工作，现就有关事项通知如下：一、目标任务。全县新建高标准农田5万亩，其中高效\
节水灌溉1万亩。二、工作要求。（一）加强领导。各乡镇要成立工作专班。（二）强化质量。严格执行项目法人制、招投标制、监理制。三、时间安\
排。12月底前完成全部建设任务，亩均粮食产能提高100公斤以上。石桥县农业农村局 2021年3月28日
chrome 上一篇：关于召开春耕备耕会议的通知 下一篇：没有了
chrome Copyright 2021 石桥县农业农村局 All Rights Reserved 技术支持：某某科技
""",
    "traditional site with language links": """
chrome 繁體 | 简体 | English | 日本語 | 한국어
chrome 设为首页 | 加入收藏 | RSS订阅 | 手机版
chrome 滨海新城管理委员会
chrome 新城概况 | 新闻动态 | 信息公开 | 投资指南 | 公众参与
chrome 您现在的位置是：首页 >> 信息公开 >> 规范性文件
title 滨海新城关于鼓励总部经济发展的若干规定
metadata 【发布日期:2019-07-15】 【来源:经济发展局】 【字号 大 中 小】
heading|body 第一条 目的
body 为加快总部企业集聚，推动产业转型升级，根据有关规定，结合新城实际，制定本规定。
heading|body 第二条 奖励
body 新引进的总部企业，按照实缴注册资本的1%给予落户奖励，最高不超过1000万元。
heading|body 第三条 附则
body 本规定自2019年8月1日起施行，有效期五年。
chrome [打印] [关闭] [返回顶部]
chrome 网站地图 | 隐私声明 | 法律声明 | 使用帮助
chrome 地址：滨海新城世纪大道1号 邮编：300450
chrome 建议使用IE8.0以上浏览器 1024*768分辨率浏览
chrome 津ICP备11000000号 网站标识码：1201160001
""",
}
