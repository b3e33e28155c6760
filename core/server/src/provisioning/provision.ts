import type { ProvisionedApplication, ProvisionedOperator, ProvisionedForms, ProvisionedTerminal, ProvisioningPorts } from './ports.js';

/**
 * Registers what an answers file names (head-less first start): terminals and applications that are not there yet. A terminal nobody has claimed
 * gets a fresh claim code at every start, written to its file; one that is active or was disabled by a person is left as it is.
 */
export async function provision(ports: ProvisioningPorts, wanted: { readonly terminals: readonly ProvisionedTerminal[]; readonly applications: readonly ProvisionedApplication[]; readonly operators?: readonly ProvisionedOperator[]; readonly forms?: readonly ProvisionedForms[] }): Promise<void> {
  for (const terminal of wanted.terminals) {
    const status = await ports.terminalStatus(terminal.id);
    if (status === undefined) await ports.addTerminal(terminal);
    if (status === undefined || status === 'unclaimed') await ports.writeClaim(terminal.claimFile, await ports.offerClaim(terminal.id));
  }
  for (const application of wanted.applications) {
    if (!(await ports.hasApplication(application.id))) await ports.addApplication(application);
  }
  // One that is there keeps its password and whatever the console made of it.
  for (const operator of wanted.operators ?? []) {
    if (!(await ports.hasOperator(operator.operatorNo))) await ports.addOperator(operator);
  }
  for (const forms of wanted.forms ?? []) await provisionForms(ports, forms);
}

/** Each wish has a key of its own for ever: the next start finds it done. */
async function provisionForms({ forms }: ProvisioningPorts, { handOut, ...batch }: ProvisionedForms): Promise<void> {
  const name = `${batch.kind}/${batch.code}/${batch.firstNumber}`;
  const asked = (key: string) => ({ by: 'provisioning', asked: { tenant: 'provisioning', key } });
  const registered = await forms.registerForms({ ...batch, ...asked(`forms/${name}`) });
  if (registered.kind === 'refused') throw new Error(`provision.forms ${name}: ${registered.code} ${registered.detail ?? ''}`);
  for (const { tillNo, count } of handOut) {
    const handed = await forms.handOutForms({ batchNo: registered.value.batchNo, tillNo, count, ...asked(`forms/${name}/${tillNo}`) });
    if (handed.kind === 'refused') throw new Error(`provision.forms ${name} to ${tillNo}: ${handed.code} ${handed.detail ?? ''}`);
  }
}
