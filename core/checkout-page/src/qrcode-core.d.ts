/** The part of `qrcode` that makes the code, without its renderers. */
declare module 'qrcode/lib/core/qrcode.js' {
  export function create(text: string, options: { readonly errorCorrectionLevel: 'L' | 'M' | 'Q' | 'H' }): { readonly modules: { readonly size: number; get(row: number, column: number): number | boolean } };
}
