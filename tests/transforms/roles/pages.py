"""Invented pages of the kinds of site that publish government papers: each line is its role (or roles, with a bar), a space, its text."""

PAGES: dict[str, str] = {
    "provincial portal with a data sheet": """
chrome 登录 | 注册
chrome 无障碍浏览 长者模式 | 繁體 | English
chrome 东江省人民政府
chrome 首页 省情 政务公开 政务服务 互动交流 数据
chrome 当前位置：首页 > 政务公开 > 政策文件 > 省政府办公厅文件
metadata 索引号：11330000MB1234567X/2021-00087
metadata 主题分类：科技、教育
metadata 发文机关：东江省人民政府办公厅
metadata 成文日期：2021年03月18日
metadata 发文字号：东政办发〔2021〕18号
metadata 发布日期：2021-03-22
metadata 有效性：有效
title 东江省人民政府办公厅关于加快推进
title+ 新型研发机构高质量发展的实施意见
metadata 东政办发〔2021〕18号
recipients 各市、县（市、区）人民政府，省政府直属各单位：
body 为深入实施创新驱动发展战略，推动新型研发机构高质量发展，经省政府同意，现提出如下实施意见。
heading 一、总体要求
body 坚持市场导向、企业主体，到2025年，全省建成新型研发机构200家以上，培育高层次创新团队100个。
heading 二、重点任务
heading （一）优化布局
body 1.支持各市围绕主导产业建设新型研发机构。省财政给予最高500万元补助。（责任单位：省科技厅、省财政厅）
body 2.鼓励高校院所牵头组建。对成效突出的优先推荐为省级平台。（责任单位：省教育厅）
heading （二）完善机制
body 建立以成果转化为导向的评价机制，三年一评估，优胜劣汰。
body 本意见自2021年4月20日起施行。
attachment 附件：1.东江省新型研发机构评价指标
attachment 2.东江省新型研发机构名单（第一批）
signature 东江省人民政府办公厅
date 2021年3月18日
note （此件公开发布）
chrome 扫一扫在手机打开当前页
chrome 【打印本页】 【关闭窗口】
chrome 相关解读
chrome 图解：《关于加快推进新型研发机构高质量发展的实施意见》
chrome 主办单位：东江省人民政府办公厅 承办单位：东江省大数据局
chrome 东ICP备05000000号-1 东公网安备33010000000000号 网站标识码：3300000000
chrome 联系我们 | 网站地图 | 隐私声明
""",
    "county site, one word a line": """
chrome 青石县人民政府
chrome 首页
chrome 走进青石
chrome 新闻中心
chrome 信息公开
chrome 办事服务
chrome 互动交流
chrome 您现在的位置：
chrome 首页
chrome >
chrome 信息公开
chrome >
chrome 部门文件
title 关于印发《青石县2022年农业农村工作要点》的通知
metadata 发布时间：2022-03-05 09:12
metadata 信息来源：县农业农村局
chrome 阅读次数：
chrome 312
chrome 字体：
chrome 【大
chrome 中
chrome 小】
recipients 各乡镇人民政府、街道办事处，县直有关单位：
body 现将《青石县2022年农业农村工作要点》印发给你们，请结合实际抓好落实。
signature 青石县农业农村局
date 2022年3月3日
title 青石县2022年农业农村工作要点
body 2022年全县农业农村工作要坚持稳中求进，守住粮食安全底线，全年粮食播种面积稳定在42万亩以上。
heading 一、抓好粮食生产
body 落实粮食安全党政同责，建设高标准农田3万亩。
heading 二、发展特色产业
body 做大做强茶叶、油茶产业，新增茶园5000亩。
chrome 【我要打印】
chrome 【我要纠错】
chrome 分享到：
chrome 上一篇：青石县2021年农业农村工作总结
chrome 下一篇：没有了
chrome 友情链接
chrome 省人民政府
chrome 市人民政府
chrome 主办：青石县人民政府办公室
chrome 地址：青石县人民路1号
chrome 电话：0871-66666666
chrome 滇ICP备10000000号
""",
    "message account article": """
title 市科技局2023年工作要点来了！
chrome 青湖科技
metadata 2023-02-16 18:30
chrome 点击上方蓝字关注我们
body 2023年是全面贯彻落实党的二十大精神的开局之年，市科技局将聚焦“五个一流”，全力打造创新高地。
heading 01
heading 强化战略科技力量
body 推进青湖实验室建设，争创全国重点实验室1家，新建省级重点实验室5家以上。
heading 02
heading 壮大创新主体
body 全年新增高新技术企业300家，科技型中小企业突破2000家。
metadata 来源：市科技局办公室
metadata 编辑：王小明
metadata 审核：李大为
chrome 阅读原文
chrome 阅读 1024
chrome 分享 收藏 点赞 在看
""",
    "bare notice of two issuers with a table": """
title 山河省科学技术厅 山河省财政厅关于印发《山河省科技创新券管理办法》的通知
metadata 山科发〔2020〕33号
recipients 各设区市科技局、财政局，各有关单位：
body 为规范科技创新券管理，提高财政资金使用效益，我们制定了《山河省科技创新券管理办法》，现印发给你们，请遵照执行。
signature 山河省科学技术厅
signature 山河省财政厅
date 2020年6月8日
title 山河省科技创新券管理办法
heading 第一章 总 则
body 第一条 为规范科技创新券管理，根据有关规定，制定本办法。
body 第二条 本办法所称创新券，是指政府向企业和创业者发放的权益凭证。
heading 第二章 支持范围
body 第三条 创新券支持下列服务：
body （一）研发设计；
body （二）检验检测；
body （三）其他科技服务。
body 第四条 单个企业每年使用额度不超过20万元。
heading 第三章 附 则
body 第五条 本办法自2020年7月10日起施行，有效期3年。
attachment 附件1
title|heading 创新券服务机构名录
body 序号
body 机构名称
body 联系电话
body 1
body 省分析测试中心
body 0311-80000000
body 2
body 省工业设计院
body 0311-80000001
""",
    "fixed width text with indents": """
title 云岭市2019年科技创新工作要点
body     2019年全市科技工作的总体思路是：以习近平新时代中国特色
body+ 社会主义思想为指导，深入实施创新驱动发展战略，着力提升创新能
body+ 力，为高质量发展提供支撑。
heading     一、加快创新平台建设
body     支持企业建设研发机构，全年新建市级工程技术研究中心10家，
body+ 新增省级重点实验室2家，培育新型研发机构5家，推动规模以上工
body+ 业企业研发活动覆盖率达到35%以上。
heading     二、加强成果转移转化
body     完善技术市场体系，全年技术合同成交额达到15亿元，转化重大
body+ 科技成果50项，建设中试基地3个。各县（市、区）要明确专人负责
body+ ，及时报送进展情况。
""",
    "reply to a proposal": """
chrome 网站首页 > 政务公开 > 建议提案办理
title 对市十六届人大二次会议第058号建议的答复
metadata 时间：2021-06-30 来源：市教育局 作者： 点击：85次
recipients 陈建国代表：
body 您提出的《关于加强农村学校教师队伍建设的建议》收悉，现答复如下。
heading 一、关于教师补充问题
body 近三年，我市通过公开招聘补充农村教师1260名，今年计划再招聘400名。
heading 二、下一步工作
body 我局将继续落实农村教师补助政策，不断改善工作条件。
body 感谢您对教育工作的关心和支持！
signature 青湖市教育局
date 2021年6月28日
body|note 联系人：赵敏
body|note|chrome 联系电话：0555-2345678
chrome 打印 关闭
chrome 版权所有：青湖市教育局
chrome 皖ICP备08000000号
""",
    "news portal with hot list": """
chrome 新闻 财经 体育 娱乐 视频 图片 专题
chrome 江北网 > 新闻中心 > 本地新闻 > 正文
title 江北市发布“十四五”数字经济发展规划
metadata 2021-11-02 08:15:00 来源：江北日报 作者：
body 记者从市发展改革委获悉，《江北市“十四五”数字经济发展规划》近日印发，提出到2025年数字经济增加值占比达到50%。
body 规划明确，我市将实施数字基础设施提升工程，建成5G基站1.2万个，实现重点区域全覆盖。
body 市发展改革委有关负责人表示，下一步将建立项目清单，加强调度。
metadata （责任编辑：周洁）
chrome 热点排行
chrome 1 江北市地铁3号线开工
chrome 2 今年秋粮收购价格公布
chrome 3 全市招商引资大会召开
chrome 网友评论
chrome 发表评论
chrome 江北网版权声明：凡本网注明来源为江北网的作品，未经授权不得转载。
chrome Copyright © 2021 jiangbei.cn All Rights Reserved
""",
    "state council page of the central portal": """
chrome 首页 | 简 | 繁 | EN | 登录 | 邮箱 | 无障碍
metadata 标　　题：
metadata 国务院关于印发“十四五”节能减排综合工作方案的通知
metadata 发文机关：
metadata 国务院
metadata 发文字号：
metadata 国发〔2021〕33号
metadata 来　　源：
metadata 中国政府网
metadata 主题分类：
metadata 国土资源、能源\\其他
metadata 公文种类：
metadata 通知
metadata 成文日期：
metadata 2021年12月28日
title 国务院关于印发“十四五”节能减排
title+ 综合工作方案的通知
metadata 国发〔2021〕33号
recipients 各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
body 现将《“十四五”节能减排综合工作方案》印发给你们，请结合本地区、本部门实际，认真贯彻落实。
signature 国务院
date 2021年12月28日
note （本文有删减）
title “十四五”节能减排综合工作方案
body 为认真贯彻落实党中央、国务院重大决策部署，大力推动节能减排，制定本方案。
heading 一、总体要求
body 完善实施能源消费强度和总量双控制度，推动能源利用效率大幅提高。
heading 二、主要目标
body 到2025年，全国单位国内生产总值能源消耗比2020年下降13.5%。
chrome 相关稿件
chrome 解读：坚持系统观念 推进节能减排
chrome 扫一扫在手机打开当前页
chrome 回到 顶部
chrome 链接： 全国人大 | 全国政协 | 国家监察委员会 | 最高人民法院 | 最高人民检察院
chrome 国务院部门网站 | 地方政府网站 | 驻港澳机构网站 | 驻外机构
chrome 中国政府网 | 关于我们 | 网站声明 | 联系我们 | 网站纠错
chrome 主办单位：国务院办公厅 运行维护单位：中国政府网运行中心
chrome 版权所有：中国政府网 中文域名：中国政府网.政务
chrome 网站标识码bm01000001 京ICP备05070218号 京公网安备11010202000001号
""",
    "document library": """
chrome 首页 文库 专题 VIP 登录
chrome 下载此文档，请先登录。
chrome 北河市人民政府办公室关于印发2018年民生实事任务分解方案的通知.doc
chrome 文档页数：6页 文档大小：38KB 上传者：abc123
chrome 本文档由用户上传，版权归原作者所有，如有侵权请联系客服删除。
title 北河市人民政府办公室
title+ 关于印发2018年民生实事任务分解方案的通知
recipients 各县（区）人民政府，市政府各部门：
body 《2018年民生实事任务分解方案》已经市政府同意，现印发给你们，请认真组织实施。
date 2018年3月12日
title 2018年民生实事任务分解方案
heading 一、就业创业
body 新增城镇就业3.2万人，开展职业技能培训1万人次。（牵头单位：市人力资源和社会保障局；配合单位：市财政局）
heading 二、教育惠民
body 新建、改扩建公办幼儿园12所。（牵头单位：市教育局）
chrome 相关文档
chrome 猜你喜欢
chrome 关于我们 | 帮助中心 | 用户协议 | 意见反馈
""",
    "plan with a table of contents": """
title 南屏市“十四五”科技创新规划
heading|chrome|body 目 录
heading|body 一、发展基础
heading|body 二、总体思路
heading|body 三、重点任务
heading 一、发展基础
body “十三五”期间，全市研发经费投入年均增长15%，高新技术企业数量翻了一番。
heading 二、总体思路
heading （一）指导思想
body 坚持创新在现代化建设全局中的核心地位，加快建设创新型城市。
heading （二）发展目标
body 到2025年，全社会研发经费投入强度达到3%，每万人口高价值发明专利拥有量达到12件。
heading 三、重点任务
heading 专栏1 创新平台建设工程
body 建设南屏实验室，引进大院名所10家。
""",
    "public notice with a list": """
chrome 首页 - 通知公告
title 关于2022年度市级众创空间拟认定名单的公示
metadata 发布日期：2022-09-15　浏览次数：245
body 根据《市级众创空间认定管理办法》，经申报、评审，拟认定以下单位为市级众创空间，现予公示，公示期7天。
body 1.青创空间
body 2.蓝湾创客
body 3.大学科技园众创空间
signature 市科学技术局
date 2022年9月15日
chrome 分享：
chrome 【字体：大 中 小】 打印 关闭
chrome 技术支持：某某科技有限公司
""",
    "page pasted twice": """
title 西塘区2020年科技工作总结
metadata 发布时间：2020-12-30 来源：区科技局
body 2020年，西塘区科技局认真贯彻区委、区政府决策部署，全力推进创新型城区建设，各项工作取得明显成效，全区研发经费投入强度达到3.2%。
heading 一、创新主体不断壮大
body 全年新认定高新技术企业86家，入库科技型中小企业420家，培育瞪羚企业6家，创新主体数量再创新高，质量稳步提升。
heading 二、创新生态持续优化
body 出台科技创新二十条政策，兑现奖补资金4200万元，惠及企业310家，企业获得感明显增强，营商环境进一步优化。
chrome 上一篇：区科技局召开年度总结会
chrome 主办单位：西塘区科学技术局
duplicate|chrome|title 西塘区2020年科技工作总结
duplicate|metadata 发布时间：2020-12-30 来源：区科技局
duplicate 2020年，西塘区科技局认真贯彻区委、区政府决策部署，全力推进创新型城区建设，各项工作取得明显成效，全区研发经费投入强度达到3.2%。
duplicate 一、创新主体不断壮大
duplicate 全年新认定高新技术企业86家，入库科技型中小企业420家，培育瞪羚企业6家，创新主体数量再创新高，质量稳步提升。
duplicate 二、创新生态持续优化
duplicate 出台科技创新二十条政策，兑现奖补资金4200万元，惠及企业310家，企业获得感明显增强，营商环境进一步优化。
""",
    "legal database": """
metadata|chrome 【法宝引证码】 CLI.14.999999
metadata 【发布部门】 江口市人民政府
metadata 【发文字号】 江口市人民政府令第9号
metadata 【时效性】 现行有效
chrome|title|duplicate 江口市城市绿化管理办法
title|metadata 江口市人民政府令
metadata|title 第9号
body 《江口市城市绿化管理办法》已经2019年5月20日市人民政府第12次常务会议审议通过，现予公布，自2019年7月1日起施行。
signature 市长 林海
date 2019年5月28日
title|duplicate 江口市城市绿化管理办法
metadata （2019年5月28日江口市人民政府令第9号公布　自2019年7月1日起施行）
heading 第一章 总则
body 第一条 为加强城市绿化管理，改善生态环境，制定本办法。
body 第二条 本市建成区内的绿化活动，适用本办法。
body 第三条 市绿化主管部门负责本办法的组织实施。
chrome ©北大法宝：（www.pkulaw.com）专业提供法律信息、法学知识和法律软件领域各类解决方案。
chrome 法宝快讯：如何快速找到您需要的检索结果？
""",
    "government work report": """
chrome 您当前的位置 ： 首页 > 政府工作报告
title 2024年海港市政府工作报告
metadata 来源：海港日报 时间：2024-02-01
metadata ——2024年1月20日在海港市第十五届
metadata+ 人民代表大会第四次会议上
metadata 海港市市长 吴 敏
recipients|body 各位代表：
body 现在，我代表市人民政府，向大会报告政府工作，请予审议，并请各位政协委员提出意见。
heading 一、2023年工作回顾
body 过去一年，全市地区生产总值增长6.1%，一般公共预算收入增长7.3%，居民收入稳步提高。
heading 二、2024年重点工作
heading （一）做强先进制造业。
body 实施重点产业链提升行动，新增规上工业企业100家，工业投资增长10%。
heading （二）扩大有效需求。
body 开展促消费活动200场以上，社会消费品零售总额增长8%。
body 各位代表！新征程催人奋进，让我们团结一心，为建设现代化海港而努力奋斗！
chrome 分享到：
chrome 微信
chrome 新浪微博
""",
    "county statistical bulletin": """
chrome|title|duplicate 青石县2022年国民经济和社会发展统计公报_统计公报_青石县人民政府
chrome 网站支持IPv6
chrome 今天是2023年5月6日 星期六
chrome 请输入关键字
chrome 当前位置: 网站首页 > 政务公开 > 统计信息 > 统计公报
title 青石县2022年国民经济和社会发展统计公报
metadata 发布时间：2023-04-10 10:20 浏览量：123 来源：县统计局 【字体：大 中 小】
metadata|signature 青石县统计局
metadata|date 2023年4月10日
body 2022年，全县上下坚持稳中求进工作总基调，经济运行总体平稳，社会大局和谐稳定。
heading 一、综合
body 初步核算，全年地区生产总值126.5亿元，比上年增长4.8%。
body|heading 表1：2022年居民消费价格比上年涨跌幅度
body 指标
body 全县
body 居民消费价格
body 101.9
heading 二、农业
body 全年粮食种植面积42.3万亩，比上年增长1.1%，粮食总产量18.6万吨。
body|note 注：
body|note 1.本公报中数据均为初步统计数，部分数据因四舍五入存在合计数与分项不等的情况。
body|note 2.地区生产总值绝对数按现价计算，增长速度按不变价格计算。
chrome 扫一扫在手机打开当前页
chrome 【打印本页】【关闭窗口】
metadata 责任编辑：小李 审核：老王
chrome 党政机关
chrome 政府网站找错
chrome Produced By 大汉网络 大汉版通发布系统
chrome 网站访问量：1234567
chrome 版权所有：青石县人民政府 主办单位：青石县人民政府办公室
chrome 滇公网安备 53000000000000号
""",
    "ministry announcement": """
chrome 农业部
chrome 首页
chrome 机构
chrome 新闻
chrome 公开
chrome 当前位置：首页 > 公开
metadata 索 引 号：
metadata 07B130000202200000
metadata 信息所属单位：
metadata 畜牧兽医局
metadata 信息名称：
metadata|title|duplicate 中华人民共和国农业部公告 第560号
metadata 生效日期：
metadata 2022年06月01日
metadata 内容概述：
metadata 根据有关规定，批准有关兽药产品在我国注册。
title|metadata 中华人民共和国农业部公告
metadata|title 第560号
body 根据《兽药管理条例》和《兽药注册办法》规定，经审查，批准有关产品为新兽药，核发《新兽药注册证书》。
body 特此公告。
attachment 附件：1.新兽药注册目录
attachment 2.质量标准
attachment 3.说明书和标签
signature 农业部
date 2022年5月23日
attachment 附件1 新兽药注册目录.docx
attachment 附件2 质量标准.pdf
chrome 机关子站
chrome 直属单位网站
chrome 办公厅
chrome 人事司
chrome 法规司
chrome 主办单位：中华人民共和国农业部 承办单位：信息中心
chrome 京ICP备05000000号
""",
    "decree with regulation": """
metadata 发布时间：2021-08-17
title|metadata 中华人民共和国国务院令
metadata|title 第745号
body 《关键信息设施保护条例》已经2021年4月27日国务院第133次常务会议通过，现予公布，自2021年9月1日起施行。
signature 总理 王某某
date 2021年7月30日
title 关键信息设施保护条例
heading 第一章 总 则
body 第一条 为了保障关键信息设施安全，维护网络安全，制定本条例。
body 第二条 本条例所称关键信息设施，是指公共通信和信息服务等重要网络设施。
body 第三条 国家对关键信息设施实行重点保护。任何个人和组织不得实施下列活动：
body （一）非法侵入、干扰；
body （二）危害设施安全的其他活动。
heading 第二章 附 则
body 第四条 本条例自2021年9月1日起施行。
""",
    "questions and answers on a policy": """
chrome 网站首页>>政策解读
title 《青湖市人才购房补贴实施办法》政策解读
metadata 来源：市人社局　　发布时间：2022-07-01 15:00　　点击数：88
heading 一、出台背景是什么？
body 为进一步优化人才发展环境，吸引各类人才来我市创新创业，市政府出台了本办法。
heading 二、补贴标准是多少？
body 博士研究生每人补贴20万元，硕士研究生每人补贴10万元，分三年发放。
heading 三、如何申请？
body 申请人通过市人才服务网提交材料，由用人单位审核后报市人社局。
chrome 相关文件：青湖市人才购房补贴实施办法
chrome 关闭
chrome 皖公网安备34000000000000号
""",
    "municipal notice with linked attachments": """
chrome 无障碍 | 适老版 | 登录个人中心
chrome 网站首页 市情概览 政务公开 政务服务 政民互动
chrome 您的位置: 首页 > 政务公开 > 通知公告 > 正文
title 关于组织申报2021年度市级科技计划项目的通知
metadata 发布日期：2021-03-15 11:02:31　　　　来源：市科技局　　　　作者：管理员
chrome [ 字体: 大 中 小 ] [打印] [收藏]
recipients 各县区科技局，有关高校、科研院所、企业：
body 根据年度工作安排，现将2021年度市级科技计划项目申报有关事项通知如下：
heading 一、申报范围
body 重点支持新材料、高端装备、生物医药等领域，拟立项50项左右，每项支持不超过30万元。
heading 二、申报时间
body 网上申报截止时间为2021年4月15日17时，逾期不予受理。
heading 三、联系方式
body 联系人：王芳
body 电话：0555-8300000
body 地址：市民路1号
attachment 附件：1.项目申报指南
attachment 2.项目申报书
signature 青湖市科学技术局
date 2021年3月12日
attachment 附件1：项目申报指南.doc
attachment 附件2：项目申报书.doc
chrome 上一条：关于公布2020年度项目验收结果的通知
chrome 下一条：关于召开培训会的通知
chrome 建议使用1024*768以上分辨率浏览
chrome 市科学技术局 版权所有
chrome 邮编：243000 电话：0555-8300001
""",
    "speech": """
title 在全市科技创新大会上的讲话
metadata （2022年2月18日）
metadata 市委书记 周向前
recipients|body 同志们：
body 这次大会的主要任务是，深入贯彻上级决策部署，总结成绩，分析形势，动员全市上下加快建设创新型城市。
heading 一、充分认识科技创新的重要意义
body 科技创新是高质量发展的第一动力，各级各部门要把思想和行动统一到中央要求上来，抓紧抓实抓好。
heading 二、突出抓好重点任务
body 今年要新增高新技术企业100家，研发投入强度提高到2.5%，重点抓好以下三项工作。
body 一是抓平台。建设好实验室和创新中心，推动平台开放共享。
body 二是抓企业。强化企业创新主体地位，推动各类要素向企业集聚。
body 同志们，新征程任重道远，让我们携手奋进，为建设创新型城市作出更大贡献！
""",
}
