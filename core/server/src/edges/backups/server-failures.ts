/** What a server of backups or rclone said, as whoever has the night shift reads it: what is wrong, and what to do. */
import type { Bilingual } from '../../domain/bilingual.js';
import { NOTHING_MOUNTS } from './nfs/nfs-line.js';
import type { Ended } from './running-rclone.js';

export const SERVER_FAILURES = ['notInstalled', 'noMounting', 'hung', 'hostKey', 'clock', 'signIn', 'privateKey', 'certificate', 'noSpace', 'noRight', 'noPlace', 'version', 'unreachable', 'other'] as const;
export type ServerFailure = (typeof SERVER_FAILURES)[number];

const TEXTS: Readonly<Record<ServerFailure, Bilingual>> = {
  notInstalled: { zh: '本机未安装 rclone，无法连接备份服务器：安装软件包 rclone（apt install rclone）', en: 'rclone is not installed, servers cannot be reached: install the package rclone (apt install rclone)' },
  noMounting: { zh: '本机不能自行挂载 NFS（只有一体机可以）：由操作系统挂载，再把挂载的目录写成 folder 位置', en: 'this machine does not mount NFS by itself, an appliance does: have the system mount it, and name that folder as a target' },
  hung: { zh: '在期限内没有答复，已放弃：检查网络和服务器', en: 'gave no answer in time and was given up: look at the network and the server' },
  hostKey: { zh: '服务器主机密钥与配置的不符，未发送任何内容：服务器重装过或连到了别的机器；与服务器管理员核对指纹后，把 ssh-keyscan 输出的全部密钥写入 hostKeys', en: 'shows another host key than the configured ones, nothing was sent: it was installed anew, or it is another machine; compare the fingerprint with its administrator, then write every key ssh-keyscan tells into hostKeys' },
  clock: { zh: '拒绝本机的时间：检查两边的时钟', en: 'refuses the time of this machine: look at both clocks' },
  signIn: { zh: '不接受用户名、口令或密钥：账号是否改过口令、被锁定或停用', en: 'does not take the user name, password or key: was the password changed, is the account locked or expired' },
  privateKey: { zh: '的私钥打不开：privateKey 须为完整的 PEM，passphrase 须正确', en: 'has a private key that cannot be opened: privateKey must be the whole PEM, passphrase the right one' },
  certificate: { zh: '的证书不被信任：在 authorityFile 中给出签发机构的证书，或核对主机名与有效期', en: 'has a certificate that is not trusted: give that of its authority in authorityFile, or look at its names and dates' },
  noSpace: { zh: '空间或配额已满：清理，或扩大配额', en: 'is full, or its quota is: make room or raise the quota' },
  noRight: { zh: '不允许此账号读写：账号须能列出、读取、写入、改名和删除', en: 'does not let this account read or write: it must list, read, write, rename and delete' },
  noPlace: { zh: '不存在：核对共享、存储桶、导出路径与目录的名称，以及是否允许本机访问', en: 'is not there: compare the names of share, bucket, export and folder, and whether this machine may see them' },
  version: { zh: '不支持所写的 NFS 版本：在服务器上启用 NFS 4.1，或把 version 改为服务器支持的 4.0、4.2', en: 'does not speak this version of NFS: turn on NFS 4.1 there, or write the one it speaks into version (4.0, 4.2)' },
  unreachable: { zh: '连不上：检查地址、端口、网络与防火墙', en: 'cannot be reached: look at address, port, network and firewall' },
  other: { zh: '无法使用', en: 'cannot be used' },
};

/** The first that is found says it. Texts of rclone 1.60 and later, Go's own, Samba's and Windows' status by go-smb2, and error codes of S3. */
const SIGNS: readonly (readonly [ServerFailure, RegExp])[] = [
  ['hostKey', /knownhosts: key/], ['clock', /RequestTimeTooSkewed|clock skew/i],
  ['privateKey', /failed to parse private key|decryption password incorrect|failed to decrypt/i],
  ['signIn', /unable to authenticate|attempted logon is invalid|bad username|InvalidAccessKeyId|SignatureDoesNotMatch|password must be changed|password has expired|account (is|has been) (currently )?(disabled|locked)|account has expired|logon (hours|type)/i],
  ['certificate', /x509:|tls: |HTTP response to HTTPS client/],
  ['noSpace', /no space left|disk (was|is) full|not enough space|quota|StorageFull|InsufficientStorage|status code: 507/i],
  ['noPlace', /NoSuchBucket|Network Name Not Found|directory not found|InvalidBucketName|special device .* does not exist|stale (NFS )?file handle/i],
  ['version', /protocol not supported/i],
  ['noRight', /permission denied|access (is )?denied|AccessDenied|SSH_FX_PERMISSION_DENIED|status code: 403|read-only/i],
  ['unreachable', /dial tcp|connection lost|no such host|connection (refused|reset)|no route to host|network is unreachable|broken pipe|\bEOF\b|server misbehaving/i],
  ['hung', /i\/o timeout|timed? ?out|deadline exceeded/i],
];

/** Undefined `ended`: it was given up. */
export function readFailure(ended: Ended | undefined): ServerFailure {
  if (ended === undefined) return 'hung';
  if (ended.code === undefined) return ended.told === NOTHING_MOUNTS ? 'noMounting' : 'notInstalled';
  if (ended.code === 3) return 'noPlace';
  // Its last word first: what came before may have been tried again.
  return [lastLine(ended.told), ended.told].flatMap((told) => SIGNS.find(([, sign]) => sign.test(told))?.[0] ?? [])[0] ?? 'other';
}

export function sayFailure(place: string, ended: Ended | undefined, failure = readFailure(ended)): Bilingual {
  const { zh, en } = TEXTS[failure];
  const said = ended === undefined ? '' : lastLine(ended.told);
  return failure === 'notInstalled' || failure === 'noMounting' ? TEXTS[failure] : { zh: `${place} ${zh}${said === '' ? '' : `（“${said}”）`}`, en: `${place} ${en}${said === '' ? '' : ` ("${said}")`}` };
}

/** Without the time before it and without what is signed behind an address. */
function lastLine(told: string): string {
  const lines = told.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return (lines.findLast((line) => /error|fail/i.test(line)) ?? lines.at(-1) ?? '').replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '').replaceAll(/\?[^\s"]+/g, '').slice(0, 200);
}
