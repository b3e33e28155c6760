type Waiting = {
  readonly changes: readonly { readonly state: string }[];
  readonly payouts: readonly { readonly state: string }[];
  readonly cases: readonly { readonly isProposed?: boolean }[];
  readonly runs: readonly { readonly state: string }[];
  readonly transfers: readonly { readonly state: string }[];
  readonly periods: readonly { readonly state: string }[];
};

/** What waits for a second person in other areas. */
export function countsOf({ changes, payouts, cases, runs, transfers, periods }: Waiting): readonly { readonly area: string; readonly count: number }[] {
  const inState = (rows: readonly { readonly state: string }[], ...states: string[]): number => rows.filter(({ state }) => states.includes(state)).length;
  return [
    { area: 'payouts', count: inState(payouts, 'proposed', 'firstApproved') }, { area: 'cases', count: cases.filter(({ isProposed }) => isProposed === true).length }, { area: 'prepayment', count: inState(runs, 'proposed') + inState(transfers, 'recorded') },
    { area: 'periods', count: inState(periods, 'proposed') }, { area: 'changes', count: inState(changes, 'proposed', 'firstApproved') },
  ];
}
