/** The console's desk of support bundles (支持包): collected in the background, looked at, taken away by a person, and gone after a day. */
import { createHash } from 'node:crypto';
import type { AuditTrail } from '../domain/audit.js';
import { ok, refused } from '../domain/errors.js';
import type { Clock, Timers } from '../domain/time.js';
import type { WorkBoard } from '../running-work/ports.js';
import { isSummary, type LaidBundle, type SupportDesk, type SupportShelf } from './ports.js';

/** What leaves is as of today, and what nobody fetched does not lie about. */
export const BUNDLE_KEPT_MS = 24 * 60 * 60 * 1000;

export type SupportDeskPorts = { readonly shelf: SupportShelf; readonly work: Pick<WorkBoard, 'begin' | 'listOf'>; readonly clock: Clock; readonly timers: Timers; readonly audit: AuditTrail };

export function createSupportDesk({ shelf, work, clock, timers, audit }: SupportDeskPorts): SupportDesk {
  let expiry = { cancel() {} };
  const leftMs = ({ laidAt }: LaidBundle): number => Date.parse(laidAt) + BUNDLE_KEPT_MS - clock.now().getTime();
  // More than a day left: the clock was set back, and nobody knows how old it is.
  const isOver = (laid: LaidBundle): boolean => leftMs(laid) <= 0 || leftMs(laid) > BUNDLE_KEPT_MS;
  const current = (): LaidBundle | undefined => {
    const laid = shelf.laid();
    return laid === undefined || isOver(laid) ? undefined : laid;
  };
  const letGoInTime = (): void => {
    expiry.cancel();
    const laid = current();
    if (laid === undefined) shelf.clear();
    else expiry = timers.after(leftMs(laid), letGoInTime);
  };
  const newest = () => work.listOf('supportBundle')[0];
  const isCollecting = (): boolean => newest()?.state === 'running';

  return {
    read() {
      const laid = current();
      return { isCollecting: isCollecting(), problem: newest()?.problem, bundle: laid === undefined ? undefined : { ...laid, endsAt: new Date(Date.parse(laid.laidAt) + BUNDLE_KEPT_MS).toISOString() } };
    },
    async collect(by) {
      const isUnderWay = refused('CONFLICT', { zh: '正在收集支持包，请等待其结束', en: 'a bundle is being collected' });
      if (isCollecting()) return isUnderWay;
      await audit.record({ who: by, what: 'support.collect', object: 'support bundle' });
      const { isJoined } = work.begin({ kind: 'supportBundle', subject: '', by, mayCancel: false, join: true }, async () => {
        await shelf.collect(clock.now());
        letGoInTime();
        return ok({});
      });
      return isJoined ? isUnderWay : ok({});
    },
    async download({ name, without, by }) {
      const laid = current();
      if (laid?.manifest.name !== name) return refused('NO_SUCH_ITEM', { zh: '该支持包已删除或已被新的替换，请重新查看', en: 'it is gone, or another lies in its place: look again' });
      const strange = without.filter((path) => isSummary(path) || !laid.manifest.files.some((file) => file.path === path));
      if (strange.length > 0) return refused('NO_SUCH_ITEM', { zh: `支持包中没有可去掉的 ${strange.join('、')}`, en: `there is no ${strange.join(', ')} in it that could be left out` });
      const bytes = await shelf.take(without);
      // Before it leaves: what cannot be written down does not leave.
      await audit.record({ who: by, what: 'support.download', object: name, after: { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength, without } });
      return ok({ fileName: `${name}.tar.gz`, bytes });
    },
    start: letGoInTime,
    stop() {
      expiry.cancel();
      shelf.stop();
    },
  };
}
