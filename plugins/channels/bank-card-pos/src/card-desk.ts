import { beijingStamp, oneAfterAnotherPerSubject, type PluginContext } from '@hospay/plugin-sdk';

import type { LastSlip, MoneyRequest, TerminalAnswer, Transport, Upkeep } from './card-terminal.js';
import { intentKey, type Intent } from './intent.js';
import { matchLastSlip } from './match-last-slip.js';
import { completeSettings, type BankCardSettings } from './settings.js';
import type { Slip } from './slip.js';
import type { Terminal, TerminalBook } from './terminal-book.js';

export type Started = { readonly kind: 'started'; readonly ended: Promise<Intent> } | { readonly kind: 'notSent'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string };
/** What became of an intent: its record, or what a terminal that is asked by number says without proving an end. */
export type Became = { readonly kind: 'record'; readonly intent: Intent; readonly isRunning: boolean } | { readonly kind: 'pending' } | { readonly kind: 'notFound' };

export type CardDesk = {
  /** Writes the intent down, starts the exchange in the background, and says when it has started; nothing starts after the call's own deadline. Never starts the same number twice unless nothing was sent. */
  start(request: MoneyRequest, call: AbortSignal): Promise<Started>;
  /** Asks the terminal about an exchange without an answer, where that can still prove something. */
  whatBecameOf(intent: Intent, signal: AbortSignal): Promise<Became>;
  operate(request: { readonly terminalId: string; readonly operation: 'signIn' | 'settle' | 'reprint'; readonly operatorId?: string }): Promise<Upkeep>;
  /** The last slip of a terminal that is free and has no exchange without an end; nothing is written down. `inUse` also where terminals are asked by number. */
  glance(terminalId: string, signal: AbortSignal): Promise<LastSlip | { readonly kind: 'inUse' }>;
  /** Ends the exchanges that run; each is written down as lost. */
  stop(): Promise<void>;
};

type Desk = { readonly context: PluginContext<BankCardSettings>; readonly transport: Transport; readonly book: TerminalBook };

/** Lets each terminal do one thing at a time and keeps the book true at every step, so that the power may go at any of them. */
export function createCardDesk({ context, transport, book }: Desk): CardDesk {
  const settings = completeSettings(context.settings);
  const running = new Map<string, { readonly controller: AbortController; readonly ended: Promise<unknown> }>();
  const { question } = transport;
  const now = (): string => context.now().toISOString();

  /** Runs work that may take as long as the card-holder, within the exchange's own time. */
  const run = <Result>(key: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
    const controller = new AbortController();
    const timer = context.after(settings.exchangeTimeoutMs, () => { controller.abort(); });
    const ended = work(controller.signal).finally(() => {
      timer.cancel();
      running.delete(key);
    });
    running.set(key, { controller, ended: ended.catch(() => undefined) });
    return ended;
  };

  /** Until then the terminal may still be waiting for a card on behalf of a process that is gone. */
  const isOver = (since: string): boolean => context.now().getTime() > Date.parse(since) + settings.exchangeTimeoutMs;

  // Looking at the mark of another and taking its place belong together: two that find it stale must not both take the terminal.
  const takesInTurn = oneAfterAnotherPerSubject();
  const take = (terminalId: string, by: string): Promise<boolean> => takesInTurn(terminalId, async () => {
    if (await book.claimBusy(terminalId, { by, since: now() })) return true;
    const busy = await book.busy(terminalId);
    if (busy !== undefined && (running.has(busy.by) || !isOver(busy.since))) return false;
    await book.release(terminalId);
    return book.claimBusy(terminalId, { by, since: now() });
  });

  /** Puts a proven or lost end into the book, then frees the terminal for the next. */
  const finish = async (intent: Intent, answer: TerminalAnswer): Promise<Intent> => {
    const terminal = await book.terminal(intent.terminalId);
    // Another exchange may be open by now, where terminals are asked by number: its place is not ours to clear.
    const { open, ...rest } = terminal;
    const closed: Terminal = open === undefined || open === intentKey(intent) ? rest : terminal;
    switch (answer.kind) {
      case 'done': {
        // A slip that paid another number is an old answer told again: it proves nothing about this one.
        if (!(await book.claimSlip(intent, answer.slip))) return book.putIntent({ ...intent, state: 'unmatched', reason: 'the terminal told the slip of another payment' });
        const done = await book.putIntent({ ...intent, state: 'done', slip: answer.slip });
        await book.putTerminal(intent.terminalId, terminal.turn === intent.turn ? { ...closed, last: voucherOf(answer.slip) } : closed);
        return done;
      }
      case 'refused': {
        const refused = await book.putIntent({ ...intent, state: 'refused', code: answer.code, reason: answer.message });
        await book.putTerminal(intent.terminalId, closed);
        return refused;
      }
      case 'notSent': {
        const notSent = await book.putIntent({ ...intent, state: 'notSent', reason: answer.reason });
        await book.putTerminal(intent.terminalId, closed);
        return notSent;
      }
      case 'unknown':
        return book.putIntent({ ...intent, state: 'lost', reason: answer.reason });
    }
  };

  /** Reads the terminal's last slip into the book and, where an exchange is open, finds out whether the slip is its. */
  const readLastSlip = async (terminalId: string, signal: AbortSignal): Promise<{ kind: 'read'; terminal: Terminal } | { kind: 'notRead'; reason: string }> => {
    if (question.kind !== 'lastSlip') return { kind: 'read', terminal: await book.terminal(terminalId) };
    const last = await question.lastSlip(terminalId, signal);
    if (last.kind === 'notSent' || last.kind === 'unknown') return { kind: 'notRead', reason: last.reason };
    const terminal = await book.terminal(terminalId);
    const open = terminal.open === undefined ? undefined : await book.intent(terminal.open);
    const { open: _open, ...closed } = terminal;
    if (open?.state === 'sent' || open?.state === 'lost') {
      const { exchangeTimeoutMs, clockToleranceMs } = settings;
      const match = last.kind === 'none' ? ({ kind: 'notProven', reason: 'the terminal has no last slip' } as const) : matchLastSlip({ intent: open, slip: last.slip, terminalTurn: terminal.turn, exchangeTimeoutMs, clockToleranceMs });
      if (match.kind === 'ours' && last.kind === 'done') await finish(open, last);
      else if (match.kind === 'notProven') await book.putIntent({ ...open, state: 'unmatched', reason: match.reason });
    }
    const read = { ...closed, last: last.kind === 'none' ? { batchNo: '', voucherNo: '' } : voucherOf(last.slip) };
    await book.putTerminal(terminalId, read);
    return { kind: 'read', terminal: read };
  };

  /** The terminal as it must be known before an exchange: its last slip, and nothing open. */
  const readyTerminal = async (terminalId: string, signal: AbortSignal): ReturnType<typeof readLastSlip> => {
    const terminal = await book.terminal(terminalId);
    const mustRead = question.kind === 'lastSlip' && (terminal.last === undefined || terminal.open !== undefined || settings.readLastVoucher === 'beforeEveryCharge');
    return mustRead ? readLastSlip(terminalId, signal) : { kind: 'read', terminal };
  };

  const begin = async (request: MoneyRequest, key: string, signal: AbortSignal): Promise<Intent | { readonly kind: 'notSent' | 'unknown'; readonly reason: string }> => {
    const ready = await readyTerminal(request.terminalId, signal);
    if (ready.kind === 'notRead') return { kind: 'notSent', reason: `the terminal does not say its last slip: ${ready.reason}` };
    if (signal.aborted) return { kind: 'notSent', reason: 'the deadline had passed before sending' };
    const { terminal } = ready;
    const { kind, number, tradeNo, terminalId, amountFen } = request;
    const turn = terminal.turn + 1;
    const intent: Intent = { kind, number, tradeNo, terminalId, amountFen, startedAt: request.startedAt, turn, state: 'sent', ...(terminal.last === undefined ? {} : { after: terminal.last }) };
    const known = await book.intent(key);
    if (known !== undefined && !mayStartAgain(known)) return { kind: 'unknown', reason: `this number is already ${known.state}` };
    // First the turn, then the intent: an intent exists only under a turn that is taken, and neither has sent a byte.
    await book.putTerminal(terminalId, { ...terminal, turn, open: key });
    if (known !== undefined) return book.putIntent(intent);
    return (await book.claimIntent(intent)) ? intent : { kind: 'unknown', reason: 'this number is being sent at this moment' };
  };

  return {
    async start(request, call) {
      const key = intentKey(request);
      if (!(await take(request.terminalId, key))) return { kind: 'notSent', reason: 'the terminal is busy with another exchange' };
      // Everything from here on is the exchange's; the caller waits only until it has begun.
      const begun = Promise.withResolvers<Started>();
      const exchange = run(key, async (signal) => {
        try {
          const intent = await begin(request, key, AbortSignal.any([signal, call]));
          if (!('state' in intent)) return begun.resolve(intent);
          const ended = Promise.withResolvers<Intent>();
          ended.promise.catch(() => undefined);
          begun.resolve({ kind: 'started', ended: ended.promise });
          await transport.perform(request, signal).then((answer) => finish(intent, answer)).then(ended.resolve, ended.reject);
        } finally {
          await book.release(request.terminalId);
        }
      });
      exchange.catch((error: unknown) => {
        context.log.warn('an exchange could not be written down', { terminal: request.terminalId, cause: error instanceof Error ? error.name : 'unnamed' });
        // Nothing is sent before the intent is in the book; afterwards this promise is long resolved.
        begun.resolve({ kind: 'notSent', reason: 'the intent could not be written down' });
      });
      return begun.promise;
    },

    async whatBecameOf(intent, signal) {
      const key = intentKey(intent);
      const isRunning = running.has(key);
      const recorded = { kind: 'record', intent, isRunning } as const;
      if (isRunning || (intent.state !== 'sent' && intent.state !== 'lost')) return recorded;
      // The process that sent it is gone; the terminal may still wait for the card.
      if (intent.state === 'sent' && !isOver(intent.startedAt)) return recorded;
      if (question.kind === 'byNumber') {
        const asked = await question.askAbout(intent, signal);
        if (asked.kind === 'unknown' || asked.kind === 'pending' || asked.kind === 'notFound') return asked.kind === 'unknown' ? recorded : asked;
        return { ...recorded, intent: await finish(intent, asked) };
      }
      if ((await book.terminal(intent.terminalId)).turn !== intent.turn) {
        return { ...recorded, intent: await book.putIntent({ ...intent, state: 'unmatched', reason: 'something else was started on this terminal since' }) };
      }
      const asking = `ask/${key}`;
      if (!(await take(intent.terminalId, asking))) return recorded;
      try {
        await run(asking, (own) => readLastSlip(intent.terminalId, AbortSignal.any([own, signal])));
      } finally {
        await book.release(intent.terminalId);
      }
      return { ...recorded, intent: (await book.intent(key)) ?? intent };
    },

    async operate({ terminalId, operation, operatorId }) {
      const key = `${operation}/${terminalId}`;
      if (!transport.terminalIds.includes(terminalId)) return { kind: 'notSent', reason: `no card terminal is configured for ${terminalId}` };
      if (!(await take(terminalId, key))) return { kind: 'notSent', reason: 'the terminal is busy with another exchange' };
      try {
        return await run(key, async (signal): Promise<Upkeep> => {
          if (operation === 'reprint' || operation === 'settle') {
            // A settlement ends the batch: an open exchange is cleared up before its slip is no longer the last.
            const read = await readLastSlip(terminalId, signal);
            if (operation === 'settle' && read.kind === 'notRead') return { kind: 'notSent', reason: `the terminal does not say its last slip: ${read.reason}` };
            if (operation === 'reprint') return read.kind === 'read' ? { kind: 'done', message: '重打印完成 / reprinted' } : { kind: 'unknown', reason: read.reason };
          }
          const done = await transport.operate({ terminalId, operation, ...(operatorId === undefined ? {} : { operatorId }) }, signal);
          if (operation === 'settle' && done.kind === 'done' && done.file !== undefined) {
            const day = beijingStamp(context.now()).slice(0, 8);
            await book.keepSettlement(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`, terminalId, now(), done.file);
          }
          return done;
        });
      } finally {
        await book.release(terminalId);
      }
    },

    async glance(terminalId, signal) {
      if (question.kind !== 'lastSlip' || question.isInUse(terminalId)) return { kind: 'inUse' };
      const key = `glance/${terminalId}`;
      if (!(await take(terminalId, key))) return { kind: 'inUse' };
      try {
        if ((await book.terminal(terminalId)).open !== undefined) return { kind: 'inUse' };
        return await run(key, (own) => question.lastSlip(terminalId, AbortSignal.any([own, signal])));
      } finally {
        await book.release(terminalId);
      }
    },

    async stop() {
      const exchanges = [...running.values()];
      for (const { controller } of exchanges) controller.abort();
      await Promise.all(exchanges.map(({ ended }) => ended));
    },
  };
}

/** Only an exchange that proves no money moved is made again under its number: never a charge that was sent. */
export function mayStartAgain({ kind, state }: Intent): boolean {
  return state === 'notSent' || (kind !== 'pay' && state === 'refused');
}

function voucherOf({ batchNo, voucherNo }: Slip): { batchNo: string; voucherNo: string } {
  return { batchNo, voucherNo };
}
