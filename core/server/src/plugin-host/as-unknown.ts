import { own } from '../domain/own-words.js';
type Kinded = { readonly kind: string };
type NotSent = { readonly kind: 'notSent' };
export type UnknownAnswer = { readonly kind: 'unknown'; readonly reason: string };

/** For questions, and for the HIS: that nothing was asked and that nobody answered come to the same. */
export function asUnknown<Answer extends Kinded>(answer: Answer): Exclude<Answer, NotSent> | UnknownAnswer {
  return wasSent(answer) ? answer : { kind: 'unknown', reason: 'reason' in answer && typeof answer.reason === 'string' ? answer.reason : own('notHandedOver') };
}

function wasSent<Answer extends Kinded>(answer: Answer): answer is Exclude<Answer, NotSent> {
  return answer.kind !== 'notSent';
}
