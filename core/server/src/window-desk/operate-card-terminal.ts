import type { CardTerminalOperation, CardTerminalOutcome } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { CardTerminalsGuest } from '../domain/guests.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { findCardTerminal } from './find-card-terminal.js';
import type { AskedKey, Asker, CardTerminalRecord, WindowDeskPorts } from './ports.js';

export type OperateCardTerminalRequest = {
  readonly terminalId: string;
  /** Needed only where several channels have a card terminal of this id. */
  readonly channel?: string;
  readonly operation: CardTerminalOperation;
  readonly asker: Asker;
  readonly asked: AskedKey;
  /** `end`: however long the terminal takes. `soon`: a caller who waits at a screen is told `running` and asks again. */
  readonly wait: 'soon' | 'end';
};

/** Shorter than a terminal or a browser waits for an answer. */
const SOON_MS = 6_000;

/**
 * Sign-in (签到), settlement (结算) or a second print (重打印) at a card terminal. The intent is a row and in the audit log before the terminal hears of it; the same key never
 * does it a second time; what has no answer is `unknown`, never done and never failed.
 */
export async function operateCardTerminal(ports: WindowDeskPorts, { terminalId, channel, operation, asker, asked, wait }: OperateCardTerminalRequest): Promise<Outcome<CardTerminalRecord>> {
  const found = findCardTerminal(ports.desks, { terminalId, channel });
  if (found.kind === 'refused') return found;
  const intent: CardTerminalRecord = {
    operationNo: `CT${makeOpaqueId(ports.random)}`, channel: found.value.channel, terminalId, operation, state: 'running', code: undefined, message: '',
    askedBy: asker.by, operatorId: asker.operatorId, askedAt: ports.clock.now(), endedAt: undefined,
  };
  const written = await ports.rows.addOperation(intent, asked);
  if (written.kind === 'known') return isSame(written.record, intent) ? ok(written.record) : refused('IDEMPOTENCY_KEY_REUSED');
  const ended = carryOut(ports, intent, found.value.cardTerminals);
  return ok(wait === 'end' ? await ended : await soon(ports, ended, intent));
}

/** A repeat may come from a later page of the same asker; what it asks for must be the same. */
function isSame(known: CardTerminalRecord, { channel, terminalId, operation }: CardTerminalRecord): boolean {
  return known.channel === channel && known.terminalId === terminalId && known.operation === operation;
}

async function carryOut(ports: WindowDeskPorts, intent: CardTerminalRecord, cardTerminals: CardTerminalsGuest): Promise<CardTerminalRecord> {
  const { operationNo, channel, terminalId, operation, operatorId, askedBy } = intent;
  const object = `card terminal ${terminalId}`;
  try {
    await ports.audit.record({ who: askedBy, what: `cardTerminal.${operation}`, object, after: { operationNo, channel, ...(operatorId === undefined ? {} : { operatorId }) } });
  } catch (error) {
    ports.log.error('a card terminal was not operated: the audit log cannot be written', { operationNo, error });
    return end(ports, intent, { kind: 'notSent', reason: 'the audit log cannot be written' });
  }
  const outcome = await cardTerminals.operate({ terminalId, operation, ...(operatorId === undefined ? {} : { operatorId }) });
  const record = await end(ports, intent, outcome);
  await ports.audit.record({ who: askedBy, what: 'cardTerminal.answer', object, after: { operationNo, operation, state: record.state, ...(record.code === undefined ? {} : { code: record.code }) } })
    .catch((error: unknown) => { ports.log.error('the end of a card terminal operation is not in the audit log', { operationNo, error }); });
  return record;
}

/** Writes the end. Where the row cannot be written, the caller still learns what the terminal said; after a restart the row says `unknown`. */
async function end(ports: WindowDeskPorts, intent: CardTerminalRecord, outcome: CardTerminalOutcome): Promise<CardTerminalRecord> {
  const [said, at] = [endOf(outcome), ports.clock.now()];
  try {
    return (await ports.rows.endOperation(intent.operationNo, said, at)) ?? { ...intent, ...said, endedAt: at };
  } catch (error) {
    ports.log.error('the end of a card terminal operation was not written', { operationNo: intent.operationNo, state: said.state, error });
    return { ...intent, ...said, endedAt: at };
  }
}

function endOf(outcome: CardTerminalOutcome): Pick<CardTerminalRecord, 'state' | 'code' | 'message'> {
  switch (outcome.kind) {
    case 'done':
      return { state: 'done', code: undefined, message: outcome.message };
    case 'refused':
      return { state: 'refused', code: outcome.code, message: outcome.message };
    case 'notSent':
    case 'unknown':
      return { state: outcome.kind, code: undefined, message: outcome.reason };
    default:
      return assertNever(outcome);
  }
}

async function soon({ timers }: WindowDeskPorts, ended: Promise<CardTerminalRecord>, intent: CardTerminalRecord): Promise<CardTerminalRecord> {
  const { promise, resolve } = Promise.withResolvers<CardTerminalRecord>();
  const timer = timers.after(SOON_MS, () => { resolve(intent); });
  const answer = await Promise.race([ended, promise]);
  timer.cancel();
  return answer;
}
