/** Collects a bundle: every collector for itself and within its time, then redaction over all of it, then the checks. */
import { createHash } from 'node:crypto';
import { saidOf, type Bilingual } from '../domain/bilingual.js';
import type { Timers } from '../domain/time.js';
import { analyse } from './analyse.js';
import { BUNDLE_FORMAT, isSummary, type Bundle, type BundleFile, type BundleManifest, type CollectedFile, type Collector, type Redactions, type SupportFacts } from './ports.js';
import { createTypeRedactor, type TypeRedactor } from './redact-by-type.js';
import { writeHtml, writeMarkdown } from './write-summary.js';

export type CollectRequest = {
  readonly collectors: readonly Collector[];
  readonly version: string;
  readonly now: Date;
  readonly timers: Timers;
  /** Made for this bundle, and forgotten with it. */
  readonly salt: Uint8Array;
  readonly without?: readonly string[];
};
type Problem = BundleManifest['problems'][number];

/** Never throws for what a collector does: a bundle of a broken box is collected on a broken box. */
export async function collectBundle({ collectors, version, now, timers, salt, without = [] }: CollectRequest): Promise<Bundle> {
  const results = await Promise.all(collectors.map((collector) => collectOne(collector, timers)));
  const files = results.flatMap(({ files: found }) => found);
  const facts = results.reduce<SupportFacts>((all, { facts: found }) => ({ ...all, ...found }), {});
  const redactor = createTypeRedactor(salt);
  for (const { text } of files) redactor.learn(text);
  const name = `hospay-support-${now.toISOString().replace(/[-:]|\.\d+Z$/g, '').replace('T', '-')}`;
  // Titles of certificates, folders and what other programs said stand in the checks: they pass the same net.
  const told = readBack(redactor, { problems: results.flatMap(({ problem }) => (problem === undefined ? [] : [problem])), verdicts: analyse(facts, now) });
  return withoutFiles({ manifest: { formatVersion: BUNDLE_FORMAT, product: 'hospay', name, version, collectedAt: now.toISOString(), files: [], without: [], ...told }, files: files.map(({ path, text }) => ({ path, ...redactor.redact(text) })) }, without);
}

/** The same bundle without some of its files; its summary and manifest tell what was left out. */
export function withoutFiles({ manifest, files }: { readonly manifest: BundleManifest; readonly files: readonly (CollectedFile & { readonly redactions?: Redactions })[] }, without: readonly string[]): Bundle {
  const redactions = (file: CollectedFile & { readonly redactions?: Redactions }): Redactions => file.redactions ?? manifest.files.find(({ path }) => path === file.path)?.redactions ?? {};
  const kept = files.filter(({ path }) => !without.includes(path) && !isSummary(path));
  const listed = kept.map((file) => describe(file, redactions(file)));
  const left = { ...manifest, files: listed, without: [...new Set([...manifest.without, ...without])].toSorted() };
  const summaries: readonly CollectedFile[] = [{ path: 'summary.html', text: writeHtml(left) }, { path: 'summary.md', text: writeMarkdown(left) }];
  return { manifest: { ...left, files: [...summaries.map((file) => describe(file, {})), ...listed] }, files: [...summaries, ...kept.map(({ path, text }) => ({ path, text }))] };
}

function describe({ path, text }: CollectedFile, redactions: Redactions): BundleFile {
  return { path, bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex'), redactions };
}

function readBack(redactor: TypeRedactor, told: Pick<BundleManifest, 'problems' | 'verdicts'>): Pick<BundleManifest, 'problems' | 'verdicts'> {
  const said = ({ zh, en }: Bilingual): Bilingual => ({ zh: redactor.redact(zh).text, en: redactor.redact(en).text });
  return { problems: told.problems.map((problem) => ({ ...problem, said: said(problem.said) })), verdicts: told.verdicts.map((verdict) => ({ ...verdict, said: said(verdict.said) })) };
}

async function collectOne(collector: Collector, timers: Timers): Promise<{ readonly files: readonly CollectedFile[]; readonly facts?: SupportFacts; readonly problem?: Problem }> {
  const { id, deadlineMs } = collector;
  const late = Promise.withResolvers<'late'>();
  const timer = timers.after(deadlineMs, () => { late.resolve('late'); });
  try {
    const collected = await Promise.race([(async () => collector.collect())(), late.promise]);
    return collected === 'late' ? { files: [], problem: { collector: id, said: { zh: `${String(deadlineMs / 1_000)} 秒内没有结果`, en: `no answer within ${String(deadlineMs / 1_000)} s` } } } : collected;
  } catch (error) {
    return { files: [], problem: { collector: id, said: saidOf(error) } };
  } finally {
    timer.cancel();
  }
}
