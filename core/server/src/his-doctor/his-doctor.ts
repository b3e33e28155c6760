import { beijingDay, daysBefore, type CardType, type HisQueryResult, type HisResult } from '@hospay/plugin-sdk';
import { ok, refused } from '../domain/errors.js';
import type { HospitalGuest } from '../domain/guests.js';
import type { Examination, ExaminationStep, Finding, HisDoctor, HisDoctorPorts } from './ports.js';

/** Quotes and statement days are reckoned by both clocks. */
const CLOCKS_APART_MS = 60_000;
/** Somebody stands at a kiosk and waits. */
const SLOW_MS = 3_000;
const DAY_LIST_PAGE = 5;

type Card = { readonly cardType: CardType; readonly cardNo: string };
type Found = Pick<Finding, 'state' | 'found'>;

/**
 * Examines the line to the HIS by the calls payments make themselves, reading only: nothing is priced, booked or reversed. One at a time, step after step, so that the first failure is where to begin. What is found names no patient.
 */
export function createHisDoctor(ports: HisDoctorPorts): HisDoctor {
  const { clock, elapsed, audit, changed } = ports;
  let latest: Examination | undefined;
  let isCancelled = false;

  const run = async (card: Card | undefined): Promise<void> => {
    const note = (finding: Finding): void => {
      if (latest !== undefined) latest = { ...latest, findings: [...latest.findings, finding] };
      changed();
    };
    const step = async (name: ExaminationStep, ask: () => Promise<Found> | Found): Promise<Found> => {
      if (isCancelled) return { state: 'skipped', found: '' };
      const since = elapsed();
      let found: Found;
      try {
        found = await ask();
      } catch (error) {
        found = { state: 'failed', found: error instanceof Error ? error.message : String(error) };
      }
      const milliseconds = Math.round(elapsed() - since);
      note({ step: name, milliseconds, ...found, ...(found.state === 'ok' && milliseconds >= SLOW_MS ? { state: 'warning' as const } : {}) });
      return found;
    };
    await examine(ports, card, step);
    if (latest !== undefined) latest = { ...latest, state: isCancelled ? 'cancelled' : 'done', endedAt: clock.now() };
    changed();
    if (latest !== undefined) await ports.ended?.(latest);
  };

  return {
    latest: () => latest,
    async begin({ by, card }) {
      if (latest?.state === 'running') return refused('CONFLICT', { zh: '医院接口诊断正在进行，请等待其结束', en: 'an examination is under way' });
      isCancelled = false;
      latest = { startedAt: clock.now(), by, state: 'running', endedAt: undefined, findings: [] };
      await audit.record({ who: by, what: 'his.examine', object: 'hospital adapter' });
      void run(card);
      return ok(latest);
    },
    cancel() {
      if (latest?.state === 'running') isCancelled = true;
      return latest;
    },
  };
}

async function examine({ adapter, dictionaries, unconfirmed, clock }: HisDoctorPorts, card: Card | undefined, step: (name: ExaminationStep, ask: () => Promise<Found> | Found) => Promise<Found>): Promise<void> {
  const active = adapter();
  await step('adapter', () => ('reason' in active ? { state: 'failed', found: active.reason } : { state: 'ok', found: '' }));
  if (!('reason' in active)) await examineLine(active.hospital, { dictionaries, card, now: () => clock.now() }, step);
  await step('backlog', async () => {
    const count = await unconfirmed();
    return { state: count === 0 ? 'ok' : 'warning', found: String(count) };
  });
}

async function examineLine(hospital: HospitalGuest, { dictionaries, card, now }: { readonly dictionaries: readonly string[]; readonly card: Card | undefined; readonly now: () => Date }, step: (name: ExaminationStep, ask: () => Promise<Found> | Found) => Promise<Found>): Promise<void> {
  let told: Awaited<ReturnType<HospitalGuest['ping']>> | undefined;
  const reached = await step('reach', async () => {
    told = await hospital.ping();
    return told.kind === 'ok' ? { state: 'ok', found: '' } : problem(told);
  });
  if (reached.state === 'failed') return;
  const answer = told?.kind === 'ok' ? told.value : undefined;
  await step('clock', () => {
    if (answer === undefined) return { state: 'skipped', found: '' };
    const apartMs = Math.abs(Date.parse(answer.hisTime) - now().getTime());
    return { state: apartMs > CLOCKS_APART_MS ? 'warning' : 'ok', found: `${String(Math.round(apartMs / 1_000))} s` };
  });
  await step('mapping', () => {
    const findings = answer?.findings ?? [];
    return { state: findings.length === 0 ? 'ok' : 'warning', found: findings.join('; ') };
  });
  await step('dictionary', async () => {
    const [name] = dictionaries;
    return name === undefined ? { state: 'skipped', found: '' } : counted(await hospital.loadDictionary({ name }), name);
  });
  let patientId: string | undefined;
  await step('patient', async () => {
    if (card === undefined) return { state: 'skipped', found: '' };
    const found = await hospital.findPatient(card);
    if (found.kind === 'ok') patientId = found.value[0]?.patientId;
    return found.kind === 'ok' && patientId === undefined ? { state: 'warning', found: '0' } : counted(found);
  });
  await step('bills', async () => (patientId === undefined ? { state: 'skipped', found: '' } : counted(await hospital.listOpenBills({ patientId }))));
  await step('dayList', async () => {
    const day = daysBefore(beijingDay(now()));
    return hospital.listDay === undefined ? { state: 'skipped', found: '' } : counted(await hospital.listDay({ day, page: 1, pageSize: DAY_LIST_PAGE }), day);
  });
  await step('budget', async () => {
    const budget = await hospital.readBudget?.();
    if (budget === undefined) return { state: 'skipped', found: '' };
    if (budget.kind === 'unknown') return { state: 'failed', found: budget.reason };
    const { classes } = budget.value;
    const open = classes.filter(({ isOpen }) => isOpen).map(({ name }) => name);
    const waiting = classes.reduce((sum, one) => sum + one.waiting, 0);
    return { state: open.length > 0 ? 'failed' : waiting > 0 ? 'warning' : 'ok', found: [...open, String(waiting)].join(', ') };
  });
}

/** How many were told, and of what. */
function counted(result: HisResult<readonly unknown[]>, of?: string): Found {
  return result.kind === 'ok' ? { state: 'ok', found: of === undefined ? String(result.value.length) : `${of}: ${String(result.value.length)}` } : problem(result);
}
function problem(result: Exclude<HisResult<unknown> | HisQueryResult<unknown>, { readonly kind: 'ok' }>): Found {
  if (result.kind === 'unknown') return { state: 'failed', found: result.reason };
  return result.kind === 'absent' ? { state: 'warning', found: '0' } : { state: 'failed', found: `${result.code} ${result.message}` };
}
