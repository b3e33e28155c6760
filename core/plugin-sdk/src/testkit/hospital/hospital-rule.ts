import type { Facet } from './facets.js';
import type { HospitalBench } from './hospital-bench.js';
import type { HospitalSubject } from './hospital-subject.js';

export type HospitalRule = {
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  /** What the rule is about, where that is optional; an adapter without it need not keep the rule. */
  readonly facets?: readonly Facet[];
  /** Whether the subject has what the rule needs. */
  readonly applies?: (subject: HospitalSubject) => boolean;
  /** `whenOffered`: a subject without the hook need not name the rule as not applicable. */
  readonly shown?: 'whenOffered';
  run(bench: HospitalBench): Promise<void>;
};
