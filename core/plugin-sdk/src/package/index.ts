/** Plugin packages: one file that a vendor packs and signs and a hospital verifies, all of it offline. */
export { readArchive, writeArchive, ArchiveError } from './archive.js';
export { buildPackage, type BuiltPackage } from './build-package.js';
export { CONFORMANCE_FILE, ConformanceReportSchema, reportOf, tierOf, type ConformanceReport, type ConformanceTier } from './conformance-report.js';
export { PACKAGE_EXTENSION, packageHash, type PackageFiles } from './package-files.js';
export { keyIdOf, makeSigningKey, readSigningKey, signBytes, verifyBytes, type SignedKind, type SigningKey } from './signing-key.js';
export { signPackage } from './sign-package.js';
export { acceptTrustList, makeTrustList, readTrustList, signTrustList, TrustListSchema, type TrustList, type TrustListBody } from './trust-list.js';
export { verifyPackage, type PackageVerdict, type VerifiedPackage } from './verify-package.js';
