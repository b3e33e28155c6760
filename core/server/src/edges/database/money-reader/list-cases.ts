import { Op } from 'sequelize';
import { redactText } from '../../../domain/sensitive.js';
import type { CaseFilter, CasePage } from '../../http/console-api/ports.js';
import { given, type MoneySource } from './money-source.js';
import type { CaseRow } from './read-models.js';

const PAGE = 50;

/** Newest first. */
export async function listCases({ models }: MoneySource, { state, before, limit = PAGE }: CaseFilter): Promise<CasePage> {
  const rows = await models.cases.findAll({
    where: { resolvedAt: state === 'open' ? { [Op.is]: null } : { [Op.not]: null }, ...(before === undefined ? {} : { id: { [Op.lt]: before } }) },
    order: [['id', 'DESC']],
    limit: limit + 1,
  });
  const cases = rows.slice(0, limit).map((row) => viewCase(row.get()));
  return { cases, ...given('next', rows.length > limit ? cases.at(-1)?.id : undefined) };
}

export function viewCase({ id, kind, subject, tradeNo, severity, detail, openedAt, resolvedAt }: CaseRow): CasePage['cases'][number] {
  return { id, kind, subject, ...given('tradeNo', tradeNo), severity, detail: redactText(detail), openedAt, ...given('resolvedAt', resolvedAt) };
}
