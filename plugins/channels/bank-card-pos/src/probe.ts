import { randomBytes } from 'node:crypto';

import type { PluginContext, ProbeOutcome, Probing } from '@hospay/plugin-sdk';

import type { CardDesk } from './card-desk.js';
import type { Asked, Transport } from './card-terminal.js';
import type { BankCardSettings } from './settings.js';

type Parts = { readonly context: Pick<PluginContext<BankCardSettings>, 'now'>; readonly transport: Transport; readonly desk: CardDesk };

/**
 * Is somebody there? The book would answer a question about an unknown number without asking anybody, so a probe goes past it: the cloud is asked about a number nobody used; of the terminals the
 * first that is free and has nothing open is asked for its last slip, which changes nothing there and nothing in the book. One answer is enough: the others have their windows to notice.
 */
export function createProbe({ context, transport, desk }: Parts): Probing['probe'] {
  const { question, terminalIds } = transport;

  const askCloud = async (askAbout: Extract<Transport['question'], { kind: 'byNumber' }>['askAbout'], signal: AbortSignal): Promise<ProbeOutcome> => {
    const [terminalId = ''] = terminalIds;
    const number = `PROBE${randomBytes(8).toString('hex').toUpperCase()}`;
    const asked: Asked = await askAbout({ kind: 'pay', number, tradeNo: number, terminalId, amountFen: 1, startedAt: context.now().toISOString(), turn: 0, state: 'sent' }, signal);
    return asked.kind === 'notFound' ? { kind: 'answered' } : unknown(asked.kind === 'unknown' ? asked.reason : 'the cloud knows a number that nobody used');
  };

  const askTerminals = async (signal: AbortSignal): Promise<ProbeOutcome> => {
    let reason = 'every terminal is in use';
    for (const terminalId of terminalIds) {
      if (signal.aborted) break;
      const seen = await desk.glance(terminalId, signal);
      if (seen.kind === 'done' || seen.kind === 'none') return { kind: 'answered' };
      if (seen.kind !== 'inUse') reason = `${terminalId}: ${seen.reason}`;
    }
    return unknown(reason);
  };

  return (_request, { signal }) => (question.kind === 'byNumber' ? askCloud((intent, until) => question.askAbout(intent, until), signal) : askTerminals(signal));
}

function unknown(reason: string): ProbeOutcome {
  return { kind: 'unknown', reason: reason.slice(0, 500) };
}
