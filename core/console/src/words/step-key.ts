/** The word of a journal's step: a step that happens more than once carries a number. */
export function stepKey({ bizType, step }: { readonly bizType: string; readonly step: string }): string {
  return `${bizType}/${step.replace(/[ -]\d+$/, '')}`;
}
