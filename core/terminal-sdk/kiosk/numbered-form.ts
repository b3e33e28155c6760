/** Numbered forms (票据) at a kiosk: the machine's own run, one number for one receipt. It cannot look at its sheet: what the printer does not say is left to a window. */
import type { BridgeAnswer, NumberedForm, Order, TerminalClient } from '../src/index.js';

/** Why a slip has no number where receipts have one: the form is printed at a window. */
export type FormOfSlip = { readonly kind: 'form'; readonly form: NumberedForm } | { readonly kind: 'none' | 'atWindow' | 'noAnswer' };

export async function takeForm(client: TerminalClient, order: Order, numberedBusinesses: readonly string[] | undefined): Promise<FormOfSlip> {
  if (numberedBusinesses?.includes(order.business ?? 'bill') !== true) return { kind: 'none' };
  const press = `form-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
  // The one key of this press: a lost answer is asked for once more, and is the same number.
  const first = await client.takeForm(press, { tradeNo: order.tradeNo });
  const taken = first.kind === 'noAnswer' ? await client.takeForm(press, { tradeNo: order.tradeNo }) : first;
  if (taken.kind === 'ok') return { kind: 'form', form: taken.value.form };
  return { kind: taken.kind === 'refused' ? 'atWindow' : 'noAnswer' };
}

/** Nothing touched a sheet: the same number is printed at the next press. */
const NOTHING_PRINTED: ReadonlySet<string> = new Set(['BRIDGE_OFFLINE', 'paperOut']);
/** It may have been printed: a person looks. */
const UNCLEAR: ReadonlySet<string> = new Set(['NO_ANSWER', 'BRIDGE_LOST']);

/** Printed; jammed and void, so that the next press takes the next sheet; or `kept` for another try. What is unclear stays given: asked for again, the platform sends it to a window. */
export async function settleForm(client: TerminalClient, { runNo, number }: NumberedForm, result: BridgeAnswer): Promise<'settled' | 'kept'> {
  if (result.kind === 'failed' && NOTHING_PRINTED.has(result.code)) return 'kept';
  if (result.kind !== 'failed') await client.call('form.printed', { runNo, number });
  else if (!UNCLEAR.has(result.code)) await client.call('form.void', { runNo, number, reason: `打印机：${result.code}`.slice(0, 80) });
  return 'settled';
}
