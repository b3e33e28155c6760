/** Why a connection did not serve, for screens and logs: the system's own code, never what the far side or a library wrote, which may name people and passwords. */
export function connectionProblem(error: unknown): string {
  const cause: unknown = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string' && /^[A-Z0-9_]{3,60}$/.test(code)) return code;
  return cause instanceof DOMException && cause.name === 'AbortError' ? 'no answer in time' : 'the connection failed';
}
