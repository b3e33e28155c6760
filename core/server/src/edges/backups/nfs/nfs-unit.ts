/**
 * `hospay-nfs@.service`: one question of the core to an NFS export. Standard input is its line. The export is mounted in the mount namespace of this unit alone, where the core never sees it: a server that goes away holds
 * this unit and nothing of the machine that takes payments.
 */
import { Socket } from 'node:net';
import { mountExport } from './mount-export.js';
import { serveQuestion } from './serve-question.js';

const STANDARD_INPUT = 0;
/** An empty folder of the root; what is mounted on it is seen by this unit alone. */
const AT = '/mnt';
const RCLONE = '/usr/bin/rclone';
const [user = ''] = process.argv.slice(2);

await serveQuestion(new Socket({ fd: STANDARD_INPUT, readable: true, writable: true, allowHalfOpen: true }), {
  async mount({ place, connectMs, idleMs }) {
    await mountExport(place, AT, { connectMs, idleMs });
    return AT;
  },
  program: RCLONE,
  user: Number(user),
});
process.exit(0);
