/** Several rules that do not apply for one reason, as `runChannelConformance` takes them. */
export function notApplicable(reason: string, ids: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(ids.map((id) => [id, reason] as const));
}
