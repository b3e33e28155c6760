import type { Personality } from './personality.js';

/** A hospital whose settlement is a session (卫宁 style): open a basket, put the bills in, submit it three times. Faults are planned for `usp_sf_submit/<flag>`. */
export const basket: Personality = {
  script: 'basket.sql',
  known: (call) => {
    if (call.procedure !== 'usp_sf_submit') return call;
    const values = new Map([...call.values, ['@trade_no', call.values.get('@ddh') ?? ''], ['@quote_no', call.values.get('@sjh') ?? '']] as const);
    return { ...call, procedure: `usp_sf_submit/${call.values.get('@flag') ?? ''}`, values };
  },
};
