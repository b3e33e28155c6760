export type ApiOperation = 'precreate' | 'pay' | 'create' | 'query' | 'cancel' | 'close' | 'refund' | 'queryRefund' | 'bill' | 'certificate' | 'billFile';

/** What can go wrong with one call of the gateway. */
export type ApiFault =
  | { readonly kind: 'failBeforeExecuting'; readonly status: number }
  | { readonly kind: 'dropBeforeExecuting' }
  | { readonly kind: 'neverExecuteNorAnswer' }
  /** A signed refusal of the test's choosing; nothing is executed. */
  | { readonly kind: 'refuse'; readonly code: string; readonly subCode?: string; readonly message?: string }
  | { readonly kind: 'tooManyRequests' }
  /** 20000, signed, after the work was done. */
  | { readonly kind: 'executeThenSystemError' }
  | { readonly kind: 'executeThenFail'; readonly status: number }
  /** A right and signed answer under a wrong status. */
  | { readonly kind: 'signedUnderStatus'; readonly status: number }
  | { readonly kind: 'executeThenNeverAnswer' }
  | { readonly kind: 'executeThenDropConnection' }
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'missingSignature' }
  /** Signed over the node as it was, then one more blank is put into it: equal JSON, other text. */
  | { readonly kind: 'rewrittenNode' }
  /** Rightly signed, and not the documented message. */
  | { readonly kind: 'garbageNode' }
  | { readonly kind: 'truncatedBody' }
  /** Certificate mode: the answer names a certificate nobody has issued. */
  | { readonly kind: 'unknownCertificate' }
  /** Rightly signed fields in place of the true ones: another amount, another order's number. */
  | { readonly kind: 'otherFields'; readonly fields: Readonly<Record<string, string>> }
  /** The notification arrives before this answer. */
  | { readonly kind: 'notifyBeforeAnswer' };

/** What can go wrong with one round of a notification; the next round is the next chance. */
export type NotificationFault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate'; readonly copies: number }
  /** Sent this much later, so that others overtake it. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  | NotificationFlaw;

export type NotificationFlaw =
  | { readonly kind: 'forgedSignature' }
  | { readonly kind: 'wrongAmount'; readonly amountFen: number }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherApp' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'garbageBody' };

type Row = { readonly outTradeNo: string; readonly outRequestNo?: string };
/** What can be wrong in a bill. `outRequestNo` picks a refund row, its absence the payment row. */
export type BillFault =
  | ({ readonly kind: 'dropRow' } & Row)
  | ({ readonly kind: 'addRow'; readonly amountFen: number } & Row)
  | ({ readonly kind: 'changeAmount'; readonly amountFen: number } & Row)
  | ({ readonly kind: 'changeType'; readonly type: string } & Row)
  | { readonly kind: 'footerMismatch' }
  | { readonly kind: 'summaryMismatch' }
  | { readonly kind: 'otherMerchant' }
  | { readonly kind: 'otherDay' }
  | { readonly kind: 'damagedZip' }
  | { readonly kind: 'utf8WithMark' };

type Kinds = { readonly notification: NotificationFault; readonly bills: BillFault } & Readonly<Record<ApiOperation, ApiFault>>;
export type FaultPlace = keyof Kinds;
export type FaultRule<Place extends FaultPlace = FaultPlace> = {
  readonly on: Place | readonly Place[];
  readonly outTradeNo?: string;
  readonly times?: number | 'always';
  readonly fault: Kinds[Place];
};
type Planted = { readonly rule: FaultRule; struck: number };

/** The faults planted in one simulator. The first that fits strikes; bills take every one. */
export class FaultRules {
  #planted: Planted[] = [];

  /** Strikes `times` times (default once) and is then spent. */
  inject<Place extends FaultPlace>(rule: FaultRule<Place>): void {
    this.#planted.push({ rule, struck: 0 });
  }

  clear(): void {
    this.#planted = [];
  }

  take<Place extends FaultPlace>(place: Place, outTradeNo?: string): Kinds[Place] | undefined {
    const planted = this.#planted.find((candidate) => fits(candidate, place, outTradeNo));
    if (planted === undefined) return undefined;
    planted.struck += 1;
    return planted.rule.fault as Kinds[Place];
  }

  takeForBill(): readonly BillFault[] {
    const fitting = this.#planted.filter((planted) => fits(planted, 'bills', undefined));
    for (const planted of fitting) planted.struck += 1;
    return fitting.map(({ rule }) => rule.fault as BillFault);
  }
}

function fits({ rule, struck }: Planted, place: FaultPlace, outTradeNo: string | undefined): boolean {
  const places: readonly FaultPlace[] = typeof rule.on === 'string' ? [rule.on] : rule.on;
  const times = rule.times ?? 1;
  if (!places.includes(place) || (times !== 'always' && struck >= times)) return false;
  return rule.outTradeNo === undefined || rule.outTradeNo === outTradeNo;
}
