import type { SignerName } from './platform-keys.js';

/** What a merchant can call, and where a fault can strike. `queryRefund` is a query about an undo or refund. */
export type ApiOperation = 'charge' | 'query' | 'queryRefund' | 'undo' | 'refund' | 'reversal' | 'file';

/** What can go wrong with one call. */
export type ApiFault =
  | { readonly kind: 'failBeforeExecuting'; readonly status: number }
  | { readonly kind: 'dropBeforeExecuting' }
  | { readonly kind: 'neverExecuteNorAnswer' }
  /** A signed refusal of the test's choosing; nothing is executed. */
  | { readonly kind: 'refuse'; readonly code: string; readonly message?: string }
  /** The work is done, the signed answer says otherwise: 03, 04, 05, 06 … */
  | { readonly kind: 'executeThenAnswer'; readonly code: string }
  | { readonly kind: 'executeThenFail'; readonly status: number }
  | { readonly kind: 'executeThenNeverAnswer' }
  | { readonly kind: 'executeThenDropConnection' }
  /** Executed and answered, but queries do not find it for a while (34). */
  | { readonly kind: 'hidden'; readonly forMs: number }
  /** A right and signed answer under a wrong status. */
  | { readonly kind: 'signedUnderStatus'; readonly status: number }
  /** UnionPay's certificate, another key. */
  | { readonly kind: 'badSignature' }
  /** Rightly signed by somebody who should not be believed. */
  | { readonly kind: 'otherSigner'; readonly signer: SignerName }
  | { readonly kind: 'missingSignature' }
  /** Signed, then one field changed. */
  | { readonly kind: 'altered'; readonly fields: Readonly<Record<string, string>> }
  /** Rightly signed fields in place of the true ones; an empty value leaves the field out. */
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  /** Rightly signed, and not the documented message. */
  | { readonly kind: 'garbageFields' }
  | { readonly kind: 'truncatedBody' }
  | { readonly kind: 'notifyBeforeAnswer' };

/** What can go wrong with one round of a notification; the next round is the next chance. */
export type NotificationFault = { readonly kind: 'drop' } | { readonly kind: 'duplicate'; readonly copies: number } | { readonly kind: 'delay'; readonly delayMs: number } | NotificationFlaw;

export type NotificationFlaw =
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'otherSigner'; readonly signer: SignerName }
  | { readonly kind: 'wrongAmount'; readonly amountFen: number }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'garbageBody' };

/** What can be wrong in a settlement file. */
export type FileFault =
  | { readonly kind: 'dropRow'; readonly orderId: string }
  | { readonly kind: 'addRow'; readonly orderId: string; readonly amountFen: number }
  | { readonly kind: 'changeAmount'; readonly orderId: string; readonly amountFen: number }
  | { readonly kind: 'changeType'; readonly orderId: string; readonly txnType: string }
  /** Money flows the other way than the type of the row says. */
  | { readonly kind: 'wrongDirection'; readonly orderId: string }
  /** A chargeback of a payment of the day, as a ZME line. */
  | { readonly kind: 'addError'; readonly orderId: string; readonly amountFen: number }
  /** A row of another merchant in the merchant's own file. */
  | { readonly kind: 'strangersRow'; readonly orderId: string }
  | { readonly kind: 'shortLine' }
  /** A blank more at the end of the first line. */
  | { readonly kind: 'longLine' }
  /** One blank between two columns is a digit. */
  | { readonly kind: 'shiftedColumn' }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherDay' }
  | { readonly kind: 'damagedZip' }
  /** The archive opens, and what it holds is not what its checksum says. */
  | { readonly kind: 'wrongChecksum' }
  | { readonly kind: 'rawDeflate' }
  | { readonly kind: 'noLastLineEnd' }
  /** The layout of before, without the number of the original order. */
  | { readonly kind: 'oldLayout' };

type Kinds = { readonly notification: NotificationFault; readonly fileContent: FileFault } & Readonly<Record<ApiOperation, ApiFault>>;
export type FaultPlace = keyof Kinds;
export type FaultRule<Place extends FaultPlace = FaultPlace> = {
  readonly on: Place | readonly Place[];
  readonly orderId?: string;
  readonly times?: number | 'always';
  readonly fault: Kinds[Place];
};
type Planted = { readonly rule: FaultRule; struck: number };

/** The faults planted in one simulator. The first that fits strikes; settlement files take every one. */
export class FaultRules {
  #planted: Planted[] = [];

  /** Strikes `times` times (default once) and is then spent. */
  inject<Place extends FaultPlace>(rule: FaultRule<Place>): void {
    this.#planted.push({ rule, struck: 0 });
  }

  clear(): void {
    this.#planted = [];
  }

  take<Place extends FaultPlace>(place: Place, orderId?: string): Kinds[Place] | undefined {
    const planted = this.#planted.find((candidate) => fits(candidate, place, orderId));
    if (planted === undefined) return undefined;
    planted.struck += 1;
    return planted.rule.fault as Kinds[Place];
  }

  takeForFile(): readonly FileFault[] {
    const fitting = this.#planted.filter((planted) => fits(planted, 'fileContent', undefined));
    for (const planted of fitting) planted.struck += 1;
    return fitting.map(({ rule }) => rule.fault as FileFault);
  }
}

function fits({ rule, struck }: Planted, place: FaultPlace, orderId: string | undefined): boolean {
  const places: readonly FaultPlace[] = typeof rule.on === 'string' ? [rule.on] : rule.on;
  const times = rule.times ?? 1;
  if (!places.includes(place) || (times !== 'always' && struck >= times)) return false;
  return rule.orderId === undefined || rule.orderId === orderId;
}
