import { Op } from 'sequelize';
import { ERRORS } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import { redactText } from '../../../domain/sensitive.js';
import type { HisNoticeFilter, HisNoticePage } from '../../http/console-api/ports.js';
import { ordersOfNotices } from './orders-of-notices.js';
import { given, type MoneySource } from './money-source.js';
import type { HisNoticeRow } from './read-models.js';

const PAGE = 50;

/** Newest first. */
export async function listHisNotices(source: MoneySource, { state, kind, number, before, limit = PAGE }: HisNoticeFilter): Promise<HisNoticePage> {
  const { models, hospitalId } = source;
  const rows = await models.hisNotices.findAll({
    where: {
      hospitalId, ...(state === undefined ? {} : { state }), ...(kind === undefined ? {} : { kind }), ...(before === undefined ? {} : { seq: { [Op.lt]: before } }),
      ...(number === undefined ? {} : { [Op.or]: [{ noticeNo: number }, { noticeId: number }] }),
    },
    order: [['seq', 'DESC']],
    limit: limit + 1,
  });
  const told = rows.slice(0, limit).map((row) => row.get()).map((row) => ({ row, content: contentOf(row) }));
  const orders = await ordersOfNotices(source, told.map(({ content }) => content));
  const notices = told.map(({ row, content }, index) => viewNotice(row, content, orders[index] ?? []));
  return { notices, ...given('next', rows.length > limit ? notices.at(-1)?.seq : undefined) };
}

type Content = Readonly<Record<string, unknown>>;

function viewNotice({ seq, noticeId, adapter, kind, noticeNo, state, code, news, receivedAt, endedAt, repeats }: HisNoticeRow, content: Content, tradeNos: readonly string[]): HisNoticePage['notices'][number] {
  return {
    seq, noticeId, adapter, kind, noticeNo, state, receivedAt, repeats, values: valuesOf(content), isAboutPatient: OF_THE_PATIENT.some((name) => typeof content[name] === 'string' && content[name] !== ''), tradeNos: [...tradeNos], ...given('endedAt', endedAt), ...given('news', news === null ? null : heard(redactText(news))),
    ...(code === null ? {} : { error: errorOf(code) }),
  };
}

function errorOf(code: string): NonNullable<HisNoticePage['notices'][number]['error']> {
  const { zh, en, nextZh, nextEn } = Object.entries(ERRORS).find(([known]) => known === code)?.[1] ?? { zh: code, en: code, nextZh: '', nextEn: '' };
  return { code, zh, en, nextZh, nextEn };
}

/** What says who the patient is, and what was written to him, stays with the HIS. */
const OF_THE_PATIENT: readonly string[] = ['patientId', 'inpatientNo', 'visitId', 'text'];

/** What it told, in the order it is kept. */
function valuesOf(content: Content): HisNoticePage['notices'][number]['values'] {
  return Object.entries(content).filter(([name]) => name !== 'kind' && !OF_THE_PATIENT.includes(name)).map(([name, value]) => ({ name, value: redactText(Array.isArray(value) ? value.join(', ') : String(value)) }));
}

function contentOf({ content }: HisNoticeRow): Content {
  const told: unknown = JSON.parse(content);
  return typeof told === 'object' && told !== null ? Object.fromEntries(Object.entries(told)) : {};
}
