import { CARD_TERMINAL_OPERATIONS } from '@hospay/plugin-sdk';
import { Op, QueryTypes, UniqueConstraintError, type Sequelize } from 'sequelize';
import { CARD_TERMINAL_STATES, TILL_OPENING_STATES, type AskedKey, type CardTerminalRecord, type TillOpening, type WindowDeskRows } from '../../../window-desk/ports.js';
import type { CardTerminalOperationRow, Models, TillOpeningRow } from './models.js';

export type WindowDeskStore = WindowDeskRows & {
  /** Rows this old are forgotten; the audit log keeps who did what. Returns how many. */
  removeBefore(time: Date): Promise<number>;
};

const NOT_ENDED = ['requested', 'unknown'] as const;

export function windowDeskStore(sequelize: Sequelize, { cardTerminalOperations, tillOpenings }: Models, hospital: string): WindowDeskStore {
  const findOperation = async (where: { operationNo: string } | { tenant: string; askedKey: string }): Promise<CardTerminalRecord | undefined> => {
    const row = (await cardTerminalOperations.findOne({ where: { ...where, hospital } }))?.get();
    return row === undefined ? undefined : asRecord(row);
  };
  const findOpening = async (where: { openingNo: string } | { tenant: string; askedKey: string }): Promise<TillOpening | undefined> => {
    const row = (await tillOpenings.findOne({ where: { ...where, hospital } }))?.get();
    return row === undefined ? undefined : asOpening(row);
  };
  return {
    async addOperation(record, asked) {
      const { code, operatorId, endedAt, ...rest } = record;
      const isNew = await wasAdded(cardTerminalOperations.create({ ...rest, hospital, ...keyOf(asked), code: code ?? null, operatorId: operatorId ?? null, endedAt: endedAt ?? null }));
      return isNew ? { kind: 'added', record } : { kind: 'known', record: must(await findOperation(keyOf(asked))) };
    },
    async endOperation(operationNo, { state, code, message }, at) {
      // Only what still runs is ended: the first end stands.
      await cardTerminalOperations.update({ state, code: code ?? null, message, endedAt: at }, { where: { operationNo, hospital, state: 'running' } });
      return findOperation({ operationNo });
    },
    findOperation: (operationNo) => findOperation({ operationNo }),
    async listOperations(limit) {
      return (await cardTerminalOperations.findAll({ where: { hospital }, order: [['askedAt', 'DESC']], limit })).map((row) => asRecord(row.get()));
    },
    async latestOperations() {
      const latest = await sequelize.query<{ operationNo: string }>(
        'SELECT o.operationNo FROM card_terminal_operation o WHERE o.hospital = $1 AND o.operationNo = (SELECT n.operationNo FROM card_terminal_operation n WHERE n.hospital = o.hospital AND n.channel = o.channel AND n.terminalId = o.terminalId ORDER BY n.askedAt DESC, n.operationNo DESC LIMIT 1)',
        { bind: [hospital], type: QueryTypes.SELECT },
      );
      return (await cardTerminalOperations.findAll({ where: { operationNo: { [Op.in]: latest.map(({ operationNo }) => operationNo) } } })).map((row) => asRecord(row.get()));
    },
    async endInterrupted(message, at) {
      const [count] = await cardTerminalOperations.update({ state: 'unknown', message, endedAt: at }, { where: { hospital, state: 'running' } });
      return count;
    },
    async addOpening(opening, asked) {
      const { operatorId, ...rest } = opening;
      const isNew = await wasAdded(tillOpenings.create({ ...rest, hospital, ...keyOf(asked), operatorId: operatorId ?? null }));
      return isNew ? { kind: 'added', opening } : { kind: 'known', opening: must(await findOpening(keyOf(asked))) };
    },
    async answerOpening(openingNo, answer) {
      await tillOpenings.update(answer, { where: { openingNo, hospital, state: { [Op.in]: NOT_ENDED } } });
      return findOpening({ openingNo });
    },
    async listOpenings(from, until) {
      return (await tillOpenings.findAll({ where: { hospital, openedAt: { [Op.gte]: from, [Op.lt]: until } }, order: ['openedAt'] })).map((row) => asOpening(row.get()));
    },
    async removeBefore(time) {
      const operations = await cardTerminalOperations.destroy({ where: { hospital, askedAt: { [Op.lt]: time }, state: { [Op.ne]: 'running' } } });
      return operations + (await tillOpenings.destroy({ where: { hospital, openedAt: { [Op.lt]: time } } }));
    },
  };
}

/** False: the key has its row already. */
async function wasAdded(creating: Promise<unknown>): Promise<boolean> {
  try {
    await creating;
    return true;
  } catch (error) {
    if (error instanceof UniqueConstraintError) return false;
    throw error;
  }
}

function keyOf({ tenant, key }: AskedKey): { tenant: string; askedKey: string } {
  return { tenant, askedKey: key };
}

function asRecord({ operationNo, channel, terminalId, operation, state, code, message, askedBy, operatorId, askedAt, endedAt }: CardTerminalOperationRow): CardTerminalRecord {
  return {
    operationNo, channel, terminalId, operation: known(CARD_TERMINAL_OPERATIONS, operation), state: known(CARD_TERMINAL_STATES, state), code: code ?? undefined, message, askedBy,
    operatorId: operatorId ?? undefined, askedAt, endedAt: endedAt ?? undefined,
  };
}
function asOpening({ openingNo, channel, tillNo, amountFen, state, message, askedBy, operatorId, openedAt }: TillOpeningRow): TillOpening {
  return { openingNo, channel, tillNo, amountFen, state: known(TILL_OPENING_STATES, state), message, askedBy, operatorId: operatorId ?? undefined, openedAt };
}

function known<Word extends string>(words: readonly Word[], stored: string): Word {
  return must(words.find((word) => word === stored));
}
/** @throws when the database holds what this program never wrote. */
function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a row of the window desk cannot be read');
  return value;
}
