import iconv from 'iconv-lite';

/** 银联商务 MIS "posinf": records of fixed width in GBK. The fields of a request are 59 bytes; the record is padded with blanks to its agreed length. */
const REQUEST_FIELDS = [
  ['posId', 8],
  ['operatorNo', 8],
  ['type', 2],
  ['amount', 12],
  ['originalDate', 8],
  ['originalReferenceNo', 12],
  ['originalVoucherNo', 6],
  ['echo', 3],
] as const;

const ANSWER_FIELDS = [
  ['code', 2],
  ['bankId', 4],
  ['maskedCardNo', 20],
  ['voucherNo', 6],
  ['amount', 12],
  ['message', 40],
  ['merchantNo', 15],
  ['terminalNo', 8],
  ['batchNo', 6],
  ['date', 4],
  ['time', 6],
  ['referenceNo', 12],
  ['authorisation', 6],
  ['settlementDate', 4],
  ['echo', 3],
] as const;

export const ANSWER_BYTES = ANSWER_FIELDS.reduce((sum, [, bytes]) => sum + bytes, 0);

/** Transaction types of the protocol. */
export const MIS_TYPES = { pay: '00', undo: '01', refund: '02', reprint: '04', signIn: '05', settle: '06' } as const;

export type MisRequest = {
  readonly posId: string;
  readonly operatorNo: string;
  readonly type: (typeof MIS_TYPES)[keyof typeof MIS_TYPES];
  readonly amountFen: number;
  readonly originalDate?: string;
  readonly originalReferenceNo?: string;
  readonly originalVoucherNo?: string;
  /** Three random digits; the answer must bring them back ("LRC"). */
  readonly echo: string;
};

export type MisAnswer = Readonly<Record<(typeof ANSWER_FIELDS)[number][0], string>>;

/** @throws RangeError when a value does not fit its field: a cut-off number would name another transaction. */
export function encodeRequest(request: MisRequest, totalBytes: number): Buffer {
  const values: Readonly<Record<(typeof REQUEST_FIELDS)[number][0], string>> = {
    posId: request.posId,
    operatorNo: request.operatorNo,
    type: request.type,
    amount: String(request.amountFen).padStart(12, '0'),
    originalDate: request.originalDate ?? '',
    originalReferenceNo: request.originalReferenceNo ?? '',
    originalVoucherNo: request.originalVoucherNo ?? '',
    echo: request.echo,
  };
  const text = REQUEST_FIELDS.map(([name, bytes]) => {
    const value = values[name];
    if (!/^[\x20-\x7e]*$/.test(value) || value.length > bytes) throw new RangeError(`${name} does not fit its ${String(bytes)} bytes`);
    return value.padEnd(bytes, ' ');
  }).join('');
  return Buffer.from(text.padEnd(totalBytes, ' '), 'latin1');
}

/** Cuts the bytes before it decodes them: a Chinese message takes two bytes a character. Undefined when the record is too short. */
export function decodeAnswer(record: Uint8Array): MisAnswer | undefined {
  if (record.length < ANSWER_BYTES) return undefined;
  const bytes = Buffer.from(record);
  let offset = 0;
  const field = (length: number): string => {
    const text = iconv.decode(bytes.subarray(offset, offset + length), 'gbk').trim();
    offset += length;
    return text;
  };
  const entries = ANSWER_FIELDS.map(([name, length]) => [name, field(length)] as const);
  return Object.fromEntries(entries) as MisAnswer;
}
