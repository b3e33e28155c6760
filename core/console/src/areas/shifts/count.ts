/** What was typed beside each face: empty is none. */
export type Typed = Readonly<Record<string, string>>;
export type Count = { readonly denominations: { readonly faceFen: number; readonly pieces: number }[]; readonly sumFen: number };

/** The count of a till, or undefined while something is not a number of pieces. */
export function readCount(facesFen: readonly number[], typed: Typed): Count | undefined {
  const denominations: Count['denominations'] = [];
  for (const faceFen of facesFen) {
    const text = (typed[String(faceFen)] ?? '').trim();
    if (text === '') continue;
    if (!/^\d{1,6}$/.test(text)) return undefined;
    if (Number(text) > 0) denominations.push({ faceFen, pieces: Number(text) });
  }
  return { denominations, sumFen: denominations.reduce((sum, { faceFen, pieces }) => sum + faceFen * pieces, 0) };
}
