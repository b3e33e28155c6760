import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';

import type { ConformanceReport } from '../../package/conformance-report.js';
import { SDK_VERSION } from '../../plugin.js';
import { CHANNEL_RULES } from './channel-rules.js';
import { missingNeeds, type ChannelSubject } from './channel-subject.js';

export type ChannelConformanceOptions = {
  readonly name: string;
  /** Makes a channel with its far side, new for each rule. */
  readonly makeSubject: () => Promise<ChannelSubject> | ChannelSubject;
  /**
   * Rules that cannot apply to this channel, each with the reason. A rule that cannot be run and is not named here fails, and so does
   * a named rule that could be run: nothing is left out silently.
   */
  readonly notApplicable?: Readonly<Record<string, string>>;
};

/** Names the file the report is written to, for `hospay plugin test`. */
export const REPORT_VARIABLE = 'HOSPAY_CONFORMANCE_REPORT';

/** Registers one node:test test for each rule of the channel contract. */
export function runChannelConformance(options: ChannelConformanceOptions): void {
  const notApplicable = options.notApplicable ?? {};
  const results: ConformanceReport['rules'] = [];
  describe(`${options.name} keeps the channel contract`, () => {
    for (const rule of CHANNEL_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      const title = reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`;
      test(title, async () => {
        const result: ConformanceReport['rules'][number] = { id: rule.id, result: 'broken', ...(reason === undefined ? {} : { reason }) };
        results.push(result);
        const subject = await options.makeSubject();
        try {
          const missing = missingNeeds(rule, subject);
          if (reason === undefined) {
            assert.deepEqual(missing, [], `the subject lacks ${missing.join(', ')}; provide it, or name the rule in notApplicable`);
            await rule.run(subject);
          } else {
            assert.notDeepEqual(missing, [], 'the rule could be run: take it out of notApplicable');
          }
          result.result = reason === undefined ? 'kept' : 'notApplicable';
        } finally {
          await subject.stop?.();
        }
      });
    }
    const report = process.env[REPORT_VARIABLE];
    if (report !== undefined) {
      after(() => {
        const written: ConformanceReport = { format: 'hospay-conformance/1', suite: 'channel', name: options.name, sdk: SDK_VERSION, rules: results };
        writeFileSync(report, `${JSON.stringify(written, null, 2)}\n`);
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = CHANNEL_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}
