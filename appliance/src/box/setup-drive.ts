/** A drive that brings answers, a set to restore, its key: by label. */
export const SETUP_DRIVE = '/dev/disk/by-label/HOSPAYSETUP';
export const SETUP_DRIVE_AT = '/run/hospay/setup-drive';
