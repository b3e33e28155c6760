import type { Terminal, TerminalGroup } from '../../api/console-api';
import { KINDS, titleOfGroup } from './fleet-words';

type Fleet = { readonly groups: readonly TerminalGroup[]; readonly terminals: readonly Terminal[] };
type Speech = { readonly t: (key: string) => string; readonly word: (group: string, key: string) => string };

/** Notices to one terminal. */
export const audienceOf = (terminal: string): string => `terminal/${terminal}`;

/** Who a notice is for, in words: everybody, a kind, a group or one terminal; one that is no more by its id. */
export function nameOfAudience(audience: string, fleet: Fleet | undefined, { t, word }: Speech): string {
  if (audience === 'all') return t('terminalNotices.everybody');
  if (KINDS.some((kind) => kind === audience)) return word('terminalKind', audience);
  return fleet?.terminals.find(({ id }) => audienceOf(id) === audience)?.title ?? (titleOfGroup(fleet?.groups, audience) || audience);
}
