import { ok, refused, type Outcome } from '../domain/errors.js';
import type { CardTerminalsGuest, WindowDesks } from '../domain/guests.js';

/** The card terminal of a window is the one that carries the window's own terminal id: the rule by which a charge finds it. */
export function findCardTerminal(
  desks: Pick<WindowDesks, 'cardTerminals'>,
  { terminalId, channel }: { readonly terminalId: string; readonly channel: string | undefined },
): Outcome<{ readonly channel: string; readonly cardTerminals: CardTerminalsGuest }> {
  const own = desks.cardTerminals().filter((desk) => desk.cardTerminals.terminalIds.includes(terminalId) && (channel === undefined || desk.channel === channel));
  const [only] = own;
  if (only === undefined) return refused('CARD_TERMINAL_NOT_FOUND', { zh: `没有运行中的渠道在 ${terminalId} 有刷卡终端`, en: `no active channel has a card terminal ${terminalId}` });
  if (own.length > 1) return refused('MALFORMED_REQUEST', { zh: `请指明渠道：${own.map((desk) => desk.channel).join('、')}`, en: `channel: name one of ${own.map((desk) => desk.channel).join(', ')}` });
  return ok(only);
}
