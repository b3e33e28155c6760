/**
 * How a stranger's drive is mounted: nothing is written to it, nothing on it is run, no device of it is one. FAT and exFAT keep no owners, there everything is the core's to read. ext4 keeps them:
 * the core reads what everybody may read there, and the console says so of a file it may not. Its journal is not played back, which would write.
 * @param reader user and group of the core
 */
export function updateDriveOptions(type: string, reader: number): readonly string[] {
  const common = ['ro', 'nosuid', 'nodev', 'noexec', 'nosymfollow'];
  return type === 'ext4' ? [...common, 'noload'] : [...common, `uid=${String(reader)}`, `gid=${String(reader)}`, 'umask=0277'];
}

/** @param mounts the text of `/proc/self/mountinfo`, whose fifth field is the place (proc(5)) */
export function isMountedAt(mounts: string, place: string): boolean {
  return mounts.split('\n').some((line) => line.split(' ')[4] === place);
}
