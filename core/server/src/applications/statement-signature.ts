/**
 * The detached signature of a statement file: by the application's own secret, as requests and notifications are, so that a receiver needs no other key. The first line keeps it apart from the signature of a
 * request, which begins with a method.
 */
import { createHmac } from 'node:crypto';

/** `sha256`: of the whole file, lower-case hex. */
export type SignedFile = { readonly appId: string; readonly fileName: string; readonly sha256: string };

/** Lower-case hex of HMAC-SHA256(secret, "HOSPAY-STATEMENT-FILE" \n appId \n fileName \n sha256 \n). */
export function signStatementFile(secret: string, { appId, fileName, sha256 }: SignedFile): string {
  return createHmac('sha256', secret).update(`HOSPAY-STATEMENT-FILE\n${appId}\n${fileName}\n${sha256}\n`).digest('hex');
}
