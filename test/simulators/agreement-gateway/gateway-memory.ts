import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { emptyAgreementMemory, type AgreementMemory } from './agreement-book.js';
import { emptyOrderMemory, type OrderMemory } from './order-book.js';

export type GatewayMemory = { readonly agreements: AgreementMemory; readonly orders: OrderMemory; /** On the disk when it returns; nothing without a folder. */ keep(): void };

/** What the gateway knows, whole: a card stands behind its bindings and its agreements, and is one and the same after a restart. */
export function openGatewayMemory(dataFolder: string | undefined): GatewayMemory {
  if (dataFolder === undefined) return { agreements: emptyAgreementMemory(), orders: emptyOrderMemory(), keep: () => undefined };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const file = join(dataFolder, 'books.bin');
  const books = existsSync(file) ? (deserialize(readFileSync(file)) as Omit<GatewayMemory, 'keep'>) : { agreements: emptyAgreementMemory(), orders: emptyOrderMemory() };
  return {
    ...books,
    keep() {
      writeFileSync(`${file}.new`, serialize(books), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
