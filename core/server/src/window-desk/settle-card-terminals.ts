import { BilingualError, inOneLine, type Bilingual } from '../domain/bilingual.js';
import { reasonOf, type Refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { operateCardTerminal } from './operate-card-terminal.js';
import type { CardTerminalRecord, CardTerminalState, WindowDeskPorts } from './ports.js';

const TASK = 'task/settle-card-terminals';
/** A settlement may take minutes, and five hundred windows must be done before the morning; one acquirer is not asked by all of them at once. */
const AT_ONCE = 4;

/** Settles every card terminal of the active channels (终端结算), once, and says what became of each that is not done. @throws with that text when any is not. */
export async function settleCardTerminals(ports: WindowDeskPorts): Promise<Bilingual> {
  const terminals = ports.desks.cardTerminals().flatMap(({ channel, cardTerminals }) => cardTerminals.terminalIds.map((terminalId) => ({ channel, terminalId })));
  if (terminals.length === 0) return { zh: '运行中的渠道没有银行卡终端', en: 'No active channel has a card terminal' };
  const run = makeOpaqueId(ports.random);
  const waiting = [...terminals];
  const ends: { readonly terminalId: string; readonly said: Bilingual }[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { channel, terminalId } = next;
      const settled = await operateCardTerminal(ports, { ...next, operation: 'settle', asker: { by: TASK }, asked: { tenant: TASK, key: `${run}/${channel}/${terminalId}` }, wait: 'end' });
      if (settled.kind === 'ok' && settled.value.state === 'done') done += 1;
      else ends.push({ terminalId, said: settled.kind === 'ok' ? told(terminalId, settled.value) : refusedAt(terminalId, settled) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const summary = { zh: `银行卡终端 ${String(terminals.length)} 台，已结算 ${String(done)} 台`, en: `${String(done)} of ${String(terminals.length)} card terminals settled` };
  if (ends.length > 0) throw new BilingualError(inOneLine([summary, ...ends.toSorted((one, other) => one.terminalId.localeCompare(other.terminalId)).map(({ said }) => said)]));
  return summary;
}

function refusedAt(terminalId: string, refusal: Refused): Bilingual {
  const { zh, en } = reasonOf(refusal);
  return { zh: `${terminalId}：${zh}`, en: `${terminalId}: ${en}` };
}

function told(terminalId: string, { state, code = '', message }: CardTerminalRecord): Bilingual {
  const words = `${code} ${message}`.trim();
  return { zh: `${terminalId}：${STATE_WORDS[state].zh}${words === '' ? '' : `（${words}）`}`, en: `${terminalId}: ${STATE_WORDS[state].en} ${words}`.trim() };
}

const STATE_WORDS = {
  running: { zh: '进行中', en: 'running' }, done: { zh: '完成', en: 'done' }, refused: { zh: '被拒绝', en: 'refused' }, notSent: { zh: '未发送', en: 'not sent' }, unknown: { zh: '结果未知', en: 'unknown' },
} as const satisfies Record<CardTerminalState, Bilingual>;
