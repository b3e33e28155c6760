import type { BindingNews, BindingRequestOutcome, BoundCard, ConfirmBindingOutcome, AgreementNews, UnbindOutcome } from '@hospay/plugin-sdk';
import type { StandSurroundings } from './channel-stand.js';

const MINUTE = 60_000;
const CODE_LIFE_MS = 5 * MINUTE;
const MOST_WRONG_CODES = 3;
/** What visits that bound their card long ago pay with. */
export const OLD_TOKEN = 'AGR-SIMULATED';
export const RIGHT_CODE = '1234';

/** `checks`: nothing is bound, only that the holder of this token stands there. */
type Binding = { readonly bindingNo: string; readonly cardNo: string; readonly codeExpiresAt: number; readonly checks: string | undefined; state: 'codeSent' | 'bound' | 'verified' | 'ended'; wrongCodes: number; token?: string };
type Agreement = { readonly token: string; readonly cardNo: string; isLive: boolean };

/** The banks behind the gateway: what is bound there, whatever anybody heard of it. */
export class CardIssuer {
  readonly bindings = new Map<string, Binding>();
  readonly agreements = new Map<string, Agreement>();
  readonly #around: StandSurroundings;
  /** Some gateways give a card that is bound already the token it has. */
  readonly #reusesTokens: boolean;

  constructor(around: StandSurroundings) {
    this.#around = around;
    this.#reusesTokens = around.weather.chance(0.3);
  }

  isLive(token: string | undefined): boolean {
    return token === OLD_TOKEN || (token !== undefined && this.agreements.get(token)?.isLive === true);
  }
  /** The card-holder's phone shows it. */
  hasSentCode(bindingNo: string): boolean {
    return this.bindings.has(bindingNo);
  }
  liveTokens(): string[] {
    return [...this.agreements.values()].filter(({ isLive }) => isLive).map(({ token }) => token);
  }
  /** The card-holder cancels it at his bank; nobody is told. */
  cancel(bindingNo: string): void {
    const agreement = this.agreements.get(this.bindings.get(bindingNo)?.token ?? '');
    if (agreement !== undefined) agreement.isLive = false;
  }

  /** The card-holder typed the code of a check. */
  hasVerified(checkNo: string): boolean {
    return this.bindings.get(checkNo)?.state === 'verified';
  }

  request(bindingNo: string, cardNo: string, checks: string | undefined): BindingRequestOutcome {
    if (checks !== undefined && this.agreements.get(checks)?.cardNo !== cardNo) return { kind: 'declined', why: 'elementsDisagree', code: 'ELEMENTS', message: '' };
    if (checks !== undefined && !this.isLive(checks)) return { kind: 'declined', why: 'other', code: 'ENDED', message: '' };
    const known = this.bindings.get(bindingNo);
    const binding = known ?? { bindingNo, cardNo, codeExpiresAt: this.#around.time.now + CODE_LIFE_MS, checks, state: 'codeSent', wrongCodes: 0 };
    this.bindings.set(bindingNo, binding);
    return { kind: 'codeSent', expiresAt: new Date(binding.codeExpiresAt).toISOString() };
  }

  confirm(bindingNo: string, code: string): ConfirmBindingOutcome {
    const binding = this.bindings.get(bindingNo);
    if (binding === undefined) return { kind: 'unknown', reason: 'no such binding' };
    if (binding.state === 'verified') return { kind: 'verified', bindingNo };
    if (binding.state === 'bound') return { kind: 'bound', bindingNo, card: cardOf(binding) };
    if (binding.state === 'codeSent' && this.#around.time.now > binding.codeExpiresAt) binding.state = 'ended';
    if (binding.state === 'ended') return { kind: 'codeExpired' };
    if (code !== RIGHT_CODE) {
      binding.wrongCodes += 1;
      if (binding.wrongCodes < MOST_WRONG_CODES) return { kind: 'codeWrong' };
      binding.state = 'ended';
      return { kind: 'codeExpired' };
    }
    if (binding.checks !== undefined) {
      binding.state = 'verified';
      return { kind: 'verified', bindingNo };
    }
    binding.state = 'bound';
    const live = this.#reusesTokens ? [...this.agreements.values()].find(({ cardNo, isLive }) => isLive && cardNo === binding.cardNo) : undefined;
    binding.token = live?.token ?? `AGR-${bindingNo}`;
    if (live === undefined) this.agreements.set(binding.token, { token: binding.token, cardNo: binding.cardNo, isLive: true });
    this.#around.history.mark(live === undefined ? 'a card was bound' : 'a card that was bound already got the token it has');
    return { kind: 'bound', bindingNo, card: cardOf(binding) };
  }

  query(bindingNo: string): BindingNews {
    const binding = this.bindings.get(bindingNo);
    if (binding === undefined) return { kind: 'notFound' };
    if (binding.state === 'codeSent' && this.#around.time.now > binding.codeExpiresAt) binding.state = 'ended';
    if (binding.state === 'verified') return { kind: 'verified', bindingNo };
    if (binding.state === 'bound') return { kind: 'bound', bindingNo, card: cardOf(binding) };
    return { kind: binding.state === 'ended' ? 'ended' : 'awaitingCode' };
  }

  unbind(token: string): UnbindOutcome {
    const agreement = this.agreements.get(token);
    if (agreement !== undefined) agreement.isLive = false;
    return { kind: 'unbound' };
  }

  tell(token: string): AgreementNews {
    return { kind: this.isLive(token) ? 'active' : 'ended' };
  }
}

function cardOf({ token = '', cardNo }: Binding): BoundCard {
  return { token, bankName: '建设银行', cardKind: 'debit', lastFour: cardNo.slice(-4) };
}
