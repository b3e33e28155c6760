import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Messages of the cloud POS profile. Names of `pay` are confirmed; those of its siblings and of the answers are from memory and differ between contracts,
 * which is why every one of them stands here and nowhere else.
 */
export const CLOUD_PATHS = {
  pay: '/v6/poslink/transaction/pay',
  query: '/v6/poslink/transaction/query',
  undo: '/v6/poslink/transaction/voidpayment',
  refund: '/v6/poslink/transaction/refund',
  signIn: '/v6/poslink/transaction/signin',
  settle: '/v6/poslink/transaction/settle',
} as const;

const CloudAnswerSchema = Type.Object({
  errCode: Type.String(),
  errInfo: Type.Optional(Type.String()),
  /** Of the order asked about: `0` paid, `1` waiting, `2` refused. Only in the answer to a query. */
  queryResCode: Type.Optional(Type.String()),
  merchantCode: Type.Optional(Type.String()),
  terminalCode: Type.Optional(Type.String()),
  merchantOrderId: Type.Optional(Type.String()),
  amount: Type.Optional(Type.Integer()),
  retrievalRefNum: Type.Optional(Type.String()),
  systemTraceNum: Type.Optional(Type.String()),
  batchNum: Type.Optional(Type.String()),
  transactionDateWithYear: Type.Optional(Type.String()),
  transactionTime: Type.Optional(Type.String()),
  cardIssuer: Type.Optional(Type.String()),
});
export type CloudAnswer = Static<typeof CloudAnswerSchema>;
const answerCheck = Compile(CloudAnswerSchema);

export function readCloudAnswer(body: Uint8Array): CloudAnswer | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return answerCheck.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `done` and `refused` as for the record protocol; `notFound` only for a query. Not listed: proves nothing. */
const CODES: Readonly<Record<string, 'done' | 'refused' | 'notFound'>> = {
  '00': 'done',
  SUCCESS: 'done',
  '51': 'refused',
  '54': 'refused',
  '55': 'refused',
  '61': 'refused',
  '62': 'refused',
  '65': 'refused',
  '75': 'refused',
  NO_ORDER: 'notFound',
};

export function cloudMeaning(code: string, furtherRefusalCodes: readonly string[] = []): 'done' | 'refused' | 'notFound' | 'unknown' {
  return Object.hasOwn(CODES, code) ? (CODES[code] ?? 'unknown') : furtherRefusalCodes.includes(code) ? 'refused' : 'unknown';
}
