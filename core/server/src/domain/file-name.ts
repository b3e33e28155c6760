/** The name of a file that a person brought: letters, digits, spaces and dots of any script, no path. Undefined: not a name. */
export function fileNameOf(said: string): string | undefined {
  const name = said.normalize('NFC').replaceAll(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '_').trim();
  return name === '' || name.length > 120 || /^\.+$/.test(name) ? undefined : name;
}
