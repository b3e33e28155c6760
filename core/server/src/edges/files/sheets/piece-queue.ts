/** Pieces from one who writes to one who reads: `put` resolves when the piece was taken, so that nothing piles up. */
export function pieceQueue(): AsyncIterable<string> & { put(piece: string): Promise<void>; end(): void } {
  const waiting: { readonly piece: string; readonly taken: () => void }[] = [];
  let isEnded = false;
  let wake: () => void = () => {};
  return {
    put(piece) {
      return new Promise((resolve) => {
        waiting.push({ piece, taken: resolve });
        wake();
      });
    },
    end() {
      isEnded = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          next.taken();
          yield next.piece;
        } else if (isEnded) return;
        else await new Promise<void>((resolve) => { wake = resolve; });
      }
    },
  };
}
