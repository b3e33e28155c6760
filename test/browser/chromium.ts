import { chromium, type Browser } from 'playwright-core';

/** Debian's Chromium, as `npm test` installs it. Nothing of it may reach out of this machine. */
export function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
