/** A refusal in Alipay's own words. 40004 carries the reason in `subCode`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly subCode: string | undefined;

  constructor(code: string, subCode: string | undefined, message: string) {
    super(message);
    this.code = code;
    this.subCode = subCode;
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  '20000': 'Service Currently Unavailable',
  '20001': 'Insufficient Token Permissions',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40004': 'Business Failed',
  '40005': 'Call Limited',
  '40006': 'Insufficient Permissions',
};

export function messageOf(code: string): string {
  return MESSAGES[code] ?? 'Failed';
}

export function businessFailure(subCode: string, message: string): Refusal {
  return new Refusal('40004', `ACQ.${subCode}`, message);
}
