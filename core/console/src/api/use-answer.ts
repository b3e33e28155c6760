import { onMounted, shallowRef, type ShallowRef } from 'vue';
import { asFailure, type CallFailure } from './call-failure';

export type Answer<Value> = {
  readonly value: ShallowRef<Value | undefined>;
  readonly failure: ShallowRef<CallFailure | undefined>;
  readonly isLoading: ShallowRef<boolean>;
  /** Asks again; the old answer stays until the new one is there. */
  readonly again: () => Promise<void>;
};

/** One question of a page: asked when the page is there, with its answer, failure and progress. A slower earlier answer never replaces a later one. */
export function useAnswer<Value>(ask: () => Promise<Value>, { when = 'mounted' }: { readonly when?: 'mounted' | 'asked' } = {}): Answer<Value> {
  const value = shallowRef<Value>();
  const failure = shallowRef<CallFailure>();
  const isLoading = shallowRef(when === 'mounted');
  let newest = 0;
  const again = async (): Promise<void> => {
    newest += 1;
    const mine = newest;
    isLoading.value = true;
    try {
      const answer = await ask();
      if (mine !== newest) return;
      value.value = answer;
      failure.value = undefined;
    } catch (error) {
      if (mine === newest) failure.value = asFailure(error);
    } finally {
      if (mine === newest) isLoading.value = false;
    }
  };
  if (when === 'mounted') onMounted(again);
  return { value, failure, isLoading, again };
}
