/**
 * The menu of the machine's screen (屏幕菜单): what hospital IT does where no browser reaches the machine. English first: the text console of Linux has no Chinese glyphs; a serial line has.
 *
 * Whoever stands there can pull the plug and write the disk anew, so switching off asks nobody. Everything else asks for a sign-in that may operate the machine, once somebody has an account and the core is there to
 * know it; when it is not, the person and the machine are alone, and the journal says that nobody could be asked.
 */
import { isIPv4 } from 'node:net';
import type { Answers } from './answers.js';
import { UpdateProblem } from '../update/update-problem.js';
import { RESETS, type ResetKind } from './factory-reset.js';

export type Network = NonNullable<Answers['network']>;
export type SignedIn = 'signedIn' | 'secondFactor' | 'refused' | 'notAllowed' | 'unreachable';
export type OfferedUpdate = { readonly bundle: string; readonly manifestSha256: string; readonly version: string; readonly notes: { readonly zh: string; readonly en: string } };
export type StoredSet = { readonly name: string; readonly folder: string };

/** The screen, the keyboard and the machine. */
export type MenuParts = {
  readonly role: 'platform' | 'relay';
  readonly say: (text: string) => void;
  /** Shows a prompt and waits for a line; `hidden`: what is typed is not shown. @throws when nobody types for minutes */
  readonly ask: (prompt: string, hidden?: boolean) => Promise<string>;
  /** `open`: a new machine that nobody has an account on, or a relay. `absent`: the core is not running. */
  readonly guard: () => Promise<'open' | 'signIn' | 'absent'>;
  readonly signIn: (login: string, password: string) => Promise<SignedIn>;
  readonly proveSecondFactor: (code: string) => Promise<SignedIn>;
  readonly network: () => Network | undefined;
  /** Undefined: DHCP. In force at once. */
  readonly setNetwork: (network: Network | undefined) => void;
  readonly timeServers: () => readonly string[];
  /** None: those DHCP names. In force at once. */
  readonly setTimeServers: (servers: readonly string[]) => void;
  /** What the clock is held against, in a line. */
  readonly timeState: () => string;
  readonly sets: () => readonly StoredSet[];
  /** The key on the setup drive, when there is one. */
  readonly keyOnDrive: () => string | undefined;
  /** Stops the core and begins the restore; the screen shows how it goes on. */
  readonly restore: (set: string, identity: string) => void;
  /** Bundles on the drive with updates. A platform is updated at its console, where another person approves; a relay has none. */
  readonly bundles: () => readonly string[];
  /** Reads it to its end and holds it against the keys this machine trusts. @throws UpdateProblem */
  readonly inspect: (bundle: string) => Promise<OfferedUpdate>;
  /** Writes the other slot, which starts next. `progress`: the share done, in percent. @throws UpdateProblem */
  readonly install: (offered: OfferedUpdate, progress: (percent: number) => void) => Promise<void>;
  /** At the next start, which follows. */
  readonly reset: (kind: ResetKind, by: string) => void;
  readonly restart: () => void;
  readonly switchOff: () => void;
  /** For the journal. */
  readonly note: (what: string, by: string) => void;
};

/** How often is told how far the writing is. */
const TOLD_PERCENT = 20;
/** Lines of what a version brings, in each language: a screen is no place for more. */
const MOST_NOTES = 8;
const NOBODY = 'nobody could be asked';
const KEY = /AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}/;
const RESET_WORDS: Readonly<Record<ResetKind, { readonly title: string; readonly phrase: string }>> = {
  network: { title: 'network and time only; everything else stays 仅网络与时间，其余保留', phrase: 'reset network' },
  configuration: { title: 'hospital configuration and secrets; ledger, accounts and audit log stay 医院配置与口令，账务、用户与审计日志保留', phrase: 'reset configuration' },
  everything: { title: 'EVERYTHING, the LEDGER too 清除全部，包括账务数据', phrase: 'erase everything' },
};

/** One visit to the menu: until somebody goes back, or the machine restarts. */
export async function screenMenu(parts: MenuParts): Promise<void> {
  const { say, ask, role } = parts;
  const items: readonly (readonly [string, (by: string) => Promise<'stays' | 'ends'>])[] = [
    ['Network 网络', (by) => network(parts, by)],
    ['Time servers 时间服务器', (by) => time(parts, by)],
    role === 'platform' ? ['Restore from a backup 从备份恢复', (by) => restore(parts, by)] : ['Update from a drive 用更新盘更新', (by) => update(parts, by)],
    ['Factory reset 恢复出厂', (by) => reset(parts, by)],
  ];
  for (;;) {
    say(['', 'Menu 菜单', '', ...items.map(([title], index) => `  ${String(index + 1)}  ${title}`), '  r  Restart 重启', '  o  Switch off 关机', ''].join('\n'));
    const chosen = (await ask('Number or letter, Enter to go back 输入编号或字母，回车返回: ')).trim();
    if (chosen === '') return;
    if (chosen === 'r' || chosen === 'o') {
      if ((await ask(`Type "yes" to ${chosen === 'r' ? 'restart 重启' : 'switch off 关机'} 输入 yes 继续: `)).trim() !== 'yes') continue;
      parts.note(chosen === 'r' ? 'restart' : 'switch off', NOBODY);
      if (chosen === 'r') parts.restart();
      else parts.switchOff();
      return;
    }
    const item = items[Number(chosen) - 1];
    if (item === undefined) continue;
    const by = await whoAsks(parts);
    if (by !== undefined && (await item[1](by)) === 'ends') return;
  }
}

/** Undefined: not let through. */
async function whoAsks({ guard, say, ask, signIn, proveSecondFactor }: MenuParts): Promise<string | undefined> {
  const guarded = await guard();
  if (guarded === 'open') return 'a new machine';
  if (guarded === 'absent') {
    say('The core is not running: nobody can sign in, and the journal says so. 核心未运行，无法登录核对，系统日志将如实记载。');
    return NOBODY;
  }
  say('Sign in as somebody who may operate the machine (administrator, system administrator). 请以管理员或系统管理员登录。');
  const login = (await ask('Login 用户名: ')).trim();
  if (login === '') return undefined;
  let state = await signIn(login, await ask('Password 密码: ', true));
  if (state === 'secondFactor') state = await proveSecondFactor((await ask('Code of the second factor 二次验证码: ')).trim());
  if (state === 'signedIn') return login;
  say({ refused: 'Not signed in 登录未通过.', secondFactor: 'Not signed in 登录未通过.', notAllowed: 'Signed in, but this account may not operate the machine 该账号无权操作本机.', unreachable: 'The core did not answer; try again 核心未应答，请重试.' }[state]);
  return undefined;
}

async function network({ network: now, setNetwork, say, ask, note }: MenuParts, by: string): Promise<'stays'> {
  const current = now();
  say(`Now 当前: ${current?.address === undefined ? 'DHCP' : [current.address, `gateway 网关 ${current.gateway ?? '-'}`, `DNS ${current.dns?.join(' ') ?? '-'}`].join(', ')}`);
  const address = (await ask('Address with mask, for instance 10.20.0.5/24, or dhcp; Enter: no change 地址/掩码位数，或 dhcp，回车不改: ')).trim();
  if (address === '') return 'stays';
  if (address === 'dhcp') return changed(undefined);
  const cidr = cidrOf(address);
  if (cidr === undefined) return refuse(`"${address}" is no address with mask 不是地址/掩码位数`);
  const gateway = (await ask('Gateway; Enter: none 网关，回车为无: ')).trim();
  if (gateway !== '' && (!isIPv4(gateway) || !isWithin(gateway, cidr))) return refuse(`the gateway ${gateway} is not in ${address} 网关不在该网段`);
  const dns = wordsOf(await ask('DNS servers, with blanks between; Enter: none DNS 服务器，空格分隔，回车为无: '));
  const wrong = dns.find((server) => !isIPv4(server));
  if (wrong !== undefined || dns.length > 4) return refuse(wrong === undefined ? 'four DNS servers at most 最多四台' : `"${wrong}" is no address 不是地址`);
  return changed({ address, ...(gateway === '' ? {} : { gateway }), ...(dns.length === 0 ? {} : { dns }) });

  function refuse(why: string): 'stays' {
    say(`Nothing was changed 未改动: ${why}.`);
    return 'stays';
  }
  async function changed(given: Network | undefined): Promise<'stays'> {
    if ((await ask(`${given === undefined ? 'DHCP' : [given.address, given.gateway ?? '-', given.dns?.join(' ') ?? '-'].join(', ')}. Type "yes" to set it 输入 yes 生效: `)).trim() !== 'yes') return refuse('not confirmed 未确认');
    setNetwork(given);
    note(`network: ${given?.address ?? 'dhcp'}`, by);
    say('Set 已生效.');
    return 'stays';
  }
}

async function time({ timeServers, setTimeServers, timeState, say, ask, note }: MenuParts, by: string): Promise<'stays'> {
  say(`${timeState()}\nServers 服务器: ${timeServers().length === 0 ? 'those DHCP names 由 DHCP 下发' : timeServers().join(' ')}`);
  const given = wordsOf(await ask('Time servers, with blanks between, or dhcp; Enter: no change 时间服务器，空格分隔，或 dhcp，回车不改: '));
  if (given.length === 0) return 'stays';
  const servers = given[0] === 'dhcp' ? [] : given;
  const wrong = servers.find((server) => !/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/.test(server));
  if (wrong !== undefined || servers.length > 8) {
    say(`Nothing was changed 未改动: ${wrong === undefined ? 'eight servers at most 最多八台' : `"${wrong}" is no server 不是服务器`}.`);
    return 'stays';
  }
  setTimeServers(servers);
  note(`time servers: ${servers.length === 0 ? 'dhcp' : servers.join(' ')}`, by);
  say('Set 已生效.');
  return 'stays';
}

/** `RUN-NUMBER` before the end: see the core's names of increments. */
const INCREMENT = /\.[a-z0-9]{8}-\d{6}\.tar\.zst\.age$/;

async function restore({ sets, keyOnDrive, restore: begin, say, ask, note }: MenuParts, by: string): Promise<'stays' | 'ends'> {
  // Increments lie beside the set they follow, and are put in by themselves.
  const found = sets().filter(({ name }) => !INCREMENT.test(name));
  if (found.length === 0) {
    say('No set is there: plug in the drive (HOSPAYBACKUP, HOSPAYBAK, HOSPAYSETUP) and come back 未找到备份，请插入备份盘后重试.');
    return 'stays';
  }
  say(['Sets, newest first 备份，最新在前:', ...found.slice(0, 9).map(({ name, folder }, index) => `  ${String(index + 1)}  ${name}  (${folder})`)].join('\n'));
  const set = found.slice(0, 9)[Number((await ask('Number; Enter to go back 输入编号，回车返回: ')).trim()) - 1];
  if (set === undefined) return 'stays';
  const onDrive = keyOnDrive();
  const typed = onDrive === undefined ? (await ask('Backup key AGE-SECRET-KEY-1… 备份密钥: ', true)).trim().toUpperCase() : onDrive;
  const identity = KEY.exec(typed)?.[0];
  if (identity === undefined) {
    say('That is no backup key; put it into a text file on the drive HOSPAYSETUP, or type it 不是备份密钥，可放在 HOSPAYSETUP 盘的文本文件里.');
    return 'stays';
  }
  say('The machine is made of this set, and starts fenced. What it holds now is set aside, not erased. 本机将由该备份恢复并处于隔离状态；现有数据另存，不删除。');
  if ((await ask('Type "restore" to go on 输入 restore 继续: ')).trim() !== 'restore') {
    say('Nothing was changed 未改动.');
    return 'stays';
  }
  note(`restore: ${set.name}`, by);
  begin(set.name, identity);
  return 'ends';
}

async function update({ bundles, inspect, install, restart, say, ask, note }: MenuParts, by: string): Promise<'stays' | 'ends'> {
  const found = bundles();
  if (found.length === 0) {
    say('No update is there: plug in the drive (HOSPAYUPDATE, HOSPAYUPD) and come back 未找到更新包，请插入更新盘后重试.');
    return 'stays';
  }
  say(['Updates on the drive 更新盘上的更新包:', ...found.slice(0, 9).map((name, index) => `  ${String(index + 1)}  ${name}`)].join('\n'));
  const bundle = found.slice(0, 9)[Number((await ask('Number; Enter to go back 输入编号，回车返回: ')).trim()) - 1];
  if (bundle === undefined) return 'stays';
  let step = 'Nothing was changed 未改动';
  try {
    say('Its signature is being verified 正在验签…');
    const offered = await inspect(bundle);
    say([`Version 版本 ${offered.version}`, ...[offered.notes.en, offered.notes.zh].flatMap((text) => text.split('\n').slice(0, MOST_NOTES))].join('\n'));
    say('The other system slot is written, then the machine restarts and tries it. Where the relay does not come up, it goes back by itself. 将写入另一系统槽并重启试运行，中继起不来会自动回退.');
    if ((await ask('Type "update" to go on 输入 update 继续: ')).trim() !== 'update') {
      say(`${step}.`);
      return 'stays';
    }
    note(`update: ${offered.version}`, by);
    step = 'The running system stays 仍运行原系统';
    let told = 0;
    await install(offered, (percent) => {
      if (percent < told + TOLD_PERCENT) return;
      told = percent - (percent % TOLD_PERCENT);
      say(`  ${String(told)} %`);
    });
  } catch (error) {
    say(`${step}: ${error instanceof UpdateProblem ? `${error.en} ${error.zh}` : error instanceof Error ? error.message : String(error)}.`);
    return 'stays';
  }
  say('Written; the machine restarts 已写入，机器将重启.');
  restart();
  return 'ends';
}

async function reset({ reset: begin, restart, role, say, ask, note }: MenuParts, by: string): Promise<'stays' | 'ends'> {
  // Of a relay there is nothing between its network and all of it.
  const kinds = role === 'platform' ? RESETS : RESETS.filter((kind) => kind !== 'configuration');
  say(['Factory reset 恢复出厂', ...kinds.map((kind, index) => `  ${String(index + 1)}  ${RESET_WORDS[kind].title}`)].join('\n'));
  const kind = kinds[Number((await ask('Number; Enter to go back 输入编号，回车返回: ')).trim()) - 1];
  if (kind === undefined) return 'stays';
  if (kind === 'everything' && role === 'platform') say('Books of account have to be kept by law. Take a backup first, prove it, and keep its key. 会计档案依法须保存：请先备份、演练并妥存密钥。');
  const { phrase } = RESET_WORDS[kind];
  if ((await ask(`Type "${phrase}" to go on, anything else to go back 输入 ${phrase} 继续: `)).trim() !== phrase) {
    say('Nothing was changed 未改动.');
    return 'stays';
  }
  note(phrase, by);
  begin(kind, by);
  say('The machine restarts and does it 机器将重启并执行.');
  restart();
  return 'ends';
}

function wordsOf(line: string): string[] {
  return line.split(/[\s,]+/).filter((word) => word !== '');
}

function cidrOf(text: string): { readonly address: string; readonly bits: number } | undefined {
  const [, address = '', mask = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const bits = Number(mask);
  return isIPv4(address) && bits >= 8 && bits <= 30 ? { address, bits } : undefined;
}

function isWithin(gateway: string, { address, bits }: { readonly address: string; readonly bits: number }): boolean {
  const numberOf = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - bits);
  return gateway !== address && Math.floor(numberOf(gateway) / size) === Math.floor(numberOf(address) / size);
}
