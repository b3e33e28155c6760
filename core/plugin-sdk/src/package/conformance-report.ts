/**
 * What the conformance suite found, as it travels in the package: its publisher's signature covers it together with the code it speaks of.
 */
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { PluginManifest } from '../plugin.js';
import { CHANNEL_RULES } from '../testkit/channel/channel-rules.js';
import { REPORT_RULES } from '../testkit/report/report-rules.js';
import type { PackageFiles } from './package-files.js';

export const CONFORMANCE_FILE = 'conformance.json';

const RuleSchema = Type.Object(
  {
    id: Type.String({ maxLength: 100 }),
    result: Type.Enum(['kept', 'broken', 'notApplicable']),
    /** Why it does not apply. */
    reason: Type.Optional(Type.String({ maxLength: 1_000 })),
  },
  { additionalProperties: false },
);
export const ConformanceReportSchema = Type.Object(
  {
    format: Type.Literal('hospay-conformance/1'),
    suite: Type.Enum(['channel', 'hospitalAdapter', 'report']),
    /** What was tested, in its own words. */
    name: Type.String({ maxLength: 100 }),
    sdk: Type.String({ maxLength: 40 }),
    rules: Type.Array(RuleSchema, { minItems: 1, maxItems: 500 }),
  },
  { additionalProperties: false },
);
export type ConformanceReport = Static<typeof ConformanceReportSchema>;

/**
 * `bronze`: fits and passed the quick run of this platform, the least that is installed. `silver`: its vendor's report holds every rule of the suite, each kept or with a reason why it cannot apply.
 */
export type ConformanceTier = 'bronze' | 'silver';

/** Undefined when the package holds none or it cannot be read: a report is never required, only shown. */
export function reportOf(files: PackageFiles): ConformanceReport | undefined {
  const bytes = files.get(CONFORMANCE_FILE);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Check(ConformanceReportSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The tier of a package from its report, measured by the rules of this platform's suite. */
export function tierOf({ manifest, files }: { readonly manifest: PluginManifest; readonly files: PackageFiles }): ConformanceTier {
  const report = reportOf(files);
  const suite = manifest.contributes.channels !== undefined ? 'channel' : manifest.contributes.reports !== undefined ? 'report' : undefined;
  if (report === undefined || suite === undefined || report.suite !== suite) return 'bronze';
  const results = new Map(report.rules.map((rule) => [rule.id, rule]));
  const isProven = (id: string): boolean => {
    const rule = results.get(id);
    return rule?.result === 'kept' || (rule?.result === 'notApplicable' && (rule.reason ?? '') !== '');
  };
  return (suite === 'channel' ? CHANNEL_RULES : REPORT_RULES).every(({ id }) => isProven(id)) ? 'silver' : 'bronze';
}
