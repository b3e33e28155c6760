import type { ServerResponse } from 'node:http';

/** Faults of one call that are the same whatever is spoken. `status`: of a gateway before the interface, which answers with unsigned HTML. */
export type FaultBeforeExecuting = { readonly kind: 'failBeforeExecuting'; readonly status: number } | { readonly kind: 'dropBeforeExecuting' } | { readonly kind: 'neverExecuteNorAnswer' };
export type FaultAfterExecuting = { readonly kind: 'executeThenFail'; readonly status: number } | { readonly kind: 'executeThenNeverAnswer' } | { readonly kind: 'executeThenDropConnection' };

type Fault = { readonly kind: string; readonly status?: number };

/** True when the fault has dealt with the call without executing it. */
export function failsBeforeExecuting(fault: Fault | undefined, response: ServerResponse): boolean {
  if (fault?.kind === 'failBeforeExecuting') gatewayPage(response, fault.status);
  else if (fault?.kind === 'dropBeforeExecuting') response.destroy();
  else return fault?.kind === 'neverExecuteNorAnswer';
  return true;
}

/** True when nothing is left to be answered: the work is done, and the fault has kept its answer back. */
export function failsAfterExecuting(fault: Fault | undefined, response: ServerResponse): boolean {
  if (fault?.kind === 'executeThenFail') gatewayPage(response, fault.status);
  else if (fault?.kind === 'executeThenDropConnection') response.destroy();
  else return fault?.kind === 'executeThenNeverAnswer';
  return true;
}

/** Sends a body, under another status (`signedUnderStatus`) or its first half only (`truncatedBody`) when the fault says so. */
export function sendBody(response: ServerResponse, { body, contentType, fault }: { readonly body: Buffer; readonly contentType: string; readonly fault: Fault | undefined }): void {
  const status = fault?.kind === 'signedUnderStatus' ? fault.status : undefined;
  response.writeHead(status ?? 200, { 'Content-Type': contentType, 'Content-Length': String(body.length) });
  if (fault?.kind === 'truncatedBody') response.write(body.subarray(0, Math.floor(body.length / 2)), () => { response.destroy(); });
  else response.end(body);
}

function gatewayPage(response: ServerResponse, status = 502): void {
  response.writeHead(status, { 'Content-Type': 'text/html' }).end(`<html><body>${String(status)} gateway error</body></html>`);
}
