/** Keeps at the broker what terminals are to find there, signed: their configuration and the notices to them. Brokers forget; this publishes again. */
import type { Log } from '../domain/log.js';
import type { Clock, RandomSource, Timers } from '../domain/time.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { ConfigurationAnnouncements, NoticeAnnouncements } from '../fleet/ports.js';
import { ENVELOPE_VERSION } from './envelope.js';
import { KEY_ROTATE } from './operations.js';
import type { NoticeSigner } from './notice-signature.js';
import type { FleetAnnouncer, Publish, TerminalDesk, TerminalRegistry } from './ports.js';
import { topics } from './topics.js';

export const CONFIGURATION_DESIRED = 'configuration.desired';
export const NOTICES = 'notices';

/** A configuration is worth hearing until there is another one. */
const CONFIGURATION_LIFE_MS = 400 * 24 * 60 * 60_000;
/** How soon after its end a notice is taken from the broker; terminals stop showing it by themselves at once. */
const BOARD_EVERY_MS = 15_000;
/** Differs from every list. */
const UNKNOWN = '';

export type TerminalAnnouncerParts = {
  readonly registry: Pick<TerminalRegistry, 'find' | 'list' | 'onChanged'>;
  readonly desk: Pick<TerminalDesk, 'say'>;
  readonly configuration: ConfigurationAnnouncements;
  readonly notices: NoticeAnnouncements;
  readonly signer: NoticeSigner;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};

export function createTerminalAnnouncer(parts: TerminalAnnouncerParts): FleetAnnouncer & { stop(): void } {
  const { registry, desk, configuration, notices, signer, clock, timers, random, log } = parts;
  /** What was published last for each audience, without what differs each time. */
  const boards = new Map<string, string>();
  let publish: Publish | undefined;
  let timer: { cancel(): void } | undefined;
  let sequence = 0;

  const inBackground = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => { log.error(what, { error }); });
  };
  const tellConfiguration = async (deviceId: string): Promise<void> => {
    const terminal = await registry.find(deviceId);
    if (terminal === undefined) return;
    const desired = configuration.desiredOf(terminal);
    if (terminal.status !== 'active') return publish?.(topics.configDesired(deviceId), '', { retain: true });
    if (desired === undefined) return;
    const message = await desk.say(deviceId, { op: CONFIGURATION_DESIRED, body: desired, lifeMs: CONFIGURATION_LIFE_MS });
    if (message !== undefined) publish?.(topics.configDesired(deviceId), message, { retain: true });
  };
  const tellAll = async (concerns: { readonly group?: string; readonly terminal?: string }): Promise<void> => {
    const concerned = (await registry.list()).filter(({ deviceId, group, status }) => status === 'active' && (concerns.terminal ?? deviceId) === deviceId && (concerns.group === undefined || concerns.group === group));
    for (const { deviceId } of concerned) await tellConfiguration(deviceId);
  };
  const tellNotices = async (): Promise<void> => {
    const board = await notices.board();
    // An audience that is no more is told once that nothing is to be shown.
    for (const audience of boards.keys()) if (!board.has(audience)) board.set(audience, []);
    for (const [audience, live] of board) {
      const shown = live.map(({ noticeId, severity, zh, en, validFrom, validUntil }) => ({ noticeId, severity, zh, ...(en === undefined ? {} : { en }), validFrom: validFrom.toISOString(), validUntil: validUntil.toISOString() }));
      const text = JSON.stringify(shown);
      if (publish === undefined || boards.get(audience) === text || (shown.length === 0 && !boards.has(audience))) continue;
      boards.set(audience, text);
      const now = clock.now().getTime();
      const last = Math.max(now, ...live.map(({ validUntil }) => validUntil.getTime()));
      const unsigned = { v: ENVELOPE_VERSION, id: makeOpaqueId(random), op: NOTICES, ts: now, exp: last, cid: 'none', seq: (sequence += 1), body: { audience, notices: shown }, kid: signer.kid };
      publish(topics.groupNotice(audience), JSON.stringify({ ...unsigned, sig: signer.sign(audience, unsigned) }), { retain: true });
    }
  };
  const lookAgain = (): void => {
    timer = timers.after(BOARD_EVERY_MS, () => {
      inBackground('notices were not taken from the broker in time', tellNotices());
      lookAgain();
    });
  };
  const endings = [
    configuration.onChanged((concerns) => { inBackground('terminals were not told their configuration', tellAll(concerns)); }),
    notices.onChanged(() => { inBackground('terminals were not told their notices', tellNotices()); }),
    registry.onChanged((deviceId, change) => {
      if (change === 'rotationAsked') inBackground('a terminal was not asked for another key', ask(deviceId));
      // Another key signs it now, or another group's configuration lies below it.
      else inBackground('a terminal was not told its configuration', tellConfiguration(deviceId));
    }),
  ];
  const ask = async (deviceId: string): Promise<void> => {
    const message = await desk.say(deviceId, { op: KEY_ROTATE, body: {} });
    if (message !== undefined) publish?.(topics.command(deviceId, KEY_ROTATE), message, { retain: false });
  };

  return {
    connected(lent) {
      publish = lent;
      // Nobody knows what this broker kept: what it was told before is told again, also that nothing is left of it.
      for (const audience of boards.keys()) boards.set(audience, UNKNOWN);
      inBackground('terminals were not told their configuration', tellAll({}));
      inBackground('terminals were not told their notices', tellNotices());
      timer?.cancel();
      lookAgain();
    },
    disconnected() {
      publish = undefined;
      timer?.cancel();
    },
    stop() {
      timer?.cancel();
      publish = undefined;
      for (const end of endings) end();
    },
  };
}
