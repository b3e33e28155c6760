/** What any HIS does to any adapter one day: characters it cannot hold, another version of itself, slowness, silence. */
import assert from 'node:assert/strict';
import { fits, okValue } from './hospital-bench.js';
import type { HospitalRule } from './hospital-rule.js';

/** 䶮 and 㛃 are in no GBK, 𠮷 is in no 16-bit plane: all three are in names of people. */
const RARE = ['䶮', '㛃', '𠮷'] as const;

export const DRIFT_RULES: readonly HospitalRule[] = [
  {
    id: 'text.rare',
    title: 'each of 䶮, 㛃 and 𠮷 in a number is refused or matches nobody; no answer ever names another patient',
    applies: ({ lossyCardNo }) => lossyCardNo !== undefined, shown: 'whenOffered',
    run: async (bench) => {
      const { patient } = bench.subject;
      for (const character of RARE) {
        const result = fits('findPatient', await bench.adapter.findPatient({ cardType: patient.cardType, cardNo: `${patient.cardNo.slice(0, -1)}${character}` }, bench.context()));
        assert.ok(result.kind === 'rejected' || (result.kind === 'ok' && result.value.length === 0), `${character}: ${JSON.stringify(result)}`);
      }
    },
  },
  ...(['presettle', 'queryConfirmation', 'listOpenBills'] as const).map((operation): HospitalRule => ({
    id: `drift.${operation}`,
    title: 'a value that has another name in the HIS\'s next version leaves no answer: never a wrong value, never an empty list, never absent',
    applies: ({ control }) => control.renameColumn !== undefined, shown: 'whenOffered',
    run: async (bench) => {
      const { bill, request } = await bench.newPayment();
      await bench.book(request);
      await bench.control.renameColumn?.(operation);
      const fresh = await bench.control.makeBill();
      const result = operation === 'presettle' ? await bench.presettle(fresh)
        : operation === 'queryConfirmation' ? await bench.query(request.tradeNo)
        : fits('listOpenBills', await bench.adapter.listOpenBills({ patientId: bill.patientId }, bench.context()));
      // A call the HIS refuses as a whole is no answer either, as long as nobody takes it for a booking that is not there.
      assert.ok(result.kind === 'unknown' || (operation === 'presettle' && result.kind === 'rejected'), JSON.stringify(result));
    },
  })),
  {
    id: 'budget.slow',
    title: 'many calls to a slow HIS never take more of its connections than the settings allow, and none is lost',
    applies: ({ control }) => control.slowDown !== undefined && control.connections !== undefined, shown: 'whenOffered',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      await bench.book(request);
      await bench.control.slowDown?.(60);
      const answers = await Promise.all(Array.from({ length: 24 }, () => bench.query(request.tradeNo)));
      for (const answer of answers) okValue(answer);
      const seen = await bench.control.connections?.();
      assert.ok(seen !== undefined && seen.most <= seen.allowed, JSON.stringify(seen));
    },
  },
  {
    id: 'breaker.questions',
    title: 'a HIS that fails every booking is left alone for a while, and the questions go on',
    applies: ({ control }) => control.faults.includes('serverErrorAfterCommit') && control.connections !== undefined, shown: 'whenOffered',
    run: async (bench) => {
      const { request } = await bench.newPayment();
      const booked = (await bench.newPayment()).request;
      await bench.book(booked);
      const answers: string[] = [];
      for (let call = 1; call <= 120; call += 1) {
        await bench.failNext('confirm', 'serverErrorAfterCommit');
        const result = await bench.confirm(request);
        assert.equal(result.kind, 'unknown', JSON.stringify(result));
        answers.push(result.kind === 'unknown' ? result.reason : '');
        if (answers.at(-1)?.startsWith('notSent:') === true) break;
      }
      assert.match(answers.at(-1) ?? '', /^notSent:/, 'after so many failures nothing is sent for a while');
      okValue(await bench.query(booked.tradeNo));
    },
  },
];
