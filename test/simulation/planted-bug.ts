import type { AgreementsGuest, BankLinkGuest, ChannelGuest, Channels, HospitalGuest, PresettlingGuest } from '@hospay/server/domain/guests.js';
import type { MoneyStore } from '@hospay/server/domain/money-store.js';
import type { PaymentPolicy } from '@hospay/server/domain/payment-policy.js';
import type { RefundApprovalStore } from '@hospay/server/domain/refund-approval.js';
import type { PresettlementStore } from '@hospay/server/domain/presettlement-store.js';
import type { ShiftStore } from '@hospay/server/domain/shift-store.js';
import type { CheckPaymentPassword } from '@hospay/server/quick-pay/check-payment-password.js';
import type { AgreementStore } from '@hospay/server/quick-pay/ports.js';
import type { JobHandlers } from '@hospay/server/edges/outbox/job-runner.js';
import type { DatabaseSync } from 'node:sqlite';
import type { Storm } from './faults.js';
import type { Ports, UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

/** A mistake a comparable system has made, put in from outside by wrapping one part of the composition. Production code knows nothing of it. */
export type PlantedBug = {
  readonly name: string;
  /** Lines of the list of money-safety bugs it stands for; none where it breaks an invariant of our own. */
  readonly numbers: readonly number[];
  /** What it takes away. */
  readonly what: string;
  readonly wrapStore?: (store: MoneyStore, world: WorldView) => MoneyStore;
  readonly wrapPresettlements?: (presettlements: PresettlementStore) => PresettlementStore;
  readonly wrapShifts?: (shifts: ShiftStore, world: WorldView) => ShiftStore;
  /** The insurance centre before money moves. */
  readonly wrapCentre?: (centre: PresettlingGuest, world: WorldView) => PresettlingGuest;
  readonly wrapChannel?: (channel: ChannelGuest, world: WorldView) => ChannelGuest;
  /** The routing: which channel serves, and which is found for a payment. */
  readonly wrapDirectory?: (channels: Channels, world: WorldView) => Channels;
  readonly wrapApprovals?: (approvals: RefundApprovalStore) => RefundApprovalStore;
  readonly wrapAgreements?: (agreements: AgreementStore) => AgreementStore;
  /** Binding and unbinding, as the gateway's plugin answers it. */
  readonly wrapGateway?: (gateway: AgreementsGuest) => AgreementsGuest;
  readonly wrapPasswordCheck?: (check: CheckPaymentPassword) => CheckPaymentPassword;
  readonly wrapBank?: (bank: BankLinkGuest, world: WorldView) => BankLinkGuest;
  readonly wrapHospital?: (hospital: HospitalGuest, world: WorldView) => HospitalGuest;
  readonly wrapHandlers?: (handlers: JobHandlers, ports: Ports) => JobHandlers;
  readonly wrapUseCases?: (useCases: UseCases, ports: Ports) => UseCases;
  /** It shows only where finance pays through a bank link. */
  readonly hasFinanceOffice?: true;
  /** It shows only where patients pay with bound cards. */
  readonly hasBoundCards?: true;
  /** It shows only where what has ended is asked about again. */
  readonly asksAgain?: true;
  /** It shows only where administrators test channels with one fen. */
  readonly testsChannels?: true;
  /** How often the faults strike that make its occasion, where the world at its usual rates meets it too rarely. The same storm without the bug must be clean. */
  readonly storm?: Storm;
  readonly policy?: Partial<PaymentPolicy>;
  /** Takes away the database's own wall where it would hide the bug. */
  readonly prepareDatabase?: (database: DatabaseSync) => void;
};
