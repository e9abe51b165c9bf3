import type { Measurement } from '../engine/state';
import { describeError, TransportFailure } from '../failures';
import type { HttpAnswer, HttpClient } from '../ports';
import type { PreparedRequest } from './requests';

/** The answer, or the measurement that came to nothing. */
export async function ask({ request, label }: PreparedRequest, http: HttpClient, signal: AbortSignal): Promise<HttpAnswer | Measurement> {
  try {
    return await http.send(request, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof TransportFailure)) {
      throw error;
    }
    return { outcome: 'error', reason: `${describeError(error)} (${label})`, measurements: [], samples: 0, retryable: error.retryable };
  }
}
