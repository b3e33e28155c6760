/** Bound cards as the platform wrote them, held against the banks: nothing bound there that is not known here, nothing called bound that is not. */
import type { Violation } from '@hospay/server/domain/invariants.js';
import type { WorldView } from './world-view.js';

export class CardLedger {
  readonly #world: WorldView;

  constructor(world: WorldView) {
    this.#world = world;
  }

  isAtRest(): boolean {
    return this.#world.agreementRows.open().length === 0;
  }

  /** At every moment. */
  check(): Violation[] {
    const { issuer } = this.#world.channels;
    const violations: Violation[] = [];
    for (const { agreement: { agreementNo, state }, token } of this.#world.agreementRows.kept.values()) {
      const binding = issuer.bindings.get(agreementNo);
      if (state === 'active' && (binding?.state !== 'bound' || binding.token !== token)) violations.push({ rule: 'says only what happened', subject: agreementNo, detail: `active, and at the bank ${binding?.state ?? 'not there'}` });
      if (state === 'ended' && token !== undefined && issuer.isLive(token) && !this.#isHeldByAnother(agreementNo, token)) violations.push({ rule: 'says only what happened', subject: agreementNo, detail: 'unbound, and the bank still takes its token' });
    }
    return violations;
  }

  /** In the quiet world. */
  checkEnd(): Violation[] {
    const violations = this.check();
    const known = new Set([...this.#world.agreementRows.kept.values()].filter(({ agreement }) => agreement.state === 'active').map(({ token }) => token));
    for (const token of this.#world.channels.issuer.liveTokens()) if (!known.has(token)) violations.push({ rule: 'a card that is bound is known', subject: token, detail: 'the bank takes this token, and no agreement here has it: nobody can unbind it' });
    for (const { agreementNo, state } of this.#world.agreementRows.open()) violations.push({ rule: 'progress', subject: agreementNo, detail: `${state} days later` });
    return violations;
  }

  #isHeldByAnother(agreementNo: string, token: string): boolean {
    return [...this.#world.agreementRows.kept.values()].some((row) => row.agreement.agreementNo !== agreementNo && row.token === token && row.agreement.state === 'active');
  }
}
