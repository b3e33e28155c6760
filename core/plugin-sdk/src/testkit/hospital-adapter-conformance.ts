/**
 * The conformance suite for hospital adapters: what every adapter owes the platform, whatever it speaks to its HIS. The adapter's own test
 * brings a subject — the adapter joined to a HIS (a simulator over the real protocol) — with hooks to make bills and to spoil calls.
 *
 * The rules are about money: `ok` and the definite refusals must be true, everything else is `unknown`, and one trade number books once.
 * What an adapter does not offer, it need not keep; what it offers, it offers whole.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { offered } from './hospital/facets.js';
import { HospitalBench } from './hospital/hospital-bench.js';
import { HOSPITAL_RULES } from './hospital/hospital-rules.js';
import type { HospitalRule } from './hospital/hospital-rule.js';
import type { HospitalSubject } from './hospital/hospital-subject.js';

export type HospitalConformanceOptions = {
  readonly name: string;
  /** Makes an adapter joined to its HIS, new for each rule. */
  readonly makeSubject: () => Promise<HospitalSubject>;
  /**
   * Rules that cannot apply, each with the reason. A rule that cannot be run and is not named fails; so does a named rule that could be run.
   * Rules of a facet the adapter does not have, and rules that only look at what a subject offers to show, need no mention.
   */
  readonly notApplicable?: Readonly<Record<string, string>>;
};

/** Registers one node:test test for each rule of the hospital adapter contract. */
export function runHospitalAdapterConformance(options: HospitalConformanceOptions): void {
  const notApplicable = options.notApplicable ?? {};
  describe(`${options.name} keeps the hospital adapter contract`, () => {
    for (const rule of HOSPITAL_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      test(reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`, async (context) => {
        const subject = await options.makeSubject();
        try {
          const left = await keepRule(rule, subject, reason);
          if (left !== undefined) context.diagnostic(left);
        } finally {
          await subject.stop?.();
        }
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = HOSPITAL_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}

/** Runs a rule, or makes sure that it rightly is not run. Returns why it was left out. */
async function keepRule(rule: HospitalRule, subject: HospitalSubject, reason: string | undefined): Promise<string | undefined> {
  const facets = rule.facets ?? [];
  const offers = offered(facets, subject.adapter);
  const applies = offers === 'whole' && (rule.applies?.(subject) ?? true);
  if (reason !== undefined) {
    assert.equal(applies, false, 'the rule could be run: take it out of notApplicable');
    return reason;
  }
  assert.notEqual(offers, 'half', `the adapter has a part of ${facets.join(', ')}: a facet is offered whole or not at all`);
  if (offers === 'none') return `the adapter has no ${facets.join(', ')}`;
  if (!applies && rule.shown === 'whenOffered') return 'the subject has no hook to show it by';
  assert.ok(applies, 'the subject lacks what the rule needs: provide it, or name the rule in notApplicable');
  await rule.run(new HospitalBench(subject));
  return undefined;
}
