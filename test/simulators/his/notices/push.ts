/** What a simulated HIS tells by itself, before any wire spells it: the HIS's own view, amounts in fen. */
import type { HisNoticeKind } from '@hospay/plugin-sdk';

export type Push = {
  readonly kind: HisNoticeKind;
  /** By the platform's name of the field; a wire's spelling says what the HIS calls it. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Of a stopped clinic. */
  readonly registrations?: readonly string[];
};

/** What happens to the message or to the connection. */
export type PushFault =
  /** The HIS's side of the connection breaks before the answer can come. */
  | 'dropBeforeAnswer'
  /** The message is cut short, and the connection ends. */
  | 'cut'
  /** Something else in its place. */
  | 'garbage'
  /** The proof of who sends it is wrong. */
  | 'wrongKey'
  /** The amount is not one. */
  | 'badAmount';

export type PushReply =
  | { readonly kind: 'told'; readonly result: 'accepted' | 'processing' | 'refused' | 'unknown'; readonly state?: string; readonly refundFen?: number; readonly message: string }
  /** The interface's own error: not a word about the notice. */
  | { readonly kind: 'error'; readonly reason: string }
  | { readonly kind: 'noAnswer' };

export type PushWire = { push(push: Push, fault?: PushFault): Promise<PushReply>; close(): Promise<void> };

/** How one HIS spells its pushes. */
export type PushSpelling = {
  readonly calls: Readonly<Partial<Record<HisNoticeKind, string>>>;
  readonly names: Readonly<Record<string, string>>;
  readonly money: 'yuan' | 'fen';
  readonly results: Readonly<Record<string, 'accepted' | 'processing' | 'refused' | 'unknown'>>;
};

/** The values as this HIS writes them, in its own names. */
export function spell({ values }: Push, { names, money }: PushSpelling, fault?: PushFault): readonly (readonly [string, string])[] {
  return Object.entries(values).map(([name, value]) => {
    const isMoney = name === 'refundFen' || name === 'totalFen';
    const text = !isMoney ? String(value) : fault === 'badAmount' ? '12.3.4' : money === 'fen' ? String(value) : (Number(value) / 100).toFixed(2);
    return [names[name] ?? name, name === 'cancelledAtHis' ? (text === 'yes' ? '1' : '0') : text];
  });
}

export function told(spelling: PushSpelling, result: string | undefined, rest: { readonly state?: string | undefined; readonly refund?: string | undefined; readonly message: string }): PushReply {
  const meant = spelling.results[result ?? ''];
  if (meant === undefined) return { kind: 'error', reason: `no such result: ${result ?? ''}` };
  const { state, refund, message } = rest;
  return {
    kind: 'told', result: meant, message,
    ...(state === undefined || state === '' ? {} : { state }), ...(refund === undefined || refund === '' ? {} : { refundFen: spelling.money === 'fen' ? Number(refund) : Math.round(Number(refund) * 100) }),
  };
}
