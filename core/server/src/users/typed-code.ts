/** A code as a person types it: any case, blanks and hyphens, O for 0, I and L for 1. */
export function typedCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}
