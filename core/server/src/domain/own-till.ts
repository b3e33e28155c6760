import type { Owner } from './order.js';

/**
 * The till a device counts into, as the cash channel decides it for a payment: at a window the operator's, at a machine the machine's. A window names its operator with every payment; a kiosk names nobody,
 * and the person who fills it is only written beside.
 */
export function ownTillNo({ kind, deviceId }: { readonly kind: string; readonly deviceId: string }, operatorId: string): string {
  return kind === 'window' ? operatorTill(operatorId) : terminalTill(deviceId);
}

/** The till, and with it the shift, of a payment: the person's who takes it, else the machine's; an application without a person has none. The cash channel counts by the same rule. */
export function tillOfPayment(owner: Owner, operatorId: string | undefined): string | undefined {
  if (operatorId !== undefined) return operatorTill(operatorId);
  return owner.kind === 'terminal' ? terminalTill(owner.id) : undefined;
}

export function operatorTill(operatorId: string): string {
  return `operator:${operatorId}`;
}
function terminalTill(deviceId: string): string {
  return `terminal:${deviceId}`;
}
