import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

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

/** Registers one node:test test for each rule of the channel contract. */
export function runChannelConformance(options: ChannelConformanceOptions): void {
  const notApplicable = options.notApplicable ?? {};
  describe(`${options.name} keeps the channel contract`, () => {
    for (const rule of CHANNEL_RULES) {
      const reason = Object.hasOwn(notApplicable, rule.id) ? notApplicable[rule.id] : undefined;
      const title = reason === undefined ? `${rule.id}: ${rule.title}` : `${rule.id} does not apply: ${reason}`;
      test(title, async () => {
        const subject = await options.makeSubject();
        try {
          const missing = missingNeeds(rule, subject);
          if (reason === undefined) {
            assert.deepEqual(missing, [], `the subject lacks ${missing.join(', ')}; provide it, or name the rule in notApplicable`);
            await rule.run(subject);
          } else {
            assert.notDeepEqual(missing, [], 'the rule could be run: take it out of notApplicable');
          }
        } finally {
          await subject.stop?.();
        }
      });
    }
    test('names only rules that exist as not applicable', () => {
      const ids = CHANNEL_RULES.map(({ id }) => id);
      assert.deepEqual(Object.keys(notApplicable).filter((id) => !ids.includes(id)), []);
    });
  });
}
