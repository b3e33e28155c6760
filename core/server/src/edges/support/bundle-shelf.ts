/** Where the console's support bundle lies in the data folder, and the processes that make it: they read 16 MB of logs and whole databases, which the core must not stand still for. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BilingualError } from '../../domain/bilingual.js';
import type { BundleManifest, LaidBundle, SupportShelf } from '../../support/ports.js';
import { runProgram } from './run-program.js';

/** Longer than its slowest collector (`databases`), and its redaction, on a slow machine. */
const COLLECT_DEADLINE_MS = 5 * 60_000;
/** A browser waits half a minute for an answer. */
const PACK_DEADLINE_MS = 25_000;

export type BundleShelfParts = { readonly folder: string; /** `platform-support-main.js`, and what it needs to find this platform. */ readonly program: string; readonly words: readonly string[] };

export function bundleShelf({ folder, program, words }: BundleShelfParts): SupportShelf {
  const [laidFolder, draftFolder] = [join(folder, 'laid'), join(folder, 'draft')];
  const [fileOf, tellOf] = [(of: string) => join(of, 'bundle.tar.gz'), (of: string) => join(of, 'laid.json')];
  const running = new AbortController();
  const run = async (own: readonly string[], deadlineMs: number): Promise<string> => {
    const ran = await runProgram({ program: process.execPath, words: [program, ...own], deadlineMs, signal: running.signal });
    if (ran.kind === 'ended' && ran.status === 0) return ran.output;
    const why = ran.kind === 'ended' ? (ran.output.trim().split('\n').at(-1) ?? '') : ran.kind === 'late' ? `${String(deadlineMs / 1_000)} s` : program;
    throw new BilingualError(ran.kind === 'late' ? { zh: `支持包在 ${why} 内没有完成`, en: `the bundle was not ready within ${why}` } : { zh: `支持包未能完成：${why}`, en: `the bundle could not be made: ${why}` });
  };
  /** In a folder that is gone afterwards, whatever happens. */
  const within = async <Value>(draft: string, work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  };
  return {
    collect: (at) => within(draftFolder, async () => {
      rmSync(draftFolder, { recursive: true, force: true });
      mkdirSync(draftFolder, { recursive: true, mode: 0o700 });
      const printed = await run(['collect', '--as', fileOf(draftFolder), ...words], COLLECT_DEADLINE_MS);
      const manifest = JSON.parse(printed) as BundleManifest;
      writeFileSync(tellOf(draftFolder), JSON.stringify({ manifest, bytes: statSync(fileOf(draftFolder)).size, laidAt: at.toISOString() } satisfies LaidBundle), { mode: 0o600, flush: true });
      rmSync(laidFolder, { recursive: true, force: true });
      renameSync(draftFolder, laidFolder);
    }),
    laid() {
      if (statSync(tellOf(laidFolder), { throwIfNoEntry: false }) === undefined) return undefined;
      try {
        return JSON.parse(readFileSync(tellOf(laidFolder), 'utf8')) as LaidBundle;
      } catch (error) {
        // Torn by a power cut: there is none.
        if (error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    async take(without) {
      if (without.length === 0) return readFile(fileOf(laidFolder));
      const leaving = mkdtempSync(join(folder, 'leaving-'));
      return within(leaving, async () => {
        copyFileSync(fileOf(laidFolder), fileOf(leaving));
        await run(['without', fileOf(leaving), ...without], PACK_DEADLINE_MS);
        return readFile(fileOf(leaving));
      });
    },
    clear: () => { rmSync(laidFolder, { recursive: true, force: true }); },
    stop: () => { running.abort(); },
  };
}
