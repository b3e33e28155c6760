import { onMounted, shallowRef, type ShallowRef } from 'vue';
import { keepFresh, type Fresh } from '../live/keep-fresh';
import type { LiveTopic } from '../live/live-topics';
import type { CalledBy } from './call';
import { asFailure, type CallFailure } from './call-failure';

export type Answer<Value> = {
  readonly value: ShallowRef<Value | undefined>;
  readonly failure: ShallowRef<CallFailure | undefined>;
  readonly isLoading: ShallowRef<boolean>;
  /** Asks again; the old answer stays until the new one is there. */
  readonly again: () => Promise<void>;
};
type Asking = {
  readonly when?: 'mounted' | 'asked';
  /** Asked again by the page itself when one of these has changed: `ask` hands `by` on to its calls, so that nobody is kept signed in. */
  readonly live?: readonly LiveTopic[];
} & Omit<Fresh, 'topics'>;

/** One question of a page: asked when the page is there, with its answer, failure and progress. A slower earlier answer never replaces a later one. */
export function useAnswer<Value>(ask: (by: CalledBy) => Promise<Value>, { when = 'mounted', live, ...fresh }: Asking = {}): Answer<Value> {
  const value = shallowRef<Value>();
  const failure = shallowRef<CallFailure>();
  const isLoading = shallowRef(when === 'mounted');
  let newest = 0;
  const askBy = async (by: CalledBy): Promise<void> => {
    newest += 1;
    const mine = newest;
    // A page that asks by itself shows no progress: nobody waits for it.
    if (by === 'person') isLoading.value = true;
    try {
      const answer = await ask(by);
      if (mine !== newest) return;
      value.value = answer;
      failure.value = undefined;
    } catch (error) {
      if (mine === newest) failure.value = asFailure(error);
    } finally {
      if (mine === newest) isLoading.value = false;
    }
  };
  const again = (): Promise<void> => askBy('person');
  if (when === 'mounted') onMounted(again);
  // What nobody has asked for yet is not asked by the page either.
  if (live !== undefined) keepFresh({ topics: live, ...fresh }, async () => { if (newest > 0) await askBy('page'); });
  return { value, failure, isLoading, again };
}
