/** One operation of a mapping in the shape the hospital offers it, checked. */
import type { MappedOperation, MessageOperation } from '@hospay/plugin-sdk/his-mapping';
import type { PreparedCall } from './prepared-call.js';

export type PreparedOperation = MappedOperation & { readonly way: Way };

export type Way =
  | { readonly kind: 'call'; readonly call: PreparedCall; readonly retryOnErrors: ReadonlySet<number> }
  | { readonly kind: 'router'; readonly message: MessageOperation; readonly router: PreparedRouter; readonly retryOnErrors: ReadonlySet<number> }
  | { readonly kind: 'sequence'; readonly steps: readonly PreparedStep[] }
  | { readonly kind: 'handOver'; readonly insert: PreparedCall; readonly alreadyThere: ReadonlySet<number>; readonly outcome: PreparedCall; readonly askEveryMs: number; readonly askForMs: number };

/** The router procedure. */
export type PreparedRouter = {
  readonly call: PreparedCall;
  readonly root: string;
  readonly answerRoot: string | undefined;
  readonly declaration: string;
  /** In lower case; undefined: the first column of the first row. */
  readonly answerOut: string | undefined;
  /** Of the document as it is sent; undefined where the procedure takes Unicode. */
  readonly codePage: string | undefined;
};

/** One step of a sequence. */
export type PreparedStep = {
  readonly call: PreparedCall;
  /** A list of the request: one call for each of its values. */
  readonly forEach: string | undefined;
  readonly commits: boolean;
  /** How its own answer is judged; fields are read from the last one only. */
  readonly judged: MappedOperation;
  /** What it gives to later steps, in lower case. */
  readonly keep: readonly { readonly as: string; readonly column?: string | undefined; readonly out?: string | undefined }[];
};

/** Every call an operation may make. */
export function callsOf({ way }: PreparedOperation): readonly PreparedCall[] {
  switch (way.kind) {
    case 'call': return [way.call];
    case 'router': return [way.router.call];
    case 'sequence': return way.steps.map(({ call }) => call);
    case 'handOver': return [way.insert, way.outcome];
  }
}
