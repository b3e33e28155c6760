import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { UpdatePlaces } from '../update/box-update.js';

/** Where an update finds things on this machine. */
export const UPDATE_PLACES: UpdatePlaces = {
  esp: '/efi',
  state: '/state',
  builtInKeys: '/usr/share/hospay/update-keys.json',
  commandLine: '/proc/cmdline',
  get version() { return readFileSync('/opt/hospay/VERSION', 'utf8').trim(); },
  deviceOf: (slot) => `/dev/disk/by-partlabel/root-${slot}`,
  // coreutils' own way to drop the cached pages of one file; the ioctl for it would ask for far more rights.
  flush: (device) => { spawnSync('dd', [`of=${device}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']); },
  now: () => new Date(),
};
