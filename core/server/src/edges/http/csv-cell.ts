/** RFC 4180 quoting; and a text that a spreadsheet would run as a formula gets an apostrophe in front. OWASP, "CSV Injection". */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n|%＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
