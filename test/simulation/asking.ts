import type { ErrorCode, Outcome } from '@hospay/server/domain/errors.js';
import type { UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;

/** Repeats until an answer comes, as a client with a durable request does. `also`: refusals that are no answer either. */
export async function askUntilAnswered<Value>(world: WorldView, label: string, attempts: number, run: (useCases: UseCases) => Promise<Outcome<Value>>, also: readonly ErrorCode[] = []): Promise<Outcome<Value> | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const answer = await world.ask(label, run);
    if (answer !== undefined && !isRefused(answer, ['STORE_UNAVAILABLE', 'HIS_UNAVAILABLE', 'INTERNAL', ...also])) return answer;
    await world.time.sleep(world.weather.between(2, 15) * SECOND, `${label}, again`);
  }
  return undefined;
}

export function isRefused(answer: { readonly kind: string; readonly code?: ErrorCode }, codes: readonly ErrorCode[]): boolean {
  return answer.kind === 'refused' && answer.code !== undefined && codes.includes(answer.code);
}
