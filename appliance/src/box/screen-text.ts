/** What the screen of the machine shows. English first: the text console of Linux has no Chinese glyphs; a serial line has. */
export type BoxFacts = {
  readonly version: string;
  readonly slot: string;
  /** IPv4 addresses of the network cards. */
  readonly addresses: readonly string[];
  readonly consolePort: number;
  /** `http.tls`. */
  readonly isEncrypted: boolean;
  readonly core: 'starting' | 'restoring' | 'ready' | 'failed';
  /** The firewall's rules are in force. */
  readonly isFirewallLoaded: boolean;
  /** Of the last update what somebody before the machine should know. */
  readonly update: string | undefined;
  /** The one-time code that opens the first account; gone once it served. */
  readonly setupCode: string | undefined;
  /** Why the answers file was not taken. */
  readonly answersProblem: string | undefined;
  /** Last words of a core that does not start. */
  readonly coreProblem: string | undefined;
};

const CORE_WORDS = { starting: 'starting 启动中', restoring: 'restoring a backup 正在恢复备份', ready: 'ready 已就绪', failed: 'NOT RUNNING 未运行' } as const;

export function screenText({ version, slot, addresses, consolePort, isEncrypted, core, isFirewallLoaded, update, setupCode, answersProblem, coreProblem }: BoxFacts): string {
  const lines = [
    'Hospay payment platform 医院智能综合支付平台',
    `Version 版本 ${version}   system slot 系统槽 ${slot.toUpperCase()}   core 核心 ${CORE_WORDS[core]}`,
    '',
    ...(addresses.length === 0
      ? ['No network address yet: is the cable plugged in? 尚无网络地址，请检查网线。']
      : addresses.map((address) => `Console 控制台  http${isEncrypted ? 's' : ''}://${address}:${String(consolePort)}/`)),
  ];
  if (!isFirewallLoaded) lines.push('', 'FIREWALL NOT LOADED 防火墙未加载: do not connect this machine to the network, call support 请勿接入网络并联系厂商');
  if (update !== undefined) lines.push('', update);
  if (setupCode !== undefined) lines.push('', `Setup code 设置码  ${setupCode}`, 'Open the console in a browser of the hospital network and enter it. It serves once.', '请在院内浏览器打开控制台并输入此码，仅可使用一次。');
  if (coreProblem !== undefined) lines.push('', 'The core says 核心报告:', ...coreProblem.split('\n').slice(0, 8));
  if (answersProblem !== undefined) lines.push('', `Answers file not taken 应答文件未采用: ${answersProblem}`);
  return lines.join('\n');
}
