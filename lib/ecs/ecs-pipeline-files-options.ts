/** What the commands that write the files of a pipeline's action are told. */
export interface EcsPipelineFilesOptions {
  /**
   * Placeholders of images by the name of their container, at most four. The action puts an image of its own in the place of each, in angle brackets, so that `IMAGE`
   * stands in the file as `<IMAGE>`. Letters, digits, `_` and `-`.
   *
   * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
   * @default - `IMAGE` for the container that traffic goes to, which is what CodeDeployEcsDeployAction takes by default
   */
  readonly images?: Record<string, string>;

  /**
   * Directory that the files are written into. It must be there.
   *
   * @default - the one in which the commands run
   */
  readonly directory?: string;
}
