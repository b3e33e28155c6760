import { ElMessage } from 'element-plus';
import 'element-plus/es/components/message/style/css';
import { shallowRef } from 'vue';
import { useSpeech } from '../words/use-speech';
import { asFailure } from './call-failure';

/** One write at a time, by a button: says what became of it (`silent` when the page shows it). Resolves to whether it was done. */
export function useAct() {
  const { t, say } = useSpeech();
  /** What is being done now, for the button that shows it. */
  const acting = shallowRef<string>();
  const act = async (name: string, work: () => Promise<unknown>, done: string | 'silent' = t('act.done')): Promise<boolean> => {
    if (acting.value !== undefined) return false;
    acting.value = name;
    try {
      await work();
      if (done !== 'silent') ElMessage.success(done);
      return true;
    } catch (error) {
      const failure = asFailure(error);
      const { title, next } = say(failure);
      ElMessage({ type: 'error', message: `${title}（${failure.code}）${next}`, duration: 8000, showClose: true });
      return false;
    } finally {
      acting.value = undefined;
    }
  };
  return { acting, act };
}
