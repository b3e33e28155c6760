/** What the walls around a process are worth: `full`, `partial` with what is missing, or `development`, where nothing but Node itself stands between guest and host. */
import type { Confinement } from './read-confinement.js';

export type Isolation = 'full' | 'partial' | 'development';
export type Words = { readonly zh: string; readonly en: string };
export type Judged = { readonly isolation: Isolation; readonly missing: readonly Words[] };

/** What each process of ours must have on the appliance, with what it is for. */
const WALLS: readonly { readonly stands: (process: Confinement) => boolean; readonly missing: Words }[] = [
  { stands: ({ user }) => user !== 0, missing: { zh: '以 root 运行', en: 'it runs as root' } },
  { stands: ({ noNewPrivileges }) => noNewPrivileges, missing: { zh: '可以取得新的权限（NoNewPrivs 未设）', en: 'it may gain privileges (NoNewPrivs is not set)' } },
  { stands: ({ seccomp }) => seccomp === 'filter', missing: { zh: '系统调用没有过滤（seccomp）', en: 'its system calls are not filtered (seccomp)' } },
  { stands: ({ capabilities }) => capabilities.length === 0, missing: { zh: '持有特权能力（CapEff）', en: 'it holds capabilities (CapEff)' } },
  { stands: ({ bounding }) => bounding.length === 0, missing: { zh: '可能取得特权能力（CapBnd）', en: 'it could get capabilities (CapBnd)' } },
  { stands: ({ memoryMaxBytes }) => memoryMaxBytes !== undefined, missing: { zh: '内存没有上限（memory.max）', en: 'its memory has no limit (memory.max)' } },
  { stands: ({ rootReadOnly }) => rootReadOnly !== false, missing: { zh: '系统盘可写', en: 'it can write the system' } },
];

export const SAID: Readonly<Record<Isolation, Words>> = {
  full: { zh: '隔离等级：完整', en: 'isolation: full' },
  partial: { zh: '隔离等级：部分', en: 'isolation: partial' },
  development: { zh: '隔离等级：开发。PID 1 不是 systemd，没有独立用户、系统调用过滤、内存上限与网络限制：插件出错或作恶时只有 Node 自身的限制。只供开发与演示，不得用于医院收款', en: 'isolation: development. PID 1 is not systemd: no user of its own, no filter of system calls, no limit of memory, no wall to the network. Where a plugin fails or means harm there is only Node itself. For development and demonstrations, never for a hospital' },
};

export function judge(process: Confinement, { underSystemd }: { readonly underSystemd: boolean }): Judged {
  const missing = WALLS.flatMap(({ stands, missing: words }) => (stands(process) ? [] : [words]));
  return { isolation: underSystemd ? (missing.length === 0 ? 'full' : 'partial') : 'development', missing };
}
