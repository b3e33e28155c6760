/** What may be written of an NFS export: nothing that ends an option of a mount, goes up, or is no name of a folder. The configuration takes it, and the unit that mounts takes nothing else. */
export const NFS_PATTERNS = {
  host: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
  exportPath: '^/(?!.*\\.\\.)[^\\s,:\\\\"\\u0000-\\u001f]{0,254}$',
  folder: '^(?!.*\\.\\.)[^\\s\\\\/:"*?<>|\\u0000-\\u001f][^\\\\:"*?<>|\\u0000-\\u001f]{0,254}$',
} as const;
export const NFS_VERSIONS = ['4.0', '4.1', '4.2'] as const;
