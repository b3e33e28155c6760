/**
 * What the platform says of a payment, refund, payout or stay where no channel, HIS or bank has said anything. It stands where their words stand (`reason`, `news`), is kept, logged and told to machines in English, as theirs are kept as
 * they came; people read it in both languages (`heard`).
 */
import { quoted, type Bilingual } from './bilingual.js';
import { ERRORS } from './errors.js';

/** `{0}` is a value: a number, an amount in yuan, or the words of somebody else. A text that has changed is still read in rows of before, in English. */
const OWN_WORDS = {
  channelNotActive: { zh: '支付渠道插件未启用', en: 'the channel plugin is not active' },
  hospitalNotActive: { zh: '医院适配器未启用', en: 'the hospital adapter is not active' },
  bankLinkNotActive: { zh: '该账户的银企直联未启用', en: 'the bank link of its account is not active' },
  pluginStopping: { zh: '插件正在停止', en: 'the plugin is stopping' },
  pluginNotRunning: { zh: '插件未运行', en: 'the plugin is not running' },
  pluginStopped: { zh: '插件在答复前已停止', en: 'the plugin was stopped before it answered' },
  pluginThrew: { zh: '插件执行 {0} 时出错', en: 'the plugin threw in {0}' },
  pluginMalformed: { zh: '插件对 {0} 的答复不是规定的格式', en: 'the plugin\'s answer to {0} is not in the shape of the contract' },
  pluginNoMessage: { zh: '插件对 {0} 的答复无法读取', en: 'the plugin\'s answer to {0} is not a message' },
  requestNoMessage: { zh: '请求内容无法发送给插件', en: 'the request cannot be sent as a message' },
  tooManyCalls: { zh: '等待该插件的调用过多', en: 'too many calls wait for this plugin' },
  noPlace: { zh: '期限内未轮到发送', en: 'no place became free before the deadline' },
  noAnswerInTime: { zh: '期限内没有答复', en: 'no answer before the deadline' },
  deadlinePassed: { zh: '发送前期限已过', en: 'the deadline had passed before sending' },
  notHandedOver: { zh: '调用未送出', en: 'the call was not handed over' },
  channelCannotClose: { zh: '该支付渠道不支持关单', en: 'this channel cannot close' },
  channelCannotRefund: { zh: '该支付渠道不支持退款', en: 'this channel cannot refund' },
  channelNoStatements: { zh: '该支付渠道不提供对账单', en: 'this channel gives no statements' },
  hisLacks: { zh: '该医院系统未提供 {0}', en: 'this hospital system has no {0}' },
  notItsAccount: { zh: '{0} 不管理该账户', en: '{0} does not hold this account' },
  paidCloseUnanswered: { zh: '已支付，但先前的关单尚无答复', en: 'paid, and its close has no answer yet' },
  repeatDeclined: { zh: '重复发送被拒绝，首次结果待查', en: 'the repeat was declined; what became of the first is asked' },
  repeatNotSent: { zh: '重复发送未送出，首次结果待查', en: 'the repeat was not sent; what became of the first is asked' },
  newsPending: { zh: '渠道答复：待支付', en: 'the channel says that it waits for the patient' },
  newsNotFound: { zh: '渠道答复：无此交易', en: 'the channel says that it has no such payment' },
  newsUnknown: { zh: '渠道没有明确答复', en: 'the channel gives no definite answer' },
  preSettlementNotTaken: { zh: '医保预结算未能占用', en: 'the pre-settlement could not be taken' },
  leaseRanLow: { zh: '查询耗时过长，留待下次办理', en: 'the lease ran low while asking' },
  refusedMaybeCarriedOut: { zh: '被拒绝，但先前的请求仍可能生效：{0}', en: 'refused, but an earlier request may still be carried out: {0}' },
  refusedWhenRepeated: { zh: '再次请求时被拒绝：{0}', en: 'refused when asked again: {0}' },
  refusedNotAskable: { zh: '被拒绝，且无法查询先前的请求', en: 'refused, and not to be asked about' },
  hisSilent: { zh: '医院未答复', en: 'the HIS did not answer' },
  refundTogetherFirst: { zh: '同属一笔的另一退款单正在医院审核', en: 'a refund that belongs with it is asked about at the HIS first' },
  refundTogetherOpen: { zh: '医院尚未答复同属一笔的另一退款单', en: 'the HIS has yet to answer about a refund that belongs with it' },
  refundTogetherRefused: { zh: '同属一笔的退款单 {0} 被医院拒绝：{1}', en: 'it belongs with {0}, which the HIS refuses: {1}' },
  shareOpen: { zh: '订单 {0} 的退款尚未受理：{1}', en: 'the refund of {0} is not taken yet: {1}' },
  noReturnOfBalances: { zh: '该医院系统不再支持退还预交金余额', en: 'this hospital system no longer returns balances' },
  balanceChanged: { zh: '现余额 {0} 元，审批时为 {1} 元', en: 'the balance is {0} yuan now, {1} yuan were approved' },
  dischargeNotAskable: { zh: '该医院系统无法查询出院结算', en: 'this hospital system cannot be asked about a discharge' },
  noDischarges: { zh: '该医院系统不再支持出院结算', en: 'this hospital system no longer settles a discharge' },
  dischargeDiffers: { zh: '医院结算为应退 {0} 元、应补 {1} 元，与预结算应退 {2} 元、应补 0 元不符', en: 'the HIS settled with {0} yuan to return and {1} yuan to collect, not {2} yuan and 0' },
  depositsUnclear: { zh: '已结算，但尚不清楚医院入账了哪些预交金', en: 'settled, and it is not known yet which deposits the HIS booked' },
  invoiceNotAskable: { zh: '该医院系统无法查询电子票据', en: 'this hospital system cannot be asked about an invoice' },
  noInvoices: { zh: '该医院系统不再开具电子票据', en: 'this hospital system no longer issues invoices' },
  noFlushes: { zh: '该医院系统不支持电子票据冲红', en: 'this hospital system does not flush invoices' },
  invoiceDiffers: { zh: '医院开票 {0} 元，应为 {1} 元', en: 'the hospital invoiced {0} yuan, not {1} yuan' },
  centreHoldsSettlement: { zh: '医保中心已有该笔结算', en: 'the centre holds a settlement of it' },
  givenUpByOwner: { zh: '发起方已放弃', en: 'given up by its owner' },
  notSettledInTime: { zh: '超时未结算', en: 'nobody settled it in time' },
  otherFees: { zh: '医院给出的费用明细与先前不同', en: 'the HIS tells other fees than at first' },
  insurancePaysNothing: { zh: '医保不支付', en: 'the insurance pays nothing' },
  pricedOtherwise: { zh: '医保中心预结算总额 {0} 元（{1} + {2} + {3}），医院报价 {4} 元', en: 'the centre priced {0} yuan as {1} + {2} + {3}, quoted {4} yuan' },
  channelClosedIt: { zh: '渠道已关闭其支付单', en: 'the channel closed its payment' },
  notOwedAnyMore: { zh: '对应的款项已无须支付', en: 'what it was for is not owed any more' },
  answerLost: { zh: '已发送，答复丢失', en: 'sent, and its answer was lost' },
  payeeUnreadable: { zh: '收款人信息无法解密：密钥文件与加密时不同', en: 'its payee cannot be read: the key file is not the one it was sealed with' },
  tooLittleTime: { zh: '剩余办理时间不足，未发送', en: 'too little of its time was left' },
  bankNeverHadIt: { zh: '银行答复：从未收到该指令', en: 'the bank says that it never had it' },
  givenUpBy: { zh: '由 {0} 确认未付：{1}', en: 'given up by {0}: {1}' },
  otherReceipt: { zh: '银行给出的 {0} 是另一笔的电子回单', en: 'the bank gave {0}, which is the receipt of another movement' },
  nothingNamed: { zh: '未指明订单或收据', en: 'neither an order nor a receipt was named' },
  hisTotalDiffers: { zh: '医院称订单金额为 {0} 元，实为 {1} 元', en: 'the HIS says the order was of {0} yuan; it is of {1} yuan' },
  refundTaken: { zh: '订单 {1} 退款 {0} 元', en: '{0} yuan of {1} go back' },
  noOrderOfOurs: { zh: '无本平台订单', en: 'no order of ours' },
  registrationRefunding: { zh: '挂号 {0}：退款中', en: 'registration {0}: refunding' },
  registrationNotPaid: { zh: '挂号 {0}：未经本平台缴费', en: 'registration {0}: not paid here' },
  registrationAtWindow: { zh: '挂号 {0}：须到窗口办理（{1}）', en: 'registration {0}: at a window only ({1})' },
  codeNotLoaded: { zh: '插件代码无法加载：{0}', en: 'its code cannot be loaded: {0}' },
  settingsSchemaUnfit: { zh: '插件的设置结构不符合规定', en: 'its settings schema is not a JSON schema of an object with additionalProperties: false' },
  settingsUnfit: { zh: '设置不符合要求：{0}', en: 'settings do not fit: {0}' },
  activateLate: { zh: '启动超过 {0} 秒没有完成', en: 'activate did not return within {0} s' },
  activateThrew: { zh: '启动时出错：{0}', en: 'activate threw: {0}' },
  activateFailed: { zh: '启动失败：{0}', en: 'activate failed: {0}' },
  secretSetting: { zh: '设置项 {0} 是密钥：隔离插件的密钥须在设置的最上层，并列入 needs.secrets', en: 'its setting {0} is a secret: secrets of an isolated plugin stand at the top of its settings and under needs.secrets' },
  isolatedCannot: { zh: '隔离插件不能提供 {0}', en: 'an isolated plugin cannot contribute {0}' },
  severalContributions: { zh: '插件提供多项能力，请将 contribution 设为其中之一：{0}', en: 'the plugin has several contributions; set contribution to one of {0}' },
  noContribution: { zh: '插件没有名为“{0}”的能力，现有：{1}', en: 'the plugin has no contribution "{0}"; it has {1}' },
  otherMerchant: { zh: '插件的商户号为 {0}，医院配置为 {1}：请更正其一', en: 'the plugin charges for merchant {0}, the hospital says {1}: correct one of them' },
  otherAccounts: { zh: '插件付款账户为 {0}，医院配置为 {1}：请更正其一', en: 'the plugin pays from {0}, the hospital says {1}: correct one of them' },
  noAccount: { zh: '无账户', en: 'from no account' },
  processEnded: { zh: '插件进程已结束：{0}；{1} 秒后重新启动', en: 'its process ended: {0}; started again in {1} s' },
  noSuchPlugin: { zh: '插件目录中没有标识为 {0} 的插件', en: 'no plugin with the id {0} lies in the plugin folders' },
  applicationNotActive: { zh: '应用未启用', en: 'the application is not active' },
  applicationMayNot: { zh: '应用无权接收该文件', en: 'the application may not have this file' },
  applicationNoAddress: { zh: '应用没有可用的通知地址', en: 'the application has no usable notify address' },
  fileNotKept: { zh: '文件已过保存期', en: 'the file is no longer kept' },
  booksProblem: { zh: '{0} 账目未平：{1}（{2}）', en: 'the books of {0} do not close: {1} ({2})' },
  hangsNoCase: { zh: '有挂账而没有未结差错单', en: 'it hangs, and no case is open' },
  caseNothingHangs: { zh: '有未结差错单而没有挂账', en: 'a case is open, and nothing hangs' },
  amountHangs: { zh: '挂账 {0} 元，没有未结差错单', en: '{0} yuan hang, and no case is open' },
  differencesLedger: { zh: '差异合计 {0} 元，账上为 {1} 元', en: 'the differences say {0} yuan, the ledger {1} yuan' },
  arrivalJournal: { zh: '凭证与其银行流水、应到款不符', en: 'its journal is not what its lines and days make' },
  linesLedger: { zh: '到账流水合计 {0} 元，账上为 {1} 元', en: 'the lines that arrived make {0} yuan, the ledger has {1} yuan' },
  otherAccount: { zh: '对账单属于另一账户', en: 'it is of another account' },
  otherDay: { zh: '对账单属于 {0}', en: 'it is of the day {0}' },
  lineOfOtherDay: { zh: '流水 {0} 不属于当日', en: 'line {0} is of another day' },
  balanceDiffers: { zh: '期初余额加流水为 {0} 元，对账单期末余额为 {1} 元', en: 'opening and lines make {0} yuan, it says {1} yuan' },
  controlRows: { zh: '控制总数不符：明细 {0} 笔，文件标明 {1} 笔', en: 'control totals: {0} rows, the file says {1}' },
  controlPayments: { zh: '控制总数不符：支付明细合计 {0} 元，文件标明 {1} 元', en: 'control totals: the payments make {0} yuan, the file says {1} yuan' },
  controlRefunds: { zh: '控制总数不符：退款明细合计 {0} 元，文件标明 {1} 元', en: 'control totals: the refunds make {0} yuan, the file says {1} yuan' },
  controlFunds: { zh: '控制总数不符：资金账单的{0}与明细不一致', en: 'control totals: the {0} of the fund statement are not those of its rows' },
  fundRows: { zh: '笔数', en: 'number of rows' },
  fundInRows: { zh: '收入笔数', en: 'number of movements in' },
  fundInFen: { zh: '收入金额', en: 'sums in' },
  fundOutRows: { zh: '支出笔数', en: 'number of movements out' },
  fundOutFen: { zh: '支出金额', en: 'sums out' },
  billNotReady: { zh: '账单未出：{0}', en: 'bill_not_ready: {0}' },
  otherHash: { zh: '文件的 SHA-256 与给出的不符', en: 'the file does not have the SHA-256 that was told with it' },
  channelStoppedMeanwhile: { zh: '渠道在此期间已停用', en: 'the channel has stopped meanwhile' },
  uploadNotKept: { zh: '{1} 上传的文件 {0} 与存档不一致', en: 'the file {0} that {1} brought is not in the archive as it was' },
  manifestTooLarge: { zh: 'plugin.json 超过 {0} 字节', en: 'plugin.json is larger than {0} bytes' },
  manifestUnreadable: { zh: 'plugin.json 无法读取：{0}', en: 'plugin.json cannot be read: {0}' },
  manifestUnfit: { zh: 'plugin.json 不符合规定：{0}', en: 'plugin.json does not fit: {0}' },
  sdkNoRange: { zh: 'plugin.json：sdk“{0}”不是版本范围', en: 'plugin.json: sdk "{0}" is not a version range' },
  sdkOther: { zh: '需要 SDK {0}，本平台为 {1}：请安装与之匹配的插件版本', en: 'needs SDK {0}; this platform has {1}: install a matching version of the plugin' },
  declaredTwice: { zh: 'plugin.json 重复声明“{0}”', en: 'plugin.json declares "{0}" twice' },
  reportsBesideMoney: { zh: 'plugin.json 把报表与资金能力放在一起：报表须单独成包', en: 'plugin.json declares reports beside what moves money: give reports a package of their own' },
  reportsNoNetwork: { zh: 'plugin.json：报表不得联网，请去掉 needs.network', en: 'plugin.json: a report talks to nobody: take needs.network out' },
  entryOutside: { zh: '入口 {0} 在插件目录之外', en: 'entry {0} leads outside the plugin\'s folder' },
  entryNoFile: { zh: '入口 {0} 不是文件', en: 'entry {0} is not a file' },
  entryMissing: { zh: '入口 {0} 不存在：插件是否已构建？', en: 'entry {0} does not exist: was the plugin built?' },
  dictionaryEmpty: { zh: '医院系统没有返回条目，先前有 {0} 条', en: 'the hospital system returned no entries; there were {0}' },
  dictionaryTwice: { zh: '代码 {0} 出现两次', en: 'the code {0} appears twice' },
  dictionaryNotStored: { zh: '未能保存', en: 'it could not be stored' },
  tooManyPages: { zh: '日账单超过 {0} 页', en: 'the day list has more than {0} pages' },
  noTrustList: { zh: '文件不是信任清单', en: 'this is not a trust list' },
  otherTrustList: { zh: '信任清单的格式不符', en: 'the trust list has another format' },
  oldTrustList: { zh: '信任清单序号 {0} 不比现有的 {1} 新', en: 'its serial {0} is not newer than {1}' },
  unsignedTrustList: { zh: '没有现有信任清单中的根密钥签名', en: 'no root of the present trust list has signed it' },
  unsignedRoots: { zh: '信任清单中有新的根密钥，但没有任何一个新根签名', en: 'it names new roots, and none of them has signed it' },
  noVersionBefore: { zh: '没有保存上一版本', en: 'no version before this one is kept' },
  otherPackage: { zh: '文件中的插件包与其名称不符', en: 'the file holds another package than its name says' },
  signedFileMissing: { zh: '签名文件缺失，请重新安装插件包', en: 'the signed file is missing: install the package again' },
  largerThan: { zh: '超过 {0} 字节', en: 'larger than {0} bytes' },
  notAsListed: { zh: '{0} 与包内文件不一致，打包后有文件被改动、增加或删除', en: '{0} does not list exactly what the package holds: a file was changed, added or removed after packing' },
  packedEntryMissing: { zh: '包内没有入口文件 {0}', en: 'the entry {0} is not in the package' },
  packedManifestUnfit: { zh: '说明文件不符合规定的结构', en: 'plugin.json does not fit the manifest schema' },
  manifestMissing: { zh: '说明文件缺失或不是 JSON', en: 'plugin.json is missing or no JSON' },
  otherSdk: { zh: '插件要求接口版本 {0}，本平台为 {1}', en: 'needs SDK {0}; this platform has {1}' },
  packageWithdrawn: { zh: '该插件包已被收回（{0}）', en: 'this package was withdrawn: {0}' },
  keyWithdrawn: { zh: '签名密钥 {0} 已被收回（{1}）', en: 'the key {0} that signed it was withdrawn: {1}' },
  notTrusted: { zh: '没有 {0} 的受信任密钥签名', en: 'no trusted key of {0} has signed it' },
} as const satisfies Record<string, Bilingual>;

export type OwnWord = keyof typeof OWN_WORDS;

/** As it is kept, logged and told to machines. */
export function own(word: OwnWord, ...values: readonly string[]): string {
  return filled(OWN_WORDS[word].en, values);
}

/** What people read of a reason or of news: the platform's own words in both languages, an error code by its text, and what somebody else said as he said it. */
export function heard(text: string): Bilingual {
  if (Object.hasOwn(ERRORS, text)) return textOfError(text) ?? quoted(text);
  // Registrations of a stopped clinic are told one after the other.
  const parts = text.split('; ');
  const each = parts.map(ownWord).filter((part) => part !== undefined);
  return each.length === parts.length ? { zh: each.map(({ zh }) => zh).join('；'), en: text } : (ownWord(text) ?? quoted(text));
}

type Known = { readonly shape: RegExp; readonly order: readonly number[]; readonly zh: string };

const PLACE = /\{(\d)\}/g;
const KNOWN: readonly Known[] = Object.values(OWN_WORDS).map(({ zh, en }) => ({ shape: shapeOf(en), order: [...en.matchAll(PLACE)].map(([, place]) => Number(place)), zh }));

function ownWord(text: string): Bilingual | undefined {
  for (const { shape, order, zh } of KNOWN) {
    const found = shape.exec(text);
    if (found === null) continue;
    const values: string[] = [];
    for (const [index, place] of order.entries()) values[place] = inQuotes(heard(found[index + 1] ?? ''));
    return { zh: filled(zh, values), en: text };
  }
  return undefined;
}

/** Somebody else's sentence inside one of ours is seen to be his; a number or a name needs no marks. */
function inQuotes({ zh, en }: Bilingual): string {
  return zh === en && /[A-Za-z] [A-Za-z]/.test(zh) ? `“${zh}”` : zh;
}

function shapeOf(en: string): RegExp {
  const parts = en.split(/\{\d\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('(.+?)')}$`, 's');
}

function filled(text: string, values: readonly string[]): string {
  return text.replaceAll(PLACE, (_whole, place: string) => values[Number(place)] ?? '');
}

function textOfError(code: string): Bilingual | undefined {
  for (const [known, { zh, en }] of Object.entries(ERRORS)) if (known === code) return { zh, en };
  return undefined;
}
