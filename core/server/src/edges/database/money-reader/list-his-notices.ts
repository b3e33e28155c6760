import { Op } from 'sequelize';
import { ERRORS } from '../../../domain/errors.js';
import { redactText } from '../../../domain/sensitive.js';
import type { HisNoticeFilter, HisNoticePage } from '../../http/console-api/ports.js';
import { given, type MoneySource } from './money-source.js';
import type { HisNoticeRow } from './read-models.js';

const PAGE = 50;

/** Newest first. */
export async function listHisNotices({ models, hospitalId }: MoneySource, { state, kind, before, limit = PAGE }: HisNoticeFilter): Promise<HisNoticePage> {
  const rows = await models.hisNotices.findAll({
    where: { hospitalId, ...(state === undefined ? {} : { state }), ...(kind === undefined ? {} : { kind }), ...(before === undefined ? {} : { seq: { [Op.lt]: before } }) },
    order: [['seq', 'DESC']],
    limit: limit + 1,
  });
  const notices = rows.slice(0, limit).map((row) => viewNotice(row.get()));
  return { notices, ...given('next', rows.length > limit ? notices.at(-1)?.seq : undefined) };
}

function viewNotice({ seq, noticeId, adapter, kind, noticeNo, content, state, code, news, receivedAt, endedAt, repeats }: HisNoticeRow): HisNoticePage['notices'][number] {
  const error = code === null ? undefined : Object.entries(ERRORS).find(([known]) => known === code)?.[1];
  return {
    seq, noticeId, adapter, kind, noticeNo, state, receivedAt, repeats, values: valuesOf(content), ...given('endedAt', endedAt), ...given('news', news === null ? null : redactText(news)),
    ...(code === null ? {} : { error: { code, zh: error?.zh ?? code, en: error?.en ?? code } }),
  };
}

/** What it told, in the order it is kept. The patient's own number stays with the HIS. */
function valuesOf(content: string): HisNoticePage['notices'][number]['values'] {
  const told: unknown = JSON.parse(content);
  if (typeof told !== 'object' || told === null) return [];
  return Object.entries(told).filter(([name]) => name !== 'kind' && name !== 'patientId').map(([name, value]: [string, unknown]) => ({ name, value: redactText(Array.isArray(value) ? value.join(', ') : String(value)) }));
}
