import type { Bilingual } from '../domain/bilingual.js';
import { askEndedAgain } from './ask-ended-again.js';
import type { AskAgainPorts, RunningDesk, RunningPorts } from './ports.js';
import { runRunningCheck } from './run-running-check.js';

/** After a list the HIS is left in peace for so many times as long as the list took. */
const RESTS_TIMES = 10;

/** 日间对账 of one hospital. */
export function createRunningDesk(ports: RunningPorts & AskAgainPorts & { readonly listChecks: RunningDesk['listChecks'] }): RunningDesk {
  const { clock } = ports;
  let restsUntil = 0;
  return {
    askEndedAgain: () => askEndedAgain(ports),
    async runCheck() {
      const begun = clock.now().getTime();
      const reasonToSpareHis = (): Bilingual | undefined => ports.reasonToSpareHis() ?? (begun < restsUntil ? { zh: '上次取日账单耗时较长', en: 'its last list took long' } : undefined);
      const told = await runRunningCheck({ ...ports, reasonToSpareHis });
      const ended = clock.now().getTime();
      if (begun >= restsUntil) restsUntil = ended + RESTS_TIMES * Math.max(0, ended - begun);
      return told;
    },
    listChecks: ports.listChecks,
  };
}
