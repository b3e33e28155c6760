/** How long SM2 keeps the event loop from turning: signatures and verifications through the host's keys, beside an idle loop and beside the same work on the loop itself. */
import { createGuestKeys } from '@hospay/plugin-sdk/host';
import { sm2 } from 'sm-crypto-v2';
import { longestTurn } from './longest-turn.js';

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
