/** The notices of an HL7 mapping: which message is which, and where its values and those of its acknowledgement stand. */
import { prepareNotices, type PreparedNotice } from '@hospay/plugin-sdk/his-mapping';
import { parsePosition, POSITION_EXAMPLES, type Hl7Position } from './hl7-position.js';
import type { NoticesMapping } from './mapping-schema.js';

export type Hl7Notice = PreparedNotice & {
  readonly when: { readonly at: Hl7Position; readonly is: readonly string[] } | undefined;
  readonly rowSegments: readonly string[] | undefined;
  /** By name of the mapping's fields and answer, in lower case. */
  readonly positions: ReadonlyMap<string, Hl7Position>;
};

/** By message type and trigger, as in `DFT^P03`. */
export type Hl7Notices = ReadonlyMap<string, Hl7Notice>;

export function prepareHl7Notices(kinds: NoticesMapping, complaints: string[]): Hl7Notices {
  const plain = Object.fromEntries(Object.entries(kinds).map(([kind, { when: _when, ...notice }]) => [kind, notice]));
  const prepared = prepareNotices(plain, 'notices', complaints);
  return new Map([...prepared.values()].map((notice) => {
    const mapping = kinds[notice.kind];
    const positions = new Map<string, Hl7Position>();
    const locate = (text: string, at: string): Hl7Position | undefined => {
      const position = parsePosition(text);
      if (position === undefined) complaints.push(`notices.${notice.kind}${at}: expected ${POSITION_EXAMPLES}, got "${text}"`);
      else positions.set(text.toLowerCase(), position);
      return position;
    };
    if (!/^[A-Z][A-Z0-9]{2}\^[A-Z][A-Z0-9]{2}$/.test(notice.call)) complaints.push(`notices.${notice.kind}.call: expected type and trigger, such as DFT^P03`);
    const rowSegments = notice.rows?.split(' ');
    for (const [name, { column, out }] of notice.fields) locate(column ?? out ?? '', `.fields.${name}`);
    for (const [index, { name }] of notice.parameters.entries()) {
      const position = locate(name, `.answer[${String(index)}].name`);
      if (position?.segment === 'MSH' || (position?.segment === 'MSA' && position.field === 2)) complaints.push(`notices.${notice.kind}.answer[${String(index)}].name: is written by itself`);
    }
    const at = mapping?.when === undefined ? undefined : locate(mapping.when.at, '.when.at');
    return [notice.call, { ...notice, positions, rowSegments, when: at === undefined || mapping?.when === undefined ? undefined : { at, is: mapping.when.is } }];
  }));
}
