import { shallowRef } from 'vue';
import { asFailure, type CallFailure } from './call-failure';

/** One write of a dialog that stays open when it is refused, with the refusal beside what was typed. */
export function useAttempt() {
  const isBusy = shallowRef(false);
  const failure = shallowRef<CallFailure>();
  /** Resolves to whether it was done; one at a time. */
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy.value) return false;
    isBusy.value = true;
    failure.value = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      failure.value = asFailure(error);
      return false;
    } finally {
      isBusy.value = false;
    }
  };
  return { isBusy, failure, attempt };
}
