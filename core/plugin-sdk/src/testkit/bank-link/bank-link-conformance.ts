import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { BANK_LINK_RULES } from './bank-link-rules.js';
import { missingBankLinkNeeds, type BankLinkSubject } from './bank-link-subject.js';

export type BankLinkConformanceOptions = {
  readonly name: string;
  /** Makes a link with its bank, new for each rule. */
  readonly makeSubject: () => Promise<BankLinkSubject> | BankLinkSubject;
  /** Rules that cannot apply to this link, each with the reason. One that cannot be run and is not named fails, and so does a named one that could be run. */
  readonly notApplicable?: Readonly<Record<string, string>>;
};

/** Registers one node:test test for each rule of the bank-link contract. */
export function runBankLinkConformance({ name, makeSubject, notApplicable = {} }: BankLinkConformanceOptions): void {
  describe(`${name} keeps the bank-link contract`, () => {
    for (const rule of BANK_LINK_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      test(reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`, async () => {
        const subject = await makeSubject();
        try {
          const missing = missingBankLinkNeeds(rule, subject);
          if (reason !== undefined) return assert.notDeepEqual(missing, [], 'the rule could be run: take it out of notApplicable');
          assert.deepEqual(missing, [], `the subject lacks ${missing.join(', ')}; provide it, or name the rule in notApplicable`);
          await rule.run(subject);
        } finally {
          await subject.stop?.();
        }
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = BANK_LINK_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}
