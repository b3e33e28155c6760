import { saidOf, type Bilingual } from '../domain/bilingual.js';
import { ok, reasonOf, refused, type Outcome } from '../domain/errors.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import type { WorkBoard } from '../running-work/ports.js';
import { isInWindow, minutesUntilWindow, preflight, type PreflightFacts } from './preflight.js';
import { LARGEST_BUNDLE_BYTES, type Box, type BundleFiles, type PreflightCheck, type UpdateBundle, type UpdateDesk, type UpdateDrive, type UpdateMirror, type UpdateView } from './ports.js';
import { createMirrorWatch } from './mirror-watch.js';
import { createTaking } from './take-bundle.js';

/** Small enough for a poor line and a piece to be sent again, large enough that a bundle is some thirty of them. */
export const CHUNK_BYTES = 8 * 1_048_576;
/** The answer of the last approval leaves before the machine does. */
const RESTART_AFTER_MS = 5_000;
const BEIJING_MINUTES = 8 * 60;
/** Who looks when nobody sent anything. */
const SYSTEM = 'system';

export type UpdateDeskPorts = {
  /** Undefined: the platform does not run on an appliance. */
  readonly box: Box | undefined;
  readonly files: BundleFiles;
  readonly drive: UpdateDrive;
  /** Undefined: the hospital has none. */
  readonly mirror: UpdateMirror | undefined;
  readonly window: { readonly from: string; readonly to: string };
  readonly facts: () => Promise<Omit<PreflightFacts, 'bundle' | 'now' | 'isWithinWindow' | 'window' | 'isTrying'>>;
  readonly work: Pick<WorkBoard, 'during' | 'begin'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly log: Log;
};

export function createUpdateDesk({ box, files, drive, mirror, window, facts, work, clock, timers, audit, log }: UpdateDeskPorts): UpdateDesk {
  let bundle: UpdateBundle | undefined;
  let refusal: Bilingual | undefined;
  /** Why the last one that was taken did not arrive. */
  let broken: Bilingual | undefined;
  let inspecting: Promise<unknown> | undefined;
  let restartTimer = { cancel() {} };
  const minutesNow = (): number => Math.floor(clock.now().getTime() / 60_000 + BEIJING_MINUTES) % 1_440;

  /** The machine said nothing of what lies there. */
  let isUnjudged = false;
  /** Looks so far: of two only the later counts. Of the earlier the file is there no more, and what it says must take nothing away. */
  let looks = 0;
  const inspect = (by: string): Promise<Outcome<UpdateBundle>> => work.during({ kind: 'updateInspection', subject: '', by, mayCancel: false }, async (hear) => {
    looks += 1;
    const look = looks;
    bundle = refusal = undefined;
    isUnjudged = false;
    const bytes = files.size() ?? 1;
    const answer = box === undefined ? noBox() : await box.inspect(files.name, (read) => { hear.step({ share: Math.min(9_999, Math.floor((read / bytes) * 10_000)), step: 'verify' }); });
    if (look === looks) {
      bundle = answer.kind === 'ok' ? answer.value : undefined;
      refusal = answer.kind === 'ok' ? undefined : reasonOf(answer);
      if (answer.kind !== 'ok') await letGo(look, by);
    }
    await audit.record({ who: by, what: 'update.receive', object: 'system update', after: answer.kind === 'ok' ? { version: answer.value.version, manifestSha256: answer.value.manifestSha256 } : { refused: answer.code, detail: answer.detail ?? '' } });
    return answer;
  });

  /** What was refused goes. Where the machine does not answer nothing was judged: it stays, and is looked at again. */
  const letGo = async (look: number, by: string): Promise<void> => {
    const status = await box?.status();
    if (look !== looks) return;
    if (status?.kind === 'refused') {
      isUnjudged = true;
      return;
    }
    files.remove();
    // The one that was installed lay there through the restart it asked for: to nobody a problem.
    if (by === SYSTEM && status?.value.last?.outcome === 'committed' && status.value.last.version === status.value.version) refusal = undefined;
  };

  /** Minutes on a slow machine: nobody waits for it. */
  const inspectSoon = (by: string): void => {
    const look: Promise<unknown> = inspect(by).catch((error: unknown) => { log.error('a bundle could not be inspected', { error }); refusal = saidOf(error); }).finally(() => { if (inspecting === look) inspecting = undefined; });
    inspecting = look;
  };
  const taking = createTaking({
    files, work, audit,
    begun() { refusal = broken = undefined; },
    failed(said) { broken = said; },
    whole: inspectSoon,
  });

  // The platform ended in the middle: of a drive no half is gone on with.
  if (files.arriving()?.from === 'drive') files.drop();

  const watch = mirror === undefined ? undefined : createMirrorWatch({ mirror, clock });

  const check = async (of: UpdateBundle, isTrying: boolean): Promise<readonly PreflightCheck[]> =>
    preflight({ ...(await facts()), bundle: of, now: clock.now(), isTrying, isWithinWindow: isInWindow(minutesNow(), window), window: `${window.from}–${window.to}` });

  return {
    async read(): Promise<UpdateView> {
      const common = { chunkBytes: CHUNK_BYTES, windowFrom: window.from, windowTo: window.to };
      if (box === undefined) return { ...common, box: undefined, mirror: undefined, problem: undefined, isTaking: false, arriving: undefined, bundle: undefined };
      const status = await box.status();
      // A bundle that lay there when the platform started was inspected by the platform before.
      if (bundle === undefined && (refusal === undefined || (isUnjudged && status.kind === 'ok')) && inspecting === undefined && files.size() !== undefined) inspectSoon(SYSTEM);
      const size = files.size();
      return {
        ...common, box: status.kind === 'ok' ? status.value : undefined, problem: status.kind === 'ok' ? (refusal ?? broken) : reasonOf(status),
        mirror: watch?.read(status.kind === 'ok' ? status.value.version : undefined), isTaking: taking.isUnderWay(), arriving: files.arriving(),
        bundle: bundle === undefined || size === undefined ? undefined : { ...bundle, bytes: size, checks: await check(bundle, status.kind === 'ok' && status.value.isTrying) },
      };
    },
    async receive({ offset, total, name = '', bytes, by }) {
      if (box === undefined) return noBox();
      if (taking.isUnderWay()) return taking.underWay();
      if (total > LARGEST_BUNDLE_BYTES) return refused('UPDATE_REFUSED', { zh: '文件过大，不是更新包', en: 'it is too large to be a bundle' });
      if (offset === 0) {
        refusal = broken = undefined;
        files.begin({ from: 'upload', name, total });
      }
      const arriving = files.arriving();
      const arrived = arriving?.arrived ?? files.size() ?? 0;
      if (arriving === undefined || offset !== arrived) return refused('CONFLICT', { zh: `已收到 ${String(arrived)} 字节，请从该处继续`, en: `${String(arrived)} bytes have arrived: go on from there` });
      if (arriving.from !== 'upload' || arriving.total !== total || arriving.name !== name) return refused('CONFLICT', { zh: '收到一半的是另一个文件，请从头上传', en: 'what has half arrived is another file: send this one from its beginning' });
      if (offset + bytes.byteLength > total) return refused('UPDATE_REFUSED', { zh: '收到的比文件总长还多', en: 'more has arrived than the file is long' });
      await files.write(offset, bytes);
      if (arrived + bytes.byteLength < total) return ok({ arrived: arrived + bytes.byteLength });
      files.finish();
      inspectSoon(by);
      return ok({ arrived: total });
    },
    lookAtDrive: () => (box === undefined ? Promise.resolve(ok([])) : drive.list()),
    async takeFromDrive({ name, by }) {
      if (box === undefined) return noBox();
      return taking.take({ from: 'drive', name, by, act: 'update.takeDrive', open: () => drive.open(name) });
    },
    async lookAtMirror() {
      if (box === undefined) return noBox();
      if (watch === undefined) return NO_MIRROR;
      const [status, looked] = await Promise.all([box.status(), watch.look()]);
      if (status.kind === 'refused') return status;
      if (looked.kind === 'refused') return looked;
      return ok({ offered: watch.read(status.value.version).offered });
    },
    async takeFromMirror({ file, sha256, by }) {
      if (box === undefined) return noBox();
      if (mirror === undefined || watch === undefined) return NO_MIRROR;
      const status = await box.status();
      if (status.kind === 'refused') return status;
      const found = watch.read(status.value.version).offered.find((one) => one.file === file && one.sha256 === sha256);
      if (found === undefined) return refused('NO_SUCH_ITEM', { zh: '镜像已不提供该更新包，请再查看一次镜像', en: 'the mirror does not offer it any more: look at it again' });
      return taking.take({ from: 'mirror', name: file, by, act: 'update.takeMirror', open: () => Promise.resolve(ok(mirror.open(found))) });
    },
    async discard(by) {
      const isArriving = taking.isUnderWay() || files.arriving() !== undefined;
      await taking.stop();
      refusal = broken = undefined;
      if (isArriving) {
        files.drop();
      } else {
        looks += 1;
        bundle = undefined;
        files.drop();
        files.remove();
      }
      await audit.record({ who: by, what: 'update.discard', object: 'system update' });
      return ok({ done: true });
    },
    async preflight(of) {
      const status = await box?.status();
      return check(of, status?.kind === 'ok' && status.value.isTrying);
    },
    waiting: () => (files.size() === undefined ? undefined : bundle),
    async stage(of) {
      if (box === undefined) return noBox();
      return work.during({ kind: 'updateInstallation', subject: of.version, by: 'system', mayCancel: false }, (hear) => {
        const bytes = files.size() ?? 1;
        return box.stage(files.name, of.manifestSha256, (read) => { hear.step({ share: Math.min(9_999, Math.floor((read / bytes) * 10_000)), step: 'write' }); });
      });
    },
    restart(when) {
      restartTimer.cancel();
      const minutes = when === 'now' ? 0 : minutesUntilWindow(minutesNow(), window);
      log.info('the machine restarts into its update', { inMinutes: minutes });
      restartTimer = timers.after(RESTART_AFTER_MS + minutes * 60_000, () => void box?.restart().then((answer) => { if (answer.kind !== 'ok') log.error('the machine does not restart', { refused: answer.code, detail: answer.detail }); }));
    },
    stop() {
      void taking.stop();
      restartTimer.cancel();
    },
  };
}

const NO_MIRROR = refused('CONFLICT', { zh: '没有配置更新镜像（updates.mirror）', en: 'no mirror is configured (updates.mirror)' });

function noBox() {
  return refused('UPDATE_REFUSED', { zh: '平台不在一体机上运行，请按该系统的方式更新', en: 'the platform does not run on an appliance: update it the way of that system' });
}
