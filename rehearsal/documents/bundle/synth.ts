/** What the constructs need for bundles: a bundle of the package, since what deflates alike on every machine is a library. */
export { archived, fingerprint, headOf } from './bundle-content';
export { listDirectory, sorted } from './list-directory';
export { writeZip } from './write-zip';
