/** Where each step of the first set-up (首次开通) stands, by the facts alone. Pure: the same facts are the same steps in every browser and after every restart. */
import type { JudgedStep, ServedCertificate, SetupEvent, SetupEventKind, SetupFacts, SetupState, SetupStep, SetupStepView } from './ports.js';
import { SETUP_STEPS } from './ports.js';

/** Quotes, codes and statement days are reckoned by both clocks; a channel refuses requests that are older than some minutes. */
export const CLOCKS_APART_MS = 60_000;
/** As the certificate watch has its first threshold: time enough to have a new one made. */
export const EXPIRING_MS = 30 * 24 * 60 * 60_000;

type Judged = Omit<JudgedStep, 'step'>;
const found = (state: SetupState, finding: Judged['finding'], values: Readonly<Record<string, string | number | undefined>> = {}): Judged => ({
  state, finding, values: Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))),
});

export function judgeSteps(facts: SetupFacts): readonly SetupStepView[] {
  const before = SETUP_STEPS.filter((step) => step !== 'goLive').map((step) => withSkip(facts.events, { step, ...JUDGES[step](facts) }));
  return [...before, { step: 'goLive', ...judgeGoLive(facts, before) }];
}

/** Done or left out: what the number of the card counts. */
export function isSettled({ state }: Pick<SetupStepView, 'state'>): boolean {
  return state === 'done' || state === 'skipped';
}

/** The last word about a step that was left out: undefined when it was taken up again, or never left out. */
export function skipOf(events: readonly SetupEvent[], step: SetupStep): SetupEvent | undefined {
  const skipped = latest(events, step, 'skipped');
  const resumed = latest(events, step, 'resumed');
  return skipped === undefined || (resumed !== undefined && resumed.id > skipped.id) ? undefined : skipped;
}

function withSkip(events: readonly SetupEvent[], judged: JudgedStep): SetupStepView {
  const skipped = skipOf(events, judged.step);
  if (skipped === undefined || judged.state === 'done') return judged;
  return { ...judged, state: 'skipped', skipped: { at: skipped.at, by: skipped.by, reason: skipped.reason ?? '' } };
}

function latest(events: readonly SetupEvent[], step: SetupStep, kind: SetupEventKind): SetupEvent | undefined {
  return events.findLast((event) => event.step === step && event.kind === kind);
}

const JUDGES: Readonly<Record<Exclude<SetupStep, 'goLive'>, (facts: SetupFacts) => Judged>> = {
  administrators({ administrators: { active, mustChangePassword, dutiesMissing } }) {
    if (dutiesMissing > 0) return found('open', 'dutyMissing', { active, count: dutiesMissing });
    if (active < 2) return found('open', 'administratorAlone', { active });
    return mustChangePassword > 0 ? found('attention', 'passwordsToChange', { active, count: mustChangePassword }) : found('done', 'administratorsEnough', { active });
  },
  clock({ events }) {
    const measured = latest(events, 'clock', 'measured');
    if (measured === undefined) return found('open', 'clockNotMeasured');
    const { browserApartMs, hisApartMs } = measured.detail;
    const apart = { browserSeconds: seconds(browserApartMs), hisSeconds: seconds(hisApartMs), at: measured.at.toISOString() };
    if ([browserApartMs, hisApartMs].some((ms) => ms !== undefined && Math.abs(Number(ms)) > CLOCKS_APART_MS)) return found('attention', 'clockOff', apart);
    return hisApartMs === undefined ? found('attention', 'clockHisUnknown', apart) : found('done', 'clockRight', apart);
  },
  certificates({ certificates, now }) {
    if (certificates.length === 0) return found('open', 'certificatesNone');
    const soonest = certificates.filter(({ notAfter }) => notAfter !== undefined).toSorted((a, b) => Number(a.notAfter) - Number(b.notAfter))[0];
    const wrong = certificates.find(({ problem }) => problem !== undefined);
    if (wrong !== undefined) return found('attention', wrong.problem === 'missing' ? 'certificateMissing' : 'certificateKeyMismatch', { title: wrong.title, file: wrong.file });
    const leftMs = leftOf(soonest, now);
    const values = { title: soonest?.title, notAfter: soonest?.notAfter?.toISOString(), count: certificates.length };
    if (leftMs <= 0) return found('attention', 'certificateExpired', values);
    return leftMs < EXPIRING_MS ? found('attention', 'certificateExpiring', values) : found('done', 'certificatesGood', values);
  },
  his({ adapter, examination, inUse: { confirmedAt }, events }) {
    if (!adapter.isActive) return found('open', 'hisInactive', { reason: adapter.reason });
    if (examination?.state === 'running') return found('open', 'hisExamining');
    const examined = latest(events, 'his', 'examined');
    // What was booked since is worth more than what was examined before.
    if (confirmedAt !== undefined && (examined === undefined || confirmedAt > examined.at)) return found('done', 'hisInUse', { at: confirmedAt.toISOString() });
    if (examined === undefined) return found('open', 'hisNotExamined');
    const { failed, warning } = examined.detail;
    const at = examined.at.toISOString();
    if (failed !== undefined) return found('open', 'hisFailed', { step: failed, at });
    return warning === undefined ? found('done', 'hisWell', { at }) : found('attention', 'hisWarning', { step: warning, at });
  },
  channel({ channels, selfTests, inUse: { refunded } }) {
    const underway = selfTests.find(({ stage }) => stage !== 'done' && stage !== 'unpaid');
    const of = (test: SetupFacts['selfTests'][number] | undefined) => ({ channel: test?.channel, tradeNo: test?.tradeNo, at: test?.refund?.refundedAt });
    switch (underway?.stage) {
      case 'paying': return found('attention', 'selfTestPaying', of(underway));
      case 'confirming': return found('attention', 'selfTestConfirming', of(underway));
      case 'refunding': return found('attention', 'selfTestRefunding', of(underway));
      case 'refundBlocked': return found('attention', 'selfTestRefundBlocked', of(underway));
      default:
    }
    const done = selfTests.find(({ stage }) => stage === 'done');
    if (done !== undefined) return found('done', 'selfTestDone', of(done));
    if (refunded !== undefined) return found('done', 'channelInUse', { channel: refunded.channel, at: refunded.at.toISOString() });
    if (!channels.some(({ state }) => state === 'active')) return found('open', 'channelNone');
    return selfTests.length > 0 ? found('open', 'selfTestUnpaid', of(selfTests[0])) : found('open', 'channelNotTested', { count: channels.length });
  },
  terminal({ terminals: { claimed, online, seen, waiting } }) {
    if (claimed === 0) return waiting > 0 ? found('open', 'terminalWaiting', { waiting }) : found('open', 'terminalNone');
    if (seen === 0) return found('attention', 'terminalNeverSeen', { claimed });
    return online === 0 ? found('attention', 'terminalAway', { claimed }) : found('done', 'terminalOnline', { online, claimed });
  },
};

function judgeGoLive({ events }: SetupFacts, before: readonly SetupStepView[]): Judged {
  const wentLive = latest(events, 'goLive', 'wentLive');
  if (wentLive !== undefined) return found('done', 'wentLive', { by: wentLive.by, at: wentLive.at.toISOString() });
  const open = before.filter(({ state }) => state === 'open').length;
  return open === 0 ? found('open', 'goLiveReady') : found('open', 'goLiveBlocked', { open });
}

function seconds(ms: string | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(Number(ms) / 1_000);
}
function leftOf(certificate: ServedCertificate | undefined, now: Date): number {
  return certificate?.notAfter === undefined ? 0 : certificate.notAfter.getTime() - now.getTime();
}
