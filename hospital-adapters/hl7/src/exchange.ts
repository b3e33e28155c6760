/**
 * One message and its answer on one connection. The outcome says what is known: the HIS answered this message, nothing was sent, or the answer
 * is lost and the message may have had its effect.
 */
import { acknowledgementCode, answeredControlId, controlIdOf, wantsCommit } from './acknowledgement.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import type { CharacterSet } from './character-set.js';
import type { MllpConnection } from './mllp-connection.js';
import type { Framed } from './mllp-frames.js';
import { readMessage, type ReceivedMessage } from './read-message.js';

export type Exchanged =
  /** `isConnectionFree`: nothing else of this exchange can still come on it. */
  | { readonly kind: 'answered'; readonly message: ReceivedMessage; readonly isConnectionFree: boolean }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'lost'; readonly reason: string };

export type ExchangeRules = {
  readonly controlId: string;
  readonly acknowledgement: 'original' | 'enhanced';
  readonly characterSet: CharacterSet;
  /** The commit acknowledgement of an answer. */
  readonly commit: (answeredControlId: string) => Buffer;
  /** Where the HIS sends its answers on a connection of its own. */
  readonly elsewhere: AwaitedAnswers | undefined;
  readonly signal: AbortSignal;
};

type Step = { readonly kind: 'answered'; readonly message: ReceivedMessage } | { readonly kind: 'lost'; readonly reason: string } | 'committed' | 'goOn';

export function exchange(connection: MllpConnection, bytes: Buffer, rules: ExchangeRules): Promise<Exchanged> {
  const { controlId, elsewhere, signal } = rules;
  if (signal.aborted) return Promise.resolve({ kind: 'notSent', reason: 'the deadline passed before sending' });
  return new Promise((resolve) => {
    let isOver = false;
    let isCommitted = rules.acknowledgement === 'original';
    const finish = (outcome: Exchanged): void => {
      isOver = true;
      signal.removeEventListener('abort', onAbort);
      elsewhere?.forget(controlId);
      resolve(outcome);
    };
    const onAbort = (): void => { finish({ kind: 'lost', reason: 'the deadline passed while the HIS was working' }); };
    signal.addEventListener('abort', onAbort, { once: true });
    const finishAnswered = (message: ReceivedMessage): void => { finish({ kind: 'answered', message, isConnectionFree: isCommitted }); };
    elsewhere?.expect(controlId, finishAnswered);
    let isSent = false;
    connection.hold({
      frame: (received) => {
        // More than was asked for in the packet of the answer: the answer stands, the connection is not used again.
        if (isOver) {
          connection.destroy();
          return;
        }
        const step = take(received, rules, (message) => { connection.send(message); });
        if (step === 'committed') isCommitted = true;
        else if (step !== 'goOn' && step.kind === 'answered') finishAnswered(step.message);
        else if (step !== 'goOn') finish(step);
      },
      lost: (reason) => {
        // Taken into the HIS's keeping: its answer comes at our door, whether or not it keeps this connection.
        if (elsewhere !== undefined && isCommitted) return;
        finish(isSent ? { kind: 'lost', reason } : { kind: 'notSent', reason });
      },
    });
    if (isOver) return;
    isSent = true;
    connection.send(bytes);
  });
}

function take(received: Framed, rules: ExchangeRules, send: (message: Buffer) => void): Step {
  if (received.kind === 'transportAck') return 'goOn';
  if (received.kind === 'transportNak') return { kind: 'lost', reason: 'the HIS answered NAK: its transport did not take the message' };
  const read = readMessage(received.bytes, rules.characterSet);
  if (read.kind === 'malformed') return { kind: 'lost', reason: read.reason };
  const { message } = read;
  const answered = answeredControlId(message);
  if (answered !== rules.controlId) return { kind: 'lost', reason: answered === undefined ? 'what came answers no message (no MSA-2)' : 'the answer belongs to another message (MSA-2)' };
  const code = acknowledgementCode(message);
  switch (code) {
    case 'CA':
      return rules.acknowledgement === 'enhanced' ? 'committed' : { kind: 'lost', reason: 'a commit acknowledgement (CA) where the answer was due: set acknowledgement to "enhanced"' };
    case 'AA': case 'AE': case 'AR':
      if (wantsCommit(message)) send(rules.commit(controlIdOf(message) ?? ''));
      return { kind: 'answered', message };
    // Not taken into the HIS's keeping: there will be no other answer.
    case 'CE': case 'CR':
      return { kind: 'answered', message };
    case undefined:
      return { kind: 'lost', reason: 'MSA-1 is none of AA, AE, AR, CA, CE, CR' };
  }
}
