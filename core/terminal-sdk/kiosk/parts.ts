/** Pieces several screens are made of. */
import { yuanText, type Order } from '../src/index.js';
import { button, element } from './element.js';
import type { KioskConfig } from './kiosk-config.js';
import type { Texts } from './texts.js';
import type { Walk } from './walk.js';

export type Drawing = { readonly walk: Walk; readonly texts: Texts; readonly config: KioskConfig; readonly secondsLeft: (order: Order) => number; readonly print: () => void };

export function countdown(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
export function actions(...buttons: readonly (HTMLElement | undefined)[]): HTMLElement {
  return element('div', { class: 'actions' }, ...buttons);
}
export function money(amountFen: number, id?: string): HTMLElement {
  return element('span', { class: 'money', ...(id === undefined ? {} : { id }) }, element('i', {}, '¥'), yuanText(amountFen));
}
export function pair(label: string, value: Node, className = ''): [HTMLElement, HTMLElement] {
  return [element('dt', { class: className }, label), element('dd', { class: className }, value)];
}
/** A label and its words; nothing when there are none. */
export function fact(label: string, value: string | undefined, id?: string): readonly HTMLElement[] {
  return value === undefined || value === '' ? [] : pair(label, element('span', id === undefined ? {} : { id }, value));
}
export function spinner(): HTMLElement {
  return element('div', { class: 'spinner', attributes: { 'aria-hidden': 'true' } });
}
/** Hospital time, whatever the kiosk's own zone. Text that is no time is shown as it came. */
export function beijing(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return at.toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false });
}
export function clockOf(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? time : at.toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hour12: false });
}

/** A field and the keys to fill it; `last` are keys beside the digits. Card readers and scanners type like a keyboard and end with Enter. */
export function keypad({ texts, input, last, isAccepted, go }: { readonly texts: Texts; readonly input: HTMLInputElement; readonly last: string; readonly isAccepted: (text: string) => boolean; readonly go: () => void }): HTMLElement {
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') go();
  });
  const press = (change: (text: string) => string) => () => {
    const next = change(input.value);
    if (isAccepted(next)) input.value = next;
    input.focus();
  };
  queueMicrotask(() => input.focus());
  return element('div', { class: 'keypad' }, ...['1', '2', '3', '4', '5', '6', '7', '8', '9', last, '0'].map((digit) => button(digit, press((text) => `${text}${digit}`), { class: 'key' })), button(texts.erase, press((text) => text.slice(0, -1)), { class: 'key word' }));
}

export function ending({ walk, texts }: Drawing, said: { readonly mark: 'quiet' | 'good' | 'warn' | 'bad'; readonly title: string; readonly hint: string; readonly more?: readonly (HTMLElement | undefined)[]; readonly act?: HTMLElement | undefined }): HTMLElement {
  const sign = said.mark === 'warn' ? '↩' : said.mark === 'good' ? '✓' : '!';
  return element('section', { class: 'ending' }, element('div', { class: `mark ${said.mark}` }, sign), element('h1', { id: 'state' }, said.title), ...(said.more ?? []), element('p', { class: 'hint' }, said.hint),
    actions(button(texts.home, () => walk.home(), { class: said.act === undefined ? 'primary' : 'plain', id: 'finish' }), said.act));
}
