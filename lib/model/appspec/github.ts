/**
 * Revisions in repositories of GitHub.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GitHubLocation.html
 */
import { quoted } from './part';

export interface GitHubRevision {
  /** Absent where it is known at deploy time only. */
  readonly repository?: string;
  readonly commitId?: string;
  readonly connection: string;
}

/** As GitHub takes them: owners have no hyphen at an end, and no two in a row. */
const OWNER = /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const COMMIT = /^[0-9a-f]{40}$/i;

/** What is wrong with a revision; undefined where nothing is to be seen. */
export function gitHubProblem({ repository, commitId, connection }: GitHubRevision): string | undefined {
  const of = repository === undefined ? undefined : repositoryProblem(repository);
  if (of !== undefined) {
    return of;
  }
  if (commitId !== undefined && !COMMIT.test(commitId)) {
    return `'commitId' must be a commit of 40 hexadecimal digits, got ${quoted(commitId)}; give what 'git rev-parse' prints for the branch or the tag`;
  }
  return connection.trim() === ''
    ? "'connection' must name the connection of CodeDeploy to GitHub, got none; connect the application on the page 'Create deployment' of CodeDeploy's console, which nothing else can do, and give the name from there"
    : undefined;
}

function repositoryProblem(repository: string): string | undefined {
  const [owner = '', name = '', ...rest] = repository.split('/');
  const said = `'repository' must be owner and name such as my-org/my-app, got ${quoted(repository)}`;
  if (/^[a-z]+:\/\/|^git@/i.test(repository)) {
    return `${said}; leave the address of GitHub out`;
  }
  if (name.toLowerCase().endsWith('.git')) {
    return `${said}; leave .git out`;
  }
  return rest.length > 0 || !OWNER.test(owner) || !NAME.test(name) ? `${said}; write it as GitHub shows it` : undefined;
}
