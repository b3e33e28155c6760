import { readRequestRecord, writeAnswerRecord } from '../../simulators/bank-card-pos/mis-records.js';
import type { MachineAnswer } from '../../simulators/bank-card-pos/simulated-records.js';
import type { TerminalMachine } from '../../simulators/bank-card-pos/terminal-machine.js';
import type { StandSurroundings } from './channel-stand.js';
import type { GuestLife } from './guest-life.js';
import { listenAt, type VirtualSocket } from './virtual-line.js';

const SECOND = 1000;
/** The terminal's own patience with a card-holder. */
const CARD_PATIENCE_SECONDS = 60;

export type CardDeskParts = {
  readonly around: StandSurroundings;
  readonly host: string;
  readonly terminalId: string;
  readonly machine: TerminalMachine;
  /** The life of the plugin that connects now. */
  readonly life: () => GuestLife | undefined;
  readonly workingFor: () => string;
  readonly onMoved: (number: string) => void;
};

/** One window's terminal with whoever stands in front of it: cards, passwords, a pulled plug, a roll of paper that ends, a colleague who uses it by hand. */
export class CardDesk {
  readonly host: string;
  readonly terminalId: string;
  readonly machine: TerminalMachine;
  /** Which intent each transaction of the machine belongs to, by its place in the machine's list; by hand belongs to none. */
  readonly owners = new Map<number, string>();
  readonly #parts: CardDeskParts;
  readonly #stopListening: () => void;
  #seen = 0;
  #current = '';

  constructor(parts: CardDeskParts) {
    this.#parts = parts;
    this.host = parts.host;
    this.terminalId = parts.terminalId;
    this.machine = parts.machine;
    // A refund wants the card; whoever is gone cannot give it.
    this.machine.refundsNeedCard = parts.around.weather.chance(0.5);
    this.#stopListening = listenAt(parts.host, (socket) => { this.#accept(socket); });
  }

  close(): void {
    this.#stopListening();
  }

  /** Somebody takes money at the terminal past the platform. */
  useByHand(amountFen: number): void {
    if (!this.machine.hasPower || this.machine.waitingFor !== undefined) return;
    this.machine.useByHand(amountFen);
    this.#seen = this.machine.transactions.length;
    this.#parts.around.history.mark('a terminal was used by hand');
  }

  heal(): void {
    this.machine.hasPaper = true;
    this.machine.restorePower();
  }

  #accept(socket: VirtualSocket): void {
    const { around: { time, weather, faults }, life } = this.#parts;
    const caller = life();
    const tell: VirtualSocket['tell'] = (event, content) => { if (caller?.isAlive === true) socket.tell(event, content); };
    const isRefused = !this.machine.hasPower || faults.strikes('channel refuses connections');
    time.after(weather.between(1, 30), `${this.terminalId} ${isRefused ? 'refuses' : 'takes'} a connection`, () => { tell(isRefused ? 'error' : 'connect', isRefused ? new Error('ECONNREFUSED') : undefined); });
    socket.onWritten = (record) => {
      const key = this.#parts.workingFor();
      if (faults.strikes('request lost')) {
        time.after(weather.between(1, 20) * SECOND, `${this.terminalId}: the connection breaks before the record`, () => { tell('close'); });
        return;
      }
      time.after(weather.between(5, 200), `${this.terminalId} reads a record`, () => { void this.#answer(Buffer.from(record), key, tell); });
    };
  }

  async #answer(record: Buffer, key: string, tell: VirtualSocket['tell']): Promise<void> {
    const { time, weather, faults } = this.#parts.around;
    const read = readRequestRecord(record);
    if (read === undefined) throw new Error('the plugin sent a record that is not of the protocol');
    const { request, echo } = read;
    const isMoney = request.operation === 'pay' || request.operation === 'undo' || request.operation === 'refund';
    if (isMoney && this.machine.waitingFor === undefined) this.#current = key;
    const handled = this.machine.handle(request);
    if (isMoney && this.machine.waitingFor === request) this.#meetHolder();
    this.#attribute();
    const answer = await handled;
    this.#attribute();
    if (answer === undefined || faults.strikes('answer lost')) {
      time.after(weather.between(1, 5) * SECOND, `${this.terminalId}: the connection breaks`, () => { tell('close'); });
      return;
    }
    const isOtherEcho = faults.strikes('terminal answers another exchange');
    const bytes = writeAnswerRecord(spoilt(answer, isMoney && faults.strikes('channel error after doing')), {
      echo: isOtherEcho ? String((Number(echo) + 1) % 1000).padStart(3, '0') : echo, merchantNo: this.machine.merchantNo, terminalNo: this.machine.terminalNo, at: new Date(time.now).toISOString(),
    });
    time.after(weather.between(5, 300), `${this.terminalId} answers ${request.operation} ${answer.code}`, () => { tell('data', bytes); });
  }

  /** What happens between the question for the card and the answer. */
  #meetHolder(): void {
    const { time, weather, faults, history } = this.#parts.around;
    const waiting = this.machine.waitingFor;
    const later = (seconds: number, label: string, run: () => void) => {
      time.after(seconds * SECOND, `${this.terminalId}: ${label}`, () => { if (this.machine.waitingFor === waiting) run(); });
    };
    const isRefund = waiting?.operation !== 'pay';
    later(CARD_PATIENCE_SECONDS, 'nobody came', () => { this.machine.act('cancel'); });
    if (faults.strikes('terminal loses power')) {
      later(weather.between(1, 40), 'the power goes', () => {
        history.mark('a terminal lost power in an exchange');
        this.machine.pullPower(weather.chance(0.5) ? 'afterBank' : 'beforeBank');
        this.#attribute();
        time.after(weather.between(5, 240) * SECOND, `${this.terminalId} has power again`, () => { this.machine.restorePower(); });
      });
    }
    if (faults.strikes('terminal out of paper')) {
      this.machine.hasPaper = false;
      time.after(weather.between(20, 400) * SECOND, `${this.terminalId} has paper again`, () => { this.machine.hasPaper = true; });
    }
    if (faults.strikes(isRefund ? 'card-holder is gone' : 'patient leaves')) return;
    const acts = faults.strikes('card declined') ? (['decline51', 'decline54', 'decline55', 'removeCard', 'cancel'] as const) : (['approve'] as const);
    const act = weather.pick(acts[0], ...acts.slice(1));
    later(weather.between(2, 45), `the card-holder: ${act}`, () => { this.machine.act(act); });
  }

  /** Gives new transactions to the exchange in hand. */
  #attribute(): void {
    const { transactions } = this.machine;
    while (this.#seen < transactions.length) {
      this.owners.set(this.#seen, this.#current);
      this.#seen += 1;
      this.#parts.around.history.mark('card transaction');
      this.#parts.onMoved(this.#current.split('/')[1] ?? '');
    }
  }
}

/** A system fault the terminal tells although the bank has done it. */
function spoilt(answer: MachineAnswer, isSpoilt: boolean): MachineAnswer {
  return isSpoilt ? { code: '96', message: '系统异常' } : answer;
}

