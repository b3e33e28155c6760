/**
 * The till a device counts into, as the cash channel decides it for a payment: at a window the operator's, at a machine the machine's. A window names its operator with every payment; a kiosk names nobody,
 * and the person who fills it is only written beside.
 */
export function ownTillNo({ kind, deviceId }: { readonly kind: string; readonly deviceId: string }, operatorId: string): string {
  return kind === 'window' ? `operator:${operatorId}` : `terminal:${deviceId}`;
}
