/** Debian packages the tests need: a real browser, a second broker, a Chinese font. Installed by apt as root, else named. */
import { existsSync } from 'node:fs';
import { run, say, seconds, stopBecause } from './say.mjs';

const PARTS = [
  { package: 'chromium', isThere: () => existsSync('/usr/bin/chromium') },
  { package: 'fonts-noto-cjk', isThere: () => existsSync('/usr/share/fonts/opentype/noto') },
  { package: 'mosquitto', isThere: () => existsSync('/usr/sbin/mosquitto') },
];

export function ensureSystemParts() {
  const missing = PARTS.filter((part) => !part.isThere()).map((part) => part.package);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    stopBecause(`the tests need ${missing.join(', ')}. Install them as root on a Debian-family system and run again:\n  apt-get update && ${command}`);
  }
  say(`installing ${missing.join(', ')} with apt …`);
  const since = Date.now();
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { capture: true, env });
  const result = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { capture: true, env });
  const still = PARTS.filter((part) => !part.isThere()).map((part) => part.package);
  if (still.length > 0) stopBecause(`apt could not install ${still.join(', ')}:\n${result.stderr}\nInstall them by hand and run again:\n  ${command}`);
  say(`installed in ${seconds(since)}`);
}
