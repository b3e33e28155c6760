/** Connections that break off. */
import type { Socket } from 'node:net';

/**
 * Cuts a connection at once, as a failing network would. Of one whose end is on its way already the runtime cannot send a reset (EINVAL), and then it never says that it is closed: whoever waits for that waits for ever. That
 * one is let go without.
 */
export function cutOff(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
