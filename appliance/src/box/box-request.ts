/** What the core may ask of the machine it runs on, and nothing else: one request a connection, checked here, because whoever reaches the socket may have taken the core over. */
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { BoxStatus, InspectedBundle } from '../update/box-update.js';
import { UpdateProblem } from '../update/update-problem.js';

/** The one folder bundles are read from. */
export const BUNDLE_FOLDER = '/var/lib/hospay-files/updates';
const Said = Type.Object({ zh: Type.String({ maxLength: 1_000 }), en: Type.String({ maxLength: 1_000 }) }, { additionalProperties: false });
/** A name in that folder. */
const Bundle = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.hpu$' });
export const BoxRequestSchema = Type.Union([
  Type.Object({ ask: Type.Literal('status') }, { additionalProperties: false }),
  Type.Object({ ask: Type.Literal('inspect'), bundle: Bundle }, { additionalProperties: false }),
  Type.Object({ ask: Type.Literal('stage'), bundle: Bundle, manifestSha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, { additionalProperties: false }),
  Type.Object({ ask: Type.Literal('commit') }, { additionalProperties: false }),
  Type.Object({ ask: Type.Literal('revert'), reason: Said }, { additionalProperties: false }),
  Type.Object({ ask: Type.Literal('restart') }, { additionalProperties: false }),
]);
export type BoxRequest = Static<typeof BoxRequestSchema>;

/** A line each: progress in bytes, then one of the others. */
export type BoxAnswer = { readonly progress: number } | { readonly ok: object } | { readonly problem: { readonly zh: string; readonly en: string } };

export type BoxActs = {
  status(): BoxStatus;
  inspect(bundle: string, progress: (bytes: number) => void): Promise<InspectedBundle>;
  stage(asked: { readonly bundle: string; readonly manifestSha256: string }, progress: (bytes: number) => void): Promise<object>;
  commit(): void;
  revert(reason: { readonly zh: string; readonly en: string }): void;
  restart(): void;
};
const PROGRESS_EVERY_BYTES = 8 * 1_048_576;

/** Carries out one line. What goes wrong is said in both languages; a fault of ours is not explained to the socket, it stands in the journal. */
export async function serveBoxRequest(line: string, acts: BoxActs, answer: (answer: BoxAnswer) => void, log: (problem: unknown) => void): Promise<void> {
  let told = 0;
  const progress = (bytes: number): void => {
    if (bytes - told < PROGRESS_EVERY_BYTES) return;
    told = bytes;
    answer({ progress: bytes });
  };
  try {
    answer({ ok: await carryOut(readRequest(line), acts, progress) });
  } catch (error) {
    if (error instanceof UpdateProblem) {
      answer({ problem: { zh: error.zh, en: error.en } });
      return;
    }
    log(error);
    answer({ problem: { zh: '本机未能完成该操作，原因见系统日志', en: 'the machine could not do it; its journal says why' } });
  }
}

async function carryOut(request: BoxRequest, acts: BoxActs, progress: (bytes: number) => void): Promise<object> {
  switch (request.ask) {
    case 'status': return acts.status();
    case 'inspect': return acts.inspect(request.bundle, progress);
    case 'stage': return acts.stage(request, progress);
    case 'commit': acts.commit(); return acts.status();
    case 'revert': acts.revert(request.reason); acts.restart(); return {};
    case 'restart': acts.restart(); return {};
  }
}

function readRequest(line: string): BoxRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (!Check(BoxRequestSchema, value)) throw new UpdateProblem({ zh: '本机不认识这项请求', en: 'this machine knows no such request' });
  return value;
}
