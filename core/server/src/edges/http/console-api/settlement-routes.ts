/** 结算批次: what arrived by campus, the moves that follow from it, proposed by one and approved by another. */
import { ok, type Outcome } from '../../../domain/errors.js';
import type { BatchView } from '../../../settlement/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import type { ConsoleApiPorts } from './ports.js';
import { SettlementBatchListSchema, SettlementBatchSchema, SettlementDecisionSchema, SettlementDraftSchema, SettlementPath, SettlementProposalSchema } from './settlement-schemas.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const BATCH = { zh: '结算批次', en: 'The batch', schema: SettlementBatchSchema };
const SHOWN = 50;
const answer = (found: Outcome<BatchView>) => (found.kind === 'ok' ? ok(json(found.value)) : found);

export function settlementRoutes({ settlements }: Pick<ConsoleApiPorts, 'settlements'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/settlements/draft', operationId: 'drawSettlement', summary: { zh: '已到账未结算：按院区的收款、退款、手续费与应划转', en: 'What arrived and is in no batch, by campus, and what would be moved' }, access: 'read', request: {}, answers: { 200: { zh: '待结算', en: 'The draft', schema: SettlementDraftSchema } }, errors: [],
      handle: async () => ok(json(await settlements.drawBatch())),
    }),
    own.route({
      method: 'GET', path: '/settlements', operationId: 'listSettlements', summary: { zh: '结算批次', en: 'Settlement batches, the newest first' }, access: 'read', request: {}, answers: { 200: { zh: '批次', en: 'The batches', schema: SettlementBatchListSchema } }, errors: [],
      handle: async () => ok(json({ batches: await settlements.listBatches({ limit: SHOWN }) })),
    }),
    own.route({
      method: 'POST', path: '/settlements', operationId: 'proposeSettlement', summary: { zh: '提出结算批次（须由他人审批）', en: 'Propose the draft as it was shown' }, access: 'proposePayout', request: { body: SettlementProposalSchema }, answers: { 200: BATCH }, errors: ['NO_SUCH_ITEM', 'APPROVAL_OVER', 'CONFLICT'],
      handle: async ({ body }, { login }) => answer(await settlements.proposeBatch({ ...body, by: login })),
    }),
    own.route({
      method: 'POST', path: '/settlements/{batchNo}/decisions', operationId: 'decideSettlement', summary: { zh: '审批结算批次（须由他人）；同意即生成划转', en: 'Approve or reject a batch, never one’s own; approved, its moves become payouts' }, access: 'approvePayout', request: { params: SettlementPath, body: SettlementDecisionSchema }, answers: { 200: BATCH },
      errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT'],
      handle: async ({ params, body: { hash, decision, reason } }, { login }) => answer(await settlements.decideBatch({ ...params, hash, isApproved: decision === 'approve', reason, by: login })),
    }),
    own.route({
      method: 'POST', path: '/settlements/{batchNo}/payouts', operationId: 'carryOutSettlement', summary: { zh: '补生成划转（当时银企直联不可用）', en: 'Make the payouts of an approved batch that are not there yet' }, access: 'approvePayout', request: { params: SettlementPath }, answers: { 200: BATCH }, errors: ['NO_SUCH_ITEM', 'CONFLICT'],
      handle: async ({ params }, { login }) => answer(await settlements.carryOut({ ...params, by: login })),
    }),
  ];
}
