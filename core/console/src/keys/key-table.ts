/** Everything the keyboard does in the console (快捷键). What binds keys and the sheet that tells of them both read this table, so neither can know a key the other does not. */
import type { Area } from '../areas/area';

export type Act = 'sheet' | 'search' | 'back' | 'nextRow' | 'previousRow' | 'open' | 'nextPage' | 'previousPage';
export type Binding = {
  readonly act: Act;
  /** As `KeyboardEvent.key` has them; each alone does it. */
  readonly keys: readonly string[];
  readonly group: 'everywhere' | 'list';
};

export const BINDINGS: readonly Binding[] = [
  { act: 'sheet', keys: ['?'], group: 'everywhere' },
  { act: 'search', keys: ['/'], group: 'everywhere' },
  { act: 'back', keys: ['Escape'], group: 'everywhere' },
  { act: 'nextRow', keys: ['j'], group: 'list' },
  { act: 'previousRow', keys: ['k'], group: 'list' },
  { act: 'open', keys: ['Enter'], group: 'list' },
  { act: 'nextPage', keys: [']', 'n'], group: 'list' },
  { act: 'previousPage', keys: ['[', 'p'], group: 'list' },
];
/** Pressed before the key of an area. */
export const GO = 'g';

export function actOf(key: string): Act | undefined {
  return BINDINGS.find(({ keys }) => keys.includes(key))?.act;
}
/** Only among the areas the person may see. */
export function areaOf(seen: readonly Area[], key: string): Area | undefined {
  return seen.find((area) => area.key === key);
}
/** A key that writes a character: what reads the page aloud, and whoever speaks to his machine, may send it without meaning it. */
export function isCharacter(key: string): boolean {
  return key.length === 1;
}
