/** Where one value stands in a message: `PID-3.1`, `FT1[2]-11.1.2`, `PID-3[5=PI].1`. Everything counts from 1; what is left out is the first. */

export type Repetition = { readonly kind: 'index'; readonly index: number } | { readonly kind: 'marked'; readonly component: number; readonly mark: string };

export type Hl7Position = {
  readonly segment: string;
  /** Which of several segments of this name. */
  readonly occurrence: number;
  readonly field: number;
  readonly repetition: Repetition;
  readonly component: number;
  readonly subcomponent: number;
};

export const POSITION_EXAMPLES = 'a position such as PID-3.1, FT1[2]-11.1.1 or PID-3[5=PI].1';

const POSITION = /^([A-Z][A-Z0-9]{2})(?:\[([1-9]\d?)\])?-([1-9]\d{0,2})(?:\[([1-9]\d?)(?:=([^\]]{1,40}))?\])?(?:\.([1-9]\d?)(?:\.([1-9]\d?))?)?$/;

/** Undefined when it is no position. */
export function parsePosition(text: string): Hl7Position | undefined {
  const match = POSITION.exec(text);
  if (match === null) return undefined;
  const [, segment = '', occurrence = '1', field = '', bracket = '1', mark, component = '1', subcomponent = '1'] = match;
  return {
    segment, occurrence: Number(occurrence), field: Number(field), component: Number(component), subcomponent: Number(subcomponent),
    repetition: mark === undefined ? { kind: 'index', index: Number(bracket) } : { kind: 'marked', component: Number(bracket), mark },
  };
}
