import type { Outcome } from '@hospay/server/domain/errors.js';
import type { Owner, Refund } from '@hospay/server/domain/order.js';
import type { PaymentPolicy } from '@hospay/server/domain/payment-policy.js';
import type { RoutingRule } from '@hospay/server/domain/route-payment.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import type { Statements } from '@hospay/server/edges/database/money/statements.js';
import type { PresettlementView } from '@hospay/server/insurance/presettlement-view.js';
import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { AgreementRows } from './agreement-rows.js';
import type { BankWorld } from './bank-world.js';
import type { Application } from './application.js';
import type { ChannelHouse } from './channels/channel-house.js';
import type { Faults } from './faults.js';
import type { History } from './history.js';
import type { HospitalWorld } from './hospital-world.js';
import type { SeededRandom } from './random.js';
import type { UseCases } from './use-cases.js';
import type { VirtualTime } from './virtual-time.js';

/** The world as its parts see it. */
export type WorldView = {
  readonly time: VirtualTime;
  readonly history: History;
  readonly faults: Faults;
  /** Randomness of the world. */
  readonly weather: SeededRandom;
  /** Randomness the platform draws its numbers from. */
  readonly names: SeededRandom;
  readonly channels: ChannelHouse;
  readonly routing: readonly RoutingRule[];
  readonly hospital: HospitalWorld;
  readonly bank: BankWorld;
  /** Whether finance pays through the bank link in this seed. */
  readonly hasFinanceOffice: boolean;
  /** Whether patients of the application pay with bound cards (快捷支付) in this seed. */
  readonly hasBoundCards: boolean;
  /** What the platform wrote of bound cards. */
  readonly agreementRows: AgreementRows;
  /** Whether what has ended is asked about again (日间复查) in this seed. */
  readonly asksAgain: boolean;
  /** Whether administrators send one fen through channels (一分钱自测) in this seed. */
  readonly testsChannels: boolean;
  readonly application: Application;
  readonly store: SqliteMoneyStore;
  /** The world's own look into the store: its questions stay prepared. */
  readonly sql: Statements;
  readonly policy: PaymentPolicy;
  readonly notifyUrl: string | undefined;
  /** The platform's own clock: it may be wrong. */
  platformNow(): Date;
  /** How far ahead it ever ran. */
  readonly clockAheadMs: number;
  readonly isDiskFull: boolean;
  /** False while the adapter is being replaced. */
  readonly isAdapterActive: boolean;
  /** How long an idle runner may sleep without missing anything. */
  idleMs(): number;
  /** The process dies here and now; a supervisor starts it again. */
  crash(where: string): void;
  /** What the platform threw: a store that refuses is weather, anything else is a bug. */
  reportThrow(where: string, error: unknown): void;
  /** What a channel's plugin threw: none may. */
  reportPluginThrow(channelId: string, error: unknown): void;
  expect(isTrue: boolean, rule: string, subject: string, detail: string): void;
  /** Asks the platform over the network, as a terminal or an application does. Undefined: no answer came. */
  ask<Value>(label: string, run: (useCases: UseCases) => Promise<Outcome<Value>>): Promise<Outcome<Value> | undefined>;
  /** A caller was told of its order: from here on nothing may lose it. */
  acknowledge(tenant: string, key: string, view: OrderView): void;
  /** A window was told of its pre-settlement. */
  acknowledgePresettlement(tenant: string, key: string, view: PresettlementView): void;
  /** The platform wrote something about a pre-settlement. */
  presettlementChanged(presettlementNo: string): void;
  isAcknowledged(tenant: string, key: string): boolean;
  /** A confirmation leaves for the HIS: in some storms the clock is put right while it is under way. */
  hisIsTold(): void;
  /** What the platform answered under a key of a shift or of cash: once done, the same for ever; what is refused leaves the key free. */
  answered(key: string, answer: { readonly done: string } | { readonly refused: string }): void;
  acknowledgeRefund(key: string, refund: Refund): void;
  /** Two views of one version must be one view. */
  observe(view: OrderView): void;
  ownerOf(tradeNo: string): Owner | undefined;
};
