import { REDACTED, redactText } from '../domain/sensitive.js';
import { textAt } from './candidate-settings.js';
import type { RotatableSetting, Settings } from './ports.js';

/** The secrets of these settings, as they are. */
export function secretsAmong(rotatable: readonly RotatableSetting[], settings: Settings): readonly string[] {
  return rotatable.filter(({ isSecret }) => isSecret).flatMap(({ path }) => textAt(settings, path) ?? []);
}

/** A text that somebody else wrote, without the secrets he was given: whole, and line by line where a key has several. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const parts = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), ...secret.split('\n').map((line) => line.trim())]).filter((part) => part.length >= SHORTEST && !/^-----(BEGIN|END) /.test(part));
  return redactText(parts.toSorted((left, right) => right.length - left.length).reduce((clean, part) => clean.replaceAll(part, REDACTED), text));
}

/** Shorter texts are words. */
const SHORTEST = 6;
