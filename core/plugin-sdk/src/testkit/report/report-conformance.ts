import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';

import type { ConformanceReport } from '../../package/conformance-report.js';
import { SDK_VERSION } from '../../plugin.js';
import { REPORT_VARIABLE } from '../channel/channel-conformance.js';
import { REPORT_RULES, type ReportSubject } from './report-rules.js';

export type ReportConformanceOptions = {
  readonly name: string;
  /** Makes the report, new for each rule. */
  readonly makeSubject: () => Promise<ReportSubject> | ReportSubject;
  /** Rules that cannot apply to this report, each with the reason. One that cannot be run and is not named fails, and so does a named one that could be run. */
  readonly notApplicable?: Readonly<Record<string, string>>;
};

type RuleResult = ConformanceReport['rules'][number];
/** Of all reports of this run: a package carries one statement about all of them. */
const tested: { readonly names: string[]; readonly results: RuleResult[] } = { names: [], results: [] };

/** A rule is kept by a package when each of its reports keeps it, or has a reason why it cannot apply. */
export function resultsOfPackage(results: readonly RuleResult[]): RuleResult[] {
  const worst = (own: readonly RuleResult[]): RuleResult | undefined => own.find(({ result }) => result === 'broken') ?? own.find(({ result }) => result === 'notApplicable') ?? own[0];
  return [...Map.groupBy(results, ({ id }) => id).values()].flatMap((own) => worst(own) ?? []);
}

/** Registers one node:test test for each rule of the report contract. A package with several reports calls it for each of them in one file. */
export function runReportConformance({ name, makeSubject, notApplicable = {} }: ReportConformanceOptions): void {
  tested.names.push(name);
  describe(`${name} keeps the report contract`, () => {
    for (const rule of REPORT_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      test(reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`, async () => {
        const result: RuleResult = { id: rule.id, result: 'broken', ...(reason === undefined ? {} : { reason }) };
        tested.results.push(result);
        const subject = await makeSubject();
        const missing = rule.needs.filter((need) => subject[need] === undefined);
        if (reason !== undefined) {
          assert.notDeepEqual(missing, [], 'the rule could be run: take it out of notApplicable');
          result.result = 'notApplicable';
          return;
        }
        assert.deepEqual(missing, [], `the subject lacks ${missing.join(', ')}; provide it, or name the rule in notApplicable`);
        await rule.run(subject);
        result.result = 'kept';
      });
    }
    const file = process.env[REPORT_VARIABLE];
    if (file !== undefined) {
      after(() => {
        const written: ConformanceReport = { format: 'hospay-conformance/1', suite: 'report', name: tested.names.join(', ').slice(0, 100), sdk: SDK_VERSION, rules: resultsOfPackage(tested.results) };
        writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = REPORT_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}
