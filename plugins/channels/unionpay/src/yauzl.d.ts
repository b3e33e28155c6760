declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  type Entry = {
    readonly fileName: Buffer;
    readonly generalPurposeBitFlag: number;
    readonly uncompressedSize: number;
    readonly crc32: number;
  };
  type ZipFile = {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
    close(): void;
  };
  export function fromBufferPromise(bytes: Buffer, options: { readonly decodeStrings: false; readonly lazyEntries: true }): Promise<ZipFile>;
}
