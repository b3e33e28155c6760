/**
 * Receipt numbers (发票号) as a report lists them: numbers that follow each other as one run `00000101-00000105`, the rest one by one. A gap is where a run ends; leading zeros stay.
 * The numbers are sorted; those of one length that are digits behind one prefix can follow each other.
 */
export function receiptRuns(receiptNos: readonly string[]): string[] {
  const runs: { first: string; last: string }[] = [];
  for (const receiptNo of receiptNos) {
    const run = runs.at(-1);
    if (run !== undefined && isNext(run.last, receiptNo)) run.last = receiptNo;
    else runs.push({ first: receiptNo, last: receiptNo });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`));
}

/** Numbers nobody in these runs has, between two of one prefix: 断号. A HIS may have given them to somebody else. */
export function receiptGaps(receiptNos: readonly string[]): number {
  let gaps = 0;
  for (const [index, receiptNo] of receiptNos.entries()) {
    const [before, own] = [partsOf(receiptNos[index - 1] ?? ''), partsOf(receiptNo)];
    if (before !== undefined && own !== undefined && before.prefix === own.prefix && before.length === own.length && own.value - before.value > 1n) gaps += 1;
  }
  return gaps;
}

function isNext(before: string, receiptNo: string): boolean {
  const [left, right] = [partsOf(before), partsOf(receiptNo)];
  return left !== undefined && right !== undefined && left.prefix === right.prefix && left.length === right.length && left.value + 1n === right.value;
}

function partsOf(receiptNo: string): { readonly prefix: string; readonly length: number; readonly value: bigint } | undefined {
  const match = /^(.*?)(\d{1,30})$/.exec(receiptNo);
  return match === null ? undefined : { prefix: match[1] ?? '', length: (match[2] ?? '').length, value: BigInt(match[2] ?? '0') };
}
