/** The machine's own service over its socket: a line with a request, lines with its answer. See appliance/src/box/box-request.ts, which checks every one of them again. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { ok, refused, type Outcome } from '../../domain/errors.js';
import type { Log } from '../../domain/log.js';
import type { Timers } from '../../domain/time.js';
import { SLOT_STATES, type Box } from '../../updates/ports.js';

/** Reading and writing a slot takes minutes on a slow disk; silence this long is a fault. */
const SILENCE_MS = 5 * 60_000;
const Said = Type.Object({ zh: Type.String(), en: Type.String() });
const StatusSchema = Type.Object({
  version: Type.String(), isTrying: Type.Boolean(),
  slots: Type.Array(Type.Object({ slot: Type.Enum(['a', 'b'] as const), state: Type.Enum(SLOT_STATES), isRunning: Type.Boolean(), triesLeft: Type.Optional(Type.Number()), version: Type.Optional(Type.String()) })),
  pending: Type.Optional(Type.Object({ version: Type.String(), from: Type.String(), at: Type.String() })),
  last: Type.Optional(Type.Object({ version: Type.String(), from: Type.String(), outcome: Type.Enum(['committed', 'reverted'] as const), at: Type.String(), reason: Type.Optional(Said) })),
});
const InspectedSchema = Type.Object({ manifestSha256: Type.String(), manifest: Type.Object({ version: Type.String(), sdk: Type.String(), builtAt: Type.String(), upgradesFrom: Type.String(), notes: Said }) });
const AnyOk = Type.Object({});
const AnswerSchema = Type.Union([Type.Object({ progress: Type.Number() }), Type.Object({ ok: Type.Object({}) }), Type.Object({ problem: Said })]);

/** @param path of the socket. @returns undefined where there is none: the platform runs on a machine of somebody else's */
export function openBoxLine({ path, timers, log }: { readonly path: string; readonly timers: Timers; readonly log: Log }): Box | undefined {
  if (!existsSync(path)) return undefined;
  const ask = async <Wanted extends TSchema>(request: object, wanted: Wanted, heard: (bytes: number) => void = () => {}): Promise<Outcome<Static<Wanted>>> => {
    try {
      const answer = await exchange({ path, request, timers, heard });
      if ('problem' in answer) return refused('UPDATE_REFUSED', answer.problem);
      if (!Check(wanted, answer.ok)) throw new Error('an answer of another shape');
      return ok(answer.ok);
    } catch (error) {
      log.warn('the machine does not answer', { error });
      return refused('UPDATE_REFUSED', { zh: '本机服务没有应答，请查看系统日志或重启本机', en: 'the service of the machine does not answer: see its journal, or restart it' });
    }
  };
  return {
    status: () => ask({ ask: 'status' }, StatusSchema),
    async inspect(bundle, heard) {
      const answer = await ask({ ask: 'inspect', bundle }, InspectedSchema, heard);
      if (answer.kind === 'refused') return answer;
      const { manifestSha256, manifest: { version, sdk, builtAt, upgradesFrom, notes } } = answer.value;
      return ok({ version, manifestSha256, sdk, builtAt, upgradesFrom, notes });
    },
    stage: (bundle, manifestSha256, heard) => ask({ ask: 'stage', bundle, manifestSha256 }, AnyOk, heard),
    commit: () => ask({ ask: 'commit' }, AnyOk),
    revert: (reason) => ask({ ask: 'revert', reason }, AnyOk),
    restart: () => ask({ ask: 'restart' }, AnyOk),
  };
}

type End = { readonly ok: unknown } | { readonly problem: Static<typeof Said> };

async function exchange({ path, request, timers, heard }: { readonly path: string; readonly request: object; readonly timers: Timers; readonly heard: (bytes: number) => void }): Promise<End> {
  const socket = connect({ path });
  const silence = Promise.withResolvers<never>();
  // It is raced, not always awaited.
  silence.promise.catch(() => undefined);
  let timer = timers.after(SILENCE_MS, () => { silence.reject(new Error('silence')); });
  const read = async (): Promise<End> => {
    for await (const line of createInterface({ input: socket })) {
      const answer: unknown = JSON.parse(line);
      if (!Check(AnswerSchema, answer)) throw new Error('a line of another shape');
      if (!('progress' in answer)) return answer;
      timer.cancel();
      timer = timers.after(SILENCE_MS, () => { silence.reject(new Error('silence')); });
      heard(answer.progress);
    }
    throw new Error('it ended without an answer');
  };
  try {
    const failed = new Promise<never>((_go, reject) => { socket.once('error', reject); });
    failed.catch(() => undefined);
    socket.write(`${JSON.stringify(request)}\n`);
    return await Promise.race([read(), failed, silence.promise]);
  } finally {
    timer.cancel();
    socket.destroy();
  }
}
