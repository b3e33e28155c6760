/** From the list of clinics to a held registration: places that are locked, held, taken by others, given back, and fall free by themselves. */
import assert from 'node:assert/strict';
import type { HisResult } from '../../hospital/his-result.js';
import type { RegistrationHold, SlotLock } from '../../hospital/registration.js';
import { called, fits, okValue, type HospitalBench } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';
import type { HospitalSubject } from './hospital-subject.js';
import { onceRules } from './once-rules.js';
import type { OpenSlot, RegistrationControl } from './registration-control.js';

export const hasDesk = ({ control }: HospitalSubject): boolean => control.registration !== undefined;

export function deskOf(bench: HospitalBench): RegistrationControl {
  return bench.control.registration ?? assert.fail('the subject has no registration desk');
}

export type HoldRequest = { readonly registrationNo: string; readonly slot: OpenSlot; readonly patientId: string; readonly hisLockNo?: string };
type LockRequest = { readonly lockNo: string; readonly slot: OpenSlot };

export function holdFor(bench: HospitalBench, slot: OpenSlot): HoldRequest {
  return { registrationNo: bench.newNumber('RG'), slot, patientId: bench.subject.patient.patientId };
}

export async function hold(bench: HospitalBench, { slot, ...request }: HoldRequest, timeoutMs?: number): Promise<HisResult<RegistrationHold>> {
  const { scheduleId, slotId } = slot;
  return fits('holdRegistration', await called(bench.adapter.holdRegistration?.({ ...request, scheduleId, slotId, when: 'later' }, bench.context(timeoutMs))));
}

export async function cancel(bench: HospitalBench, registrationNo: string, hisRegistrationNo: string) {
  return fits('cancelRegistration', await called(bench.adapter.cancelRegistration?.({ registrationNo, hisRegistrationNo }, bench.context())));
}

async function lock(bench: HospitalBench, { lockNo, slot }: LockRequest, timeoutMs?: number): Promise<HisResult<SlotLock>> {
  const { scheduleId, slotId } = slot;
  return fits('lockSlot', await called(bench.adapter.lockSlot?.({ lockNo, scheduleId, slotId, patientId: bench.subject.patient.patientId }, bench.context(timeoutMs))));
}

async function placesLeft(bench: HospitalBench, { scheduleId, slotId }: OpenSlot): Promise<number | undefined> {
  return okValue(fits('listSlots', await called(bench.adapter.listSlots?.({ scheduleId }, bench.context())))).find((slot) => slot.slotId === slotId)?.remaining;
}

export const REGISTRATION_RULES: readonly HospitalRule[] = [
  {
    id: 'schedule.list',
    title: 'a clinic is found by its department and day, with its price, its slots and the places left',
    facets: ['schedules'], applies: hasDesk,
    run: async (bench) => {
      const slot = await deskOf(bench).makeSlot(2);
      const departments = okValue(fits('listDepartments', await called(bench.adapter.listDepartments?.({}, bench.context()))));
      assert.ok(departments.some(({ departmentCode }) => departmentCode === slot.departmentCode));
      const doctors = okValue(fits('listDoctors', await called(bench.adapter.listDoctors?.({ departmentCode: slot.departmentCode }, bench.context()))));
      assert.ok(doctors.length > 0);
      const list = async (day: string) => okValue(fits('listSchedules', await called(bench.adapter.listSchedules?.({ departmentCode: slot.departmentCode, from: day, to: day }, bench.context()))));
      const schedule = (await list(slot.day)).find(({ scheduleId }) => scheduleId === slot.scheduleId);
      assert.equal(schedule?.remaining, 2);
      assert.equal(await placesLeft(bench, slot), 2);
      assert.deepEqual(await list('2001-01-01'), [], 'a day without clinics is an empty list, not an error');
    },
  },
  {
    id: 'schedule.stopped',
    title: 'a clinic that is stopped is no longer listed',
    facets: ['schedules'], applies: hasDesk,
    run: async (bench) => {
      const slot = await deskOf(bench).makeSlot(1);
      await deskOf(bench).stopClinic(slot);
      const listed = okValue(fits('listSchedules', await called(bench.adapter.listSchedules?.({ departmentCode: slot.departmentCode, from: slot.day, to: slot.day }, bench.context()))));
      assert.equal(listed.some(({ scheduleId, remaining }) => scheduleId === slot.scheduleId && remaining > 0), false);
    },
  },
  ...onceRules<LockRequest, SlotLock>({
    id: 'slotLock', what: 'a lock of a slot', facets: ['slotLocks'], applies: hasDesk, operation: 'lockSlot',
    prepare: async (bench) => ({ lockNo: bench.newNumber('LK'), slot: await deskOf(bench).makeSlot(1) }),
    send: lock,
    count: (bench, { lockNo }) => deskOf(bench).countLocks(lockNo),
  }),
  {
    id: 'slotLock.taken',
    title: 'a slot somebody else has locked is refused, and free again once the lock is given back, however often that is said',
    facets: ['slotLocks'], applies: hasDesk,
    run: async (bench) => {
      const slot = await deskOf(bench).makeSlot(1);
      const first = { lockNo: bench.newNumber('LK'), slot };
      const { hisLockNo, expiresAt } = okValue(await lock(bench, first));
      assert.ok(Date.parse(expiresAt) > Date.now(), expiresAt);
      assert.equal((await lock(bench, { lockNo: bench.newNumber('LK'), slot })).kind, 'rejected');
      for (let count = 1; count <= 2; count += 1) okValue(fits('unlockSlot', await called(bench.adapter.unlockSlot?.({ lockNo: first.lockNo, hisLockNo }, bench.context()))));
      okValue(await lock(bench, { lockNo: bench.newNumber('LK'), slot }));
    },
  },
  {
    id: 'slotLock.expires',
    title: 'a lock that ran out holds nothing: somebody else may lock the slot, and no registration is held under it',
    facets: ['slotLocks', 'registering'], applies: hasDesk,
    run: async (bench) => {
      const slot = await deskOf(bench).makeSlot(1);
      const { hisLockNo } = okValue(await lock(bench, { lockNo: bench.newNumber('LK'), slot }));
      await deskOf(bench).expireHolds(slot);
      const late = await hold(bench, { ...holdFor(bench, slot), hisLockNo });
      assert.equal(late.kind, 'rejected', JSON.stringify(late));
      okValue(await lock(bench, { lockNo: bench.newNumber('LK'), slot }));
    },
  },
  ...onceRules<HoldRequest, RegistrationHold>({
    id: 'hold', what: 'a held registration', facets: ['registering'], applies: hasDesk, operation: 'holdRegistration',
    prepare: async (bench) => holdFor(bench, await deskOf(bench).makeSlot(1)),
    send: hold,
    count: (bench, { registrationNo }) => deskOf(bench).countHolds(registrationNo),
  }),
  {
    id: 'hold.price',
    title: 'the parts of a hold\'s price make its total, and it runs out later than now',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const held = okValue(await hold(bench, holdFor(bench, await deskOf(bench).makeSlot(1))));
      assert.equal(held.fundFen + held.personalAccountFen + held.selfPayFen, held.totalFen);
      assert.ok(held.totalFen > 0);
      assert.ok(Date.parse(held.expiresAt) > Date.now(), held.expiresAt);
    },
  },
  {
    id: 'hold.full',
    title: 'a slot without a place and a clinic that is stopped are refused, and nothing is held',
    facets: ['registering'], applies: hasDesk,
    run: async (bench) => {
      const full = await deskOf(bench).makeSlot(1);
      await deskOf(bench).fillSlot(full);
      const stopped = await deskOf(bench).makeSlot(1);
      await deskOf(bench).stopClinic(stopped);
      for (const slot of [full, stopped]) {
        const request = holdFor(bench, slot);
        const result = await hold(bench, request);
        assert.equal(result.kind, 'rejected', JSON.stringify(result));
        assert.equal(await deskOf(bench).countHolds(request.registrationNo), 0);
      }
    },
  },
  {
    id: 'hold.cancel',
    title: 'a cancelled registration frees its place; cancelling it again, or one that ran out, is ok',
    facets: ['registering', 'schedules'], applies: hasDesk,
    run: async (bench) => {
      const slot = await deskOf(bench).makeSlot(1);
      const request = holdFor(bench, slot);
      const { hisRegistrationNo } = okValue(await hold(bench, request));
      assert.equal(await placesLeft(bench, slot), 0);
      for (let count = 1; count <= 2; count += 1) okValue(await cancel(bench, request.registrationNo, hisRegistrationNo));
      assert.equal(await placesLeft(bench, slot), 1);
      const second = holdFor(bench, slot);
      const held = okValue(await hold(bench, second));
      await deskOf(bench).expireHolds(slot);
      okValue(await cancel(bench, second.registrationNo, held.hisRegistrationNo));
      assert.equal(await placesLeft(bench, slot), 1);
    },
  },
];
