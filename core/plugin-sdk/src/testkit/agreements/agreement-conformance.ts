import { describe, test } from 'node:test';
import { AGREEMENT_RULES } from './agreement-rules.js';
import type { AgreementSubject } from './agreement-subject.js';

export type AgreementConformanceOptions = {
  readonly name: string;
  /** Makes agreements with their channel and far side, new for each rule. */
  readonly makeSubject: () => Promise<AgreementSubject> | AgreementSubject;
};

/** Registers one node:test test for each rule of the agreement contract. The channel beside it is checked by `runChannelConformance`. */
export function runAgreementConformance({ name, makeSubject }: AgreementConformanceOptions): void {
  describe(`${name} keeps the agreement contract`, () => {
    for (const rule of AGREEMENT_RULES) {
      test(`${rule.id}: ${rule.title}`, async () => {
        const subject = await makeSubject();
        try {
          await rule.run(subject);
        } finally {
          await subject.stop?.();
        }
      });
    }
  });
}
