/** How long SM2 keeps the event loop from turning: signatures and verifications through the host's keys, beside an idle loop and beside the same work on the loop itself. */
import { existsSync, readFileSync } from 'node:fs';
import { createGuestKeys } from '@hospay/plugin-sdk/host';
import { sm2 } from 'sm-crypto-v2';

export type Sm2Result = { readonly count: number; readonly longestTurnMs: number; readonly idleTurnMs: number; readonly onTheLoopMs: number };

const PRIVATE_KEY = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const USER_ID = '1234567812345678';
/** A payment's worth of JSON. */
const DATA = Buffer.alloc(1_000, 'x');

/** `count` pairs of a signature and its verification, as many at once as a busy minute has. */
export async function measureSm2({ count }: { readonly count: number }): Promise<Sm2Result> {
  const publicKey = sm2.getPublicKeyFromPrivateKey(PRIVATE_KEY);
  const keys = createGuestKeys(() => PRIVATE_KEY);
  const inHost = async (): Promise<void> => {
    const signature = await keys.sign({ key: 'any', algorithm: 'SM2-SM3', data: DATA, userId: USER_ID });
    if (!(await keys.verify({ publicKey, algorithm: 'SM2-SM3', data: DATA, signature, userId: USER_ID }))) throw new Error('the signature is not genuine');
  };
  const onTheLoop = async (): Promise<void> => {
    await Promise.resolve();
    const signature = sm2.doSignature(Uint8Array.from(DATA), PRIVATE_KEY, { hash: true, userId: USER_ID });
    if (!sm2.doVerifySignature(Uint8Array.from(DATA), signature, publicKey, { hash: true, userId: USER_ID })) throw new Error('the signature is not genuine');
  };
  // The first of each loads what it needs.
  await Promise.all([onTheLoop(), inHost()]);
  const idle = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 300); });
  return { count, longestTurnMs: await longestTurn(count, inHost), idleTurnMs: await longestTurn(1, idle), onTheLoopMs: await longestTurn(count, onTheLoop) };
}

/** In time this thread ran: what other programs take of a shared machine is not ours. */
async function longestTurn(count: number, work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = ranMs();
  // A turn of the loop as often as it can: `monitorEventLoopDelay` counts its own millisecond in.
  let isOver = false;
  const turn = (): void => {
    const now = ranMs();
    longest = Math.max(longest, now - before);
    before = now;
    if (!isOver) setImmediate(turn);
  };
  turn();
  await Promise.all(Array.from({ length: count }, work));
  isOver = true;
  await new Promise((resolve) => { setImmediate(resolve); });
  return longest;
}

const SCHEDULER = `/proc/self/task/${String(process.pid)}/schedstat`;

/** The first figure of Linux's scheduler statistics, in nanoseconds; elsewhere the clock on the wall. */
function ranMs(): number {
  return existsSync(SCHEDULER) ? Number(readFileSync(SCHEDULER, 'utf8').split(' ')[0]) / 1e6 : performance.now();
}
