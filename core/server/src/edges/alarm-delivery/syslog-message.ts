export type SyslogMessage = {
  /** 16 to 23 are local0 to local7; 13 is log audit. */
  readonly facility: number;
  /** RFC 5424 6.2.1: 2 critical … 6 informational. */
  readonly level: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** This machine's name. */
  readonly hostname: string;
  /** MSGID: ASCII, at most 32 signs. */
  readonly kind: string;
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
};

/** One message of RFC 5424, in UTF-8 and without a frame. */
export function encodeSyslog({ facility, level, at, hostname, kind, data, text }: SyslogMessage): Buffer {
  // 32473 is the number for documentation (RFC 5612): this product has none of its own.
  const structured = `[hospay@32473 ${Object.entries(data).map(([name, value]) => `${name}="${escaped(value)}"`).join(' ')}]`;
  // The byte order mark says that the text is UTF-8 (RFC 5424 6.4).
  return Buffer.from(`<${String(facility * 8 + level)}>1 ${at} ${nameOf(hostname)} hospay ${String(process.pid)} ${kind} ${structured} \uFEFF${text}`, 'utf8');
}

/** RFC 5424 6.3.3. A line break is no danger to a counted frame, but forges a line in the file a collector writes. */
function escaped(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\\]]/g, (sign) => `\\${sign}`);
}

/** RFC 5424 HOSTNAME: printable ASCII, or the nil value. */
function nameOf(hostname: string): string {
  return /^[!-~]{1,255}$/.test(hostname) ? hostname : '-';
}
