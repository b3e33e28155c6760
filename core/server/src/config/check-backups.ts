import type { BackupPlace } from './backups-schema.js';

export type PlaceProblem = { readonly key: string; readonly expects: string; readonly nextStep: string };

/** What a schema cannot say of one place: that it is one, and that its account can be proved. */
export function checkBackupPlace({ folder, makes, sftp, s3, smb, nfs }: BackupPlace): readonly PlaceProblem[] {
  const problems: PlaceProblem[] = [];
  const places = [folder, sftp, s3, smb, nfs].filter((place) => place !== undefined);
  if (places.length !== 1) problems.push({ key: '', expects: 'must be one of folder, sftp, s3, smb, nfs', nextStep: 'write each place as a target of its own' });
  if (makes !== undefined && folder === undefined) problems.push({ key: 'makes', expects: 'belongs to a folder', nextStep: 'remove it; put the file .hospay-backup-target on the server by hand' });
  if (sftp !== undefined && (sftp.password === undefined) === (sftp.privateKey === undefined)) problems.push({ key: 'sftp', expects: 'must have a password or a privateKey, not both', nextStep: 'give one of them as { secret: NAME }' });
  if (sftp?.passphrase !== undefined && sftp.privateKey === undefined) problems.push({ key: 'sftp.passphrase', expects: 'belongs to a privateKey', nextStep: 'remove it' });
  return problems;
}
