/** What a terminal does beside payments: reports how it is, takes its configuration, shows notices, changes its key when the core asks. None of it ever holds up a payment. */
import type { CallResult, Timers } from './call-result.js';
import { canonicalJson } from './canonical-json.js';
import { keyIdOf } from './device-key.js';
import type { Device, DownMessage } from './envelope.js';
import { deriveAgreedKey, isNoticeSigned, newAgreement, noticeKeyId } from './key-agreement.js';
import { CONFIGURATION_DESIRED, CONFIGURATION_REPORTED, EVERYBODY, KEY_ROTATE, NOTICES, noticeShape, topics, type Fault, type Notice, type ReplyOf } from './protocol.js';
import { hasShape, integer, listOf, object, text } from './shape.js';
import type { TerminalStorage } from './storage.js';
import { sha256Hex } from './sha256-hex.js';
import type { Transport } from './transport.js';

export type ConfigurationDocument = Readonly<Record<string, unknown>>;

export type FleetOptions = {
  /** Who the terminal is: with it, it reports every minute or as its configuration says. */
  readonly report?: { readonly software: string; readonly machine?: string };
  /** Keeps rotated keys where the terminal finds them after a restart. Without it keys are not rotated. Rejects: the old key stays. */
  readonly keepKeys?: (device: Device) => Promise<void>;
};
export type FleetEvents = {
  /** Another configuration. What it throws (or rejects with) is reported to the core as the reason why it was not applied. */
  configuration?(document: ConfigurationDocument, version: number): void | Promise<void>;
  /** All notices to this terminal that are valid now, newest first. Also told when one begins or ends. */
  notices?(notices: readonly Notice[]): void;
};

export type DutiesHost = {
  device(): Device;
  useDevice(device: Device): void;
  report(body: { readonly software: string; readonly machine?: string; readonly clockMs: number; readonly faults: readonly Fault[] }): Promise<CallResult<ReplyOf<'device.report'>>>;
  rotate(publicKey: string): Promise<CallResult<ReplyOf<'key.rotate'>>>;
  resume(): Promise<unknown>;
  /** A signed message that is left at the broker. */
  seal(op: string, body: object): Promise<string>;
  readonly transport: Transport;
  readonly storage: TerminalStorage;
  readonly options: FleetOptions;
  readonly events: FleetEvents & { problem?(error: unknown): void };
  readonly coreTime: () => Date;
  readonly localTime: () => Date;
  readonly timers: Timers;
  readonly randomBytes: (length: number) => Uint8Array;
};

const REPORT_EVERY_MS = 60_000;
const NOTICES_LOOK_MS = 5_000;
const CONFIGURATION = 'configuration';
const LONGEST_ERROR = 200;
/** As long as the core accepts the key before. */
const OVERLAP_MS = 60 * 60_000;

const desiredShape = object({ version: integer, hash: text });
const keptShape = object({ version: integer, hash: text, ts: integer });
const noticeMessage = object({ v: integer, id: text, op: text, ts: integer, exp: integer, cid: text, seq: integer, kid: text, sig: text });
const boardShape = object({ audience: text, notices: listOf(noticeShape) });

export class FleetDuties {
  readonly #host: DutiesHost;
  readonly #boards = new Map<string, { readonly ts: number; readonly notices: readonly Notice[] }>();
  #noticeKey: string | undefined;
  #shown = '[]';
  #faults: readonly Fault[] = [];
  #reportEveryMs = REPORT_EVERY_MS;
  #configurationTs = 0;
  #reporting: { cancel(): void } | undefined;
  #looking: { cancel(): void } | undefined;
  #forgetting: { cancel(): void } | undefined;
  #isReporting = false;
  /** Something changed while a report was on its way. */
  #hasNews = false;
  #wasExpired = false;
  #isRotating = false;
  #isStopped = false;

  constructor(host: DutiesHost) {
    this.#host = host;
  }

  /** The configuration of the last run, before the line is up. */
  async start(): Promise<void> {
    const kept = await this.#host.storage.read(CONFIGURATION);
    if (kept !== undefined) {
      const value: unknown = JSON.parse(kept);
      if (hasShape(keptShape, value) && 'document' in value && isDocument(value.document)) {
        this.#configurationTs = value.ts;
        await this.#apply(value.document, value.version);
      }
    }
    if (this.#host.device().previousKey !== undefined) this.#forgetPreviousKeyLater();
  }

  resumed({ noticeKey, rotateKey, configuration: { kind, group } }: ReplyOf<'session.resume'>): void {
    if (noticeKey !== undefined && noticeKey !== this.#noticeKey) {
      this.#noticeKey = noticeKey;
      this.#boards.clear();
    }
    this.#host.transport.subscribe?.([...[EVERYBODY, kind, ...(group === undefined ? [] : [group])].map(topics.groupNotice), topics.ownNotice(this.#host.device().deviceId)]);
    if (rotateKey === true) this.#inBackground(this.#rotate());
    this.#reportSoon(0);
    this.#lookAtNotices();
  }

  /** Everything that is wrong now; what is left out is well again. Told to the core at once. */
  setFaults(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#reportSoon(0);
  }

  /** True when the message was one of these. */
  received(topic: string, payload: Uint8Array, opened: () => DownMessage | undefined): boolean {
    const device = this.#host.device().deviceId;
    if (topic === topics.configDesired(device)) {
      const message = opened();
      if (message?.op === CONFIGURATION_DESIRED) this.#inBackground(this.#takeConfiguration(message));
      return true;
    }
    if (topic === topics.command(device, KEY_ROTATE)) {
      if (opened()?.op === KEY_ROTATE) this.#inBackground(this.#rotate());
      return true;
    }
    if (!topic.endsWith('/notice')) return false;
    this.#takeNotices(payload);
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    this.#reporting?.cancel();
    this.#looking?.cancel();
    this.#forgetting?.cancel();
  }

  /** Valid now, newest first. */
  get notices(): readonly Notice[] {
    const now = this.#host.coreTime().getTime();
    const all = [...this.#boards.values()].flatMap(({ notices }) => notices);
    return all.filter(({ validFrom, validUntil }) => Date.parse(validFrom) <= now && now < Date.parse(validUntil)).sort((left, right) => Date.parse(right.validFrom) - Date.parse(left.validFrom));
  }

  #reportSoon(afterMs: number): void {
    const { report } = this.#host.options;
    if (report === undefined || this.#isStopped) return;
    if (this.#isReporting) {
      this.#hasNews ||= afterMs === 0;
      return;
    }
    this.#reporting?.cancel();
    this.#reporting = this.#host.timers.after(afterMs, () => this.#inBackground(this.#report(report)));
  }
  async #report(who: { readonly software: string; readonly machine?: string }): Promise<void> {
    this.#isReporting = true;
    this.#hasNews = false;
    try {
      const answer = await this.#host.report({ ...who, clockMs: this.#host.localTime().getTime(), faults: this.#faults });
      // Its clock was set meanwhile: the refusal told the core's time, and the report goes out once more with it.
      const isExpired = answer.kind === 'refused' && answer.error.code === 'REQUEST_EXPIRED';
      this.#hasNews ||= isExpired && !this.#wasExpired;
      this.#wasExpired = isExpired;
      if (answer.kind === 'ok' && this.#reportEveryMs === REPORT_EVERY_MS) this.#reportEveryMs = Math.max(15, answer.value.reportEverySeconds) * 1_000;
    } finally {
      this.#isReporting = false;
      this.#reportSoon(this.#hasNews ? 0 : this.#reportEveryMs);
    }
  }

  async #takeConfiguration({ body, ts }: DownMessage): Promise<void> {
    if (!hasShape(desiredShape, body) || !('document' in body) || !isDocument(body.document)) return;
    const { version, hash, document } = body;
    // The newest that was signed counts: an old one from the broker's store replaces nothing.
    if (ts <= this.#configurationTs || sha256Hex(canonicalJson(document)) !== hash) return;
    this.#configurationTs = ts;
    const error = await this.#apply(document, version);
    if (error === undefined) await this.#host.storage.write(CONFIGURATION, JSON.stringify({ version, hash, ts, document }));
    const reported = await this.#host.seal(CONFIGURATION_REPORTED, { version, hash, ...(error === undefined ? {} : { error }) });
    await this.#host.transport.publish(topics.configReported(this.#host.device().deviceId), reported, { retain: true });
  }
  async #apply(document: ConfigurationDocument, version: number): Promise<string | undefined> {
    const everySeconds = isDocument(document['report']) ? document['report']['everySeconds'] : undefined;
    if (typeof everySeconds === 'number') {
      this.#reportEveryMs = everySeconds * 1_000;
      this.#reportSoon(this.#reportEveryMs);
    }
    try {
      await this.#host.events.configuration?.(document, version);
      return undefined;
    } catch (error) {
      return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_ERROR) || 'not applied';
    }
  }

  #takeNotices(payload: Uint8Array): void {
    const value = parsed(payload);
    const key = this.#noticeKey;
    if (key === undefined || !hasShape(noticeMessage, value) || value.op !== NOTICES || value.kid !== noticeKeyId(key) || !('body' in value) || !hasShape(boardShape, value.body)) return;
    const { sig, ...unsigned } = value;
    const { audience, notices } = value.body;
    if (!isNoticeSigned(key, { audience, unsigned, sig }) || value.ts <= (this.#boards.get(audience)?.ts ?? 0)) return;
    this.#boards.set(audience, { ts: value.ts, notices });
    this.#tellNotices();
  }
  #lookAtNotices(): void {
    this.#looking?.cancel();
    if (this.#isStopped) return;
    this.#looking = this.#host.timers.after(NOTICES_LOOK_MS, () => {
      this.#tellNotices();
      this.#lookAtNotices();
    });
  }
  #tellNotices(): void {
    const now = JSON.stringify(this.notices);
    if (now === this.#shown) return;
    this.#shown = now;
    this.#host.events.notices?.(this.notices);
  }

  /** Agrees on a key, keeps it, uses it. Whatever fails on the way leaves the old one in use; the core asks again. */
  async #rotate(): Promise<void> {
    const { keepKeys } = this.#host.options;
    if (keepKeys === undefined || this.#isRotating) return;
    this.#isRotating = true;
    try {
      const { deviceId, key: oldKey } = this.#host.device();
      const agreement = newAgreement(this.#host.randomBytes);
      const answer = await this.#host.rotate(agreement.publicKey);
      if (answer.kind !== 'ok') return;
      const shared = agreement.sharedWith(answer.value.publicKey);
      if (shared === undefined) return;
      const key = deriveAgreedKey({ shared, bound: { oldKey }, devicePublicKey: agreement.publicKey, corePublicKey: answer.value.publicKey, deviceId });
      if (keyIdOf(key) !== answer.value.kid) return;
      const rotated: Device = { deviceId, key, previousKey: oldKey };
      await keepKeys(rotated);
      this.#host.useDevice(rotated);
      this.#host.transport.useKeys?.(rotated);
      this.#forgetPreviousKeyLater();
      // The first message with the new key tells the core that it has arrived.
      await this.#host.resume();
    } finally {
      this.#isRotating = false;
    }
  }
  #forgetPreviousKeyLater(): void {
    this.#forgetting?.cancel();
    this.#forgetting = this.#host.timers.after(OVERLAP_MS, () => {
      const { deviceId, key, previousKey } = this.#host.device();
      if (previousKey === undefined || this.#isStopped) return;
      const alone: Device = { deviceId, key };
      this.#host.useDevice(alone);
      this.#host.transport.useKeys?.(alone);
      this.#inBackground(this.#host.options.keepKeys?.(alone) ?? Promise.resolve());
    });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#host.events.problem?.(error));
  }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

function isDocument(value: unknown): value is ConfigurationDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
