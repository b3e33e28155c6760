import { createI18n } from 'vue-i18n';
import { en } from './en';
import { zhCn } from './zh-cn';

export const LANGUAGES = ['zh-CN', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const KEPT_AS = 'hospay.language';

function keptLanguage(): Language {
  return LANGUAGES.find((language) => language === localStorage.getItem(KEPT_AS)) ?? 'zh-CN';
}

/** A word that is missing in a language is a fault that tests see, not a key that patients' money is read by. */
export const words = createI18n({
  legacy: false,
  locale: keptLanguage(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCn, en },
  missing: (language, key) => {
    console.error(`no word for ${key} in ${language}`);
    return key;
  },
});

export function speak(language: Language): void {
  words.global.locale.value = language;
  localStorage.setItem(KEPT_AS, language);
  document.documentElement.lang = language;
}
