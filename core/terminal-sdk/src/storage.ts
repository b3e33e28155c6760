/** Where a terminal keeps what must survive a power cut. */
export type TerminalStorage = {
  read(name: string): Promise<string | undefined>;
  /** Resolves when the text is kept as safely as the place allows. */
  write(name: string, text: string): Promise<void>;
};

/** For tests: survives nothing but a new client on the same object. */
export function memoryStorage(): TerminalStorage {
  const kept = new Map<string, string>();
  return {
    read: (name) => Promise.resolve(kept.get(name)),
    write(name, text) {
      kept.set(name, text);
      return Promise.resolve();
    },
  };
}

/** The part of the browser's localStorage that is used. */
export type LocalStorage = { getItem(name: string): string | null; setItem(name: string, text: string): void };

/**
 * A browser's localStorage. The browser may write it out seconds later: after a power cut the newest entry can be missing. That costs nothing:
 * `session.resume` names the terminal's open orders from the core's side.
 */
export function browserStorage(storage: LocalStorage, prefix: string): TerminalStorage {
  return {
    read: (name) => Promise.resolve(storage.getItem(`${prefix}${name}`) ?? undefined),
    write(name, text) {
      storage.setItem(`${prefix}${name}`, text);
      return Promise.resolve();
    },
  };
}
