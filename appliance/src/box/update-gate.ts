/**
 * 健康门槛: what a machine on trial waits for. The core commits once it found itself and its channels well; a core that never gets so far is what this is for. A relay holds nothing to look at: it is well when it serves its
 * ports and goes on doing so.
 */
export type GateFacts = {
  readonly role: 'platform' | 'relay';
  /** Whether the running system is on trial still. */
  readonly isTrying: boolean;
  /** How often the core, or the relay, had to be begun again. */
  readonly restarts: number;
  /** Since the relay told that it serves; undefined while it does not, and on a platform. */
  readonly servesMs?: number | undefined;
  readonly preparationFailed: boolean;
  readonly waitedMs: number;
};
export type GateVerdict = { readonly verdict: 'wait' | 'passed' | 'commit' } | { readonly verdict: 'revert'; readonly reason: { readonly zh: string; readonly en: string } };

/** A start with everything of a large hospital takes a minute; a channel that is away for its own reasons gets time to come back. */
export const GATE_WAITS_MS = 20 * 60_000;
const MOST_RESTARTS = 3;
/** A relay that ends does so within seconds. */
export const RELAY_SERVES_MS = 60_000;

export function judgeGate({ role, isTrying, restarts, servesMs, preparationFailed, waitedMs }: GateFacts): GateVerdict {
  if (!isTrying) return { verdict: 'passed' };
  if (preparationFailed) return { verdict: 'revert', reason: { zh: '新系统未能准备好本机状态', en: 'the new system could not lay out the state of this machine' } };
  if (restarts >= MOST_RESTARTS) return { verdict: 'revert', reason: { zh: `新系统的${role === 'relay' ? '中继' : '核心'}连续 ${String(restarts)} 次启动失败`, en: `the ${role === 'relay' ? 'relay' : 'core'} of the new system ended ${String(restarts)} times` } };
  if (role === 'relay' && servesMs !== undefined && servesMs >= RELAY_SERVES_MS) return { verdict: 'commit' };
  if (waitedMs >= GATE_WAITS_MS) return { verdict: 'revert', reason: { zh: `新系统在 ${String(GATE_WAITS_MS / 60_000)} 分钟内未通过自检`, en: `the new system did not find itself well within ${String(GATE_WAITS_MS / 60_000)} minutes` } };
  return { verdict: 'wait' };
}
