import { beijingTime } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { isSettled, judgeSteps, skipOf } from './judge-steps.js';
import { SETUP_STEP_WORDS, type SetupDesk, type SetupEvent, type SetupFacts, type SetupPorts, type SetupView } from './ports.js';
import { beginSelfTest, cancelSelfTest, findSelfTest, listSelfTests } from './self-test.js';

/** 首次开通: read from facts, with the few acts that have no other place. */
export function createSetupDesk(ports: SetupPorts): SetupDesk {
  const { rows, clock, audit } = ports;
  const read = async (): Promise<SetupView> => view(await factsOf(ports));
  const keep = async (event: Omit<SetupEvent, 'id' | 'at' | 'reason'> & { readonly reason?: string }, before?: unknown): Promise<boolean> => {
    const { step, kind, by, reason, detail } = event;
    if ((await rows.add({ ...event, reason, at: clock.now() })) === undefined) return false;
    await audit.record({ who: by, what: `setup.${kind}`, object: `setup ${step}`, ...(before === undefined ? {} : { before }), ...(Object.keys(detail).length === 0 ? {} : { after: detail }), ...(reason === undefined ? {} : { reason }) });
    return true;
  };
  return {
    read,
    async skip({ step, reason, by }) {
      if (step === 'goLive') return refused('CONFLICT', { zh: '最后一步是开通决定，不能略过', en: 'the last step is a decision, and cannot be left out' });
      const judged = (await read()).steps.find((one) => one.step === step);
      if (judged?.state === 'done') return refused('CONFLICT', { zh: `“${SETUP_STEP_WORDS[step]}”已完成，不必略过`, en: `${step} is done` });
      if (judged?.state !== 'skipped') await keep({ step, kind: 'skipped', by, reason, detail: {} }, { state: judged?.state, finding: judged?.finding });
      return ok(await read());
    },
    async resume({ step, by }) {
      if (skipOf(await rows.latest(), step) === undefined) return refused('CONFLICT', { zh: `“${SETUP_STEP_WORDS[step]}”没有被略过`, en: `${step} was not left out` });
      await keep({ step, kind: 'resumed', by, detail: {} });
      return ok(await read());
    },
    async measureClock({ browserTime, by }) {
      const browserApartMs = browserTime.getTime() - clock.now().getTime();
      const hisTime = await ports.hisTime();
      // Read after the answer: the question may have waited, and only the HIS's own moment counts.
      const hisApartMs = hisTime === undefined ? undefined : hisTime.getTime() - clock.now().getTime();
      await keep({ step: 'clock', kind: 'measured', by, detail: { browserApartMs: String(browserApartMs), ...(hisApartMs === undefined ? {} : { hisApartMs: String(hisApartMs) }), timeZone: ports.timeZone } });
      return read();
    },
    async testConnection({ channel, by }) {
      if (!ports.channels().some(({ id }) => id === channel)) return refused('NO_SUCH_ITEM', channel);
      const tested = await ports.testConnection(channel);
      await keep({ step: 'channel', kind: 'connectionTested', by, detail: { channel, ...tested } });
      return ok(tested);
    },
    beginSelfTest: (act) => beginSelfTest(ports, act),
    findSelfTest: (request) => findSelfTest(ports, request),
    cancelSelfTest: (act) => cancelSelfTest(ports, act),
    goLive: ({ note, by }) => goLive({ note, by }, { read, keep }),
    async examined({ by, state, findings }) {
      if (state !== 'done') return;
      const worst = (wanted: 'failed' | 'warning') => findings.find((finding) => finding.state === wanted)?.step;
      const [failed, warning] = [worst('failed'), worst('warning')];
      await keep({ step: 'his', kind: 'examined', by, detail: { ...(failed === undefined ? {} : { failed }), ...(warning === undefined ? {} : { warning }) } });
    },
  };
}

type Keeping = { readonly read: () => Promise<SetupView>; readonly keep: (event: Omit<SetupEvent, 'id' | 'at' | 'reason'> & { readonly reason?: string }) => Promise<boolean> };

/** The decision, with every step as it stood. */
async function goLive({ note, by }: Parameters<SetupDesk['goLive']>[0], { read, keep }: Keeping): Promise<Outcome<SetupView>> {
  const { steps } = await read();
  const last = steps.at(-1);
  if (last?.state === 'done') return refused('CONFLICT', { zh: `${last.values['by'] ?? ''} 已于 ${goneLiveAt(last.values['at'])} 确认开通`, en: `went live ${last.values['at'] ?? ''} by ${last.values['by'] ?? ''}` });
  const open = steps.filter(({ step, state }) => step !== 'goLive' && state === 'open').map(({ step }) => step);
  if (open.length > 0) return refused('SETUP_INCOMPLETE', { zh: open.map((step) => SETUP_STEP_WORDS[step]).join('、'), en: open.join(', ') });
  const asItStood = Object.fromEntries(steps.filter(({ step }) => step !== 'goLive').map(({ step, state, finding }) => [step, `${state} ${finding}`]));
  const isFirst = await keep({ step: 'goLive', kind: 'wentLive', by, reason: note, detail: asItStood });
  return isFirst ? ok(await read()) : refused('CONFLICT', { zh: '已有人先确认开通，请刷新', en: 'somebody was faster' });
}

function goneLiveAt(at = ''): string {
  return at === '' ? '' : beijingTime(at);
}

async function factsOf(ports: SetupPorts): Promise<SetupFacts> {
  const [administrators, certificates, terminals, selfTests, inUse, events] = await Promise.all([ports.administrators(), ports.certificates(), ports.terminals(), listSelfTests(ports), ports.inUse(), ports.rows.latest()]);
  return { now: ports.clock.now(), timeZone: ports.timeZone, administrators, certificates, adapter: ports.adapter(), examination: ports.examination(), channels: ports.channels(), selfTests, terminals, inUse, events };
}

function view(facts: SetupFacts): SetupView {
  const steps = judgeSteps(facts);
  const { now, timeZone, certificates, channels, selfTests, events } = facts;
  return { now, timeZone, steps, settled: steps.filter(isSettled).length, certificates, channels, selfTests, events };
}
