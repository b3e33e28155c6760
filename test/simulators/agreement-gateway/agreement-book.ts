import { randomInt } from 'node:crypto';
import type { CardHolder, CardKind } from '@hospay/plugin-sdk';
import { GatewayRefusal } from './gateway-refusal.js';

export type BankCard = CardHolder & { readonly bankName: string; readonly cardKind: CardKind };
type Agreement = { readonly token: string; readonly card: BankCard; state: 'ACTIVE' | 'ENDED' };
type Binding = {
  readonly bindingNo: string; readonly card: BankCard; readonly code: string; codeExpiresAt: number; state: 'CODE_SENT' | 'BOUND' | 'VERIFIED' | 'ENDED';
  /** Of a request that only proves the holder of this agreement. */
  readonly holderOf?: Agreement; token?: string; wrongCodes: number;
};

const CODE_LIFE_MS = 5 * 60_000;
const MOST_WRONG_CODES = 3;
const BANKS = ['中国工商银行', '中国建设银行', '招商银行'] as const;

export type AgreementMemory = {
  readonly cards: Map<string, BankCard>; readonly bindings: Map<string, Binding>; readonly agreements: Map<string, Agreement>;
  /** Short messages that arrived, by binding or order number. */
  readonly inbox: Map<string, string>;
};
export function emptyAgreementMemory(): AgreementMemory {
  return { cards: new Map(), bindings: new Map(), agreements: new Map(), inbox: new Map() };
}

/** Banks, card-holders, bindings and agreements of the gateway. Card numbers stay here: whoever asks gets tokens. */
export function createAgreementBook({ now, memory: { cards, bindings, agreements, inbox } = emptyAgreementMemory() }: { readonly now: () => Date; readonly memory?: AgreementMemory }) {
  let nextMessageIsLost = false;
  let tokensAreReused = false;

  const sendCode = (number: string): string => {
    const code = String(randomInt(100_000, 1_000_000));
    if (!nextMessageIsLost) inbox.set(number, code);
    nextMessageIsLost = false;
    return code;
  };
  const shown = ({ bindingNo, state, codeExpiresAt, card, token }: Binding): object => ({
    bindingNo, state, ...(state === 'CODE_SENT' ? { codeExpiresAt: new Date(codeExpiresAt).toISOString() } : {}),
    ...(state === 'BOUND' ? { token, bankName: card.bankName, cardKind: card.cardKind, lastFour: card.cardNo.slice(-4) } : {}),
  });
  const agreementOf = (token: string): Agreement | undefined => agreements.get(token);

  return {
    sendCode,
    /** A person with a card, all made up. */
    newCard(): BankCard {
      const serial = cards.size + 1;
      const sequence = String(serial).padStart(3, '0').slice(-3);
      const card = {
        name: `测试患者${'甲乙丙丁戊己庚辛'[serial % 8] ?? '甲'}`, idNo: withCheckCharacter(`110101199001${String((serial % 28) + 1).padStart(2, '0')}${sequence}`),
        cardNo: withLuhnDigit(`62220200${String(serial).padStart(4, '0')}${String(randomInt(100_000, 1_000_000))}`), mobile: `139${String(20_000_000 + serial)}`,
        bankName: BANKS[serial % BANKS.length] ?? BANKS[0], cardKind: serial % 4 === 0 ? ('credit' as const) : ('debit' as const),
      };
      cards.set(card.cardNo, card);
      return card;
    },
    request({ bindingNo, holder: { name, idNo, cardNo, mobile }, token }: { readonly bindingNo: string; readonly holder: CardHolder; readonly token: string | undefined }): object {
      const known = bindings.get(bindingNo);
      if (known !== undefined) return shown(known);
      const card = cards.get(cardNo);
      if (card === undefined) throw new GatewayRefusal('CARD_NOT_SUPPORTED');
      if (card.name !== name || card.idNo !== idNo || card.mobile !== mobile) throw new GatewayRefusal('ELEMENTS_DISAGREE');
      const holderOf = token === undefined ? undefined : agreementOf(token);
      if (token !== undefined && holderOf?.state !== 'ACTIVE') throw new GatewayRefusal('AGREEMENT_ENDED');
      if (holderOf !== undefined && holderOf.card.cardNo !== cardNo) throw new GatewayRefusal('ELEMENTS_DISAGREE');
      const binding: Binding = { bindingNo, card, code: sendCode(bindingNo), codeExpiresAt: now().getTime() + CODE_LIFE_MS, state: 'CODE_SENT', wrongCodes: 0, ...(holderOf === undefined ? {} : { holderOf }) };
      bindings.set(bindingNo, binding);
      return shown(binding);
    },
    confirm(bindingNo: string, code: string): object {
      const binding = bindings.get(bindingNo);
      if (binding === undefined || binding.state === 'ENDED') throw new GatewayRefusal('BINDING_ENDED');
      if (binding.state !== 'CODE_SENT') return shown(binding);
      if (now().getTime() >= binding.codeExpiresAt) {
        binding.state = 'ENDED';
        throw new GatewayRefusal('CODE_EXPIRED');
      }
      if (binding.code !== code) {
        binding.wrongCodes += 1;
        if (binding.wrongCodes < MOST_WRONG_CODES) throw new GatewayRefusal('CODE_WRONG');
        binding.state = 'ENDED';
        throw new GatewayRefusal('BINDING_ENDED');
      }
      if (binding.holderOf !== undefined) binding.state = 'VERIFIED';
      else {
        binding.state = 'BOUND';
        const live = tokensAreReused ? [...agreements.values()].find(({ card, state }) => card.cardNo === binding.card.cardNo && state === 'ACTIVE') : undefined;
        binding.token = live?.token ?? `AGR-${String(agreements.size + 1).padStart(6, '0')}-${String(randomInt(1_000_000_000))}`;
        if (live === undefined) agreements.set(binding.token, { token: binding.token, card: binding.card, state: 'ACTIVE' });
      }
      return shown(binding);
    },
    query(bindingNo: string): object {
      const binding = bindings.get(bindingNo);
      if (binding === undefined) throw new GatewayRefusal('BINDING_NOT_FOUND');
      if (binding.state === 'CODE_SENT' && now().getTime() >= binding.codeExpiresAt) binding.state = 'ENDED';
      return shown(binding);
    },
    end(token: string): object {
      const agreement = agreementOf(token);
      if (agreement !== undefined) agreement.state = 'ENDED';
      return { token, state: 'ENDED' };
    },
    state: (token: string): object => ({ token, state: agreementOf(token)?.state ?? 'ENDED' }),
    /** The card behind a token that may be charged. */
    chargeable(token: string): BankCard {
      const agreement = agreementOf(token);
      if (agreement?.state !== 'ACTIVE') throw new GatewayRefusal('AGREEMENT_ENDED');
      return agreement.card;
    },
    cards: (): readonly BankCard[] => [...cards.values()],
    /** The newest last. */
    messages: (): readonly { readonly number: string; readonly code: string }[] => [...inbox].map(([number, code]) => ({ number, code })),
    codeFor(number: string): string {
      const code = inbox.get(number);
      if (code === undefined) throw new Error(`no short message about ${number} has arrived`);
      return code;
    },
    /** Some gateways give a card that is bound already the token it has. */
    reuseTokens: (): void => { tokensAreReused = true; },
    loseNextMessage: (): void => { nextMessageIsLost = true; },
    expireCode(bindingNo: string): void {
      const binding = bindings.get(bindingNo);
      if (binding !== undefined) binding.codeExpiresAt = 0;
    },
    liveAgreementsOf: (cardNo: string): number => [...agreements.values()].filter(({ card, state }) => card.cardNo === cardNo && state === 'ACTIVE').length,
  };
}

/** ISO/IEC 7812: the last digit makes the sum right. */
function withLuhnDigit(digits: string): string {
  const sum = Array.from(digits).toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${String((10 - (sum % 10)) % 10)}`;
}

/** GB 11643: the eighteenth character. */
function withCheckCharacter(digits: string): string {
  const sum = Array.from(digits).reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return `${digits}${'10X98765432'[sum % 11] ?? '0'}`;
}
