/** What an answer says of the message it answers (MSA), and the commit acknowledgement we owe for an answer that wants one. */
import { parsePosition, type Hl7Position } from './hl7-position.js';
import { valueAt, type ReceivedMessage } from './read-message.js';

const at = (text: string): Hl7Position => {
  const position = parsePosition(text);
  if (position === undefined) throw new RangeError(text);
  return position;
};
const MESSAGE_TYPE = at('MSH-9.1');
const TRIGGER = at('MSH-9.2');
const CONTROL_ID = at('MSH-10');
const WANTS_COMMIT = at('MSH-15');
const CODE = at('MSA-1');
const ANSWERED = at('MSA-2');
const QUERY_STATUS = at('QAK-2');
const CONTINUATIONS = [at('DSC-1'), at('MSH-14')] as const;
const HITS_REMAINING = at('QAK-6');

export const COMMIT_CODES = ['CA', 'CE', 'CR'] as const;
export const APPLICATION_CODES = ['AA', 'AE', 'AR'] as const;
export type AcknowledgementCode = (typeof COMMIT_CODES)[number] | (typeof APPLICATION_CODES)[number];

/** MSH-10 of the message this one answers, or undefined where it answers none. */
export function answeredControlId(message: ReceivedMessage): string | undefined {
  return valueAt(message, ANSWERED);
}

export function controlIdOf(message: ReceivedMessage): string | undefined {
  return valueAt(message, CONTROL_ID);
}

export function acknowledgementCode(message: ReceivedMessage): AcknowledgementCode | undefined {
  const code = valueAt(message, CODE);
  return [...COMMIT_CODES, ...APPLICATION_CODES].find((each) => each === code);
}

/** `RSP^K22`, `ACK`. */
export function messageType(message: ReceivedMessage): string {
  return [valueAt(message, MESSAGE_TYPE) ?? '', valueAt(message, TRIGGER) ?? ''].join('^').replace(/\^$/, '');
}

/** Whether the HIS keeps a part of its answer for another message. A part of a list is no list: a bill or a booking may be in the rest. */
export function isContinued(message: ReceivedMessage): boolean {
  return CONTINUATIONS.some((position) => valueAt(message, position) !== undefined) || !/^0*$/.test(valueAt(message, HITS_REMAINING) ?? '');
}

export function wantsCommit(message: ReceivedMessage): boolean {
  const wish = valueAt(message, WANTS_COMMIT);
  return wish === 'AL' || wish === 'SU';
}

/**
 * MSA-1, of a query with QAK-2, and the HIS's own error codes: `AA`, `AA/OK`, `AR:300304`. Several errors are `AR:1+2`, which no mapping
 * lists: two reasons at once are not one definite answer. Warnings and information (ERR-4 W, I) are no errors.
 */
export function wholeAcknowledgement(message: ReceivedMessage, errorCode: Hl7Position): string {
  const status = valueAt(message, QUERY_STATUS);
  const codes = [...new Set(errorCodes(message, errorCode))];
  return `${valueAt(message, CODE) ?? ''}${status === undefined ? '' : `/${status}`}${codes.length === 0 ? '' : `:${codes.join('+')}`}`;
}

const SEVERITY = at('ERR-4');

function errorCodes(message: ReceivedMessage, errorCode: Hl7Position): readonly string[] {
  const segments = message.segments.filter(({ name }) => name === errorCode.segment);
  return segments.flatMap((segment) => {
    const severity = valueAt(message, SEVERITY, [segment]);
    const code = severity === 'W' || severity === 'I' ? undefined : valueAt(message, errorCode, [segment]);
    return code === undefined ? [] : [code];
  });
}
