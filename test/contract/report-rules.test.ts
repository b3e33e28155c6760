/** The example's reports keep the report contract, and each rule catches a report that breaks it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import campusReports from '@hospay/example-campus-reports';
import { misfitOf, type FigureReader, type OperatingReport, type ReportCell, type ReportColumn, type ReportOutcome, type ReportRequest } from '@hospay/plugin-sdk';
import { makeTestContext, REPORT_RULES, resultsOfPackage, RuleBroken, runReportConformance, sampleFigures, type ReportSubject } from '@hospay/plugin-sdk/testkit';

const CANARY = 'canary-of-the-settings';
async function exampleOf(name: string): Promise<OperatingReport> {
  const { reports = {} } = await campusReports.activate(makeTestContext({ settings: { showsNetOnly: false } }));
  return reports[name] ?? assert.fail(name);
}
const subjectOf = async (name: string, sumsTo: NonNullable<ReportSubject['sumsTo']> | undefined): Promise<ReportSubject> => ({ report: await exampleOf(name), ...(sumsTo === undefined ? {} : { sumsTo }), secrets: [CANARY], logLines: () => [] });
const CAMPUS_SUMS = { Payments: ({ paidCount }: { paidCount: number }) => paidCount, Paid: ({ paidFen }: { paidFen: number }) => paidFen, Refunded: ({ refundedFen }: { refundedFen: number }) => refundedFen, Net: ({ paidFen, refundedFen }: { paidFen: number; refundedFen: number }) => paidFen - refundedFen };

runReportConformance({ name: 'campus-days', makeSubject: () => subjectOf('campus-days', CAMPUS_SUMS) });
runReportConformance({ name: 'operator-months', makeSubject: () => subjectOf('operator-months', undefined), notApplicable: { 'rows.sumToFigures': 'machines have tills of their own, which it leaves out' } });

type Read = OperatingReport['read'];
/** The good report with its rows changed. */
const changing = (change: (rows: ReportCell[][], request: ReportRequest) => ReportCell[][]) => (good: OperatingReport): OperatingReport => reading(good, async (request, reader, context) => {
  const outcome = await good.read(request, reader, context);
  return outcome.kind === 'rows' ? { kind: 'rows', rows: change(outcome.rows.map((row) => [...row]), request) } : outcome;
});
const reading = (good: OperatingReport, read: Read): OperatingReport => ({ ...good, read });
const nothing = (): Promise<ReportOutcome> => Promise.resolve({ kind: 'rows', rows: [] });

let asked = 0;
const BAD_REPORTS: Readonly<Record<string, (good: OperatingReport) => OperatingReport>> = {
  'contract.shape': (good) => ({ ...good, columns: good.columns.map((column) => (column.kind === 'percent' ? { ...column, isTotalled: true as const } : column)) }),
  'rows.fitColumns': changing((rows) => rows.map((row) => row.slice(1))),
  'rows.wholeFen': changing((rows) => rows.map((row) => row.map((cell, index) => (index === 3 && typeof cell === 'number' ? cell / 2 : cell)))),
  'rows.sumToFigures': changing((rows) => rows.slice(1)),
  'time.quiet': changing((rows, { from }) => (rows.length === 0 ? [[from, '', 1, 5, 0, 5, null]] : rows)),
  'time.onlyAsked': changing((rows) => rows.map((row, index) => (index === 0 ? ['2026-12-31', ...row.slice(1)] : row))),
  'read.sameAgain': changing((rows) => { asked += 1; return asked === 1 ? rows : rows.slice(1); }),
  'read.fewQuestions': (good) => reading(good, async (request, reader) => {
    const rows: ReportCell[][] = [];
    for (let at = Date.parse(request.from); at <= Date.parse(request.to); at += 86_400_000) {
      const day = new Date(at).toISOString().slice(0, 10);
      for (const row of await reader.sums({ from: day, to: day, by: [] })) rows.push([day, '', row.paidCount, row.paidFen, row.refundedFen, 0, null]);
    }
    return { kind: 'rows', rows };
  }),
  'read.refusedQuestion': (good) => reading(good, (request, reader, context) => good.read(request, reader, context).catch(nothing)),
  'read.endsWithSignal': (good) => reading(good, (_request, { sums }) => sums({ from: '2026-01-01', to: '2026-01-01', by: [] }).then(nothing, () => new Promise<never>(() => {}))),
  'secrets.neverTold': changing((rows) => rows.map((row) => [row[0] ?? '', CANARY, ...row.slice(2)])),
};

test('every rule has a report that breaks it', () => {
  assert.deepEqual(Object.keys(BAD_REPORTS), REPORT_RULES.map(({ id }) => id));
});
for (const rule of REPORT_RULES) {
  test(`${rule.id} catches a report that breaks it`, async () => {
    const subject = await subjectOf('campus-days', CAMPUS_SUMS);
    await assert.rejects(() => rule.run({ ...subject, report: BAD_REPORTS[rule.id]?.(subject.report) ?? assert.fail() }), RuleBroken);
  });
}

test('a cell is held against its column, and the one that does not fit is named', () => {
  const column = (kind: ReportColumn['kind'], more: object = {}): ReportColumn => ({ zh: '列', en: 'Column', kind, ...more });
  const misfit = (kind: ReportColumn['kind'], cell: ReportCell): string | undefined => misfitOf([column(kind)], [[cell]]);
  for (const kind of ['fen', 'count', 'percent'] as const) {
    for (const cell of [0, -1, 1_234, null]) assert.equal(misfit(kind, cell), undefined, `${kind} ${String(cell)}`);
    for (const cell of [0.5, Number.NaN, Infinity, 2 ** 53, '12', '']) assert.match(misfit(kind, cell) ?? '', /^row 1, 列 \(Column\): /, `${kind} ${String(cell)}`);
  }
  assert.match(misfit('fen', 12.5) ?? '', /12\.5 is not a whole number of fen/);
  for (const [kind, cell] of [['day', '2026-02-30'], ['day', '20260101'], ['time', 'soon'], ['text', 5], ['word', 1], ['operator', 7], ['text', 'a\u0000b'], ['text', 'two\nlines']] as const) assert.notEqual(misfit(kind, cell), undefined, `${kind} ${String(cell)}`);
  for (const [kind, cell] of [['day', '2026-02-28'], ['day', ''], ['time', '2026-02-28T01:02:03+08:00'], ['text', '=1+1'], ['word', 'a code'], ['campus', ''], ['terminal', 'kiosk-1']] as const) assert.equal(misfit(kind, cell), undefined, `${kind} ${cell}`);
  assert.match(misfitOf([column('text'), column('fen')], [['a', 1], ['b']]) ?? '', /row 2 has 1 cells for 2 columns/);
  assert.match(misfitOf([column('fen', { isTotalled: true })], [[Number.MAX_SAFE_INTEGER], [1]]) ?? '', /adds up to more than can be counted/);
});

test('a package keeps a rule when all of its reports do: one that breaks it counts, whatever the others say', () => {
  const [kept, broken, not] = [{ id: 'a', result: 'kept' }, { id: 'a', result: 'broken' }, { id: 'a', result: 'notApplicable', reason: 'why' }] as const;
  assert.deepEqual(resultsOfPackage([kept, broken, not]), [broken]);
  assert.deepEqual(resultsOfPackage([kept, not, { id: 'b', result: 'kept' }]), [not, { id: 'b', result: 'kept' }]);
});

test('figures of the suite are the same money however they are split', async () => {
  const reader: FigureReader = sampleFigures();
  const sum = async (by: readonly ('day' | 'campus' | 'operator' | 'feeType')[]) => (await reader.sums({ from: '2026-01-01', to: '2026-01-10', by: [...by] })).reduce((total, { paidFen }) => total + paidFen, 0);
  const whole = await sum([]);
  assert.ok(whole > 0);
  for (const by of [['day'], ['campus'], ['day', 'operator', 'feeType']] as const) assert.equal(await sum(by), whole);
});
