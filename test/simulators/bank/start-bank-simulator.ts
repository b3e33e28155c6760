/** A bank with one account of the hospital behind CITIC's front-end machine, and a counter for people: what the demo pays out of. */
import { serveCounter } from './bank-counter.js';
import { SimulatedBank } from './simulated-bank.js';
import { startCiticFrontEnd } from './start-citic-front-end.js';

export type BankSimulatorOptions = {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Movements and transfers live here and survive a restart. Absent: in memory. */
  readonly dataFolder?: string;
  readonly now?: () => Date;
};
export type BankSimulator = { readonly bank: SimulatedBank; readonly frontEndUrl: string; /** The page of the bank. */ readonly counterUrl: string; readonly userName: string; readonly accountNo: string; stop(): Promise<void> };

const ACCOUNT = { accountNo: '7111010182600123456', name: '示范医院', openingFen: 200_000_000 } as const;
const USER_NAME = 'hospay01';

/** Resolves when it listens. */
export async function startBankSimulator({ port, dataFolder, now }: BankSimulatorOptions = {}): Promise<BankSimulator> {
  const bank = new SimulatedBank({ accounts: [ACCOUNT], ...(dataFolder === undefined ? {} : { dataFolder }), ...(now === undefined ? {} : { now }) });
  const frontEnd = await startCiticFrontEnd({ bank, userName: USER_NAME, beside: (request, response) => serveCounter(bank, ACCOUNT.accountNo, request, response), ...(port === undefined ? {} : { port }) }).catch((error: unknown) => {
    bank.close();
    throw error;
  });
  return {
    bank, frontEndUrl: frontEnd.url, counterUrl: `${frontEnd.url}counter`, userName: USER_NAME, accountNo: ACCOUNT.accountNo,
    async stop() {
      await frontEnd.stop();
      bank.close();
    },
  };
}
