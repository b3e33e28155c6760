/**
 * A plugin as a unit of the machine (`hospay-plugin@.service`): each connection to the socket is a process of its own there, under a user that is nobody else's, with no network, and with limits that the kernel
 * holds. It cannot read this process's files, so its code goes over the line first.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { frameOf, readFrames } from './frames.js';
import type { StartGuestLine } from './guest-line.js';
import { LONGEST_PACKAGE_BYTES, MEBIBYTE, type FromUnit, type ToUnit } from './unit-messages.js';

const LONGEST_REASON = 500;

/** @param socketPath where the machine takes connections */
export function unitGuestLine(socketPath: string): StartGuestLine {
  return ({ folder, entryPath, memoryMegabytes, heard, ended }) => {
    const socket = connect(socketPath);
    let hasEnded = false;
    const end = (reason: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      // Its unit ends when nobody is at this end: that is how it is killed.
      socket.destroy();
      ended(reason);
    };
    const say = (message: ToUnit): void => { if (!hasEnded) socket.write(frameOf(message)); };
    // No message of a guest is larger than what its process may hold at all; the unit is believed as little as the guest.
    readFrames(socket, memoryMegabytes * MEBIBYTE, (message) => {
      const told = fromUnit(message);
      if (told === undefined) end('its unit sent what is no message');
      else if (told.kind === 'guest') heard(told.message);
      else end(told.reason);
    }, (reason) => { end(`its unit sent what is no message: ${reason}`); });
    socket.on('error', (error) => { end(`the machine does not start it: ${error.message}`); });
    socket.on('close', () => { end('its unit ended'); });
    try {
      say({ kind: 'package', files: filesOf(folder), entry: relative(folder, entryPath), memoryMegabytes });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'its package cannot be read';
      setImmediate(() => { end(reason); });
    }
    return {
      send: (message) => { say({ kind: 'guest', message }); },
      kill: () => { end('it was ended'); },
    };
  };
}

function filesOf(folder: string): { readonly path: string; readonly bytes: Uint8Array }[] {
  let total = 0;
  return readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).map((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    total += bytes.length;
    if (total > LONGEST_PACKAGE_BYTES) throw new Error(`the package is larger than ${String(LONGEST_PACKAGE_BYTES)} bytes`);
    return { path: relative(folder, join(entry.parentPath, entry.name)), bytes };
  });
}

function fromUnit(message: unknown): FromUnit | undefined {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return undefined;
  if (message.kind === 'guest' && 'message' in message) return { kind: 'guest', message: message.message };
  return message.kind === 'ended' && 'reason' in message && typeof message.reason === 'string' ? { kind: 'ended', reason: message.reason.slice(0, LONGEST_REASON) } : undefined;
}
