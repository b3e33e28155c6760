/** What the doctor found, without a word of a patient: counts, times, names of operations and procedures. */

/** `missing`: money needs it and it is not there. `attention`: somebody should look. */
export type Finding = { readonly level: 'fine' | 'attention' | 'missing'; readonly about: string; readonly text: string };

/** The answers to n calls of a read. `rows` of the last one. */
export type ReadTimes = { readonly operation: string; readonly calls: number; readonly outcome: string; readonly rows: number | undefined; readonly minMs: number; readonly medianMs: number; readonly maxMs: number };

export type DoctorReport = {
  readonly hospital: string;
  readonly adapter: string;
  readonly examinedAt: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
  readonly reads: readonly ReadTimes[];
};

export function isMoneySafe({ findings }: DoctorReport): boolean {
  return findings.every(({ level }) => level !== 'missing');
}

const HEADINGS = { missing: 'Missing 缺少（影响收款）', attention: 'To look at 需要关注', fine: 'In order 正常' } as const;

/** The report for people. */
export function writeMarkdown(report: DoctorReport): string {
  const { hospital, adapter, examinedAt, facts, findings, reads } = report;
  const lines = [`# HIS examination ${hospital} 医院系统体检`, '', `Adapter \`${adapter}\`, ${examinedAt}: ${isMoneySafe(report) ? 'nothing that money needs is missing' : '**something that money needs is missing**'}.`, ''];
  lines.push(...Object.entries(facts).map(([name, value]) => `* ${name}: ${value}`), '');
  for (const level of ['missing', 'attention', 'fine'] as const) {
    const own = findings.filter((finding) => finding.level === level);
    if (own.length > 0) lines.push(`## ${HEADINGS[level]}`, '', ...own.map(({ about, text }) => `* **${about}**: ${text}`), '');
  }
  lines.push('## Reads 查询', '', '| operation | calls | outcome | rows | min ms | median ms | max ms |', '|---|---|---|---|---|---|---|');
  for (const { operation, calls, outcome, rows, minMs, medianMs, maxMs } of reads) lines.push(`| ${operation} | ${calls} | ${outcome} | ${rows ?? ''} | ${minMs} | ${medianMs} | ${maxMs} |`);
  return `${lines.join('\n')}\n`;
}
