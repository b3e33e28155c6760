import { open, readFile, rename } from 'node:fs/promises';
import type { AuditWitness, ChainHead } from './ports.js';

/** Keeps the head of a chain in a small file of its own, replaced whole and flushed, so that a crash leaves the old or the new one. */
export function witnessFile(path: string): AuditWitness {
  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      return parseHead(text, path);
    },
    async write({ seq, hash }) {
      const draft = `${path}.new`;
      const file = await open(draft, 'w', 0o640);
      try {
        await file.writeFile(`${seq} ${hash}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    },
  };
}

function parseHead(text: string, path: string): ChainHead {
  const match = /^(\d{1,15}) ([0-9a-f]{64})\n$/.exec(text);
  const [, seq, hash] = match ?? [];
  if (seq === undefined || hash === undefined) throw new Error(`the witness file ${path} is damaged: compare the audit log with its copies before removing it`);
  return { seq: Number(seq), hash };
}
