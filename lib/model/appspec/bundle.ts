/** Holds the bundle of a server to its AppSpec, and the AppSpec to its bundle. */
import type { ServerHookEvent } from '../lifecycle';
import type { Bundle, BundleEntry } from './bundle-entry';
import { lintCopies } from './bundle-files';
import { lintListing } from './bundle-listing';
import { lintObjects } from './bundle-permissions';
import { lintScripts, scriptFiles } from './bundle-scripts';
import { BundleTree } from './bundle-tree';
import type { Part } from './part';
import type { AppSpecFinding } from './rules';
import { Findings } from './section';
import { serverDocumentOf } from './server-document';

/** Everything that breaks a rule, in the order of the document; what is malformed in it is for `lintAppSpec` to tell. */
export function lintBundle(root: Part, { entries, heads }: Bundle): readonly AppSpecFinding[] {
  const findings = new Findings();
  const { os, files, permissions, scripts } = serverDocumentOf(root);
  const tree = new BundleTree(entries, os);
  lintListing(findings, entries, tree, os);
  const targets = lintCopies(findings, files, tree, os);
  // There are none on Windows, which the rules of the document say.
  if (os !== 'windows') {
    lintObjects(findings, permissions, targets, files);
  }
  lintScripts(findings, scripts, tree, heads, os);
  return findings.all();
}

/** Paths of the files that the AppSpec runs: their first bytes are `heads`, and on Linux they are to be executable. */
export function scriptsOfBundle(root: Part, entries: readonly BundleEntry[]): readonly string[] {
  const { os, scripts } = serverDocumentOf(root);
  return scriptFiles(scripts, new BundleTree(entries, os));
}

const TRAFFIC_EVENTS: readonly ServerHookEvent[] = ['BeforeBlockTraffic', 'AfterBlockTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'];

/**
 * Scripts that a deployment never runs, in the order of the document.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#reference-appspec-file-structure-hooks-availability
 */
export function lintEvents(root: Part, rollout: { readonly loadBalancer: boolean }): readonly AppSpecFinding[] {
  const findings = new Findings();
  const { scripts } = serverDocumentOf(root);
  scripts.filter(({ event }, index) => !rollout.loadBalancer && TRAFFIC_EVENTS.includes(event) && scripts.findIndex((other) => other.event === event) === index).forEach(({ event, location }) => {
    findings.add('script-hook-without-load-balancer', location.line, `the scripts of ${event} are never run, since the deployment group has no load balancer; give it one, or move them to ${event.includes('Block') ? 'ApplicationStop' : 'ValidateService'}`);
  });
  return findings.all();
}
