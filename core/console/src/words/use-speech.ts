import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import type { CallFailure } from '../api/call-failure';

/** The words of this page in the chosen language. */
export function useSpeech() {
  const i18n = useI18n();
  const { locale } = i18n;
  const t = (key: string, values: Record<string, unknown> = {}): string => i18n.t(key, values);
  const isChinese = computed(() => locale.value === 'zh-CN');
  /** A word of a closed list (a state, a case kind); one that a newer platform added is shown as it is. */
  const word = (group: string, key: string): string => (i18n.te(`${group}.${key}`, 'zh-CN') ? t(`${group}.${key}`) : key);
  const either = ({ zh, en }: { readonly zh: string; readonly en: string }): string => (isChinese.value ? zh : en);
  /** `detail`: why, for whoever reads the page. `technical`: what has no Chinese (a field's path, a fault's message) and is shown on a Chinese page only as what support asks for. */
  const say = ({ error }: { readonly error: Omit<CallFailure['error'], 'requestId'> }) => {
    const detail = isChinese.value ? error.detailZh : error.detail;
    return { title: either(error), next: either({ zh: error.nextZh, en: error.nextEn }), detail, technical: detail === undefined ? error.detail : undefined };
  };
  return { t, word, either, say, locale, isChinese };
}
