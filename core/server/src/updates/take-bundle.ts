import type { AuditTrail } from '../domain/audit.js';
import { saidOf, type Bilingual } from '../domain/bilingual.js';
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
export type AskedBundle = { readonly from: ArrivingBundle['from']; readonly name: string; readonly by: string; readonly act: 'update.takeDrive'; readonly open: () => Promise<Outcome<BundleSource>> };

/** A bundle is fetched by the platform itself, one at a time, in the background: whole, or nothing of it stays. */
export function createTaking({ files, work, audit, begun, failed, whole }: TakingPorts) {
  let isUnderWay = false;
  let isStopped = false;
  let ended: Promise<void> = Promise.resolve();
  const underWay = (): Refused => refused('CONFLICT', { zh: '正在取一个更新包，等它结束或先丢弃', en: 'a bundle is being taken: wait for its end, or throw it away first' });

  const copy = async ({ from, name, by }: AskedBundle, { total, pieces }: BundleSource, hear: WorkHear): Promise<Outcome<object>> => {
    begun();
    files.begin({ from, name, total });
    let arrived = 0;
    for await (const piece of pieces()) {
      if (isStopped || hear.isCancelled()) {
        files.remove();
        return isStopped ? refused('CONFLICT', { zh: '已丢弃', en: 'it was thrown away' }) : ok({});
      }
      await files.write(arrived, piece);
      arrived += piece.byteLength;
      hear.step({ share: Math.min(9_999, Math.floor((arrived / total) * 10_000)), step: 'take' });
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
        const { total } = source;
        await audit.record({ who: asked.by, what: asked.act, object: 'system update', after: { file: asked.name, bytes: total } });
        const end = Promise.withResolvers<void>();
        ended = end.promise;
        isBegun = true;
        work.begin({ kind: 'updateTaking', subject: asked.name, by: asked.by, mayCancel: true, join: false }, async (hear) => {
          try {
            return await copy(asked, opened.value, hear);
          } catch (error) {
            files.remove();
            failed(saidOf(error));
            return refused('UPDATE_REFUSED', saidOf(error));
          } finally {
            opened.value.close();
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
    /** Resolves when nothing is under way any more. */
    async stop(): Promise<void> {
      isStopped = true;
      await ended;
    },
  };
}
