/** What provisioning needs from outside. */
import type { FormKind, FormMedium } from '../domain/numbered-form.js';
import type { NumberedFormDesk } from '../numbered-forms/ports.js';

export type ProvisionedTerminal = { readonly id: string; readonly kind: string; readonly title: string; readonly claimFile: string };
export type ProvisionedApplication = { readonly id: string; readonly title: string; readonly secret: string; readonly permissions: readonly string[]; readonly notifyUrl?: string; readonly merchantNo?: string };

export type ProvisionedOperator = { readonly operatorNo: string; readonly displayName: string; readonly role: string; readonly password: string };

/** Numbered forms a hospital begins with: registered once, and handed out to tills. */
export type ProvisionedForms = {
  readonly kind: FormKind;
  readonly medium: FormMedium;
  readonly code: string;
  readonly firstNumber: string;
  readonly lastNumber: string;
  readonly handOut: readonly { readonly tillNo: string; readonly count: number }[];
};

export type ProvisioningPorts = {
  readonly terminalStatus: (id: string) => Promise<'unclaimed' | 'active' | 'disabled' | undefined>;
  readonly addTerminal: (terminal: { readonly id: string; readonly kind: string; readonly title: string }) => Promise<unknown>;
  readonly offerClaim: (id: string) => Promise<string>;
  /** Writes a claim code where only the owner of the data folder reads it. */
  readonly writeClaim: (file: string, code: string) => Promise<void>;
  readonly hasApplication: (id: string) => Promise<boolean>;
  readonly addApplication: (application: ProvisionedApplication) => Promise<unknown>;
  readonly hasOperator: (operatorNo: string) => Promise<boolean>;
  readonly addOperator: (operator: ProvisionedOperator) => Promise<unknown>;
  readonly forms: Pick<NumberedFormDesk, 'registerForms' | 'handOutForms'>;
};
