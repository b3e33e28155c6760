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

/** Registers one node:test test for each rule of the report contract. */
export function runReportConformance({ name, makeSubject, notApplicable = {} }: ReportConformanceOptions): void {
  const results: ConformanceReport['rules'] = [];
  describe(`${name} keeps the report contract`, () => {
    for (const rule of REPORT_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      test(reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`, async () => {
        const result: ConformanceReport['rules'][number] = { id: rule.id, result: 'broken', ...(reason === undefined ? {} : { reason }) };
        results.push(result);
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
        const written: ConformanceReport = { format: 'hospay-conformance/1', suite: 'report', name, sdk: SDK_VERSION, rules: results };
        writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = REPORT_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}
