/** What is copied from the bundle to a host. */
export interface ServerFile {
  /** File or folder of the bundle, relative to its root; `/` is the whole bundle. What is in a folder is copied, and not the folder itself. */
  readonly source: string;

  /** Folder of the host, an absolute path. */
  readonly destination: string;
}

/** What happens to a file that is on a host already, and did not come by the last deployment. */
export enum ServerFileExistsBehavior {
  /** The deployment fails. */
  DISALLOW = 'DISALLOW',

  /** The file of the bundle takes its place. */
  OVERWRITE = 'OVERWRITE',

  /** It stays. */
  RETAIN = 'RETAIN',
}

/** What a permission is for. */
export enum ServerFileType {
  /** Files that lie in the object itself. */
  FILE = 'file',

  /** Folders, however deep they lie in the object. */
  DIRECTORY = 'directory',
}

/** Labels of SELinux. */
export interface ServerSelinuxContext {
  /** The type, such as `httpd_sys_content_t`. */
  readonly type: string;

  /**
   * The user, such as `unconfined_u`. It is written under `user`, as documented, and under `name`, which agents read.
   *
   * @default - that of the file
   */
  readonly user?: string;

  /**
   * Sensitivities and categories, such as `s0-s3:c0,c2.c5`; categories go up to 1023.
   *
   * @default s0
   */
  readonly range?: string;
}

/**
 * Owner, mode, access list and labels of what has been copied; Linux only.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-permissions.html
 */
export interface ServerFilePermission {
  /** A copied file, or a folder whose content is meant. */
  readonly object: string;

  /**
   * What of a folder is meant, with `*` for any characters but a slash. For a file it must be left out.
   *
   * @default - everything
   */
  readonly pattern?: string;

  /**
   * What is left out of the pattern, in the same form. For a file it must be left out.
   *
   * @default - nothing
   */
  readonly except?: string[];

  /**
   * User that owns it.
   *
   * @default - that of the copied file
   */
  readonly owner?: string;

  /**
   * Group that owns it.
   *
   * @default - that of the copied file
   */
  readonly group?: string;

  /**
   * One to four octal digits, such as `'0644'`.
   *
   * @default - that of the copied file
   */
  readonly mode?: string;

  /**
   * Entries of the access list as `setfacl` takes them, such as `u:mary:rw`; users and groups must be named, and defaults are for directories.
   *
   * @default - those of the copied file
   */
  readonly acls?: string[];

  /**
   * Labels of SELinux.
   *
   * @default - those of the copied file
   */
  readonly context?: ServerSelinuxContext;

  /**
   * Whether files, folders or both are meant.
   *
   * @default - both
   */
  readonly types?: ServerFileType[];
}
