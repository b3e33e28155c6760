import { QueryTypes } from 'sequelize';
import { isRecord } from '../../../domain/is-record.js';
import type { PlainOfMoney, RevealKind } from '../../../reveals/ports.js';
import type { MoneySource } from './money-source.js';

type Row = Readonly<Record<string, string | null>>;

/** What of the money database is shown masked, plain, one object at a time. @returns undefined: no such object of this hospital. */
export async function readPlain(source: MoneySource, { kind, id }: { readonly kind: Exclude<RevealKind, 'cardAgreement'>; readonly id: string }): Promise<PlainOfMoney | undefined> {
  switch (kind) {
    case 'order':
      return withStay(await one(source, 'SELECT patient_id AS "patientId", bill_nos AS bills FROM orders WHERE hospital_id = $1 AND trade_no = $2', id));
    case 'prepaymentReturn':
      return present(await one(source, 'SELECT patient_id AS "patientId" FROM prepayment_return WHERE hospital_id = $1 AND return_no = $2', id));
    case 'transfer':
      return present(
        (await one(source, 'SELECT patient_id AS "patientId" FROM prepayment_return WHERE hospital_id = $1 AND return_no = $2', id)) ??
          (await one(source, 'SELECT inpatient_no AS "inpatientNo", visit_id AS "visitId" FROM discharge WHERE hospital_id = $1 AND settlement_no = $2', id)),
      );
    case 'payout':
      return present(await one(source, 'SELECT payee_sealed AS "sealedPayee" FROM payout WHERE hospital_id = $1 AND payout_no = $2', id));
    case 'case':
      return caseNotes(source, id);
    case 'hisNotice':
      return noticeOf(await one(source, 'SELECT content FROM his_notice WHERE hospital_id = $1 AND notice_id = $2', id));
  }
}

async function one({ sequelize, hospitalId }: MoneySource, sql: string, id: string): Promise<Row | undefined> {
  const [row] = await sequelize.query<Row>(sql, { bind: [hospitalId, id], type: QueryTypes.SELECT });
  return row;
}

function present(row: Row | undefined): PlainOfMoney | undefined {
  return row === undefined ? undefined : Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

/** The stay of a discharge stands in the number of its bill. */
function withStay(row: Row | undefined): PlainOfMoney | undefined {
  if (row === undefined) return undefined;
  const [, inpatientNo, visitId] = /"discharge\/([^/"]+)\/([^/"]+)"/.exec(row['bills'] ?? '') ?? [];
  return present({ patientId: row['patientId'] ?? null, inpatientNo: inpatientNo ?? null, visitId: visitId ?? null });
}

/** What people wrote about a case, in their own words and order. */
async function caseNotes({ sequelize }: MoneySource, id: string): Promise<PlainOfMoney | undefined> {
  if (!/^[1-9]\d{0,14}$/.test(id)) return undefined;
  const acts = await sequelize.query<{ readonly text: string }>("SELECT text FROM case_act WHERE case_id = $1 AND text <> '' ORDER BY seq", { bind: [Number(id)], type: QueryTypes.SELECT });
  return acts.length === 0 ? undefined : { notes: acts.map(({ text }) => text).join('\n') };
}

function noticeOf(row: Row | undefined): PlainOfMoney | undefined {
  if (row === undefined) return undefined;
  const content: unknown = JSON.parse(row['content'] ?? '{}');
  const told = isRecord(content) ? content : {};
  const text = (name: string): string | null => (typeof told[name] === 'string' && told[name] !== '' ? told[name] : null);
  return present({ patientId: text('patientId'), inpatientNo: text('inpatientNo'), visitId: text('visitId'), message: text('text') });
}
