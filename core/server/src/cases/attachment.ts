/** 附件: what may be filed with a case. What a file is, its first bytes say; its name is only a name. */
const starts = (bytes: Uint8Array, ...magic: readonly number[]): boolean => magic.every((byte, index) => bytes[index] === byte);

/** The media type of a kind that is taken: PDF, PNG, JPEG, Office documents (ZIP), plain text. Undefined: none of them. */
export function mediaTypeOf(bytes: Uint8Array): string | undefined {
  if (starts(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d)) return 'application/pdf';
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(bytes, 0x50, 0x4b, 0x03, 0x04)) return 'application/zip';
  return isText(bytes) ? 'text/plain' : undefined;
}
function isText(bytes: Uint8Array): boolean {
  try {
    // oxlint-disable-next-line no-control-regex
    return !/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}
