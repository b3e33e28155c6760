/** Tills and card terminals: what must lie in each till beside the ledger, and the upkeep of the terminals at the windows. */
import { ok } from '../../../domain/errors.js';
import { redactText } from '../../../domain/sensitive.js';
import { viewCardTerminalOperation } from '../../../window-desk/card-terminal-view.js';
import type { CardTerminalOperationView, TillOpening } from '../../../window-desk/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { KeyHeaderSchema } from '../payment-api/schemas.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { CardTerminalListSchema, NewOpeningSchema, NewOperationSchema, OpeningAnswerSchema, OperationAnswerSchema, OperationPath, TillDayQuery, TillDaysSchema } from './window-desk-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();

export function windowDeskRoutes({ windowDesk }: ConsoleApiPorts): Route<ConsoleAccess, ConsoleCaller>[] {
  const askedBy = ({ login }: ConsoleCaller, headers: { readonly 'idempotency-key': string }) => ({ asker: { by: login }, asked: { tenant: `user/${login}`, key: headers['idempotency-key'] } });
  return [
    own.route({
      method: 'GET', path: '/tills', operationId: 'readTillDays', summary: { zh: '某日全部钱箱与账本对照', en: 'All tills of a day beside the ledger' }, access: 'read', request: { query: TillDayQuery },
      answers: { 200: { zh: '钱箱', en: 'The tills', schema: TillDaysSchema } }, errors: [],
      async handle({ query }) {
        const { unclearOpenings, ...days } = await windowDesk.readTillDays(query);
        return ok(json({ ...days, unclearOpenings: unclearOpenings.map(viewOpening), channels: windowDesk.cashChannels() }));
      },
    }),
    own.route({
      method: 'POST', path: '/tills/openings', operationId: 'openTill', summary: { zh: '放入备用金', en: 'Change money into a till' }, access: 'windowDesk', request: { headers: KeyHeaderSchema, body: NewOpeningSchema },
      answers: { 200: { zh: '备用金', en: 'The opening', schema: OpeningAnswerSchema } }, errors: ['TILL_NOT_AVAILABLE', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ headers, body }, caller) {
        const opened = await windowDesk.openTill({ ...body, ...askedBy(caller, headers) });
        return opened.kind === 'ok' ? ok(json({ opening: viewOpening(opened.value) })) : opened;
      },
    }),
    own.route({
      method: 'GET', path: '/card-terminals', operationId: 'listCardTerminals', summary: { zh: '刷卡终端与最近操作', en: 'Card terminals and what was done at them' }, access: 'read',
      answers: { 200: { zh: '刷卡终端', en: 'Card terminals', schema: CardTerminalListSchema } }, errors: [],
      async handle() {
        const { terminals, operations } = await windowDesk.listCardTerminals();
        return ok(json({
          terminals: terminals.map(({ last, ...terminal }) => ({ ...terminal, ...(last === undefined ? {} : { last: shown(viewCardTerminalOperation(last)) }) })),
          operations: operations.map((operation) => shown(viewCardTerminalOperation(operation))),
        }));
      },
    }),
    own.route({
      method: 'POST', path: '/card-terminals/operations', operationId: 'operateCardTerminal', summary: { zh: '签到、结算、重打印', en: 'Sign in, settle, print again' }, access: 'windowDesk',
      request: { headers: KeyHeaderSchema, body: NewOperationSchema },
      answers: { 200: { zh: '已受理；running 时稍后再查', en: 'What became of it; while running, ask again', schema: OperationAnswerSchema } }, errors: ['CARD_TERMINAL_NOT_FOUND', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ headers, body }, caller) {
        const operated = await windowDesk.operateCardTerminal({ ...body, ...askedBy(caller, headers) });
        return operated.kind === 'ok' ? ok(json({ operation: shown(operated.value) })) : operated;
      },
    }),
    own.route({
      method: 'GET', path: '/card-terminals/operations/{operationNo}', operationId: 'readCardTerminalRun', summary: { zh: '终端操作结果', en: 'What became of an operation' }, access: 'read', request: { params: OperationPath },
      answers: { 200: { zh: '终端操作', en: 'The operation', schema: OperationAnswerSchema } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }) {
        const found = await windowDesk.findCardTerminalOperation(params);
        return found.kind === 'ok' ? ok(json({ operation: shown(found.value) })) : found;
      },
    }),
  ];
}

/** What a terminal or a plugin said is not ours to vouch for. */
function shown(operation: CardTerminalOperationView): CardTerminalOperationView {
  return { ...operation, message: redactText(operation.message) };
}
function viewOpening({ openedAt, message, operatorId, ...opening }: TillOpening) {
  return { ...opening, message: redactText(message), openedAt: openedAt.toISOString(), ...(operatorId === undefined ? {} : { operatorId }) };
}
