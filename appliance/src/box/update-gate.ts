/** 健康门槛: what a machine on trial waits for. The core commits once it found itself and its channels well; a core that never gets so far is what this is for. */
export type GateFacts = {
  /** Whether the running system is on trial still. */
  readonly isTrying: boolean;
  readonly coreRestarts: number;
  readonly preparationFailed: boolean;
  readonly waitedMs: number;
};
export type GateVerdict = { readonly verdict: 'wait' | 'passed' } | { readonly verdict: 'revert'; readonly reason: { readonly zh: string; readonly en: string } };

/** A start with everything of a large hospital takes a minute; a channel that is away for its own reasons gets time to come back. */
export const GATE_WAITS_MS = 20 * 60_000;
const MOST_RESTARTS = 3;

export function judgeGate({ isTrying, coreRestarts, preparationFailed, waitedMs }: GateFacts): GateVerdict {
  if (!isTrying) return { verdict: 'passed' };
  if (preparationFailed) return { verdict: 'revert', reason: { zh: '新系统未能准备好本机状态', en: 'the new system could not lay out the state of this machine' } };
  if (coreRestarts >= MOST_RESTARTS) return { verdict: 'revert', reason: { zh: `新系统的核心连续 ${String(coreRestarts)} 次启动失败`, en: `the core of the new system ended ${String(coreRestarts)} times` } };
  if (waitedMs >= GATE_WAITS_MS) return { verdict: 'revert', reason: { zh: `新系统在 ${String(GATE_WAITS_MS / 60_000)} 分钟内未通过自检`, en: `the new system did not find itself well within ${String(GATE_WAITS_MS / 60_000)} minutes` } };
  return { verdict: 'wait' };
}
