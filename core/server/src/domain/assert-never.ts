/** Ends a switch over a closed union: the compiler proves it unreachable, and a value from outside that lies about its type stops here. */
export function assertNever(value: never): never {
  throw new Error(`unreachable value: ${JSON.stringify(value)}`);
}
