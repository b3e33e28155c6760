/**
 * Whoever knows the public keys can encrypt to them, and whoever may write on a target could lay an increment beside a set. So each carries a seal only the box could make: its own identity, which lies
 * in every set, is the key. An increment is believed as far as the set it follows.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncrementManifest, SavedFile } from '../../backups/ports.js';

const PURPOSE = 'hospay increment 1';

export function sealOf(manifest: Omit<IncrementManifest, 'seal'>, identity: string): string {
  const { name, version, hospital, stream, no, takenAt, beganAtMs, journal, audit, pages, files } = manifest;
  const lines = (saved: readonly SavedFile[]): readonly unknown[] => saved.map(({ path, bytes, sha256 }) => [path, bytes, sha256]);
  // Field by field: what a later version adds is not sealed by this one.
  const text = JSON.stringify([PURPOSE, name, version, hospital, stream, no, takenAt, beganAtMs, journal.seq, journal.hash, audit.seq, audit.hash, lines(pages), lines(files)]);
  return createHmac('sha256', identity).update(text).digest('hex');
}

export function isSealed(manifest: IncrementManifest, identity: string): boolean {
  return timingSafeEqual(Buffer.from(manifest.seal, 'hex'), Buffer.from(sealOf(manifest, identity), 'hex'));
}
