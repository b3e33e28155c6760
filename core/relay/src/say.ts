/** A fact for the journal: a sentence with addresses and counts. Never a token, a query or a body. */
export type Say = (fact: string, facts?: Readonly<Record<string, string | number | undefined>>) => void;

export const sayOnStdout: Say = (fact, facts = {}) => { process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), fact, ...facts })}\n`); };
