import { HIS_RESULT_SCHEMAS, HisBudgetSchema, HOSPITAL_FACETS, type FacetAnswer, type FacetRequest, type HospitalAdapter, type HospitalFacet, type InsuranceDetailsRequest } from '@hospay/plugin-sdk';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { FacetCall, HospitalGuest } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import { asUnknown, type UnknownAnswer } from './as-unknown.js';
import type { Boundary, GuestContext } from './boundary.js';

const ANSWERS = {
  findPatient: Compile(HIS_RESULT_SCHEMAS.findPatient),
  listOpenBills: Compile(HIS_RESULT_SCHEMAS.listOpenBills),
  presettle: Compile(HIS_RESULT_SCHEMAS.presettle),
  confirm: Compile(HIS_RESULT_SCHEMAS.confirm),
  queryConfirmation: Compile(HIS_RESULT_SCHEMAS.queryConfirmation),
  approveRefund: Compile(HIS_RESULT_SCHEMAS.approveRefund),
  queryRefundApproval: Compile(HIS_RESULT_SCHEMAS.queryRefundApproval),
  listDay: Compile(HIS_RESULT_SCHEMAS.listDay),
  loadDictionary: Compile(HIS_RESULT_SCHEMAS.loadDictionary),
  insuranceDetails: Compile(HIS_RESULT_SCHEMAS.insuranceDetails),
  ping: Compile(HIS_RESULT_SCHEMAS.ping),
};

const BUDGET = Compile(HisBudgetSchema);
const FACET_ANSWERS = new Map<HospitalFacet, { Check(value: unknown): boolean }>(HOSPITAL_FACETS.map((name) => [name, Compile<TSchema>(HIS_RESULT_SCHEMAS[name])]));

export type ActiveAdapter = { readonly adapter: HospitalAdapter; readonly boundary: Boundary };

const ABSENT = (operation: string): UnknownAnswer => ({ kind: 'unknown', reason: own('hisLacks', operation) });

/** The HIS as use cases see it: every call through the boundary. Never throws. */
export function hospitalGuest(current: () => ActiveAdapter): HospitalGuest {
  return {
    async findPatient(request) {
      const { adapter, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'findPatient', request, answer: ANSWERS.findPatient, hand: (copy, context) => adapter.findPatient(copy, context) }));
    },
    async listOpenBills(request) {
      const { adapter, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'listOpenBills', request, answer: ANSWERS.listOpenBills, hand: (copy, context) => adapter.listOpenBills(copy, context) }));
    },
    async presettle(request) {
      const { adapter, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'presettle', request, answer: ANSWERS.presettle, hand: (copy, context) => adapter.presettle(copy, context) }));
    },
    async confirm(request) {
      const { adapter, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'confirm', request, answer: ANSWERS.confirm, hand: (copy, context) => adapter.confirm(copy, context) }));
    },
    async queryConfirmation(request) {
      const { adapter, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'queryConfirmation', request, answer: ANSWERS.queryConfirmation, hand: (copy, context) => adapter.queryConfirmation(copy, context) }));
    },
    get canApproveRefunds() {
      return current().adapter.approveRefund !== undefined;
    },
    async approveRefund(request) {
      const { adapter, boundary } = current();
      if (adapter.approveRefund === undefined) return ABSENT('approveRefund');
      return asUnknown(await boundary.call({ operation: 'approveRefund', request, answer: ANSWERS.approveRefund, hand: (copy, context) => adapter.approveRefund?.(copy, context) }));
    },
    async queryRefundApproval(request) {
      const { adapter, boundary } = current();
      if (adapter.queryRefundApproval === undefined) return ABSENT('queryRefundApproval');
      return asUnknown(await boundary.call({ operation: 'queryRefundApproval', request, answer: ANSWERS.queryRefundApproval, hand: (copy, context) => adapter.queryRefundApproval?.(copy, context) }));
    },
    async loadDictionary(request) {
      const { adapter, boundary } = current();
      if (adapter.loadDictionary === undefined) return ABSENT('loadDictionary');
      return asUnknown(await boundary.call({ operation: 'loadDictionary', request, answer: ANSWERS.loadDictionary, hand: (copy, context) => adapter.loadDictionary?.(copy, context) }));
    },
    get listDay() {
      if (current().adapter.listDay === undefined) return undefined;
      return async (request: { readonly day: string; readonly page: number; readonly pageSize: number }) => {
        const { adapter, boundary } = current();
        if (adapter.listDay === undefined) return ABSENT('listDay');
        return asUnknown(await boundary.call({ operation: 'listDay', request, answer: ANSWERS.listDay, hand: (copy, context) => adapter.listDay?.(copy, context) }));
      };
    },
    get insuranceDetails() {
      if (current().adapter.insuranceDetails === undefined) return undefined;
      return async (request: InsuranceDetailsRequest) => {
        const { adapter, boundary } = current();
        if (adapter.insuranceDetails === undefined) return ABSENT('insuranceDetails');
        return asUnknown(await boundary.call({ operation: 'insuranceDetails', request, answer: ANSWERS.insuranceDetails, hand: (copy, context) => adapter.insuranceDetails?.(copy, context) }));
      };
    },
    facet<Name extends HospitalFacet>(name: Name): FacetCall<Name> | undefined {
      if (current().adapter[name] === undefined) return undefined;
      return async (request: FacetRequest<Name>) => {
        const { adapter, boundary } = current();
        const hand = (copy: FacetRequest<Name>, context: GuestContext): unknown => Reflect.apply(adapter[name] ?? missing, adapter, [copy, context]);
        return asUnknown(await boundary.call({ operation: name, request, answer: answerOf(name), hand }));
      };
    },
    get readBudget() {
      if (current().adapter.readBudget === undefined) return undefined;
      return async () => {
        const { adapter, boundary } = current();
        const answer = await boundary.call({ operation: 'readBudget', request: {}, answer: BUDGET, isAside: true, hand: () => adapter.readBudget?.() });
        return 'kind' in answer ? asUnknown(answer) : { kind: 'ok' as const, value: answer };
      };
    },
    async ping() {
      const { adapter, boundary } = current();
      if (adapter.ping === undefined) return ABSENT('ping');
      return asUnknown(await boundary.call({ operation: 'ping', request: {}, answer: ANSWERS.ping, hand: (_copy, context) => adapter.ping?.(context) }));
    },
  };
}

function answerOf<Name extends HospitalFacet>(name: Name): { Check(value: unknown): value is FacetAnswer<Name> } {
  return { Check: (value): value is FacetAnswer<Name> => FACET_ANSWERS.get(name)?.Check(value) === true };
}

/** The plugin was replaced by one without the operation between the question whether it has it and the call. */
function missing(): never {
  throw new Error('this hospital system no longer has the operation');
}
