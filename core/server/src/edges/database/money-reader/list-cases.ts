import { Op, QueryTypes } from 'sequelize';
import { readBilingual } from '../../../domain/bilingual.js';
import { dueAt } from '../../../domain/case-work.js';
import { maskDetail } from '../../../domain/mask.js';
import type { CaseFilter, CasePage } from '../../http/console-api/ports.js';
import { given, type MoneySource } from './money-source.js';
import type { CaseRow } from './read-models.js';

const PAGE = 50;

/** Newest first. */
export async function listCases({ models, sequelize }: MoneySource, { state, before, limit = PAGE }: CaseFilter): Promise<CasePage> {
  const rows = await models.cases.findAll({
    where: { resolvedAt: state === 'open' ? { [Op.is]: null } : { [Op.not]: null }, ...(before === undefined ? {} : { id: { [Op.lt]: before } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
  const cases = rows.slice(0, limit).map((row) => viewCase(row.get()));
  const acts = cases.length === 0 ? [] : await sequelize.query<ActRow>("SELECT case_id AS id, kind, by_login AS by FROM case_act WHERE case_id IN (:ids) AND kind <> 'noted' AND kind <> 'contacted' ORDER BY seq", { replacements: { ids: cases.map(({ id }) => id) }, type: QueryTypes.SELECT });
  const ofCase = Map.groupBy(acts, ({ id }) => id);
  return { cases: cases.map((one) => ({ ...one, ...workOf(ofCase.get(one.id) ?? [], one.resolvedAt !== undefined) })), ...given('next', rows.length > limit ? cases.at(-1)?.id : undefined) };
}

type ActRow = { readonly id: number; readonly kind: string; readonly by: string };

function workOf(acts: readonly ActRow[], isEnded: boolean): { readonly owner?: string; readonly isProposed?: boolean } {
  const owner = acts.findLast(({ kind }) => kind === 'taken')?.by;
  const isProposed = !isEnded && acts.findLast(({ kind }) => kind !== 'taken')?.kind === 'proposed';
  return { ...given('owner', owner), ...(isProposed ? { isProposed } : {}) };
}

export function viewCase({ id, kind, subject, tradeNo, severity, detail, openedAt, resolvedAt }: CaseRow): CasePage['cases'][number] {
  return { id, kind, subject, ...given('tradeNo', tradeNo), severity, detail: maskDetail(readBilingual(detail)), openedAt, dueAt: dueAt(severity, new Date(openedAt)).toISOString(), ...given('resolvedAt', resolvedAt) };
}
