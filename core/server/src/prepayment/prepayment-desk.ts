import { ok, refused, type Outcome } from '../domain/errors.js';
import { DECIDED_BEFORE, NOT_WHAT_WAS_SHOWN } from '../domain/refusal-words.js';
import type { PrepaymentDesk, PrepaymentPorts } from './ports.js';
import { proposeRun } from './propose-run.js';
import { viewRun, type PrepaymentRunView } from './run-view.js';

export function createPrepaymentDesk(ports: PrepaymentPorts): PrepaymentDesk {
  const { prepayments, clock, hospitalId } = ports;
  return {
    proposeRun: (request) => proposeRun(ports, request),
    async decideRun({ runNo, ...decision }): Promise<Outcome<PrepaymentRunView>> {
      if ((await prepayments.findRun(hospitalId, runNo)) === undefined) return refused('NO_SUCH_ITEM', runNo);
      const decided = await prepayments.decide({ runNo, ...decision, now: clock.now() });
      switch (decided.kind) {
        case 'decided':
          return ok(viewRun(decided.run));
        case 'notFound':
          return refused('NO_SUCH_ITEM', runNo);
        case 'ownProposal':
          return refused('SECOND_PERSON_NEEDED');
        case 'decidedBefore':
          return refused('CONFLICT', DECIDED_BEFORE);
        case 'expired':
          return refused('APPROVAL_OVER', { zh: '已超过审批期限，请重新提出', en: 'expired' });
        case 'notWhatWasShown':
          return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
      }
    },
    async pauseRun({ runNo, isPaused }) {
      if ((await prepayments.findRun(hospitalId, runNo)) === undefined) return refused('NO_SUCH_ITEM', runNo);
      const paused = await prepayments.pause({ runNo, isPaused, now: clock.now() });
      if (paused.kind === 'notFound') return refused('NO_SUCH_ITEM', runNo);
      return paused.kind === 'done' ? ok(viewRun(paused.run)) : refused('CONFLICT', { zh: '只有已审批的批次可以暂停或继续', en: 'only an approved run is paused' });
    },
    async findRun({ runNo }) {
      const run = await prepayments.findRun(hospitalId, runNo);
      return run === undefined ? refused('NO_SUCH_ITEM', runNo) : ok(viewRun(run));
    },
    async patientsOf({ runNo }) {
      const run = await prepayments.findRun(hospitalId, runNo);
      return new Map(run?.returns.map(({ returnNo, patientId }) => [returnNo, patientId]));
    },
    listRuns: async ({ limit }) => (await prepayments.listRuns(hospitalId, limit)).map(viewRun),
  };
}
