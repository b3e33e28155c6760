import type { Terminal, TerminalGroup } from '../../api/console-api';
import { KINDS, titleOfGroup } from './fleet-words';

type Fleet = { readonly groups: readonly TerminalGroup[]; readonly terminals: readonly Terminal[] };
type Speech = { readonly t: (key: string) => string; readonly word: (group: string, key: string) => string };

/** Who a notice is for, in words: everybody, a kind or a group; one that is no more by its id. */
export function nameOfAudience(audience: string, fleet: Fleet | undefined, { t, word }: Speech): string {
  if (audience === 'all') return t('terminalNotices.everybody');
  if (KINDS.some((kind) => kind === audience)) return word('terminalKind', audience);
  return titleOfGroup(fleet?.groups, audience) || audience;
}
