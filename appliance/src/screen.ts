/** Prints to the terminal; a test listens instead. */
export type Screen = { say(line: string): void; fail(line: string): void };
