/** What a step of an HTTP check has besides its request and its assertions. */

/**
 * A value that later steps refer to as `{{name}}`. What it selects must be one and the same value; `pattern` takes its only group out of
 * that value, or out of the body.
 */
export type CaptureDocument =
  | { readonly from: 'jsonPath'; readonly path: string; readonly pattern?: string }
  | { readonly from: 'header'; readonly name: string; readonly pattern?: string }
  | { readonly from: 'cookie'; readonly name: string; readonly pattern?: string }
  | { readonly from: 'body'; readonly pattern: string };

/** How a request proves who sends it. Texts may hold `{{name}}`. */
export type HttpAuthDocument =
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string }
  /** Signed with the credentials of the hook's role. Absent `region`: the hook's. */
  | { readonly kind: 'sigV4'; readonly service: string; readonly region?: string };
