/** 脱敏数据查看 (reveal): what it needs from outside, and what edges see of it. */
import type { AuditTrail } from '../domain/audit.js';
import type { Log } from '../domain/log.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';

/** What has something that is shown masked, by its own number: 订单、清退单、待转账、付款、签约、差错单、医院推送. */
export const REVEAL_KINDS = ['order', 'prepaymentReturn', 'transfer', 'payout', 'cardAgreement', 'case', 'hisNotice'] as const;
export type RevealKind = (typeof REVEAL_KINDS)[number];

/** 患者编号、住院号、就诊号、户名、账号、用户号、处理记录、推送内容. */
export const REVEAL_FIELDS = ['patientId', 'inpatientNo', 'visitId', 'accountName', 'accountNo', 'userId', 'notes', 'message'] as const;
export type RevealField = (typeof REVEAL_FIELDS)[number];

/** 患者咨询、办理退款或付款、银行查询、对账差错核查、审计检查、其他. */
export const REVEAL_REASONS = ['patientEnquiry', 'refundOrPayout', 'bankEnquiry', 'caseWork', 'audit', 'other'] as const;
export type RevealReason = (typeof REVEAL_REASONS)[number];

/** A field that has no value is not there. */
export type PlainValues = { readonly [Field in RevealField]?: string };

/** What the money database has of it. `sealedPayee`: whoever has the vault opens it. */
export type PlainOfMoney = PlainValues & { readonly sealedPayee?: string };

export type RevealPorts = {
  /** The plain values of one object. Undefined: there is none of this number. */
  readonly plainOf: (of: { readonly kind: RevealKind; readonly id: string }) => Promise<PlainValues | undefined>;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly log: Log;
};

/** Who asks, and why: kept for ever beside what was shown, never what it said. */
export type RevealCaller = { readonly by: string; readonly reason: RevealReason; /** In the caller's own words. */ readonly note: string };
export type RevealRequest = RevealCaller & { readonly kind: RevealKind; readonly id: string; readonly fields: readonly RevealField[] };

export type RevealDesk = {
  /** The plain values of the fields, once they stand in the audit log. Errors: NO_SUCH_ITEM, REVEAL_LIMIT_REACHED. */
  reveal(request: RevealRequest): Promise<Outcome<PlainValues>>;
  /** A file with plain values of many persons, which counts as several. Errors: those of `make`, REVEAL_LIMIT_REACHED. */
  revealFile<File>(request: RevealCaller & { readonly object: string; readonly fields: readonly RevealField[]; readonly make: () => Promise<Outcome<{ readonly file: File; readonly persons: number }>> }): Promise<Outcome<File>>;
};
