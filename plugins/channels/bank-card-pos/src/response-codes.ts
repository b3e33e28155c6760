/**
 * What an answer of the terminal proves. Codes are ISO 8583 response codes as terminals show them; acquirers add their own, so a code that is not listed
 * proves nothing and is `unknown` unless the settings list it (`furtherRefusalCodes`). `refused`: the issuer or the terminal turned the transaction down and no money moved.
 */
export type CodeMeaning = 'done' | 'refused' | 'empty' | 'unknown';

const MEANINGS: Readonly<Record<string, CodeMeaning>> = {
  '00': 'done',
  '01': 'refused',
  '03': 'refused',
  '04': 'refused',
  '05': 'refused',
  '12': 'refused',
  '13': 'refused',
  '14': 'refused',
  '25': 'empty',
  '30': 'refused',
  '33': 'refused',
  '36': 'refused',
  '38': 'refused',
  '40': 'refused',
  '41': 'refused',
  '43': 'refused',
  '51': 'refused',
  '54': 'refused',
  '55': 'refused',
  '57': 'refused',
  '58': 'refused',
  '61': 'refused',
  '62': 'refused',
  '65': 'refused',
  '75': 'refused',
};

/** `empty` only answers the question for the last transaction; for a money request it is a refusal: the original was not found. */
export function meaningOf(code: string, operation: 'money' | 'lastSlip', furtherRefusalCodes: readonly string[] = []): CodeMeaning {
  const meaning = Object.hasOwn(MEANINGS, code) ? (MEANINGS[code] ?? 'unknown') : furtherRefusalCodes.includes(code) ? 'refused' : 'unknown';
  if (meaning === 'empty') return operation === 'lastSlip' ? 'empty' : 'refused';
  return meaning;
}
