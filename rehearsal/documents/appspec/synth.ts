/** What the constructs need of YAML: a bundle of the package, since a published construct library brings no parser of its own. */
export { addScript } from './add-script';
export { printYaml } from './print-appspec';
export { formatOf, readAppSpecText } from './read-appspec';
