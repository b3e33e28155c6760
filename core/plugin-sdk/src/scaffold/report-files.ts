import { manifestFile, packageFile, tsconfigFile, type PackageNames } from './package-files.js';

/** A report that compiles, is activated by the host, and visibly fails the rules it does not keep yet. */
export function reportFiles(names: PackageNames): Readonly<Record<string, string>> {
  return {
    'package.json': packageFile({ names, packageName: `@hospay/report-${names.name}`, description: `Report ${names.name}` }),
    'tsconfig.json': tsconfigFile(names),
    'plugin.json': manifestFile({ names, id: `report-${names.name}`, contributes: { reports: [names.name] }, needs: {}, limits: { callTimeoutMs: 20_000, concurrency: 2 } }),
    'src/index.ts': indexFile(names),
    'src/report.ts': REPORT,
    'src/conformance.test.ts': conformanceFile(names),
  };
}

function indexFile({ name }: PackageNames): string {
  return `import { definePlugin } from '@hospay/plugin-sdk';
import { Type } from 'typebox';

import { REPORT } from './report.js';

export default definePlugin({
  settings: Type.Object({}, { additionalProperties: false }),
  activate: () => ({ reports: { '${name}': REPORT } }),
});
`;
}

const REPORT = `import type { OperatingReport } from '@hospay/plugin-sdk';

/**
 * Still to be written. Until then it has no rows to show, and says so. Next: the columns, then \`read\`: ask the reader for sums, and answer one cell for each column.
 */
export const REPORT: OperatingReport = {
  title: { zh: '新报表', en: 'New report' },
  parameters: [{ name: 'channel' }],
  mostDays: 366,
  columns: [{ zh: '日期', en: 'Day', kind: 'day' }, { zh: '收款金额', en: 'Paid', kind: 'fen', isTotalled: true }],
  read: () => Promise.resolve({ kind: 'unknown', reason: 'read is not written yet' }),
};
`;

function conformanceFile({ name }: PackageNames): string {
  return `import { runReportConformance } from '@hospay/plugin-sdk/testkit';

import { REPORT } from './report.js';

/** \`sumsTo\`: which columns must add up to which figure of the reader; the suite knows the figures. */
runReportConformance({ name: '${name}', makeSubject: () => ({ report: REPORT, sumsTo: { Paid: ({ paidFen }) => paidFen }, secrets: [], logLines: () => [] }) });
`;
}
