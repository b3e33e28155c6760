/** Installing an update (系统更新) and going back (回退), as changes: one person proposes what was uploaded, another approves exactly that, and only then a slot is written. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct } from '../changes/ports.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import { changeLine } from '../domain/change-proposal.js';
import { ok, refused } from '../domain/errors.js';
import type { Box, PreflightCheck, UpdateDesk } from './ports.js';

const Content = Type.Object({ manifestSha256: Type.String(), version: Type.String(), when: Type.Enum(['now', 'window'] as const) });
const BackContent = Type.Object({ from: Type.String(), to: Type.String() });

export type InstallUpdatePorts = {
  readonly desk: Pick<UpdateDesk, 'waiting' | 'preflight' | 'stage' | 'restart'>;
  readonly box: Pick<Box, 'status' | 'revert'> | undefined;
  /** What answers now must answer afterwards: kept for the system that starts. */
  readonly noteWhatAnswers: () => Promise<void>;
  readonly audit: AuditTrail;
};

export function installUpdate({ desk, box, noteWhatAnswers, audit }: InstallUpdatePorts): ChangeAct {
  const running = async (): Promise<string> => {
    const status = await box?.status();
    return status?.kind === 'ok' ? status.value.version : '';
  };
  return {
    kind: 'systemUpdate',
    async draw(asked) {
      const { manifestSha256, version, when } = Parse(Content, asked);
      const bundle = desk.waiting();
      if (bundle?.manifestSha256 !== manifestSha256 || bundle.version !== version) return refused('CONFLICT', { zh: '待安装的更新包已变化，请刷新', en: 'another bundle lies there now: refresh' });
      const stops = (await desk.preflight(bundle)).filter(({ level }) => level === 'stop');
      if (stops.length > 0) return refused('CONFLICT', joined(stops));
      const lines = [changeLine('version', await running(), version), changeLine('manifest', undefined, `#${manifestSha256}`), changeLine('sdk', undefined, bundle.sdk), changeLine('restart', undefined, when)];
      return ok({ subject: 'system', content: { manifestSha256, version, when }, masked: { manifestSha256, version, when }, lines, levels: 1 });
    },
    present: async (asked) => ({ running: await running(), waiting: desk.waiting()?.manifestSha256 === Parse(Content, asked).manifestSha256 }),
    isDone: async (asked) => {
      const status = await box?.status();
      const { version } = Parse(Content, asked);
      return status?.kind === 'ok' && (status.value.version === version || status.value.pending?.version === version);
    },
    async apply(asked, { changeNo, proposedBy, decidedBy }) {
      const { manifestSha256, version, when } = Parse(Content, asked);
      const bundle = desk.waiting();
      if (bundle?.manifestSha256 !== manifestSha256) return refused('CONFLICT', { zh: '待安装的更新包已变化', en: 'another bundle lies there now' });
      // Hours may lie between the proposal and this.
      const stops = (await desk.preflight(bundle)).filter(({ level }) => level === 'stop');
      if (stops.length > 0) return refused('CONFLICT', joined(stops));
      await audit.record({ who: proposedBy, what: 'update.install', object: `system ${version}`, after: { changeNo, approvedBy: decidedBy ?? proposedBy, manifestSha256, restart: when } });
      const staged = await desk.stage(bundle);
      if (staged.kind === 'refused') return staged;
      await noteWhatAnswers();
      desk.restart(when);
      return ok({ done: true });
    },
  };
}

/** To the system of the other slot, as it was. */
export function goBack({ box, audit }: Pick<InstallUpdatePorts, 'box' | 'audit'>): ChangeAct {
  const read = async () => {
    const status = await box?.status();
    const other = status?.kind === 'ok' ? status.value.slots.find(({ isRunning }) => !isRunning) : undefined;
    return { from: status?.kind === 'ok' ? status.value.version : undefined, to: other?.state === 'good' ? (other.version ?? '?') : undefined };
  };
  return {
    kind: 'systemBack',
    async draw() {
      const { from, to } = await read();
      if (from === undefined || to === undefined) return refused('CONFLICT', { zh: '另一系统槽没有可用的系统', en: 'the other slot holds no system that is known to be good' });
      return ok({ subject: 'system', content: { from, to }, masked: { from, to }, lines: [changeLine('version', from, to)], levels: 1 });
    },
    present: async () => read(),
    isDone: async (asked) => (await read()).from === Parse(BackContent, asked).to,
    async apply(asked, { changeNo, proposedBy, decidedBy }) {
      const { from, to } = Parse(BackContent, asked);
      if (box === undefined || (await read()).to !== to) return refused('CONFLICT', { zh: '另一系统槽已变化', en: 'the other slot has changed' });
      await audit.record({ who: proposedBy, what: 'update.back', object: `system ${from}`, after: { changeNo, approvedBy: decidedBy ?? proposedBy, to } });
      const answer = await box.revert({ zh: `由 ${proposedBy} 申请、${decidedBy ?? proposedBy} 批准回退`, en: `asked for by ${proposedBy}, approved by ${decidedBy ?? proposedBy}` });
      return answer.kind === 'ok' ? ok({ done: true }) : answer;
    },
  };
}

function joined(checks: readonly PreflightCheck[]): Bilingual {
  return { zh: checks.map(({ said }) => said.zh).join('；'), en: checks.map(({ said }) => said.en).join('; ') };
}
