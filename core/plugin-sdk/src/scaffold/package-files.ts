/** What the files of a new package are written from. */
export type PackageNames = {
  readonly name: string;
  /** From the package folder to the repository's. */
  readonly toRoot: string;
  readonly sdkVersion: string;
  readonly typeboxVersion: string;
};

export function packageFile(file: { readonly names: PackageNames; readonly packageName: string; readonly description: string }): string {
  const { names, packageName, description } = file;
  return json({
    name: packageName,
    version: '0.1.0',
    type: 'module',
    license: 'Apache-2.0',
    description,
    exports: { '.': './dist/index.js' },
    dependencies: { '@hospay/plugin-sdk': names.sdkVersion, typebox: names.typeboxVersion },
  });
}

export function tsconfigFile({ toRoot }: PackageNames): string {
  return json({
    extends: `${toRoot}/tsconfig.base.json`,
    compilerOptions: { rootDir: 'src', outDir: 'dist' },
    include: ['src/**/*.ts'],
    references: [{ path: `${toRoot}/core/plugin-sdk` }],
  });
}

export function manifestFile(file: { readonly names: PackageNames; readonly id: string; readonly contributes: object; readonly needs?: object; readonly limits?: object }): string {
  const { names, id, contributes, needs = { network: ['baseUrl'], secrets: ['key'] }, limits = { callTimeoutMs: 10_000, concurrency: 16 } } = file;
  return json({
    id,
    version: '0.1.0',
    title: { zh: names.name, en: names.name },
    publisher: 'your organisation',
    sdk: `^${names.sdkVersion}`,
    entry: 'dist/index.js',
    contributes,
    needs,
    limits,
    owner: 'your team',
  });
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
