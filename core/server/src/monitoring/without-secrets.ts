import { REDACTED, redactText } from '../domain/sensitive.js';

/** A text that somebody else wrote, without the secrets he was given: whole, and line by line where a key has several. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), ...secret.split('\n').map((line) => line.trim())]).filter((part) => part.length >= SHORTEST && !/^-----(BEGIN|END) /.test(part));
  return redactText(parts.toSorted((left, right) => right.length - left.length).reduce((clean, part) => clean.replaceAll(part, REDACTED), text));
}

/** Shorter texts are words. */
const SHORTEST = 6;
