/** HL7 v2 as the simulated hospital reads and writes it: with code of its own, so that it cannot share a mistake with the adapter. */

export type Segment = readonly string[];
/** Segments as lists of fields still escaped; the segment's name is field 0, so that numbers are HL7's own (MSH-1 stands in its place). */
export type Message = readonly Segment[];

/** @throws SyntaxError when it is no message */
export function parseMessage(text: string): Message {
  if (!text.startsWith('MSH|^~\\&')) throw new SyntaxError('no MSH');
  return text.split('\r').filter((line) => line !== '').map((line) => (line.startsWith('MSH') ? ['MSH', '|', ...line.split('|').slice(1)] : line.split('|')));
}

export function printMessage(message: Message): string {
  return message.map((segment) => `${(segment[0] === 'MSH' ? ['MSH', ...segment.slice(2)] : segment).join('|')}\r`).join('');
}

export function segmentOf(message: Message, name: string): Segment {
  return message.find((segment) => segment[0] === name) ?? [];
}

/** The value of a field, a component, a repetition; '' where there is none. All count from 1. */
export function valueOf(segment: Segment, field: number, component = 1, repetition = 1): string {
  const raw = segment[field]?.split('~')[repetition - 1]?.split('^')[component - 1]?.split('&')[0] ?? '';
  return unescape(raw === '""' ? '' : raw);
}

export function repetitions(segment: Segment, field: number): number {
  return (segment[field] ?? '') === '' ? 0 : (segment[field] ?? '').split('~').length;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': 'E', '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\r': 'X0D', '\n': 'X0A' };
const PLAIN: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(ESCAPES).map(([character, name]) => [name, character]));

/** A value on its way out. */
export function escaped(text: string): string {
  return text.replace(/[\\|^&~\r\n]/g, (character) => `\\${ESCAPES[character] ?? ''}\\`);
}

function unescape(text: string): string {
  return text.replace(/\\([A-Z0-9]+)\\/g, (whole, name: string) => PLAIN[name] ?? (/^X([0-9A-F]{2})+$/.test(name) ? Buffer.from(name.slice(1), 'hex').toString('latin1') : whole));
}

/** `components(['张三', '', 'M'])` → `张三^^M` */
export function components(values: readonly string[]): string {
  return values.map(escaped).join('^').replace(/\^+$/, '');
}
