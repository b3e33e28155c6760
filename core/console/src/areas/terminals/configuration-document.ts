import type { ConfigurationLayer } from '../../api/console-api';

/** A layer as the page names it, whether it is there or not. */
export type LayerPlace = { readonly scope: ConfigurationLayer['scope']; readonly scopeId: string; readonly title: string };

/** What may be set, as the platform reads it. Words: `setting.*`. */
export const SETTINGS = [
  'screen.idleSeconds', 'screen.language', 'screen.elderMode', 'screen.volumePercent', 'screen.welcomeZh', 'screen.welcomeEn', 'functions.methods', 'functions.cardTypes', 'hours.opensAt', 'hours.closesAt', 'hours.restartsAt', 'report.everySeconds', 'vendor',
] as const;

export function countValues(document: unknown): number {
  return typeof document === 'object' && document !== null && !Array.isArray(document) ? Object.values(document).reduce<number>((sum, value) => sum + countValues(value), 0) : 1;
}

/** A document as people edit it; a layer that is not there is empty. */
export function writeDocument(document: unknown): string {
  return JSON.stringify(document ?? {}, undefined, 2);
}
/** @returns the document, or the line where the text is no JSON object (0: it is JSON, and no object) */
export function readDocument(text: string): { readonly document: object } | { readonly line: number } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line: lineOf(text, error instanceof Error ? error.message : '') };
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { document: value } : { line: 0 };
}
/** Browsers say the place in their own ways: by position, by line, or not at all (then it breaks off at the end). */
function lineOf(text: string, message: string): number {
  const [, line] = /line (\d+)/.exec(message) ?? [];
  if (line !== undefined) return Number(line);
  const [, position] = /position (\d+)/.exec(message) ?? [];
  return text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length;
}

/** A value as it stands in the document. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
