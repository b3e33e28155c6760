declare module 'yauzl' {
  import type { Readable } from 'node:stream';
  export type Entry = { readonly fileName: string | Uint8Array; readonly uncompressedSize: number; readonly crc32: number };
  export type ZipFile = { eachEntry(): AsyncIterable<Entry>; openReadStreamPromise(entry: Entry): Promise<Readable> };
  export function fromBufferPromise(bytes: Uint8Array, options: { readonly decodeStrings: false }): Promise<ZipFile>;
}

declare module 'yazl' {
  import type { Readable } from 'node:stream';
  export class ZipFile {
    readonly outputStream: Readable;
    addBuffer(content: Uint8Array, name: string): void;
    end(): void;
  }
}
