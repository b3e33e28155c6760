import type { StatementFile, StatementScope } from './ports.js';

/** A statement file as its receiver is told of it. Amounts integer fen. */
export type StatementFileView = {
  readonly day: string;
  readonly version: number;
  readonly scope: StatementScope;
  readonly fileName: string;
  readonly payments: number;
  readonly paymentFen: number;
  readonly refunds: number;
  readonly refundFen: number;
  readonly bodySha256: string;
  readonly bytes: number;
  readonly sha256: string;
  /** By the secret of the application that is told. */
  readonly signature: string;
  readonly madeAt: string;
};

export function viewStatementFile({ day, version, scope, fileName, payments, paymentFen, refunds, refundFen, bodySha256, bytes, sha256, madeAt }: StatementFile, signature: string): StatementFileView {
  return { day, version, scope, fileName, payments, paymentFen, refunds, refundFen, bodySha256, bytes, sha256, signature, madeAt };
}
