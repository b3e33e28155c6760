/** A header that holds percent-encoded text; '' when it does not. */
export function decodedHeader(said = ''): string {
  try {
    return decodeURIComponent(said);
  } catch {
    return '';
  }
}
