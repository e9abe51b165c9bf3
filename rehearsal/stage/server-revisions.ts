/** The revisions of a rollout as they are deployed: those of the scenario's releases, and those that somebody asks for by the place of their bundle. */
import type { ServerRolloutModel } from '../assembly/server-rollout-model';
import type { RevisionLocation } from '../engine/deployment-record';
import type { RevisionModel } from '../engine/fleet/revision';
import type { ReleaseId } from '../engine/ports';
import type { ReleaseScenario } from '../scenario/scenario';
import { releaseId, revisionOf } from './server-releases';

export class ServerRevisions {
  readonly #model: ServerRolloutModel;
  readonly #releases: readonly ReleaseScenario[];
  readonly #isBundle: (location: RevisionLocation) => boolean;
  /** The last one of each place. */
  readonly #known = new Map<string, RevisionModel>();
  readonly #names = new Map<ReleaseId, string>();
  #made = 0;

  /** @param isBundle whether what lies at a place is the bundle of a release, besides the place that the template has */
  constructor(model: ServerRolloutModel, releases: readonly ReleaseScenario[], isBundle: (location: RevisionLocation) => boolean = () => false) {
    this.#model = model;
    this.#releases = releases;
    this.#isBundle = isBundle;
  }

  /** The next release of the bundle of the template. */
  next(release: ReleaseScenario): RevisionModel {
    const revision = revisionOf(this.#model, this.#id(release.name), release);
    const { location } = revision;
    if (location !== undefined) {
      this.#known.set(placeOf(location), revision);
    }
    return revision;
  }

  /** What lies at a place. Of what the assembly does not hold, no scripts and no files are known. */
  at(location: RevisionLocation): RevisionModel {
    const place = placeOf(location);
    const known = this.#known.get(place);
    if (known !== undefined) {
      return known;
    }
    const { revision } = this.#model;
    const isOwn = (revision !== undefined && placeOf(revision) === place) || this.#isBundle(location);
    const scenario = isOwn ? this.#releases[this.#made] : undefined;
    const release = this.#id(scenario?.name ?? nameOf(location));
    const made = isOwn ? { ...revisionOf(this.#model, release, scenario), location } : { release, location, scripts: {}, files: [] };
    this.#known.set(place, made);
    return made;
  }

  /** What people call a release. */
  name(release: ReleaseId): string {
    return this.#names.get(release) ?? 'the version before';
  }

  #id(name: string): ReleaseId {
    const id = releaseId(this.#made);
    this.#made += 1;
    this.#names.set(id, name);
    return id;
  }
}

const members = (value: unknown): Readonly<Record<string, unknown>> => (value ?? {}) as Readonly<Record<string, unknown>>;

/** An object by bucket, key and version, a commit by its id. */
function placeOf({ revisionType, s3Location, gitHubLocation }: RevisionLocation): string {
  const { bucket, key, version = null } = members(s3Location);
  const { repository, commitId } = members(gitHubLocation);
  return JSON.stringify(revisionType === 'GitHub' ? [revisionType, repository, commitId] : [revisionType, bucket, key, version]);
}

function nameOf({ revisionType, s3Location, gitHubLocation }: RevisionLocation): string {
  return String(revisionType === 'GitHub' ? members(gitHubLocation).commitId : members(s3Location).key);
}
