import { shallowRef } from 'vue';
import { noticeDone, noticeFailure } from '../parts/notices';
import { useSpeech } from '../words/use-speech';
import { asFailure } from './call-failure';

/** One write at a time, by a button: says what became of it and resolves to whether it was done. `done` is empty where the page shows it by itself. */
export function useAct() {
  const { t, say, isChinese } = useSpeech();
  /** What is being done now, for the button that shows it. */
  const acting = shallowRef<string>();
  const act = async (name: string, work: () => Promise<unknown>, done = t('act.done')): Promise<boolean> => {
    if (acting.value !== undefined) return false;
    acting.value = name;
    try {
      await work();
      if (done !== '') noticeDone(done);
      return true;
    } catch (error) {
      const failure = asFailure(error);
      const { title, next, detail } = say(failure);
      noticeFailure(`${title}（${failure.code}）${next}${detail === undefined ? '' : `${isChinese.value ? '。' : '. '}${detail}`}`);
      return false;
    } finally {
      acting.value = undefined;
    }
  };
  return { acting, act };
}
