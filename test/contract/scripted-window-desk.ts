import type { CardTerminalOutcome, TillDay } from '@hospay/plugin-sdk';
import type { CardTerminalsGuest, ChannelGuest, TillsGuest, WindowDesks } from '@hospay/server/domain/guests.js';

/** A window desk whose tills and terminals answer what a test writes down. */
export class ScriptedWindowDesk implements WindowDesks {
  tillsOfDay: TillDay[] = [];
  openAnswers: Awaited<ReturnType<TillsGuest['openTill']>>[] = [];
  operateAnswers: CardTerminalOutcome[] = [];
  terminalIds: readonly string[] = ['window-1', 'window-2', 'window-3'];
  readonly calls: string[] = [];

  tills(): ReturnType<WindowDesks['tills']> {
    const tills: TillsGuest = {
      tillDays: ({ day }) => Promise.resolve({ kind: 'ok', tills: this.tillsOfDay.filter((till) => till.day === day) }),
      openTill: (request) => {
        this.calls.push(`openTill ${request.tillNo} ${String(request.amountFen)}`);
        return Promise.resolve(this.openAnswers.shift() ?? { kind: 'opened' });
      },
    };
    return [{ channel: 'cash-main', tills }];
  }
  cardTerminals(): ReturnType<WindowDesks['cardTerminals']> {
    const cardTerminals: CardTerminalsGuest = {
      terminalIds: this.terminalIds,
      operate: ({ terminalId, operation }) => {
        this.calls.push(`${operation} ${terminalId}`);
        return Promise.resolve(this.operateAnswers.shift() ?? { kind: 'done', message: '交易成功' });
      },
    };
    return [{ channel: 'pos-main', cardTerminals }];
  }
}

/** Takes notes at once, as the cash plugin does; nothing else is asked of it here. */
export function scriptedCash(now: () => Date): ChannelGuest {
  const merchantNo = 'CASH';
  const silent = { kind: 'unknown', reason: 'scripted' } as const;
  return {
    id: 'cash-main', merchantNo, methods: ['cash'], canClose: false, canRefund: false,
    charge: ({ tradeNo, amountFen }) => Promise.resolve({ kind: 'succeeded', tradeNo, merchantNo, amountFen, channelTradeNo: `CASH-${tradeNo}`, paidAt: now().toISOString(), fundingSource: 'cash' }),
    query: () => Promise.resolve(silent), close: () => Promise.resolve(silent), refund: () => Promise.resolve(silent), queryRefund: () => Promise.resolve(silent),
    readNotification: () => Promise.resolve({ kind: 'refused', reason: 'scripted' }), answerNotification: () => ({ status: 500, headers: {}, body: '' }), downloadStatement: () => Promise.resolve({ kind: 'empty' }),
  };
}
