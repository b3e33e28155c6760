import type { Erasure } from './factory-reset.js';

/** What the screen of the machine shows. English first: the text console of Linux has no Chinese glyphs; a serial line has. */
export type BoxFacts = {
  readonly role: 'platform' | 'relay';
  /** While the relay of such a machine runs. */
  readonly relay?: RelayFacts | undefined;
  /** The last reset: shown until somebody has an account. */
  readonly erasure?: Erasure | undefined;
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
/** As the relay tells it: what the core is paired with. Without a secret it is paired. */
export type RelayFacts = { readonly publicPort: number; readonly tunnelPort: number; readonly fingerprint: string; readonly pairingSecret?: string | undefined };

const RESET_WORDS = { network: 'network 网络', configuration: 'configuration 配置', everything: 'everything 全部' } as const;
const CORE_WORDS = { starting: 'starting 启动中', restoring: 'restoring a backup 正在恢复备份', ready: 'ready 已就绪', failed: 'NOT RUNNING 未运行' } as const;

export function screenText({ role, relay, erasure, version, slot, addresses, consolePort, isEncrypted, core, isFirewallLoaded, update, setupCode, answersProblem, coreProblem }: BoxFacts): string {
  const isRelay = role === 'relay';
  const lines = [
    isRelay ? 'Hospay DMZ relay 医院支付平台 DMZ 中继' : 'Hospay payment platform 医院智能综合支付平台',
    `Version 版本 ${version}   system slot 系统槽 ${slot.toUpperCase()}   ${isRelay ? 'relay 中继' : 'core 核心'} ${CORE_WORDS[core]}`,
    '',
    ...(addresses.length === 0
      ? ['No network address yet: is the cable plugged in? 尚无网络地址，请检查网线。']
      : addresses.map((address) => (isRelay ? `Address 地址  ${address}` : `Console 控制台  http${isEncrypted ? 's' : ''}://${address}:${String(consolePort)}/`))),
  ];
  if (relay !== undefined) {
    lines.push(`Public port 公网端口  ${String(relay.publicPort)}   tunnel port 隧道端口  ${String(relay.tunnelPort)}`, '', `Fingerprint 证书指纹  ${relay.fingerprint}`);
    lines.push(relay.pairingSecret === undefined ? 'Paired with a core 已与核心配对' : `Pairing secret 配对密钥  ${relay.pairingSecret}`);
  }
  if (!isFirewallLoaded) lines.push('', 'FIREWALL NOT LOADED 防火墙未加载: do not connect this machine to the network, call support 请勿接入网络并联系厂商');
  if (update !== undefined) lines.push('', update);
  if (setupCode !== undefined) lines.push('', `Setup code 设置码  ${setupCode}`, 'Open the console in a browser of the hospital network and enter it. It serves once.', '请在院内浏览器打开控制台并输入此码，仅可使用一次。');
  if (erasure !== undefined && (setupCode !== undefined || isRelay)) {
    lines.push('', `Reset 已恢复出厂  ${RESET_WORDS[erasure.kind]}  ${erasure.at}  ${erasure.by}`);
    if (erasure.keys.length > 0) lines.push(`Keys erased 已清除的密钥: ${erasure.keys.map(({ name, sha256 }) => `${name} ${sha256}`).join(', ')}`);
  }
  if (coreProblem !== undefined) lines.push('', isRelay ? 'The relay says 中继报告:' : 'The core says 核心报告:', ...coreProblem.split('\n').slice(0, 8));
  if (answersProblem !== undefined) lines.push('', `Answers file not taken 应答文件未采用: ${answersProblem}`);
  lines.push('', 'Press Enter for the menu 回车进入菜单');
  return lines.join('\n');
}
