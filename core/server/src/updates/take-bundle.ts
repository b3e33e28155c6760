import type { AuditTrail } from '../domain/audit.js';
import { BilingualError, saidOf, type Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import type { WorkBoard, WorkHear } from '../running-work/ports.js';
import type { ArrivingBundle, BundleFiles, BundleSource } from './ports.js';

export type TakingPorts = {
  readonly files: BundleFiles;
  readonly work: Pick<WorkBoard, 'begin'>;
  readonly audit: AuditTrail;
  readonly begun: () => void;
  readonly failed: (said: Bilingual) => void;
  /** All of it lies there. */
  readonly whole: (by: string) => void;
};
export type AskedBundle = { readonly from: ArrivingBundle['from']; readonly name: string; readonly by: string; readonly act: 'update.takeDrive' | 'update.takeMirror'; readonly open: () => Promise<Outcome<BundleSource>> };

/** A bundle is fetched by the platform itself, one at a time, in the background. It counts once it is whole, and until then the one before it stays; of a drive no half is kept, of a mirror one is gone on with. */
export function createTaking({ files, work, audit, begun, failed, whole }: TakingPorts) {
  let isUnderWay = false;
  let isStopped = false;
  let ended: Promise<void> = Promise.resolve();
  let current: BundleSource | undefined;
  const underWay = (): Refused => refused('CONFLICT', { zh: '正在取一个更新包，等它结束或先丢弃', en: 'a bundle is being taken: wait for its end, or throw it away first' });

  const copy = async ({ from, name, by }: AskedBundle, source: BundleSource, hear: WorkHear): Promise<Outcome<object>> => {
    const { total, sha256 } = source;
    begun();
    const half = files.arriving();
    const goesOn = half !== undefined && sha256 !== undefined && half.sha256 === sha256 && half.from === from && half.name === name && half.total === total;
    let isBegun = goesOn;
    let arrived = goesOn ? half.arrived : 0;
    /** What broke off can be gone on with; what does not fit on the disk cannot. */
    let isWriting = false;
    try {
      for await (const piece of source.pieces(arrived)) {
        if (isStopped || hear.isCancelled()) break;
        isWriting = true;
        // What lay there gives way to what comes, not to a mirror that is down.
        if (!isBegun) files.begin({ from, name, total, ...(sha256 === undefined ? {} : { sha256 }) });
        isBegun = true;
        await files.write(arrived, piece);
        isWriting = false;
        arrived += piece.byteLength;
        hear.step({ share: Math.min(9_999, Math.floor((arrived / total) * 10_000)), step: 'take' });
      }
    } catch (error) {
      if (isWriting || (isBegun && sha256 === undefined)) files.drop();
      if (!isStopped) throw error;
    }
    if (arrived < total) {
      if (!isStopped && !hear.isCancelled()) throw new Error('unreachable: a source gives all of it, or says why not');
      if (isBegun && sha256 === undefined) files.drop();
      return isStopped ? refused('CONFLICT', { zh: '已停下', en: 'it was stopped' }) : ok({});
    }
    if (sha256 !== undefined && (await files.sha256()) !== sha256) {
      files.drop();
      throw new BilingualError({ zh: `${name} 的 SHA-256 与清单不符，已删除：请重新复制镜像文件夹后再取`, en: `${name} does not have the SHA-256 of the index and is gone: copy the folder of the mirror anew, then take it again` });
    }
    files.finish();
    whole(by);
    return ok({});
  };

  return {
    isUnderWay: () => isUnderWay,
    underWay,
    /** What lay there stays until it is known that this can be read. Errors: CONFLICT, and those of `open`. */
    async take(asked: AskedBundle): Promise<Outcome<object>> {
      if (isUnderWay) return underWay();
      isUnderWay = true;
      isStopped = false;
      let source: BundleSource | undefined;
      let isBegun = false;
      try {
        const opened = await asked.open();
        if (opened.kind === 'refused') return opened;
        source = opened.value;
        const { total, sha256 } = source;
        await audit.record({ who: asked.by, what: asked.act, object: 'system update', after: { file: asked.name, bytes: total, ...(sha256 === undefined ? {} : { sha256 }) } });
        current = source;
        const end = Promise.withResolvers<void>();
        ended = end.promise;
        isBegun = true;
        work.begin({ kind: 'updateTaking', subject: asked.name, by: asked.by, mayCancel: true, join: false }, async (hear) => {
          try {
            return await copy(asked, opened.value, hear);
          } catch (error) {
            failed(saidOf(error));
            return refused('UPDATE_REFUSED', saidOf(error));
          } finally {
            opened.value.close();
            current = undefined;
            isUnderWay = false;
            end.resolve();
          }
        });
        return ok({});
      } finally {
        if (!isBegun) {
          source?.close();
          isUnderWay = false;
        }
      }
    },
    /** Resolves when nothing is under way any more. What can be gone on with stays. */
    async stop(): Promise<void> {
      isStopped = true;
      current?.close();
      await ended;
    },
  };
}
