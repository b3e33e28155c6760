declare module 'yazl' {
  import type { Readable } from 'node:stream';
  export class ZipFile {
    readonly outputStream: Readable;
    addBuffer(content: Uint8Array, name: string): void;
    end(): void;
  }
}
